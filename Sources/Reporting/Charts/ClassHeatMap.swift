import TextFormatting

/// One figure a class and cell, as F1: classes across, cells down, the best mean on top.
package struct ClassHeatMap: Sendable {
  package struct Row: Sendable {
    package var name: String
    /// A share a class; nil where the class has none, as without test rows.
    package var values: [Double?]

    package init(name: String, values: [Double?]) {
      self.name = name
      self.values = values
    }

    var mean: Double {
      let known = values.compactMap { $0 }
      return known.isEmpty ? -1 : known.reduce(0, +) / Double(known.count)
    }
  }

  package var title: String
  package let classes: [String]
  /// The highest mean first.
  package let rows: [Row]
  /// The classes that are drawn.
  private let shown: [Int]

  /// - Precondition: every row has a value, or nil, for every class.
  package init(title: String = "F1 of each class", classes: [String], rows: [Row]) {
    self.title = title
    self.classes = classes
    self.rows = rows.enumerated().sorted {
      let (a, b) = ($0.element.mean, $1.element.mean)
      return a == b ? $0.offset < $1.offset : a > b
    }.map(\.element)
    shown = DrawnClasses.chosen(of: classes.count) { label in
      -(rows.compactMap { $0.values[label] }.max() ?? 2)
    }
  }

  /// Few classes get room for numbers, many get narrow stripes.
  private var columnWidth: Double {
    switch shown.count {
    case ...12: 54
    case ...24: 32
    default: max(5, min(20, 760 / Double(shown.count)))
    }
  }

  package var svg: SVG {
    let rowHeight = rows.count > 20 ? 22.0 : 27.0
    let hasNumbers = columnWidth >= 32
    let hasNames = columnWidth >= 12
    let nameWidth = min(260, max(60, rows.map { textWidth($0.name, size: 12) }.max() ?? 0))
    let widest = shown.map { classes[$0] }.map { textWidth($0, size: 12) }.max() ?? 0
    let isTurned = widest > columnWidth - 4
    let classRoom = !hasNames ? 8 : isTurned ? min(130, widest) + 8 : 22
    let left = 16 + nameWidth + 12
    let meanWidth = 62.0
    let width = max(420, left + columnWidth * Double(shown.count) + meanWidth + 12)
    let words =
      "Cells down, classes across; deep blue is better" + (hasNumbers ? ", in per cent." : ".")
      + (DrawnClasses.words(
        of: classes.count, which: "that the best cell finds hardest", all: "tables/per_class.csv"
      )
      .map { " \($0); the means are over all." } ?? "")
    let headHeight = SVG.headingHeight(title, words, width: width)
    let top = headHeight + 14 + classRoom
    var svg = SVG(
      width: width, height: top + rowHeight * Double(rows.count) + 16, title: title)
    _ = svg.heading(title, words)
    for (index, label) in shown.enumerated() where hasNames {
      let name = classes[label]
      let x = left + columnWidth * (Double(index) + 0.5)
      if isTurned {
        svg.text(
          shortened(name, width: 130, size: 12), x: x + 4, y: top - 6, size: 12, rotation: -90)
      } else {
        svg.text(name, x: x, y: top - 6, size: 12, anchor: .middle)
      }
    }
    let meanPlace = left + columnWidth * Double(shown.count) + meanWidth - 8
    svg.text("mean", x: meanPlace, y: top - 6, style: "muted", anchor: .end)
    let values = rows.flatMap { $0.values.compactMap { $0 } }
    let highest = values.max() ?? 1
    let scale = HeatScale(low: max(values.min() ?? 0, highest - 0.6), high: highest)
    for (number, row) in rows.enumerated() {
      let y = top + rowHeight * Double(number)
      svg.text(
        shortened(row.name, width: nameWidth, size: 12), x: 16, y: y + rowHeight / 2 + 4)
      for (index, label) in shown.enumerated() {
        square(
          row.values[label], name: "\(row.name), \(classes[label])",
          x: left + columnWidth * Double(index),
          y: y, height: rowHeight, scale, hasNumbers, &svg)
      }
      svg.text(
        row.mean < 0 ? "–" : fixed(row.mean * 100, decimals: 1), x: meanPlace,
        y: y + rowHeight / 2 + 4, anchor: .end, isBold: number == 0)
    }
    return svg
  }

  private func square(
    _ value: Double?, name: String, x: Double, y: Double, height: Double, _ scale: HeatScale,
    _ hasNumbers: Bool, _ svg: inout SVG
  ) {
    let gap = columnWidth > 12 ? 1.0 : 0
    svg.rectangle(
      x: x + gap, y: y + 1, width: columnWidth - 2 * gap, height: height - 2,
      style: value == nil ? "empty" : nil, fill: value.map { scale.color($0) },
      radius: gap * 2, tip: "\(name): \(value.map { percentage($0) } ?? "none")")
    guard let value, hasNumbers else { return }
    svg.text(
      fixed(value * 100, decimals: 0), x: x + columnWidth / 2, y: y + height / 2 + 4, size: 12,
      anchor: .middle, fill: scale.inkColor(value))
  }
}
