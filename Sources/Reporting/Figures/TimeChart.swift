import Exploration
import Glibc
import TextFormatting

/// Test accuracy against the seconds spent fitting, with the cells that no other beats in both.
struct TimeChart {
  let report: Report

  init(_ report: Report) { self.report = report }

  private struct Dot {
    var cell: Report.Cell
    var seconds: Double
    var accuracy: Double
    var model: Int
    var transformation: Int
    var input: Int
  }

  /// Told apart also by people who see few colours (Okabe and Ito 2008, the yellow darkened).
  private static let colors = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c7a00", "#7f7f7f",
  ]

  private var dots: [Dot] {
    zip(report.cells, report.plan.cells).compactMap { cell, planned in
      cell.summary.map {
        Dot(
          cell: cell, seconds: max($0.fitSeconds, 1e-4), accuracy: $0.testAccuracy * 100,
          model: planned.model, transformation: planned.transformation,
          input: planned.input)
      }
    }
  }

  var svg: SVG {
    let plan = report.plan
    let (width, height, left, top) = (560.0, 340.0, 60.0, 64.0)
    let legendRows =
      plan.models.count + plan.transformations.count + 3
      + (plan.hasInputs ? plan.inputs.count + 2 : 0)
    let total = max(top + height + 60, 60 + Double(legendRows) * 20)
    var svg = SVG(
      width: left + width + 190, height: total, title: "Test accuracy against fit time")
    svg.text("Test accuracy against fit time", x: 16, y: 28, size: 16, isBold: true)
    svg.text(
      "seconds over all settings and folds; dashed: no other cell\(plan.inputsShareRows ? "" : " of the input") is both "
        + "faster and better",
      x: 16, y: 47, style: "muted")
    let dots = self.dots
    guard !dots.isEmpty else {
      svg.text("no cell was computed", x: left, y: top + 40, style: "muted")
      return svg
    }
    let exponents = dots.map { log10($0.seconds) }
    let lowX = ((exponents.min() ?? 0) - 0.1).rounded(.down)
    let highX = max(((exponents.max() ?? 1) + 0.1).rounded(.up), lowX + 1)
    let values = dots.map(\.accuracy)
    let lowY = max(0, ((values.min() ?? 0) / 5 - 0.2).rounded(.down) * 5)
    let highY = min(100, ((values.max() ?? 100) / 5 + 0.2).rounded(.up) * 5)
    func x(_ dot: Dot) -> Double { left + width * (log10(dot.seconds) - lowX) / (highX - lowX) }
    func y(_ accuracy: Double) -> Double {
      top + height * (1 - (accuracy - lowY) / max(1, highY - lowY))
    }

    let marks = ticks(from: lowY, to: highY, about: 6)
    for mark in marks {
      svg.line(left, y(mark), left + width, y(mark), style: "grid")
      svg.text(
        fixed(mark, decimals: decimals(of: marks)) + " %", x: left - 8, y: y(mark) + 4,
        style: "muted", anchor: .end)
    }
    for exponent in stride(from: lowX, through: highX, by: 1) {
      let place = left + width * (exponent - lowX) / (highX - lowX)
      svg.line(place, top, place, top + height, style: "grid")
      svg.text(
        duration(seconds: pow(10, exponent)), x: place, y: top + height + 20, style: "muted",
        anchor: .middle)
    }
    svg.text("fit time", x: left + width / 2, y: top + height + 42, style: "muted", anchor: .middle)
    // Figures of different protocols or rows are not ranked: each has its own front.
    for sheets in plan.rankedSheets {
      let own = dots.filter { sheets.contains($0.cell.result.sheet) }
      svg.polyline(front(own).map { (x($0), y($0.accuracy)) }, style: "front")
    }
    for dot in dots { draw(dot, x: x(dot), y: y(dot.accuracy), &svg) }
    legend(x: left + width + 34, &svg)
    return svg
  }

  /// The dots that no other beats in time and accuracy, the fastest first.
  private func front(_ dots: [Dot]) -> [Dot] {
    var best = -1.0
    return dots.sorted { ($0.seconds, -$0.accuracy) < ($1.seconds, -$1.accuracy) }.filter {
      guard $0.accuracy > best else { return false }
      best = $0.accuracy
      return true
    }
  }

  private func draw(_ dot: Dot, x: Double, y: Double, _ svg: inout SVG) {
    let tip =
      "\(dot.cell.name): \(fixed(dot.accuracy, decimals: 1)) % in \(duration(seconds: dot.seconds))"
    shape(dot.transformation, x: x, y: y, color: Self.color(dot.model), tip: tip, &svg)
    if report.plan.hasInputs {
      svg.text("\(dot.input + 1)", x: x + 7, y: y - 4, style: "muted", size: 9)
    }
  }

  private static func color(_ model: Int) -> String { colors[model % colors.count] }

  /// A shape for each transformation.
  private func shape(
    _ transformation: Int, x: Double, y: Double, color: String, tip: String?, _ svg: inout SVG
  ) {
    switch transformation % 5 {
    case 0: svg.circle(x: x, y: y, radius: 5, fill: color, tip: tip)
    case 1: svg.rectangle(x: x - 4.5, y: y - 4.5, width: 9, height: 9, fill: color, tip: tip)
    case 2: svg.polygon([(x, y - 6), (x + 5.5, y + 4), (x - 5.5, y + 4)], fill: color, tip: tip)
    case 3: svg.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], fill: color, tip: tip)
    default: svg.polygon([(x - 5.5, y - 4), (x + 5.5, y - 4), (x, y + 6)], fill: color, tip: tip)
    }
  }

  private func legend(x: Double, _ svg: inout SVG) {
    var y = 70.0
    svg.text("model", x: x - 6, y: y, style: "muted")
    for (index, choice) in report.plan.models.enumerated() {
      y += 20
      svg.circle(x: x, y: y - 4, radius: 5, fill: Self.color(index))
      svg.text(clipped(choice.name, width: 130, size: 12), x: x + 12, y: y)
    }
    y += 30
    svg.text("transformation", x: x - 6, y: y, style: "muted")
    for (index, choice) in report.plan.transformations.enumerated() {
      y += 20
      shape(index, x: x, y: y - 4, color: "#7f8a99", tip: nil, &svg)
      svg.text(clipped(choice.name, width: 130, size: 12), x: x + 12, y: y)
    }
    guard report.plan.hasInputs else { return }
    y += 30
    svg.text("input", x: x - 6, y: y, style: "muted")
    for (index, input) in report.plan.inputs.enumerated() {
      y += 20
      svg.text("\(index + 1)", x: x, y: y, style: "muted", size: 11, anchor: .middle)
      svg.text(clipped(input.name, width: 130, size: 12), x: x + 12, y: y)
    }
  }
}
