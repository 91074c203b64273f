import Exploration
import Statistics
import TextFormatting

// What the comparison of cells says, and where it cannot say anything.

extension RunConclusions {
  /// Cells that are no better than the best model that looks at no column.
  var worseThanDummy: [Finding] {
    families.flatMap { family -> [Finding] in
      guard let dummy = family.members.first(where: { isDummy($0.cell) }) else { return [] }
      let others = family.members.filter { !isDummy($0.cell) }
      guard let comparison = family.comparison,
        let dummyLearner = family.compared.firstIndex(of: dummy.cell)
      else {
        return dummyFinding(
          family, dummy, others.filter { $0.accuracy <= dummy.accuracy }, isReal: false,
          verdict: "no better than")
      }
      func pair(_ member: Family.Member) -> Comparison.Pair? {
        family.compared.firstIndex(of: member.cell).map { comparison.pair($0, dummyLearner) }
      }
      return dummyFinding(
        family, dummy,
        others.filter { pair($0).map { $0.isReal && $0.difference < 0 } ?? false },
        isReal: true, verdict: "worse than")
        + dummyFinding(
          family, dummy, others.filter { pair($0).map { !$0.isReal } ?? false }, isReal: false,
          verdict: "not told apart from")
    }
  }

  private func dummyFinding(
    _ family: Family, _ dummy: Family.Member, _ members: [Family.Member], isReal: Bool,
    verdict: String
  ) -> [Finding] {
    guard !members.isEmpty else { return [] }
    return [
      Finding(
        kind: .worseThanDummy, gravity: isReal ? .serious : .warning,
        title: prefix(family)
          + "\(counted(members.count, "cell")) \(members.count == 1 ? "is" : "are") \(verdict) "
          + dummy.shortName,
        seen: "\(dummy.shortName), which looks at no column, has \(percentage(dummy.accuracy)); "
          + someNames(members.map { "\($0.shortName) \(percentage($0.accuracy))" }, most: 8) + ".",
        meaning: isReal
          ? "Always saying the most frequent class does better: these models have learnt chance, or "
            + "something in them or in the data they are given is wrong."
          : "Nothing shows that these models have learnt anything from the columns.",
        advice: isReal
          ? "Look at their confusion matrices and training accuracies, and at scaling and labels."
          : "Look at their training accuracies: low ones ask for another model or scaling, high ones for "
            + "more rows or stronger regularisation.",
        cells: members.map { results.cells[$0.cell].name })
    ]
  }

  /// Differences that matter and that these test rows are too few to show.
  static let smallestThatMatters = 0.02

  /// Test data too few to tell the first cells apart, with what would be needed.
  ///
  /// Both figures follow from how much the leading cells disagree from unit to unit, never from the
  /// difference observed.
  var tooLittleData: [Finding] {
    families.compactMap { family in
      guard family.members.count >= 2, let evidence = family.evidence, let best = family.best
      else { return nil }
      guard let comparison = family.comparison else { return notCompared(family, evidence) }
      let equals = family.notToldApartFromBest
      let level = comparison.level / Double(comparison.pairs.count)
      guard !equals.isEmpty,
        let detectable = DetectableDifference(
          leading: [best] + equals, of: family, evidence, level: level),
        detectable.smallest > Self.smallestThatMatters
      else { return nil }
      let unitName = evidence.groupName.map { "test groups (\($0))" } ?? "test rows"
      let needed = [0.02, 0.05].filter { $0 < detectable.smallest }.map { difference in
        "\(fixed(difference * 100, decimals: 0)) points about "
          + roundNumber(detectable.units(toShow: difference)) + " \(unitName)"
      }
      return Finding(
        kind: .tooLittleData, gravity: .warning,
        title: prefix(family)
          + "\(counted(equals.count, "cell")) cannot be told apart from the first "
          + "\(family.others.isEmpty ? "one" : "of those compared") with "
          + evidence.unitWords,
        seen: "With these \(evidence.unitWords) and \(counted(comparison.pairs.count, "pair")) a "
          + "difference between the first cells is found with 80 % power when it is at least "
          + "\(points(detectable.smallest)), which is a finding from "
          + "\(points(Self.smallestThatMatters)) on.",
        meaning:
          "Their order in the table may be chance: that \(best.shortName) comes first does not make "
          + "it the best.",
        advice: (needed.isEmpty
          ? "" : "To show \(needed.joined(separator: ", ")) would be needed. ")
          + "Test on more \(evidence.groupName.map { "groups (\($0))" } ?? "rows"), or compare fewer "
          + "cells (“compare”).",
        cells: ([best] + equals).map { results.cells[$0.cell].name })
    }
  }

  private func notCompared(_ family: Family, _ evidence: PairedEvidence) -> Finding? {
    // Leaking folds have a finding of their own.
    if evidence.folds != nil, evidence.straddling > 0 { return nil }
    return Finding(
      kind: .tooLittleData, gravity: .warning,
      title: prefix(family) + "no two cells can be compared",
      seen: sentenceCase(family.refusal ?? "") + ".",
      meaning: "The order in the table says nothing that would hold on other rows.",
      advice:
        "Test on more \(evidence.groupName.map { "groups (\($0))" } ?? "rows"); folds test on all "
        + "of them.",
      cells: [])
  }
}

extension DetectableDifference {
  /// Of the leading members of a family.
  fileprivate init?(
    leading members: [Family.Member], of family: Family, _ evidence: PairedEvidence, level: Double
  ) {
    let learners = members.compactMap { family.compared.firstIndex(of: $0.cell) }.sorted()
    if let folds = evidence.folds {
      self.init(
        FoldScores(
          accuracies: learners.map { folds.accuracies[$0] }, testRows: folds.testRows,
          trainingRows: folds.trainingRows), units: evidence.units, level: level)
    } else {
      let scores = evidence.pooled
      self.init(
        TestSetScores(
          rows: scores.rows, correct: learners.map { scores.correct[$0] }, seeds: scores.seeds),
        level: level)
    }
  }
}
