import Conclusions
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
    var sections: [(id: String, title: String, content: HTML)] = []
    func add(_ id: String, _ title: String, _ content: HTML) {
      sections.append((id, title, content))
    }
    let figures = report.figures
    func add(_ kinds: [Report.Figure.Kind]) {
      for kind in kinds {
        let own = figures.filter { $0.kind == kind }
        if !own.isEmpty { add(kind.rawValue, kind.title, pictures(own)) }
      }
    }
    add([.ranks])
    add("summary", "In short", summary)
    add("accuracy", "Accuracy", accuracy)
    add([.forest])
    add("cells", "All cells", .table(report.cellTable, isSortable: true))
    for section in report.conclusionSections {
      add(section.id, section.title, conclusions(section))
    }
    add([.f1, .calibration, .learningCurve, .history, .time, .epochs])
    add("details", "Cell by cell", details)
    if !report.soundPictures.isEmpty { add("sounds", Report.soundsTitle, sounds) }
    add("data", "Data", data)
    add("split", "Split", split)
    add("method", "How to read the numbers", method)
    add("experiment", "Experiment", experiment)
    add("provenance", "Provenance", provenance)
    let lead = HTML.element("p", ["class": "lead"], report.overview)
    return Self.document(title: plan.name, lead: lead, sections: sections)
  }

  private func pictures(_ figures: [Report.Figure]) -> HTML {
    .joined(
      figures.map { figure in
        (figure.name.isEmpty || figures.count == 1 ? HTML() : .element("h3", [:], figure.name))
          + (figure.headline.isEmpty
            ? HTML() : .element("p", ["class": "headline"], figure.headline))
          + .element(
            "div", ["class": figure.kind == .ranks ? "fit" : nil],
            HTML(markup: (figure.inline ?? figure.svg).inline))
      })
  }

  private func conclusions(_ section: Report.ConclusionSection) -> HTML {
    .joined(section.sentences.map { .element("p", ["class": "note"], $0) })
      + .joined(
        section.tables.map { name, table in
          (name.isEmpty ? HTML() : .element("h3", [:], name)) + .table(table)
        })
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

  /// The answer in a few sentences, and what the checks of the run found.
  private var summary: HTML {
    var parts: [HTML] = []
    let chosen = report.bestByValidation
    for best in chosen {
      guard let summary = best.summary else { continue }
      parts.append(answer("Chosen on validation rows\(byMeasure)\(ofInput(best)): ", best, summary))
    }
    // Of several rankings each has a sentence below its table.
    let highest = report.rankings.count == 1 ? report.bestByTest : []
    for best in highest where !chosen.contains(where: { $0.name == best.name }) {
      guard let summary = best.summary else { continue }
      parts.append(
        answer(
          "\(byMeasure.isEmpty ? "Highest" : "Best\(byMeasure)") on the test rows themselves"
            + "\(ofInput(best)), and so flattered by the choice: ",
          best, summary))
    }
    parts.append(findings)
    return .joined(parts)
  }

  /// What the checks of the run found, numbered.
  private var findings: HTML {
    let findings = report.conclusions.findings
    guard !findings.isEmpty else { return HTML() }
    // Their numbers run on in what is folded away.
    let first = findings.prefix { $0.gravity != .note }
    let rest = findings.dropFirst(first.count)
    var parts = [HTML.element("h3", ["id": "findings"], "Findings")]
    if !first.isEmpty {
      parts.append(.element("ol", ["class": "numbered"], .joined(first.map(item))))
    }
    if !rest.isEmpty {
      parts.append(
        .element(
          "details", [:], .element("summary", [:], counted(rest.count, "note")),
          .element(
            "ol", ["class": "numbered", "start": "\(first.count + 1)"], .joined(rest.map(item)))))
    }
    return .joined(parts)
  }

  private func item(_ finding: Finding) -> HTML {
    .element(
      "li", ["class": finding.gravity.rawValue], .element("b", [:], report.title(of: finding)),
      .text(" \(finding.seen) \(finding.meaning) "),
      .element("i", [:], finding.advice))
  }

  /// By what a cell is chosen, where that is not accuracy.
  private var byMeasure: String { report.otherMeasure.map { " by \($0.rawValue)" } ?? "" }

  /// Of which protocol and input a best cell is, where each has its own.
  private func ofInput(_ cell: Report.Cell) -> String {
    let sheet = cell.result.sheet
    let name = plan.inputsShareRows ? plan.protocols[sheet.protocol].name : plan.name(of: sheet)
    return name.isEmpty ? "" : plan.hasProtocols ? " under “\(name)”" : " of \(name)"
  }

  private func answer(_ words: String, _ cell: Report.Cell, _ summary: CellSummary) -> HTML {
    let scores = report.scoreWords(summary, on: "on validation rows").dropFirst()
    var text =
      (scores.isEmpty ? ": " : ":\(scores), ") + "test accuracy \(percentage(summary.testAccuracy))"
    if let interval = summary.interval {
      text += ", 95 % interval \(percentage(interval.low)) to \(percentage(interval.high))"
    }
    let settings = summary.settings.isEmpty ? "" : " with \(summary.settingsText)"
    return .element(
      "p", ["class": "answer"], .text(words),
      .element("a", ["href": "#\(anchor(cell))"], cell.name), .text(settings + text + "."))
  }

  func anchor(_ cell: Report.Cell) -> String { "cell-" + fileName(cell.name) }
}
