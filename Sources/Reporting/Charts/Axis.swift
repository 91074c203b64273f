import TextFormatting

/// Both ends of an interval, in the unit of what it is about.
package struct Bounds: Equatable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  /// Whether 0 lies outside, so that a difference is real.
  package var excludesZero: Bool { low > 0 || high < 0 }
}

/// A straight scale from values to places in a picture.
struct Axis {
  let low: Double
  let high: Double
  /// Where `low` and `high` are drawn; for an upright axis `start` is below `end`.
  let start: Double
  let end: Double

  init(low: Double, high: Double, from start: Double, to end: Double) {
    self.low = low
    self.high = high > low ? high : low + 1
    self.start = start
    self.end = end
  }

  /// An axis that holds all values, with a little room beyond them and inside of limits.
  init(
    around values: [Double], within limits: ClosedRange<Double>, leastSpan: Double,
    from start: Double, to end: Double
  ) {
    let finite = values.filter(\.isFinite)
    let least = finite.min() ?? limits.lowerBound
    let most = finite.max() ?? limits.upperBound
    let margin = max((most - least) * 0.06, (leastSpan - (most - least)) / 2)
    self.init(
      low: max(limits.lowerBound, least - margin), high: min(limits.upperBound, most + margin),
      from: start, to: end)
  }

  /// The place of a value; what lies beyond the ends is drawn at them.
  func place(_ value: Double) -> Double {
    let inside = min(max(value, low), high)
    return start + (inside - low) / (high - low) * (end - start)
  }

  func marks(about count: Int) -> [Double] { ticks(from: low, to: high, about: count) }
}

/// Where the axis of losses, or of shares in per cent, begins and ends.
///
/// - Parameters:
///   - values: what is drawn.
///   - isShare: whether they are per cent.
///   - cutsPeaks: whether a few losses far above the others, as of first epochs, are cut off, without
///     which the rest would be a flat line.
/// - Returns: both ends, the lower one below the upper.
func axisRange(of values: [Double], isShare: Bool, cutsPeaks: Bool) -> (low: Double, high: Double) {
  let sorted = values.sorted()
  guard let least = sorted.first, var most = sorted.last else { return (0, 1) }
  if cutsPeaks, !isShare {
    let usual = sorted[sorted.count * 9 / 10]
    most = min(most, usual + 2 * (usual - least) + 1e-3)
  }
  let margin = max((most - least) * 0.08, isShare ? 0.5 : 0.005)
  return (max(0, least - margin), isShare ? min(100, most + margin) : most + margin)
}

/// Where an axis of shares may begin, so that a few values far below the others, as of a baseline, do
/// not press these together.
///
/// - Parameter values: what is drawn, one at least for a meaning.
/// - Returns: the least value, unless four times the distance from the greatest to the lower quartile,
///   5 points at least, leaves it out; 0 without values.
package func lowEnd(of values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let least = sorted.first, let most = sorted.last else { return 0 }
  guard sorted.count >= 8 else { return least }
  return max(least, most - max(0.05, 4 * (most - sorted[sorted.count / 4])))
}

extension SVG {
  /// Grid lines upwards from a level axis, each with its number below.
  mutating func levelGrid(
    _ axis: Axis, top: Double, bottom: Double, about count: Int, scale: Double = 1,
    isSigned: Bool = false
  ) {
    let marks = axis.marks(about: count)
    let places = decimals(of: marks.map { $0 * scale })
    for mark in marks {
      line(axis.place(mark), top, axis.place(mark), bottom, style: "grid")
      let number = fixed(abs(mark) * scale, decimals: places)
      let sign = !isSigned || abs(mark) < 1e-9 ? "" : mark < 0 ? "−" : "+"
      text(
        sign + number, x: axis.place(mark), y: bottom + 15, style: "muted", size: 11,
        anchor: .middle)
    }
  }

  /// Grid lines across from an upright axis, each with its number at the left.
  mutating func uprightGrid(
    _ axis: Axis, left: Double, right: Double, about count: Int, scale: Double = 1,
    size: Double = 11
  ) {
    let marks = axis.marks(about: count)
    let places = decimals(of: marks.map { $0 * scale })
    for mark in marks {
      line(left, axis.place(mark), right, axis.place(mark), style: "grid")
      text(
        fixed(mark * scale, decimals: places), x: left - 6, y: axis.place(mark) + 4,
        style: "muted", size: size, anchor: .end)
    }
  }
}

/// The places of small panels, row by row.
struct PanelGrid {
  let columns: Int
  let rows: Int
  /// The part of a panel where its axes cross, from its left and top, and the size of what is drawn.
  let panelWidth: Double
  let panelHeight: Double
  let columnWidth: Double
  let rowHeight: Double

  init(
    count: Int, columns: Int = 4, panelWidth: Double, panelHeight: Double, columnWidth: Double,
    rowHeight: Double
  ) {
    self.columns = max(1, min(columns, count))
    rows = (count + self.columns - 1) / self.columns
    self.panelWidth = panelWidth
    self.panelHeight = panelHeight
    self.columnWidth = columnWidth
    self.rowHeight = rowHeight
  }

  /// The left upper corner of what a panel draws, below a heading.
  func corner(of index: Int, below top: Double) -> (x: Double, y: Double) {
    (54 + Double(index % columns) * columnWidth, top + 28 + Double(index / columns) * rowHeight)
  }

  /// The width of a picture of all panels.
  var width: Double { max(480, Double(columns) * columnWidth + 30) }
  var height: Double { Double(rows) * rowHeight }
}

/// Colours of series, told apart also by people who see few colours (Okabe and Ito 2008, the yellow
/// darkened).
enum SeriesColor {
  private static let all = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c7a00", "#7f7f7f",
  ]

  /// How many series have a colour of their own.
  static let count = all.count

  static func of(_ index: Int) -> String { all[index % all.count] }
}
