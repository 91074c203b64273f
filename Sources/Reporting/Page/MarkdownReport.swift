import DataTables
import Exploration
import TextFormatting

/// `report.md`: what the page shows, in Markdown.
struct MarkdownReport {
  let report: Report

  init(_ report: Report) { self.report = report }

  private var plan: Plan { report.plan }

  var text: String {
    var sections: [(title: String, content: String)] = []
    func add(_ title: String, _ content: String) { sections.append((title, content)) }
    let figures = report.figures
    func add(_ kinds: [Report.Figure.Kind]) {
      for kind in kinds {
        let own = figures.filter { $0.kind == kind }
        if !own.isEmpty { add(kind.title, pictures(own)) }
      }
    }
    add([.ranks])
    add("In short", list(report.bestRemarks.map { markdownText($0) }) + findings)
    add("Accuracy", accuracy)
    add([.forest])
    add("All cells", report.cellTable.markdown)
    for section in report.conclusionSections { add(section.title, words(section)) }
    add([.f1, .calibration, .learningCurve, .history, .time, .epochs])
    add("Cell by cell", report.cells.map { details(of: $0) }.joined(separator: "\n"))
    if !report.soundPictures.isEmpty { add(Report.soundsTitle, sounds) }
    add("Data", data)
    add("Split", split)
    add("How to read the numbers", list(report.method.map { markdownText($0) }))
    add("Experiment", fenced(report.experimentText))
    add("Provenance", report.startTable.markdown + "\n" + report.identityTable.markdown)
    return "# \(markdownText(plan.name))\n\n\(markdownText(report.overview)) "
      + "Split: \(markdownText(plan.splitWords)).\n"
      + sections.map { "\n## \($0.title)\n\n\($0.content)" }.joined()
  }

  /// What the checks of the run found, numbered.
  private var findings: String {
    (report.conclusions.findings.isEmpty ? "" : "\n### Findings\n\n")
      + report.conclusions.findings.enumerated().map { number, finding in
        "\(number + 1). **\(markdownText(report.title(of: finding)))** "
          + "\(markdownText("\(finding.seen) \(finding.meaning) \(finding.advice)"))\n"
      }.joined()
  }

  private func pictures(_ figures: [Report.Figure]) -> String {
    figures.map { figure in
      (figure.name.isEmpty || figures.count == 1 ? "" : "### \(markdownText(figure.name))\n\n")
        + (figure.headline.isEmpty ? "" : "**\(markdownText(figure.headline))**\n\n")
        + "![\(markdownText(figure.kind.title))](figures/\(linked(figure.file)))\n"
    }.joined(separator: "\n")
  }

  private func words(_ section: Report.ConclusionSection) -> String {
    section.sentences.map { markdownText($0) + "\n\n" }.joined()
      + section.tables.map { (name, table) in
        (name.isEmpty ? "" : "### \(markdownText(name))\n\n") + table.markdown
      }.joined(separator: "\n")
  }

  private var sounds: String {
    "\(markdownText(report.soundsNote))\n\n"
      + report.soundPictures.map { picture in
        "![\(markdownText(picture.label))](samples/\(linked(fileName(picture.label))).png)\n"
          + "\(markdownText(picture.label))\n\n"
      }.joined()
  }

  private var accuracy: String {
    report.accuracyGrids.map { $0.markdown + "\n" }.joined()
      + [
        report.accuracyNote, report.otherMeasure.map { _ in "Bold: \(report.emphasisedWords)." },
        report.lettersNote,
      ].compactMap { $0.map { markdownText($0) } }
      .joined(separator: " ") + "\n\n![accuracy](figures/accuracy.svg)\n"
  }

  private func details(of cell: Report.Cell) -> String {
    let figure = cell.summary.map { percentage($0.testAccuracy) } ?? cell.result.status.rawValue
    var parts = ["### \(markdownText(cell.name)): \(figure)\n"]
    let remarks = report.remarks(on: cell)
    if !remarks.isEmpty { parts.append(markdownText(remarks) + "\n") }
    if !cell.result.pieces.isEmpty { parts.append(picture("curves", of: cell)) }
    if let summary = cell.summary {
      parts.append(picture("confusion", of: cell))
      parts.append(report.perClassTable(of: cell, summary).markdown)
      parts.append(report.facts(summary) + "\n")
    }
    if let first = cell.result.pieces.first {
      parts.append("\(report.trialTitle(cell)):\n")
      parts.append(report.trialTable(cell, first).markdown)
    }
    return parts.joined(separator: "\n")
  }

  private var data: String {
    plan.inputs.enumerated().map { index, input in
      let findings =
        input.data.findings.isEmpty
        ? Report.noDataFindings + "\n" : list(words(input.data.findings))
      // Inputs with the same rows have the same parts.
      let sheets = plan.protocols.indices.map { Plan.Sheet(protocol: $0, input: index) }
      let parts =
        index == 0 || !plan.inputsShareRows
        ? sheets.map { sheet in
          let name = plan.protocols[sheet.protocol].name
          return (name.isEmpty ? "" : "\(markdownText(name)):\n\n")
            + report.partTable(of: sheet).markdown + "\n"
        }.joined() : ""
      return (plan.hasInputs ? "### \(markdownText(input.name))\n\n" : "") + findings + "\n" + parts
        + columns(of: input.data) + "\n"
    }.joined(separator: "\n")
  }

  private func columns(of data: Plan.Data) -> String {
    let names = data.columns.map { markdownText($0) }.joined(separator: ", ")
    let words = data.columns.isEmpty ? "" : "Columns: " + names
    guard let picture = data.picture else { return words }
    return "Pictures of \(picture)." + (words.isEmpty ? "" : " " + words)
  }

  private var split: String {
    let sentences =
      report.splitSentences.map { markdownText($0) + "\n" } + [list(words(plan.splitFindings))]
    let audit =
      plan.sheets.allSatisfy { plan.division($0).audit.entries.isEmpty }
      ? Report.noAuditEntries + "\n" : "Leakage audit:\n\n" + report.auditTable.markdown
    return (sentences.filter { !$0.isEmpty } + [audit]).joined(separator: "\n")
  }

  // MARK: Markdown

  private func words(_ findings: [DataFinding]) -> [String] {
    findings.map { "\($0.severity.rawValue): \(markdownText($0.message))" }
  }

  private func list(_ items: [String]) -> String { items.map { "- \($0)\n" }.joined() }

  private func picture(_ folder: String, of cell: Report.Cell) -> String {
    "![\(folder)](figures/\(folder)/\(linked(fileName(cell.name))).svg)\n"
  }

  /// A file's name holds no letter that a link cannot, but the sign that links write others with.
  private func linked(_ file: String) -> String {
    file.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
  }

  /// Text as it is, in a fence longer than any run of backticks in it.
  private func fenced(_ text: String) -> String {
    let runs = text.split { $0 != "`" }.map(\.count)
    let fence = String(repeating: "`", count: max(3, (runs.max() ?? 0) + 1))
    return "\(fence)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(fence)\n"
  }
}
