import Exploration
import TextFormatting

extension Page {
  /// A table a protocol, beside each other where there is room.
  var accuracy: HTML {
    let values = report.cells.compactMap { $0.summary?.testAccuracy }
    // One scale for all: a protocol under which everything is worse is paler.
    let scale = HeatScale(accuracies: values)
    let note = [
      report.accuracyNote,
      "\(sentence(report.emphasisedWords))\(plan.inputsShareRows ? "" : " of each input")\(plan.hasProtocols ? ", by protocol," : "") is framed.",
      report.lettersNote, "Choose a cell to see all of it.",
    ].compactMap { $0 }.joined(separator: " ")
    return .element(
      "div", ["class": "sheets"], .joined(report.accuracyGrids.map { sheet($0, scale) }))
      + .element("p", ["class": "note"], note)
  }

  private func sheet(_ grid: AccuracyGrid, _ scale: HeatScale) -> HTML {
    let head = HTML.joined(
      [.element("th", [:], "")] + grid.transformations.map { .element("th", [:], $0) })
    var bodies: [HTML] = []
    for input in plan.inputs {
      let rows = grid.rows.filter { $0.input == input.name }.map { row in
        HTML.element(
          "tr", [:],
          .joined(
            [.element("th", ["scope": "row"], row.model)] + row.cells.map { heatCell($0, scale) }))
      }
      bodies.append(
        .element("tbody", [:], .joined((plan.hasInputs ? [heading(of: input)] : []) + rows)))
    }
    let table = HTML.element(
      "div", ["class": "scroll"],
      .element(
        "table", ["class": "heat"], .caption(grid.taint),
        .element("thead", [:], .element("tr", [:], head)), .joined(bodies)))
    let title =
      grid.name.isEmpty
      ? HTML()
      : .element("h3", [:], grid.name) + .element("p", ["class": "note"], "\(grid.words).")
    return .element(
      "div", ["class": "sheet"], title, table,
      .joined(grid.sentences.map { .element("p", ["class": "conclusion"], $0) }))
  }

  /// Above the rows of an input what it is.
  private func heading(of input: Plan.Input) -> HTML {
    .element(
      "tr", [:],
      .element(
        "th",
        [
          "class": "input", "scope": "rowgroup", "colspan": "\(plan.transformations.count + 1)",
        ], .element("b", [:], input.name), .text(" " + report.size(of: input))))
  }

  private func heatCell(_ own: AccuracyGrid.Cell, _ scale: HeatScale) -> HTML {
    let cell = own.cell
    guard let summary = cell.summary else {
      return .element(
        "td", ["class": "none", "title": cell.result.reason],
        .element("a", ["href": "#\(anchor(cell))"], cell.result.status.rawValue))
    }
    let value = summary.testAccuracy
    let number = HTML.text(fixed(value * 100, decimals: 1))
    var parts = [
      HTML.element(
        "b", [:], own.letters.isEmpty ? number : number + .element("sup", [:], own.letters))
    ]
    if let interval = summary.interval {
      parts.append(.element("small", [:], interval.percents()))
    }
    if let seeds = summary.seedsText { parts.append(.element("small", [:], seeds)) }
    return .element(
      "td",
      [
        "class": own.isBest ? "best" : nil,
        "style": "background:\(scale.color(value));color:\(scale.inkColor(value))",
        "title": summary.settingsText,
      ], .element("a", ["href": "#\(anchor(cell))"], .joined(parts)))
  }
}
