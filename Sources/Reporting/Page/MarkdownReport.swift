import Exploration
import TextFormatting

/// `report.md`: the page's contents as far as Markdown can show them.
struct MarkdownReport {
  let report: Report

  init(_ report: Report) { self.report = report }

  var text: String {
    let plan = report.plan
    var text = "# \(markdownText(plan.name))\n\n"
    text +=
      "\(markdownText(plan.data.source)): \(counted(plan.data.labels.count, "row")), "
      + "\(counted(plan.data.columns.count, "column")), "
      + "\(counted(plan.data.classes.count, "class", plural: "classes")). "
      + "Split: \(markdownText(plan.splitWords)).\n\n"
    for remark in report.remarks { text += "- \(markdownText(remark))\n" }
    text += "\n## Test accuracy, %\n\n" + accuracyTable
    text +=
      "\nIn brackets the 95 % interval, which covers the choice of test rows, not a retraining.\n"
    text += "\n![accuracy](figures/accuracy.svg)\n\n![time](figures/time.svg)\n"
    text += "\n## Cells\n\n" + cellTable
    let findings = plan.data.findings + plan.findings
    if !findings.isEmpty {
      text += "\n## Data\n\n"
      for finding in findings {
        text += "- \(finding.severity.rawValue): \(markdownText(finding.message))\n"
      }
    }
    return text
  }

  private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }

  private var accuracyTable: String {
    let plan = report.plan
    var text = row([""] + plan.transformations.map { markdownText($0.name) })
    text += row(["---"] + plan.transformations.map { _ in "---:" })
    for (model, choice) in plan.models.enumerated() {
      text += row(
        [markdownText(choice.name)]
          + plan.transformations.indices.map { transformation in
            let cell = report.cell(transformation: transformation, model: model)
            guard let summary = cell.summary else { return cell.result.status.rawValue }
            let accuracy = fixed(summary.testAccuracy * 100, decimals: 1)
            let isBest = cell.name == report.bestByTest?.name
            let shown = isBest ? "**\(accuracy)**" : accuracy
            guard let interval = summary.interval else { return shown }
            return shown + " [\(fixed(interval.low * 100, decimals: 1))–"
              + "\(fixed(interval.high * 100, decimals: 1))]"
          })
    }
    return text
  }

  private var cellTable: String {
    var text = row([
      "cell", "status", "settings", "validation", "test", "F1", "AUC", "log loss", "fit",
    ])
    text += row(["---", "---", "---"] + [String](repeating: "---:", count: 6))
    for cell in report.cells {
      guard let summary = cell.summary else {
        text += row(
          [markdownText(cell.name), cell.result.status.rawValue, markdownText(cell.result.reason)]
            + [String](repeating: "", count: 6))
        continue
      }
      text += row([
        markdownText(cell.name), "ok", markdownText(settingsText(summary)),
        summary.validationAccuracy.map { fixed($0, decimals: 4) } ?? "",
        fixed(summary.testAccuracy, decimals: 4),
        fixed(summary.confusion.macro(summary.confusion.f1), decimals: 4),
        summary.auc.map { fixed($0, decimals: 4) } ?? "", fixed(summary.logLoss, decimals: 4),
        duration(seconds: summary.fitSeconds),
      ])
    }
    return text
  }
}
