import Conclusions
import Exploration
import Testing

@Suite struct FamilyTests {
  private let holdout = #"{"holdout": {"test": 0.4}}"#

  @Test func aSentenceSaysWhatTheTableShows() throws {
    try PairedEvidenceTests.grouped(holdout).conclude { conclusions in
      let family = conclusions.families[0]
      #expect(family.members.map(\.name) == ["none+knn", "none+ridge", "none+dummy"])
      #expect(family.members.map(\.letters) == ["a", "b", "b"])
      #expect(conclusions.letters(of: 1) == "a" && conclusions.letters(of: 0) == "b")
      let sentence = try #require(family.sentence)
      let accuracy = String(
        describing: (try #require(family.best).accuracy * 1000).rounded() / 10)
      #expect(sentence.hasPrefix("knn is best with \(accuracy) %: every other cell is worse"))
      #expect(sentence.contains("; with 3 pairs, a typical one must differ by about "))
      #expect(sentence.hasSuffix("a shared letter means “not told apart”, not “equal”"))
      // An interval without 0 never meets a shared letter.
      for member in family.members {
        guard let pair = member.toBest else { continue }
        #expect((pair.high < 0 || pair.low > 0) == (member.letters != "a"))
      }
    }
  }

  @Test func equalCellsShareALetter() throws {
    var run = PairedEvidenceTests.grouped(holdout)
    run.models = #"["knn", "ridge", "tree"]"#
    run.test = { place, row in
      let isRight = chance(0.7, row, Int(place.cell.utf8.last ?? 0))
      return isRight ? PairedEvidenceTests.labels[row] : 1 - PairedEvidenceTests.labels[row]
    }
    try run.conclude { conclusions in
      let family = conclusions.families[0]
      #expect(family.members.allSatisfy { $0.letters == "a" })
      #expect(
        family.sentence?.contains("but none of the other 2 cells can be told apart from it; ")
          == true)
      #expect(family.sentence?.contains(" comes first with ") == true)
      // The best of equal cells is worth less on other rows.
      let correction = try #require(family.correction)
      #expect(correction.corrected < correction.accuracy)
      #expect(abs(correction.accuracy - family.members[0].accuracy) < 1e-9)
    }
  }

  @Test func fewGroupsLeftOutOneByOneAreNamed() throws {
    var run = PairedEvidenceTests.grouped(#"{"leave_one_group_out": {}}"#)
    let words = "left out one by one, equal models are called different"
    try run.conclude { #expect($0.families[0].sentence?.contains(words) == false) }
    run.groups = [("artist", (0..<240).map { $0 / 4 % 2 + $0 / 24 * 2 })]
    try run.conclude { conclusions in
      let sentence = try #require(conclusions.families[0].sentence)
      #expect(sentence.contains("; with only 20 test groups (artist) \(words)"))
    }
  }

  @Test func onlyChosenCellsAreCompared() throws {
    let run = PairedEvidenceTests.grouped(holdout, rest: #", "compare": ["*+knn", "*+ridge"]"#)
    try run.conclude { conclusions in
      #expect(conclusions.families[0].members.map(\.name) == ["none+knn", "none+ridge"])
      #expect(conclusions.letters(of: 0) == nil && conclusions.letters(of: 1) == "a")
    }
  }

  @Test func whatCannotBeComparedIsRankedAllTheSame() throws {
    let run = PairedEvidenceTests.grouped(#"{"folds": {"count": 4}, "ungrouped": true}"#)
    try run.conclude { conclusions in
      let family = conclusions.families[0]
      #expect(family.comparison == nil && family.members.map(\.letters) == ["", "", ""])
      #expect(family.best?.name == "none+knn")
      let sentence = try #require(family.sentence)
      #expect(sentence.hasPrefix("knn has the highest accuracy, "))
      #expect(
        sentence.contains("% , but") == false && sentence.contains(", but no cells are compared: "))
    }
  }

  @Test func aSingleCellNeedsNoWords() throws {
    var run = PairedEvidenceTests.grouped(holdout)
    run.models = #"["knn"]"#
    try run.conclude { conclusions in
      #expect(conclusions.families[0].sentence == nil)
      #expect(conclusions.families[0].correction == nil)
    }
  }

  @Test func protocolsAreFamiliesOfTheirOwn() throws {
    let run = PairedEvidenceTests.grouped(
      "",
      rest:
        #", "protocols": {"rows": {"holdout": {}, "ungrouped": true}, "songs": {"holdout": {}}}"#)
    try run.conclude { conclusions in
      #expect(conclusions.families.map(\.name) == ["rows", "songs"])
      #expect(conclusions.families.map(\.members.count) == [3, 3])
      #expect(conclusions.families[1].members.allSatisfy { $0.cell >= 3 })
    }
  }
}
