import Reporting
import TextFormatting

/// Box plots of the regret of tuners, a panel a table.
struct RegretPicture {
  /// Named `tuners/regret/table/tuner`.
  var measurements: [Measurement]

  private static let color = "#0072b2"

  private struct Box {
    var tuner: String
    var regrets: [Double]
  }

  private var panels: [(table: String, boxes: [Box])] {
    var panels: [(table: String, boxes: [Box])] = []
    for measurement in measurements {
      let parts = measurement.name.split(separator: "/").map(String.init)
      let regrets = (measurement.details["regret_points"]?.elements ?? []).compactMap(\.number)
      guard parts.count == 4, !regrets.isEmpty else { continue }
      let box = Box(tuner: parts[3], regrets: regrets)
      if let index = panels.firstIndex(where: { $0.table == parts[2] }) {
        panels[index].boxes.append(box)
      } else {
        panels.append((parts[2], [box]))
      }
    }
    return panels
  }

  var svg: SVG {
    let panels = panels
    let width = 320.0
    var svg = SVG(
      width: 40 + width * Double(max(1, panels.count)), height: 380, title: "Regret of tuners")
    svg.text("Regret of tuners at the time of 16 full fits", x: 16, y: 28, size: 16, isBold: true)
    svg.text(
      "points of validation accuracy below the best of all 144 settings; a dot a seed, boxes from quartile "
        + "to quartile", x: 16, y: 47, style: "muted")
    for (index, panel) in panels.enumerated() {
      draw(panel.table, panel.boxes, x: 56 + width * Double(index), width: width - 50, &svg)
    }
    return svg
  }

  private func draw(
    _ table: String, _ boxes: [Box], x left: Double, width: Double, _ svg: inout SVG
  ) {
    let (base, height) = (100.0, 230.0)
    svg.text(table, x: left, y: base - 14, isBold: true)
    let high = max(1, boxes.flatMap(\.regrets).max() ?? 1)
    let marks = ticks(from: 0, to: high, about: 5)
    func y(_ value: Double) -> Double { base + height * (1 - value / high) }
    for mark in marks {
      svg.line(left, y(mark), left + width, y(mark), style: "grid")
      svg.text(
        fixed(mark, decimals: decimals(of: marks)), x: left - 8, y: y(mark) + 4, style: "muted",
        anchor: .end)
    }
    let step = width / Double(max(1, boxes.count))
    for (index, box) in boxes.enumerated() {
      let middle = left + step * (Double(index) + 0.5)
      let quartiles = Quartiles(box.regrets)
      svg.rectangle(
        x: middle - 16, y: y(quartiles.upper), width: 32,
        height: max(1, y(quartiles.lower) - y(quartiles.upper)), fill: "#9ecae9",
        tip: "\(box.tuner): median \(fixed(quartiles.median, decimals: 2)), quartiles "
          + "\(fixed(quartiles.lower, decimals: 2)) and \(fixed(quartiles.upper, decimals: 2))")
      svg.polyline(
        [(middle - 16, y(quartiles.median)), (middle + 16, y(quartiles.median))],
        stroke: Self.color)
      for (place, regret) in box.regrets.enumerated() {
        // Equal regrets stand beside each other.
        let shift = Double(place % 5 - 2) * 5
        svg.circle(x: middle + shift, y: y(regret), radius: 2.2, fill: Self.color)
      }
      svg.text(box.tuner, x: middle, y: base + height + 20, anchor: .middle)
    }
  }
}
