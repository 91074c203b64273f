import FileSystem
import JSONText
import ProgramSupport
import Testing

/// What a run says may be concluded from it.
@Suite struct ConclusionTests {
  private let experiment =
    #"{"name": "n", "seed": 3, "data": {"builtin": "wine"}, "scaling": "standard", "split": {"folds": {"count": 5, "validation": 0.2}}, "transformations": ["none", "pca"], "models": ["dummy", {"knn": {"k": [1, 3, 5, 9]}}, {"ridge": {"alpha": [1, 0.1, 10]}}, "forest"]}"#

  private static let columns = [
    "comparisons": [
      "first", "second", "difference", "low", "high", "p", "p_holm", "test", "verdict",
    ],
    "ranking": [
      "cell", "accuracy", "low", "high", "letters", "difference_to_best", "difference_low",
      "difference_high",
    ],
    "selection": [
      "transformation", "model", "choice_among", "candidates", "accuracy", "corrected_accuracy",
      "approximate", "reason",
    ],
    "calibration": [
      "transformation", "model", "bin", "rows", "confidence", "accuracy",
      "expected_calibration_error", "chance_error", "brier_score",
    ],
    "findings": ["number", "gravity", "kind", "title", "seen", "meaning", "advice", "cells"],
  ]

  @Test func theTablesHoldTogether() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment)
    for (name, columns) in Self.columns.sorted(by: { $0.key < $1.key }) {
      let header = try (run.folder / "tables" / "\(name).csv").readText()
        .split(separator: "\n")[0]
      #expect(header == Substring(columns.joined(separator: ",")), "\(name)")
    }
    // Rows without groups have nothing to vote on.
    #expect(!(run.folder / "tables" / "votes.csv").exists)
    let comparisons = try run.table("comparisons").rows
    #expect(comparisons.count == 28)
    #expect(comparisons.allSatisfy { $0["test"] == "corrected resampled t test" })
    for row in comparisons {
      let low = try #require(Double(row["low"] ?? ""))
      let high = try #require(Double(row["high"] ?? ""))
      let p = try #require(Double(row["p_holm"] ?? ""))
      #expect((row["verdict"] == "not told apart") == (p > 0.05))
      if p > 0.05 { #expect(low <= 0 && high >= 0) }
    }
    let ranking = try run.table("ranking").rows
    #expect(ranking.count == 8 && ranking[0]["difference_to_best"] == "")
    #expect(ranking[0]["letters"]?.contains("a") == true)
    // Two cells share a letter exactly where they are not told apart.
    for row in comparisons {
      func letters(_ name: String?) -> Set<Character> {
        Set(ranking.first { $0["cell"] == name }?["letters"] ?? "")
      }
      #expect(
        letters(row["first"]).isDisjoint(with: letters(row["second"]))
          == (row["verdict"] != "not told apart"))
    }
    let selection = try run.table("selection").rows
    #expect(selection.count == 9 && selection.last?["choice_among"] == "cells")
    #expect(selection[1]["candidates"] == "4" && selection[1]["corrected_accuracy"] != "")
  }

  @Test func theSameRecordsGiveTheSameBytes() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment)
    func contents() throws -> [String] {
      try Self.columns.keys.sorted().map { name in
        try (run.folder / "tables" / "\(name).csv").readText()
      }
    }
    let first = try contents()
    let result = try place.explore("report", "run")
    #expect(result.code == 0)
    #expect(try contents() == first)
    #expect(try result.errors.contains(Regex(" (is best|comes first) with [0-9.]+ %")))
    #expect(result.errors.contains("a shared letter means “not told apart”, not “equal”"))
    // Letters stand behind the intervals.
    #expect(try result.output.contains(Regex(#"\[[0-9.]+–[0-9.]+\] [a-z]+"#)))
    #expect(try place.explore("report", "run", "--quiet").errors.isEmpty)
    let json = try JSONNode(
      parsing: Array(place.explore("report", "run", "--json", "--quiet").output.utf8))
    #expect(json["comparisons"]?.elements?.first?["ranking"]?.elements?.count == 8)
    #expect(json["cells"]?.elements?[1]["letters"]?.string != nil)
    #expect(json["findings"]?.elements != nil)
  }

  @Test func songsVote() throws {
    let place = try Workplace()
    defer { place.remove() }
    var random = SeededNumbers(seed: 4)
    var text = "s,a,b,label\n"
    for row in 0..<400 {
      let label = row / 5 % 2
      text += "song\(row / 5),\(random.next() + 0.4 * Double(label)),\(random.next()),\(label)\n"
    }
    try place.write("t.csv", text)
    let run = try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label", "groups": {"song": {"column": "s"}}}, "split": {"holdout": {"test": 0.4}}, "models": ["dummy", "ridge"]}"#
    )
    let votes = try run.table("votes").rows
    #expect(votes.count == 2 && votes[1]["group"] == "song" && votes[1]["groups"] == "32")
    let segments = try #require(Double(try run.cell("none", "ridge")["test_accuracy"] ?? ""))
    let songs = try #require(Double(votes[1]["probability_accuracy"] ?? ""))
    #expect(songs > segments)
    let comparisons = try run.table("comparisons").rows
    #expect(comparisons[0]["test"]?.contains("sign-flip test") == true)
  }

  /// 950 well and 50 sick rows, told apart by logistic with weights, and by accuracy better by knn.
  private func unbalanced() -> String {
    var random = SeededNumbers(seed: 6)
    var text = "a,b,label\n"
    for row in 0..<1000 {
      let isSick = row % 20 == 0
      let (a, b) = (random.next() + random.next() + random.next(), random.next() + random.next())
      text +=
        "\(a + (isSick ? 0.9 : 0)),\(b + (isSick ? 0.6 : 0)),\(isSick ? "sick" : "well")\n"
    }
    return text
  }

  /// What comes out best, and is predicted with, is best by the measure: of those where more is better and
  /// where less is.
  @Test(arguments: ["balanced_accuracy", "log_loss"])
  func theBestCellFollowsTheMeasure(measure: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", unbalanced())
    let run = try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "measure": "\#(measure)", "balance": "weights", "scaling": "standard", "split": {"holdout": {"validation": 0.3, "test": 0.3}}, "models": [{"knn": {"k": [1]}}, {"logistic": {"C": [0.1, 1]}}]}"#
    )
    let (knn, logistic) = (try run.cell("none", "knn"), try run.cell("none", "logistic"))
    func number(_ row: [String: String], _ column: String) throws -> Double {
      try #require(Double(row[column] ?? ""))
    }
    // By accuracy it would be the other.
    #expect(
      try number(knn, "validation_accuracy") > number(logistic, "validation_accuracy"))
    let isLess = measure == "log_loss"
    #expect(
      try (number(knn, "validation_score") < number(logistic, "validation_score")) != isLess)
    let report = try place.explore("report", "run")
    #expect(report.errors.contains("best on validation rows by \(measure): none+logistic"))
    #expect(report.errors.contains("knn is most accurate with "))
    #expect(report.errors.contains("compared by accuracy, but chosen by \(measure)"))
    #expect(!report.errors.contains("knn is best"))
    let predicted = try place.explore("predict", "run", "t.csv", "-o", "p.csv")
    #expect(predicted.code == 0 && predicted.errors.contains("model: none+logistic"))
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("Chosen on validation rows by \(measure): "))
    #expect(page.contains("The best \(measure) is framed."))
    let json = try JSONNode(
      parsing: Array(place.explore("report", "run", "--json", "--quiet").output.utf8))
    #expect(json["measure"]?.string == measure)
    #expect(json["cells"]?.elements?[1]["validation_score"] != nil)
  }

  @Test func sentencesSpeakOfWhatWasCompared() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(
      #"{"name": "n", "data": {"builtin": "wine"}, "split": {"holdout": {"test": 0.3}}, "models": ["knn", "dummy", "ridge"], "compare": ["none+knn", "none+dummy"]}"#
    )
    let errors = try place.explore("report", "run").errors
    #expect(
      try errors.contains(
        Regex(
          "knn is best of the 2 cells that “compare” names with [0-9.]+ %: the other is worse; "
            + "ridge, which was not compared, has [0-9.]+ %;")))
    #expect(!errors.contains("every other cell"))
  }

  /// The page shows some of many classes and says so; the tables have all.
  @Test func manyClassesMakeALightPage() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "a,b,label\n"
    for row in 0..<1200 {
      let label = row % 200
      text += "\(label % 20 + row % 3),\(Double(label / 20) + Double(row % 7) / 9),k\(label)\n"
    }
    try place.write("t.csv", text)
    let run = try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "scaling": "standard", "split": {"holdout": {"test": 0.3}}, "models": ["knn", "ridge"]}"#
    )
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("60 of 200 classes, those most often mistaken; all are in confusion/"))
    #expect(
      page.contains("60 of 200 classes, those with the lowest F1; all are in tables/per_class.csv"))
    #expect(page.utf8.count < 4_000_000)
    #expect(try run.table("per_class").rows.count == 400)
    #expect(try run.table("predictions").header.count > 200)
  }
}
