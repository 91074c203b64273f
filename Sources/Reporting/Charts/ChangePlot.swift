import TextFormatting

/// Each cell's accuracy in two runs, and the change with its interval; the real changes on top.
package struct ChangePlot: Sendable {
  package struct Row: Sendable {
    package var name: String
    /// Shares; nil where the run has no result of the cell.
    package var before: Double?
    package var after: Double?
    /// The 95 % interval of after minus before, as shares; nil where there is none.
    package var changeInterval: Bounds?
    /// Whether the change can be told from chance; by default where the interval leaves 0 out.
    package let isReal: Bool

    package init(
      name: String, before: Double?, after: Double?, changeInterval: Bounds? = nil,
      isReal: Bool? = nil
    ) {
      self.name = name
      self.before = before
      self.after = after
      self.changeInterval = changeInterval
      self.isReal =
        before != nil && after != nil && (isReal ?? (changeInterval?.excludesZero ?? false))
    }

    var change: Double? {
      guard let before, let after else { return nil }
      return after - before
    }
  }

  package let before: String
  package let after: String
  /// The real changes first, then by the size of the change; last those that only one run has.
  package let rows: [Row]

  /// - Parameters:
  ///   - before: what the first run is called.
  ///   - after: what the second is called.
  ///   - rows: the cells in the order of the table.
  package init(before: String, after: String, rows: [Row]) {
    self.before = before
    self.after = after
    func key(_ row: Row) -> (Int, Double) {
      (row.change == nil ? 2 : row.isReal ? 0 : 1, -abs(row.change ?? 0))
    }
    self.rows = rows.enumerated().sorted {
      let (a, b) = (key($0.element), key($1.element))
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
  }

  /// What the picture shows, in a sentence.
  package var headline: String {
    let real = rows.filter(\.isReal)
    let better = real.count { ($0.change ?? 0) > 0 }
    let compared = rows.count { $0.change != nil }
    guard !real.isEmpty else {
      return "None of \(counted(compared, "change")) can be told from chance"
    }
    let parts = [
      better > 0 ? "\(better) better" : nil,
      real.count > better ? "\(real.count - better) worse" : nil,
    ].compactMap { $0 }
    return
      "\(real.count) of \(counted(compared, "change")) \(real.count == 1 ? "is" : "are") real: "
      + parts.joined(separator: ", ")
  }

  package var svg: SVG {
    let nameWidth = min(260, max(60, (rows.map { textWidth($0.name, size: 12) }.max() ?? 0) * 1.12))
    let left = 16 + nameWidth + 16
    let (plotWidth, changeWidth) = (260.0, 220.0)
    let changeLeft = left + plotWidth + 34
    let numberLeft = changeLeft + changeWidth + 14
    let numbers = rows.map { textWidth(Self.changeText($0), size: 12) }.max() ?? 0
    let width = numberLeft + max(60, numbers) + 16
    let words =
      "Left: test accuracy in per cent, ring: \(before), dot: \(after). Right: the change in points with its "
      + "95 % interval; what can be told from chance is blue where better and orange where worse."
    let rowHeight = rows.count > 20 ? 20.0 : 25.0
    let top = SVG.headingHeight(headline, words, width: width) + 20
    let bottom = top + rowHeight * Double(rows.count)
    var svg = SVG(width: width, height: bottom + 30, title: headline)
    _ = svg.heading(headline, words)
    for row in rows.indices where row % 2 == 1 {
      svg.rectangle(
        x: 8, y: top + rowHeight * Double(row), width: width - 16, height: rowHeight,
        style: "stripe")
    }
    let accuracies = Axis(
      around: rows.flatMap { [$0.before, $0.after].compactMap { $0 } }, within: 0...1,
      leastSpan: 0.02, from: left, to: left + plotWidth)
    let changes = Axis(
      around: [0]
        + rows.flatMap { row in
          [row.change, row.changeInterval?.low, row.changeInterval?.high].compactMap { $0 }
        }, within: -1...1, leastSpan: 0.02, from: changeLeft, to: changeLeft + changeWidth)
    svg.levelGrid(accuracies, top: top, bottom: bottom, about: 5, scale: 100)
    svg.levelGrid(changes, top: top, bottom: bottom, about: 4, scale: 100, isSigned: true)
    svg.line(changes.place(0), top, changes.place(0), bottom, style: "zero")
    for (index, row) in rows.enumerated() {
      let y = top + rowHeight * (Double(index) + 0.5)
      let style = !row.isReal ? "unsure" : (row.change ?? 0) < 0 ? "worse" : "sure"
      svg.text(
        shortened(row.name, width: nameWidth / 1.12, size: 12), x: 16, y: y + 4, isBold: row.isReal)
      if let before = row.before, let after = row.after {
        svg.line(accuracies.place(before), y, accuracies.place(after), y, style: style)
      }
      if let before = row.before {
        svg.circle(
          x: accuracies.place(before), y: y, radius: 4, style: "ring",
          tip: "\(row.name), \(self.before): \(percentage(before))")
      }
      if let after = row.after {
        svg.circle(
          x: accuracies.place(after), y: y, radius: 4.5, style: "\(style)-dot",
          tip: "\(row.name), \(self.after): \(percentage(after))")
      }
      if let change = row.change {
        if let interval = row.changeInterval {
          svg.line(changes.place(interval.low), y, changes.place(interval.high), y, style: style)
        }
        svg.circle(x: changes.place(change), y: y, radius: 4.5, style: "\(style)-dot")
      }
      svg.text(
        Self.changeText(row), x: numberLeft, y: y + 4,
        style: row.change == nil ? "muted" : row.isReal ? "ink" : "muted")
    }
    return svg
  }

  private static func changeText(_ row: Row) -> String {
    guard let change = row.change else {
      return row.before == nil && row.after == nil
        ? "no result" : row.before == nil ? "only in the second" : "only in the first"
    }
    guard let interval = row.changeInterval else { return signedPoints(change) }
    return "\(signedPoints(change)) [\(signedPoints(interval.low)), \(signedPoints(interval.high))]"
  }
}
