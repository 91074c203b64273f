import TextFormatting

/// Average ranks over data sets, with bars over those that cannot be told apart (Demšar 2006).
package struct CriticalDifferenceDiagram: Sendable {
  package struct Entry: Sendable {
    package var name: String
    /// The mean rank over the data sets, 1 for always the best.
    package var rank: Double

    package init(name: String, rank: Double) {
      self.name = name
      self.rank = rank
    }
  }

  package var title: String
  /// By rank, the best first.
  package let entries: [Entry]
  /// Ranks that differ by less cannot be told apart (Nemenyi).
  package let criticalDifference: Double

  package init(
    title: String = "Average ranks over data sets", entries: [Entry], criticalDifference: Double
  ) {
    self.title = title
    self.entries = entries.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }.map(\.element)
    self.criticalDifference = criticalDifference
  }

  /// The first and last of each longest run of entries within the critical difference; none of one.
  package var cliques: [ClosedRange<Int>] {
    var cliques: [ClosedRange<Int>] = []
    for first in entries.indices {
      let last =
        entries.indices.last { entries[$0].rank - entries[first].rank < criticalDifference }
        ?? first
      if last > first, last > cliques.last?.upperBound ?? -1 { cliques.append(first...last) }
    }
    return cliques
  }

  /// The cliques in rows of which no two bars touch.
  private func cliqueRows(_ place: (Double) -> Double) -> [[ClosedRange<Int>]] {
    var rows: [[ClosedRange<Int>]] = []
    for clique in cliques {
      let start = place(entries[clique.lowerBound].rank)
      let free = rows.firstIndex { row in
        row.allSatisfy { place(entries[$0.upperBound].rank) + 14 < start }
      }
      if let free { rows[free].append(clique) } else { rows.append([clique]) }
    }
    return rows
  }

  package var svg: SVG {
    let count = entries.count
    let nameWidth = min(230, max(60, entries.map { textWidth($0.name, size: 12) }.max() ?? 0))
    let plotWidth = 420.0
    let left = 16 + nameWidth + 54
    let width = 2 * left + plotWidth
    let words = "The best at the left; a bar joins those that cannot be told apart."
    let axis = Axis(
      low: 1, high: Double(max(2, count)), from: left, to: left + plotWidth)
    let rows = cliqueRows { axis.place($0) }
    let scaleY = SVG.headingHeight(title, words, width: width) + 34
    let axisY = scaleY + 46
    let firstName = axisY + 26 + 9 * Double(rows.count)
    let half = (count + 1) / 2
    let rowHeight = 20.0
    var svg = SVG(
      width: width, height: firstName + rowHeight * Double(max(1, half)) + 8, title: title)
    _ = svg.heading(title, words)

    // The scale shows how far apart ranks must be.
    let shown = min(criticalDifference, axis.high - axis.low)
    let end = axis.place(1 + shown)
    svg.line(left, scaleY, end, scaleY, style: "zero")
    for x in [left, end] { svg.line(x, scaleY - 4, x, scaleY + 4, style: "zero") }
    svg.text(
      "critical difference \(fixed(criticalDifference, decimals: 2))", x: left, y: scaleY - 10,
      style: "muted")

    svg.line(left, axisY, left + plotWidth, axisY, style: "zero")
    let every = max(1, (count + 14) / 15)
    for rank in stride(from: 1, through: max(2, count), by: every) {
      let x = axis.place(Double(rank))
      svg.line(x, axisY - 6, x, axisY, style: "zero")
      svg.text("\(rank)", x: x, y: axisY - 11, style: "muted", anchor: .middle)
    }
    for (index, entry) in entries.enumerated() {
      let isLeft = index < half
      let y = firstName + rowHeight * Double(isLeft ? index : count - 1 - index)
      let x = axis.place(entry.rank)
      let edge = isLeft ? left - 12 : left + plotWidth + 12
      svg.polyline([(x, axisY), (x, y), (edge, y)], style: "leader")
      svg.circle(x: x, y: axisY, radius: 3, style: "sure-dot", tip: entry.name)
      svg.text(
        shortened(entry.name, width: nameWidth, size: 12),
        x: isLeft ? edge - 42 : edge + 42, y: y + 4, anchor: isLeft ? .end : .start)
      svg.text(
        fixed(entry.rank, decimals: 2), x: isLeft ? edge - 4 : edge + 4, y: y + 4, style: "muted",
        size: 11, anchor: isLeft ? .end : .start)
    }
    for (number, row) in rows.enumerated() {
      let y = axisY + 12 + 9 * Double(number)
      for clique in row {
        svg.line(
          axis.place(entries[clique.lowerBound].rank) - 4, y,
          axis.place(entries[clique.upperBound].rank) + 4, y, style: "clique")
      }
    }
    return svg
  }
}
