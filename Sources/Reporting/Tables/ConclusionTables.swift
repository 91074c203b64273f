import Conclusions
import Exploration
import Statistics

/// The CSV tables of what may be concluded from a run.
struct ConclusionTables {
  let report: Report

  init(_ report: Report) { self.report = report }

  private var plan: Plan { report.plan }
  private var conclusions: RunConclusions { report.conclusions }

  /// In front of rows that are about a family: within a protocol names tell inputs apart.
  private var familyColumns: [String] { plan.hasProtocols ? ["protocol"] : [] }

  private func head(_ family: Family) -> [String] {
    plan.hasProtocols ? [plan.protocols[family.sheets[0].protocol].name] : []
  }

  private var cellColumns: [String] { plan.sheetColumns + ["transformation", "model"] }

  private func head(_ cell: Int) -> [String] {
    let cell = report.results.cells[cell]
    return plan.names(of: cell.sheet) + [cell.transformation, cell.model]
  }

  /// One row a pair of compared cells, the better one first; nil where none are compared.
  var comparisons: String? {
    var table = CSVTable(
      familyColumns + [
        "first", "second", "difference", "low", "high", "p", "p_holm", "test", "verdict",
      ])
    for family in conclusions.families {
      guard let comparison = family.comparison else { continue }
      for (place, first) in comparison.order.enumerated() {
        for second in comparison.order.dropFirst(place + 1) {
          let pair = comparison.pair(first, second)
          table.add(
            head(family) + [
              family.name(ofLearner: first), family.name(ofLearner: second),
              exact(pair.difference), exact(pair.low), exact(pair.high), exact(pair.p),
              exact(pair.adjustedP), "\(pair.test)", Self.verdict(pair),
            ])
        }
      }
    }
    return conclusions.families.contains { $0.comparison != nil } ? table.text : nil
  }

  private static func verdict(_ pair: Comparison.Pair) -> String {
    if !pair.isReal { return "not told apart" }
    return pair.difference > 0 ? "first is better" : "second is better"
  }

  /// One row a cell with figures, the best first; nil where there is none.
  var ranking: String? {
    var table = CSVTable(
      familyColumns + [
        "cell", "accuracy", "low", "high", "letters", "difference_to_best", "difference_low",
        "difference_high",
      ])
    for family in conclusions.families {
      for member in family.members {
        table.add(
          head(family) + [
            member.name, exact(member.accuracy), exact(member.interval?.low),
            exact(member.interval?.high), member.letters, exact(member.toBest?.difference),
            exact(member.toBest?.low), exact(member.toBest?.high),
          ])
      }
    }
    return conclusions.families.contains { !$0.members.isEmpty } ? table.text : nil
  }

  /// What choosing cost: one row a cell for its settings, and one a family for the best of its cells; nil
  /// where there are no figures.
  var selection: String? {
    var table = CSVTable(
      cellColumns + [
        "choice_among", "candidates", "accuracy", "corrected_accuracy", "approximate", "reason",
      ])
    var isEmpty = true
    for (index, selection) in conclusions.selections.enumerated() {
      guard let selection else { continue }
      isEmpty = false
      table.add(
        head(index) + [
          "settings", "\(selection.settings)", exact(selection.accuracy),
          exact(selection.corrected), selection.isApproximate ? "yes" : "no", selection.reason,
        ])
    }
    for family in conclusions.families {
      guard let best = family.best, let correction = family.correction else { continue }
      table.add(
        head(best.cell) + [
          "cells", "\(family.members.count)", exact(correction.accuracy),
          exact(correction.corrected), "no", "",
        ])
    }
    return isEmpty ? nil : table.text
  }

  /// One row a cell whose test rows can vote by group; nil where there is none.
  var votes: String? {
    var table = CSVTable(
      cellColumns + [
        "group", "groups", "probability_accuracy", "probability_low", "probability_high",
        "majority_accuracy", "majority_low", "majority_high",
      ])
    var isEmpty = true
    for (index, votes) in conclusions.votes.enumerated() {
      guard let votes else { continue }
      isEmpty = false
      table.add(
        head(index) + [votes.groupName, "\(votes.groups)"]
          + [votes.byProbability, votes.byMajority].flatMap {
            [exact($0.accuracy), exact($0.interval?.low), exact($0.interval?.high)]
          })
    }
    return isEmpty ? nil : table.text
  }

  /// One row a bin of a cell whose probabilities are meant as such; nil where there is none.
  var calibration: String? {
    var table = CSVTable(
      cellColumns + [
        "bin", "rows", "confidence", "accuracy", "expected_calibration_error", "chance_error",
        "brier_score",
      ])
    var isEmpty = true
    for (index, calibration) in conclusions.calibrations.enumerated() {
      guard let calibration else { continue }
      isEmpty = false
      for (number, bin) in calibration.curve.bins.enumerated() {
        table.add(
          head(index) + [
            "\(number)", "\(bin.count)", exact(bin.confidence), exact(bin.accuracy),
            exact(calibration.curve.expectedError), exact(calibration.chanceError),
            exact(calibration.brierScore),
          ])
      }
    }
    return isEmpty ? nil : table.text
  }

  /// One row a finding, the gravest first.
  var findings: String {
    var table = CSVTable([
      "number", "gravity", "kind", "title", "seen", "meaning", "advice", "cells",
    ])
    for (index, finding) in conclusions.findings.enumerated() {
      table.add([
        "\(index + 1)", finding.gravity.rawValue, finding.kind.rawValue, finding.title,
        finding.seen, finding.meaning, finding.advice, finding.cells.joined(separator: " "),
      ])
    }
    return table.text
  }
}
