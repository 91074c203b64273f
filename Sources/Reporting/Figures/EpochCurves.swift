import Exploration
import TextFormatting

/// The loss of every cell that was trained by epochs, in small panels beside each other.
struct EpochCurves {
  private let curves: [LearningCurve]

  static let title = "Loss by epoch"
  private static let words =
    "log loss; each panel has its own scale; ringed: the epoch that is kept"

  /// nil when no cell was trained by epochs.
  init?(_ report: Report) {
    curves = report.cells.filter { !$0.result.pieces.isEmpty }
      .map { LearningCurve($0, plan: report.plan) }.filter(\.isByEpoch)
    if curves.isEmpty { return nil }
  }

  private static let columns = 4
  private static let panelWidth = 200.0
  private static let panelHeight = 110.0
  private static let columnWidth = 262.0
  private static let rowHeight = 176.0

  /// Panels row by row in the order of the table, each with its own axes.
  var svg: SVG {
    let columns = min(Self.columns, curves.count)
    let rows = (curves.count + columns - 1) / columns
    var svg = SVG(
      width: max(480, Double(columns) * Self.columnWidth + 30),
      height: 70 + Double(rows) * Self.rowHeight, title: Self.title)
    svg.text(Self.title, x: 16, y: 28, size: 15, isBold: true)
    svg.text(Self.words, x: 16, y: 48, style: "muted")
    let legend = svg.width - 190
    svg.line(legend, 24, legend + 24, 24, style: "train")
    svg.text("training", x: legend + 30, y: 28, style: "muted")
    svg.line(legend + 90, 24, legend + 114, 24, style: "validation")
    svg.text("validation", x: legend + 120, y: 28, style: "muted")
    for (index, curve) in curves.enumerated() {
      panel(
        curve, x: 56 + Double(index % columns) * Self.columnWidth,
        y: 94 + Double(index / columns) * Self.rowHeight, &svg)
    }
    return svg
  }

  private func panel(_ curve: LearningCurve, x: Double, y: Double, _ svg: inout SVG) {
    let points = curve.points
    let series = [
      (points.map(\.trainLoss), "train"), (points.map(\.validationLoss), "validation"),
    ]
    let range = axisRange(
      of: series.flatMap(\.0).compactMap { $0 }, isShare: false, cutsPeaks: true)
    func height(_ value: Double) -> Double {
      let share = (min(value, range.high) - range.low) / (range.high - range.low)
      return y + Self.panelHeight * (1 - share)
    }
    func across(_ index: Int) -> Double {
      x + Self.panelWidth * (Double(index) + 0.5) / Double(max(1, points.count))
    }
    svg.text(
      clipped(curve.name, width: Self.panelWidth + 20, size: 12), x: x, y: y - 10, size: 12)
    let marks = ticks(from: range.low, to: range.high, about: 4)
    for mark in marks {
      svg.line(x, height(mark), x + Self.panelWidth, height(mark), style: "grid")
      svg.text(
        fixed(mark, decimals: decimals(of: marks)), x: x - 6, y: height(mark) + 4, style: "muted",
        size: 10, anchor: .end)
    }
    svg.line(
      x, y + Self.panelHeight, x + Self.panelWidth, y + Self.panelHeight, style: "axis")
    for index in Set([0, points.count - 1]).sorted() {
      svg.text(
        points[index].label, x: across(index), y: y + Self.panelHeight + 15, style: "muted",
        size: 10, anchor: .middle)
    }
    for (values, style) in series {
      let dots = values.enumerated().compactMap { index, value in
        value.map { (index: index, x: across(index), y: height($0)) }
      }
      if dots.count > 1 { svg.polyline(dots.map { ($0.x, $0.y) }, style: style) }
      if dots.count == 1 {
        svg.circle(x: dots[0].x, y: dots[0].y, radius: 3, style: "\(style)-dot")
      }
      if style == "validation",
        let kept = dots.first(where: { points[$0.index].step == curve.chosen })
      {
        svg.circle(x: kept.x, y: kept.y, radius: 5, style: "mark")
      }
    }
  }
}
