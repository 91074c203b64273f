import DataTables
import Exploration
import TextFormatting

extension Page {
  var data: HTML {
    .joined(
      plan.inputs.enumerated().map { index, input in
        // Inputs with the same rows have the same parts.
        let sheets = plan.protocols.indices.map { Plan.Sheet(protocol: $0, input: index) }
        let hasOwnParts = index == 0 || !plan.inputsShareRows
        return HTML.joined([
          plan.hasInputs ? .element("h3", [:], input.name) : HTML(),
          findings(input.data.findings, none: Report.noDataFindings),
          .joined(hasOwnParts ? sheets.map { parts(of: $0) } : []),
          columns(of: input.data),
        ])
      })
  }

  private func parts(of sheet: Plan.Sheet) -> HTML {
    let name = plan.protocols[sheet.protocol].name
    return (name.isEmpty ? HTML() : .element("p", ["class": "note"], "\(name):"))
      + .table(report.partTable(of: sheet), isSortable: true)
  }

  private func columns(of data: Plan.Data) -> HTML {
    guard !data.columns.isEmpty else {
      return .element("p", ["class": "note"], "The rows are \(data.columnWords).")
    }
    return .element(
      "details", [:], .element("summary", [:], data.columnWords),
      .element("p", ["class": "note"], data.columns.joined(separator: ", ")))
  }

  var split: HTML {
    var parts = report.splitSentences.map { HTML.element("p", [:], $0) }
    parts.append(findings(plan.splitFindings, none: nil))
    if plan.sheets.allSatisfy({ plan.division($0).audit.entries.isEmpty }) {
      parts.append(.element("p", ["class": "note"], Report.noAuditEntries))
    } else {
      parts.append(.element("h3", [:], "Leakage audit"))
      parts.append(.table(report.auditTable))
    }
    return .joined(parts)
  }

  private func findings(_ findings: [DataFinding], none: String?) -> HTML {
    guard !findings.isEmpty else {
      return none.map { .element("p", ["class": "note"], $0) } ?? HTML()
    }
    return .element(
      "ul", ["class": "findings"],
      .joined(
        findings.map { finding in
          .element("li", ["class": finding.severity.rawValue], finding.message)
        }))
  }

  var method: HTML {
    .element("ul", [:], .joined(report.method.map { .element("li", [:], $0) }))
  }

  var experiment: HTML { .element("pre", [:], report.experimentText) }

  var provenance: HTML { .table(report.startTable) + .table(report.identityTable) }
}
