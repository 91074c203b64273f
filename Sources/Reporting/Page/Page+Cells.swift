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
    let remarks = report.remarks(on: cell)
    if !remarks.isEmpty { parts.append(.element("p", ["class": "note"], remarks)) }
    if !cell.result.pieces.isEmpty {
      parts.append(HTML(markup: LearningCurve(cell, plan: plan).svg.inline))
    }
    if let summary = cell.summary {
      let confusion = ConfusionTable(
        summary.confusion, classes: plan.classes, title: cell.name)
      parts.append(
        .element(
          "div", ["class": "pair"], HTML(markup: confusion.svg.inline),
          .table(report.perClassTable(of: cell, summary))))
      parts.append(.element("p", ["class": "note"], report.facts(summary)))
    }
    if let first = cell.result.pieces.first {
      parts.append(.element("h3", [:], report.trialTitle(cell)))
      parts.append(.table(report.trialTable(cell, first)))
    }
    return .joined(parts)
  }
}
