import AudioData
import DataTables
import TextFormatting

extension HealthReport {
  /// A page that needs nothing else and shows all that was found.
  ///
  /// - Parameter moves: the files that were moved to a quarantine folder.
  /// - Returns: HTML.
  package func page(moves: [Quarantine.Move] = []) -> String {
    var sections: [(id: String, title: String, content: HTML)] = [
      ("classes", "Classes", .table(classTable, isSortable: true))
    ]
    if problems.isEmpty {
      sections.append(("problems", "Problems", .element("p", ["class": "note"], "None was found.")))
    } else {
      sections.append(("kinds", "Kinds of problems", .table(kindTable)))
      sections.append(("problems", "Problems", .table(problemTable, isSortable: true)))
    }
    if !moves.isEmpty { sections.append(("quarantine", "Quarantine", .table(Self.table(moves)))) }
    sections.append(("copies", "Search for copies", .element("p", [:], comparisonWords + ".")))
    if !findings.isEmpty { sections.append(("folder", "Folder", Self.list(findings))) }
    return Page.document(
      title: "Health of \(source.string)",
      lead: .element("p", ["class": isClean ? "lead" : "warning"], verdict + "."),
      sections: sections)
  }

  private static func table(_ moves: [Quarantine.Move]) -> ReportTable {
    ReportTable(
      header: ["from", "to", ""],
      rows: moves.map { [$0.from.string, $0.to.string, $0.failure ?? "moved"] })
  }

  private static func list(_ findings: [DataFinding]) -> HTML {
    .element(
      "ul", ["class": "findings"],
      .joined(findings.map { .element("li", ["class": $0.severity.rawValue], $0.message) }))
  }
}
