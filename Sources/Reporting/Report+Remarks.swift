import Conclusions
import Exploration
import JSONText
import Learning
import TextFormatting

extension Report {
  /// What a reader of the accuracy table must know beside it, a sentence each.
  package var remarks: [String] {
    var remarks = bestRemarks
    if let words = differentRowsWords { remarks.append(words) }
    if let words = mixedArithmeticWords { remarks.append(words) }
    for status in CellStatus.allCases where status != .ok {
      let own = cells.filter { $0.result.status == status }
      for reason in Set(own.map(\.result.reason)).sorted() {
        let names = own.filter { $0.result.reason == reason }.map(\.name)
        remarks.append("\(status.rawValue): \(someNames(names)): \(reason)")
      }
    }
    return remarks
  }

  /// The cells that validation rows chose, a sentence each.
  var bestRemarks: [String] {
    var remarks: [String] = []
    for best in bestByValidation {
      guard let summary = best.summary else { continue }
      var line = "best on validation rows: \(best.name)"
      if let measure = otherMeasure {
        line = "best on validation rows by \(measure.rawValue): \(best.name)"
      }
      if !summary.settings.isEmpty { line += " (\(summary.settingsText))" }
      line += scoreWords(summary) + ", test accuracy \(percentage(summary.testAccuracy))"
      if let interval = summary.interval {
        line += ", 95 % interval \(percentage(interval.low)) to \(percentage(interval.high))"
      }
      remarks.append(line)
    }
    return remarks
  }

  /// Where the measure is not accuracy, its figures, as in `, balanced_accuracy 80.4 % there and 78.1 % on
  /// test rows`.
  func scoreWords(_ summary: CellSummary, on rows: String = "there") -> String {
    guard let measure = otherMeasure, summary.validationScore != nil else { return "" }
    let test = scoreText(summary.testScore)
    return ", \(measure.rawValue) \(scoreText(summary.validationScore)) \(rows)"
      + (test.isEmpty ? "" : " and \(test) on test rows")
  }

  /// The results for programs.
  package var json: JSONNode {
    [
      "name": JSONNode(plan.name), "data": JSONNode(plan.source),
      "split": JSONNode(plan.splitWords), "measure": JSONNode(plan.measure.rawValue),
      "taint": plan.taint.map { JSONNode($0) } ?? .null,
      "cells": JSONNode(cells.indices.map { json(of: $0) }),
      "comparisons": JSONNode(conclusions.families.map { json(of: $0) }),
      "findings": JSONNode(conclusions.findings.map { $0.json }),
    ]
  }

  private func json(of index: Int) -> JSONNode {
    let cell = cells[index]
    var members: [JSONNode.Member] = [
      .init("transformation", JSONNode(cell.result.transformation)),
      .init("model", JSONNode(cell.result.model)),
      .init("status", JSONNode(cell.result.status.rawValue)),
      .init("reason", JSONNode(cell.result.reason)),
    ]
    members =
      zip(plan.sheetColumns, plan.names(of: cell.result.sheet)).map { .init($0, JSONNode($1)) }
      + members
    if let summary = cell.summary {
      members +=
        [
          .init("settings", JSONNode(summary.settings)),
          .init("validation_accuracy", JSONNode(summary.validationAccuracy)),
          .init("validation_score", JSONNode(summary.validationScore)),
          .init("test_accuracy", JSONNode(summary.testAccuracy)),
          .init("test_accuracy_low", JSONNode(summary.interval?.low)),
          .init("test_accuracy_high", JSONNode(summary.interval?.high)),
          .init("f1_macro", JSONNode(summary.confusion.macro(summary.confusion.f1))),
          .init("auc_macro", JSONNode(summary.auc)), .init("log_loss", JSONNode(summary.logLoss)),
          .init("fit_seconds", JSONNode(summary.fitSeconds)),
        ] + conclusionMembers(of: index)
    }
    return JSONNode(.object(members))
  }
}
