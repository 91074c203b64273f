import DataTables
import Exploration
import TextFormatting

extension Page {
  var data: HTML {
    .joined([
      findings(plan.data.findings, none: Report.noDataFindings),
      .table(report.partTable, isSortable: true),
      .element(
        "details", [:],
        .element("summary", [:], counted(plan.data.columns.count, "column")),
        .element("p", ["class": "note"], plan.data.columns.joined(separator: ", "))),
    ])
  }

  var split: HTML {
    var parts = report.splitSentences.map { HTML.element("p", [:], $0) }
    parts.append(findings(plan.findings, none: nil))
    if plan.audit.entries.isEmpty {
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
