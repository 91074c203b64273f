import Exploration

extension TimeChart {
  init(_ report: Report) {
    let plan = report.plan
    let ranked = plan.rankedSheets
    let panels = ranked.map { sheets in
      let cells = zip(report.cells, plan.cells).filter { sheets.contains($0.0.result.sheet) }
      let name =
        plan.inputsShareRows
        ? plan.protocols[sheets[0].protocol].name : plan.name(of: sheets[0])
      return Panel(
        name: name,
        dots: cells.compactMap { cell, planned in
          cell.summary.map {
            Dot(
              name: report.shortName(of: cell),
              seconds: $0.fitSeconds, accuracy: $0.testAccuracy, model: planned.model,
              transformation: planned.transformation,
              input: sheets.count > 1 ? planned.input : nil)
          }
        })
    }
    self.init(
      panels: panels, models: plan.models.map(\.name),
      transformations: plan.transformations.map(\.name), inputs: plan.inputs.map(\.name))
  }
}
