import DataTables
import Exploration
import TextFormatting

/// `report.md`: what the page shows, in Markdown.
struct MarkdownReport {
  let report: Report

  init(_ report: Report) { self.report = report }

  private var plan: Plan { report.plan }

  var text: String {
    var sections: [(title: String, content: String)] = [
      ("Accuracy", accuracy), ("All cells", table(report.cellTable)),
      ("Accuracy against time", "![time](figures/time.svg)\n"),
      ("Cell by cell", report.cells.map { details(of: $0) }.joined(separator: "\n")),
      ("Data", data), ("Split", split),
      ("How to read the numbers", list(report.method.map { markdownText($0) })),
      ("Experiment", fenced(report.experimentText)),
      ("Provenance", table(report.startTable) + "\n" + table(report.identityTable)),
    ]
    if EpochCurves(report) != nil {
      let place = sections.firstIndex { $0.title == "Cell by cell" } ?? sections.count
      sections.insert((EpochCurves.title, "![loss by epoch](figures/epochs.svg)\n"), at: place)
    }
    if !report.soundPictures.isEmpty {
      let place = sections.firstIndex { $0.title == "Data" } ?? sections.count
      sections.insert((Report.soundsTitle, sounds), at: place)
    }
    return "# \(markdownText(plan.name))\n\n\(markdownText(report.overview)) "
      + "Split: \(markdownText(plan.splitWords)).\n\n"
      + list(report.remarks.map { markdownText($0) })
      + sections.map { "\n## \($0.title)\n\n\($0.content)" }.joined()
  }

  private var sounds: String {
    "\(markdownText(Report.soundsNote))\n\n"
      + report.soundPictures.map { picture in
        "![\(markdownText(picture.label))](samples/\(linked(fileName(picture.label))).png)\n"
          + "\(markdownText(picture.label))\n\n"
      }.joined()
  }

  private var accuracy: String {
    let best = report.bestByTest.map(\.name)
    let rows = plan.sheets.flatMap { sheet in
      plan.models.enumerated().map { model, choice in
        plan.names(of: sheet).map { markdownText($0) } + [markdownText(choice.name)]
          + plan.transformations.indices.map { transformation in
            let cell = report.cell(sheet, transformation: transformation, model: model)
            guard let summary = cell.summary else { return cell.result.status.rawValue }
            let value = fixed(summary.testAccuracy * 100, decimals: 1)
            return [
              best.contains(cell.name) ? "**\(value)**" : value,
              summary.interval.map { "[\($0.percents())]" }, summary.seedsText,
            ].compactMap { $0 }.joined(separator: " ")
          }
      }
    }
    let heads = plan.sheetColumns + [""]
    return caption(report.taintWords)
      + rowsOfTable(heads + plan.transformations.map { markdownText($0.name) }, rows) {
        $0 >= heads.count
      }
      + "\n\(markdownText(report.accuracyNote))\n\n![accuracy](figures/accuracy.svg)\n"
  }

  private func details(of cell: Report.Cell) -> String {
    let figure = cell.summary.map { percentage($0.testAccuracy) } ?? cell.result.status.rawValue
    var parts = ["### \(markdownText(cell.name)): \(figure)\n"]
    let remarks = report.remarks(on: cell)
    if !remarks.isEmpty { parts.append(markdownText(remarks) + "\n") }
    if !cell.result.pieces.isEmpty { parts.append(picture("curves", of: cell)) }
    if let summary = cell.summary {
      parts.append(picture("confusion", of: cell))
      parts.append(table(report.perClassTable(summary)))
      parts.append(report.facts(summary) + "\n")
    }
    if let first = cell.result.pieces.first {
      parts.append("\(report.trialTitle(cell)):\n")
      parts.append(table(report.trialTable(cell, first)))
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
            + table(report.partTable(of: sheet)) + "\n"
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
      ? Report.noAuditEntries + "\n" : "Leakage audit:\n\n" + table(report.auditTable)
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

  private func caption(_ text: String?) -> String {
    text.map { "**\(markdownText($0))**\n\n" } ?? ""
  }

  /// A table of text; columns whose cells are all numbers are set to the right.
  private func table(_ table: ReportTable) -> String {
    caption(table.caption)
      + rowsOfTable(
        table.header.map { markdownText($0) },
        table.rows.map { row in row.map { markdownText($0) } }
      ) { column in
        table.rows.allSatisfy { $0[column].isEmpty || HTML.cellClass($0[column]) != nil }
      }
  }

  private func rowsOfTable(
    _ header: [String], _ rows: [[String]], isNumeric: (Int) -> Bool
  ) -> String {
    ([header, header.indices.map { isNumeric($0) ? "---:" : "---" }] + rows).map {
      "| " + $0.joined(separator: " | ") + " |\n"
    }.joined()
  }
}
