import Glibc
import JSONText
import TextFormatting

/// The numbers from one end to another, both included, that a tuner may give a setting:
/// `{"from": 0.1, "to": 1000, "scale": "log"}`.
package struct ValueRange: Codable, Equatable, Sendable {
  /// On what scale all parts of a range are equally likely.
  package enum Scale: String, Codable, CaseIterable, Sendable { case linear, log }

  package var from: Double
  package var to: Double
  package var scale: Scale
  /// The distance between neighbouring values; nil for all numbers, or all whole ones.
  package var step: Double?
  /// Whether the setting takes whole numbers only.
  package var isInteger: Bool

  package init(
    from: Double, to: Double, scale: Scale = .linear, step: Double? = nil, isInteger: Bool = false
  ) {
    self.from = from
    self.to = to
    self.scale = scale
    self.step = step
    self.isInteger = isInteger
  }

  /// The largest end: beyond it whole numbers are not told apart.
  static let largest = 1e15

  /// Whether the ends, scale and step go together as an experiment file's must.
  var isPossible: Bool {
    guard from < to, max(abs(from), abs(to)) <= Self.largest else { return false }
    if isInteger, from != from.rounded() || to != to.rounded() { return false }
    if scale == .log { return from > 0 && step == nil }
    return step.map { $0 > 0 && $0 <= to - from && (to - from) / $0 <= Self.largest } ?? true
  }

  /// The distance between the values of a linear scale; nil where they lie close together.
  private var spacing: Double? { scale == .linear ? step ?? (isInteger ? 1 : nil) : nil }

  /// How many values there are; nil for those of a continuous range.
  package var count: Int? {
    if let spacing { return Int(((to - from) / spacing + 1e-9).rounded(.down)) + 1 }
    return isInteger ? Int(to - from) + 1 : nil
  }

  /// The range on the scale where it is uniform: the number of the value where values are spaced, the
  /// logarithm on a log scale, else the value; a discrete value is the middle of an interval as wide as
  /// every other one's, so that both ends are as likely as what lies between.
  var coordinates: ClosedRange<Double> {
    if spacing != nil { return -0.5...Double(count ?? 1) - 0.5 }
    guard scale == .log else { return from...to }
    return isInteger ? log(from - 0.5)...log(to + 0.5) : log(from)...log(to)
  }

  func coordinate(of value: Double) -> Double {
    if let spacing { return ((value - from) / spacing).rounded() }
    return scale == .log ? log(value) : value
  }

  /// The coordinates of which a discrete value is the nearest; nil for a continuous range.
  func interval(of value: Double) -> ClosedRange<Double>? {
    if spacing != nil {
      let middle = coordinate(of: value)
      return middle - 0.5...middle + 0.5
    }
    return isInteger ? log(value - 0.5)...log(value + 0.5) : nil
  }

  /// The value at a coordinate; of a continuous range one with four digits, which tables can show.
  func value(atCoordinate coordinate: Double) -> Double {
    if let spacing {
      let number = min(max(coordinate.rounded(), 0), Double((count ?? 1) - 1))
      return rounded(from + number * spacing, to: spacing)
    }
    var value = scale == .log ? exp(coordinate) : coordinate
    if isInteger {
      value = value.rounded()
    } else if scale == .log {
      value = Double(significant(value, digits: 4)) ?? value
    } else {
      value = rounded(value, to: to - from)
    }
    return min(max(value, from), to)
  }

  /// A number without the digits that are small beside a unit.
  private func rounded(_ value: Double, to unit: Double) -> Double {
    let digits = max(0, 4 - Int(log10(unit).rounded(.down)))
    return Double(fixed(value, decimals: min(digits, 15))) ?? value
  }

  /// The value below which a share of the range lies, 0..<1, as a setting takes it.
  package func value(atShare share: Double) -> JSONNode {
    let ends = coordinates
    return node(
      value(atCoordinate: ends.lowerBound + share * (ends.upperBound - ends.lowerBound)))
  }

  func node(_ value: Double) -> JSONNode { isInteger ? JSONNode(Int(value)) : JSONNode(value) }

  /// Whether a number is one of the range's.
  func contains(_ value: Double) -> Bool {
    value >= from && value <= to && (!isInteger || value == value.rounded())
  }
}
