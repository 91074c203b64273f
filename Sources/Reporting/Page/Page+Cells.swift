import Exploration
import TextFormatting

extension Page {
  /// Everything about each cell, folded away until it is asked for.
  var details: HTML {
    .joined(report.cells.map { details(of: $0) })
  }

  private func details(of cell: Report.Cell) -> HTML {
    let figure = cell.summary.map { percentage($0.testAccuracy) } ?? cell.result.status.rawValue
    return .element(
      "details", ["id": anchor(cell)],
      .element("summary", [:], .element("b", [:], cell.name), .text(" \(figure)")),
      content(of: cell))
  }

  private func content(of cell: Report.Cell) -> HTML {
    var parts: [HTML] = []
    let remarks = remarks(cell)
    if !remarks.isEmpty { parts.append(.element("p", ["class": "note"], remarks)) }
    if !cell.result.pieces.isEmpty {
      parts.append(HTML(markup: LearningCurve(cell, plan: plan).svg.inline))
    }
    if let summary = cell.summary {
      let confusion = ConfusionTable(
        summary.confusion, classes: plan.data.classes, title: "confusion, \(cell.name)")
      parts.append(
        .element(
          "div", ["class": "pair"], HTML(markup: confusion.svg.inline), perClass(summary)))
      parts.append(.element("p", ["class": "note"], facts(summary)))
    }
    if let first = cell.result.pieces.first {
      parts.append(trials(cell, first))
    }
    return .joined(parts)
  }

  private func perClass(_ summary: CellSummary) -> HTML {
    let confusion = summary.confusion
    return .table(
      ["class", "precision", "recall", "F1", "rows"],
      plan.data.classes.enumerated().map { label, name in
        [
          name, fixed(confusion.precision(label), decimals: 3),
          fixed(confusion.recall(label), decimals: 3), fixed(confusion.f1(label), decimals: 3),
          shortest((confusion.support(label) * 100).rounded() / 100),
        ]
      })
  }

  private func facts(_ summary: CellSummary) -> String {
    var facts = [
      "\(summary.trainingRows) training rows", counted(summary.dimensions, "column"),
      "fits \(duration(seconds: summary.fitSeconds))",
      "transformation \(duration(seconds: summary.transformSeconds))",
    ]
    if let memory = summary.peakMegabytes { facts.append("peak \(byteCount(memory * 1e6))") }
    if summary.clippedRows > 0 {
      facts.append(
        "the true class of \(counted(summary.clippedRows, "test row")) had a probability below 2⁻²³"
      )
    }
    return facts.joined(separator: " · ")
  }

  /// The trials of the first split; those of all splits are in `trials.csv`.
  private func trials(_ cell: Report.Cell, _ piece: RunResults.Piece) -> HTML {
    let rows = piece.trials.map { trial -> [String] in
      func percent(_ value: Double?) -> String { value.map { fixed($0 * 100, decimals: 1) } ?? "" }
      func loss(_ value: Double?) -> String { value.map { fixed($0, decimals: 3) } ?? "" }
      let settings =
        cell.result.settings.indices.contains(trial.trial) ? cell.result.settings[trial.trial] : ""
      return [
        "\(trial.trial)", settings.isEmpty ? "default" : settings, percent(trial.trainAccuracy),
        percent(trial.validationAccuracy), loss(trial.trainLoss), loss(trial.validationLoss),
        trial.trial == piece.record.winner ? "chosen" : trial.failure?.reason ?? "",
      ]
    }
    let title =
      plan.isFolds || cell.result.pieces.count > 1
      ? "Settings tried (repeat 0, fold 0)" : "Settings tried"
    return .element("h3", [:], title)
      + .table(
        ["trial", "settings", "train %", "validation %", "train loss", "validation loss", ""], rows)
  }
}
