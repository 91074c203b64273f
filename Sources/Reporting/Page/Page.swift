import Exploration
import JSONText
import Learning
import TextFormatting

/// `index.html`: one page that needs nothing else and shows all of a run.
struct Page {
  let report: Report
  var plan: Plan { report.plan }

  init(_ report: Report) { self.report = report }

  var html: String {
    var sections: [(id: String, title: String, content: HTML)] = [
      ("accuracy", "Accuracy", accuracy),
      ("cells", "All cells", .table(report.cellTable, isSortable: true)),
      ("time", "Accuracy against time", HTML(markup: TimeChart(report).svg.inline)),
      ("details", "Cell by cell", details), ("data", "Data", data), ("split", "Split", split),
      ("method", "How to read the numbers", method), ("experiment", "Experiment", experiment),
      ("provenance", "Provenance", provenance),
    ]
    if let curves = EpochCurves(report) {
      let place = sections.firstIndex { $0.id == "details" } ?? sections.count
      sections.insert(("epochs", EpochCurves.title, HTML(markup: curves.svg.inline)), at: place)
    }
    if !report.soundPictures.isEmpty {
      let place = sections.firstIndex { $0.id == "data" } ?? sections.count
      sections.insert(("sounds", Report.soundsTitle, sounds), at: place)
    }
    return Self.document(title: plan.name, lead: lead, sections: sections)
  }

  /// A whole page: its title, what stands first, and sections with links to them.
  static func document(
    title: String, lead: HTML, sections: [(id: String, title: String, content: HTML)]
  ) -> String {
    let navigation = HTML.element(
      "nav", [:], .joined(sections.map { .element("a", ["href": "#\($0.id)"], $0.title) }))
    let body =
      HTML.element("header", [:], .element("h1", [:], title), lead, navigation)
      + .element(
        "main", [:],
        .joined(
          sections.map {
            .element("section", ["id": $0.id], .element("h2", [:], $0.title), $0.content)
          }))
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(markupText(title)) – Explore</title>
      <style>
      \(Self.style)
      \(SVG.styleSheet)
      </style>
      </head>
      <body>
      \(body.markup)<script>
      \(Self.script)
      </script>
      </body>
      </html>

      """
  }

  // MARK: The top

  /// What was asked, and the answer in a few sentences.
  private var lead: HTML {
    var parts = [HTML.element("p", ["class": "lead"], report.overview)]
    if let taint = plan.taint {
      parts.append(
        .element(
          "p", ["class": "warning"], .element("strong", [:], "Too optimistic. "),
          .text("The figures of this split are flattered by \(taint).")))
    }
    let chosen = report.bestByValidation
    for best in chosen {
      guard let summary = best.summary else { continue }
      parts.append(answer("Chosen on validation rows\(ofInput(best)): ", best, summary))
    }
    for best in report.bestByTest where !chosen.contains(where: { $0.name == best.name }) {
      guard let summary = best.summary else { continue }
      parts.append(
        answer(
          "Highest on the test rows themselves\(ofInput(best)), and so flattered by the choice: ",
          best, summary))
    }
    if let words = report.differentRowsWords {
      parts.append(.element("p", ["class": "warning"], "\(sentence(words))."))
    }
    if report.hasFailures {
      let failed = report.cells.filter { ![.ok, .skipped].contains($0.result.status) }
      parts.append(
        .element(
          "p", ["class": "warning"],
          "\(counted(failed.count, "cell")) did not finish: "
            + failed.map { "\($0.name) (\($0.result.status.rawValue))" }.joined(separator: ", ")))
    }
    if let words = report.mixedArithmeticWords {
      parts.append(.element("p", ["class": "warning"], "Attention: \(words)."))
    }
    return .joined(parts)
  }

  /// Of which protocol and input a best cell is, where each has its own.
  private func ofInput(_ cell: Report.Cell) -> String {
    let sheet = cell.result.sheet
    let name = plan.inputsShareRows ? plan.protocols[sheet.protocol].name : plan.name(of: sheet)
    return name.isEmpty ? "" : " of \(name)"
  }

  private func answer(_ words: String, _ cell: Report.Cell, _ summary: CellSummary) -> HTML {
    var text = ": test accuracy \(percentage(summary.testAccuracy))"
    if let interval = summary.interval {
      text += ", 95 % interval \(percentage(interval.low)) to \(percentage(interval.high))"
    }
    let settings = summary.settings.isEmpty ? "" : " with \(summary.settingsText)"
    return .element(
      "p", ["class": "answer"], .text(words),
      .element("a", ["href": "#\(anchor(cell))"], cell.name), .text(settings + text + "."))
  }

  // MARK: The accuracy table

  private var accuracy: HTML {
    let values = report.cells.compactMap { $0.summary?.testAccuracy }
    let scale = HeatScale(accuracies: values)
    let best = report.bestByTest.map(\.name)
    let head = HTML.joined(
      [.element("th", [:], "")] + plan.transformations.map { .element("th", [:], $0.name) })
    let groups = plan.sheets.map { sheet in
      let rows = plan.models.enumerated().map { model, choice in
        HTML.element(
          "tr", [:],
          .joined(
            [.element("th", ["scope": "row"], choice.name)]
              + plan.transformations.indices.map { transformation in
                heatCell(
                  report.cell(sheet, transformation: transformation, model: model), scale,
                  best: best)
              }))
      }
      return HTML.element(
        "tbody", [:], .joined((plan.sheetColumns.isEmpty ? [] : [heading(sheet)]) + rows))
    }
    return .element(
      "div", ["class": "scroll"],
      .element(
        "table", ["class": "heat"], .caption(report.taintWords),
        .element("thead", [:], .element("tr", [:], head)),
        .joined(groups)))
      + .element(
        "p", ["class": "note"],
        report.accuracyNote
          + " The highest\(plan.inputsShareRows ? "" : " of each input")\(plan.hasProtocols ? ", by protocol," : "") is framed. Choose a cell to see all of it."
      )
  }

  /// Above the rows of a sheet what it is.
  private func heading(_ sheet: Plan.Sheet) -> HTML {
    .element(
      "tr", [:],
      .element(
        "th",
        [
          "class": "input", "scope": "rowgroup", "colspan": "\(plan.transformations.count + 1)",
        ], .element("b", [:], plan.name(of: sheet)), .text(" " + report.words(of: sheet))))
  }

  private func heatCell(_ cell: Report.Cell, _ scale: HeatScale, best: [String]) -> HTML {
    guard let summary = cell.summary else {
      return .element(
        "td", ["class": "none", "title": cell.result.reason],
        .element("a", ["href": "#\(anchor(cell))"], cell.result.status.rawValue))
    }
    let value = summary.testAccuracy
    var parts = [HTML.element("b", [:], fixed(value * 100, decimals: 1))]
    if let interval = summary.interval {
      parts.append(.element("small", [:], interval.percents()))
    }
    if let seeds = summary.seedsText { parts.append(.element("small", [:], seeds)) }
    return .element(
      "td",
      [
        "class": best.contains(cell.name) ? "best" : nil,
        "style": "background:\(scale.color(value));color:\(scale.inkColor(value))",
        "title": summary.settingsText,
      ], .element("a", ["href": "#\(anchor(cell))"], .joined(parts)))
  }

  func anchor(_ cell: Report.Cell) -> String { "cell-" + fileName(cell.name) }
}
