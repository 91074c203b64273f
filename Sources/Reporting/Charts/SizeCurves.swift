import TextFormatting

/// Accuracy against the number of training rows, a line a cell, with the spread of the draws.
package struct SizeCurves: Sendable {
  package struct Point: Sendable {
    /// Training rows, the mean over draws; more than 0.
    package var rows: Double
    /// The mean over draws, as a share.
    package var accuracy: Double
    /// The lowest and the highest draw; nil for one draw.
    package var spread: Bounds?

    package init(rows: Double, accuracy: Double, spread: Bounds?) {
      self.rows = rows
      self.accuracy = accuracy
      self.spread = spread
    }
  }

  package struct Line: Sendable {
    package var name: String
    /// By size; sizes that were skipped are left out.
    package var points: [Point]

    package init(name: String, points: [Point]) {
      self.name = name
      self.points = points.sorted { $0.rows < $1.rows }
    }
  }

  package static let title = "Accuracy against training rows"
  package let lines: [Line]
  /// How many times each size was drawn.
  package var draws: Int

  package init(lines: [Line], draws: Int = 5) {
    self.lines = lines
    self.draws = draws
  }

  /// The lines that get a colour and a name, by number: the best with all rows.
  private var named: [Int] {
    let known = lines.indices.filter { !lines[$0].points.isEmpty }
    let best = known.sorted {
      let (a, b) = (lines[$0].points.last?.accuracy ?? 0, lines[$1].points.last?.accuracy ?? 0)
      return a == b ? $0 < $1 : a > b
    }
    return Array(best.prefix(SeriesColor.count))
  }

  /// More would hide each other.
  private static let bands = 4

  private var words: String {
    let hidden = lines.count { !$0.points.isEmpty } - named.count
    return
      "Test accuracy in per cent on the same test rows; the bands\(named.count > Self.bands ? " of the first \(Self.bands)" : "") reach "
      + "from the lowest to the highest of \(draws) draws of the training rows."
      + (hidden > 0 ? " Grey: \(hidden) others, which do worse with all rows." : "")
  }

  package var svg: SVG {
    let named = self.named
    let nameWidth = min(
      240, max(60, named.map { textWidth(lines[$0].name, size: 12) }.max() ?? 0))
    let (left, plotWidth, plotHeight) = (60.0, 520.0, 330.0)
    let width = left + plotWidth + 34 + nameWidth + 16
    let top = SVG.headingHeight(Self.title, words, width: width) + 20
    let bottom = top + plotHeight
    var svg = SVG(width: width, height: bottom + 52, title: Self.title)
    _ = svg.heading(Self.title, words)
    let points = lines.flatMap(\.points)
    guard !points.isEmpty else {
      svg.text("no size was computed", x: left, y: top + 40, style: "muted")
      return svg
    }
    let most = points.map(\.rows).max() ?? 1
    let across = Axis(low: 0, high: most, from: left, to: left + plotWidth)
    let least = lowEnd(of: points.map(\.accuracy))
    let shown = named.flatMap { lines[$0].points } + points.filter { $0.accuracy >= least }
    let upwards = Axis(
      around: shown.flatMap { [$0.accuracy, $0.spread?.low, $0.spread?.high].compactMap { $0 } },
      within: 0...1, leastSpan: 0.04, from: bottom, to: top)
    svg.levelGrid(across, top: top, bottom: bottom, about: 6)
    svg.uprightGrid(upwards, left: left, right: left + plotWidth, about: 6, scale: 100)
    svg.line(left, bottom, left + plotWidth, bottom, style: "axis")
    svg.text(
      "training rows", x: left + plotWidth / 2, y: bottom + 38, style: "muted", anchor: .middle)
    func places(_ line: Line) -> [(x: Double, y: Double)] {
      line.points.map { (across.place($0.rows), upwards.place($0.accuracy)) }
    }
    for (index, line) in lines.enumerated() where !named.contains(index) {
      // What lies below the axis is left out.
      let inside = Line(name: "", points: line.points.filter { $0.accuracy >= upwards.low })
      svg.polyline(places(inside), style: "still")
    }
    for (color, index) in named.prefix(Self.bands).enumerated().reversed() {
      let spread = lines[index].points.compactMap { point in
        point.spread.map {
          (across.place(point.rows), upwards.place($0.low), upwards.place($0.high))
        }
      }
      guard spread.count > 1 else { continue }
      svg.polygon(
        spread.map { ($0.0, $0.1) } + spread.reversed().map { ($0.0, $0.2) },
        fill: SeriesColor.of(color), opacity: 0.18)
    }
    for (color, index) in named.enumerated().reversed() {
      svg.polyline(places(lines[index]), stroke: SeriesColor.of(color))
      for (place, point) in zip(places(lines[index]), lines[index].points) {
        svg.circle(
          x: place.x, y: place.y, radius: 3, fill: SeriesColor.of(color),
          tip: "\(lines[index].name), \(fixed(point.rows, decimals: 0)) rows: "
            + percentage(point.accuracy))
      }
    }
    let ends = named.map { places(lines[$0]).last ?? (left, bottom) }
    let heights = spread(ends.map(\.y), gap: 17, within: top...bottom)
    for (color, index) in named.enumerated() {
      let (end, y) = (ends[color], heights[color])
      svg.polyline(
        [(end.x + 5, end.y), (left + plotWidth + 14, y), (left + plotWidth + 20, y)],
        style: "leader")
      svg.circle(x: left + plotWidth + 26, y: y, radius: 4, fill: SeriesColor.of(color))
      svg.text(
        shortened(lines[index].name, width: nameWidth, size: 12), x: left + plotWidth + 34,
        y: y + 4)
    }
    return svg
  }
}
