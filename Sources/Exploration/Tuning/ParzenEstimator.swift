import Glibc
import Matrices

/// The density of a number, estimated from values that were seen: a normal density around each, cut to
/// the range, and one as wide as the range in its middle.
///
/// Bergstra et al. 2011, section 4.2.
///
/// A value's standard deviation is the larger distance to its neighbours, but at least the range ÷
/// (1 + values), at most the range. Discrete values have the probability of their interval.
package struct ParzenEstimator {
  private let range: ValueRange
  private let low: Double
  private let high: Double
  /// The normal densities, by their means.
  private var kernels: [(mean: Double, deviation: Double, mass: Double)] = []

  package init(_ values: [Double], in range: ValueRange) {
    self.range = range
    (low, high) = (range.coordinates.lowerBound, range.coordinates.upperBound)
    let width = high - low
    let middle = low + width / 2
    var seen: [(mean: Double, isPrior: Bool)] = values.map { (range.coordinate(of: $0), false) }
    seen.append((middle, true))
    seen.sort { $0.mean < $1.mean }
    let least = width / min(100, Double(1 + seen.count))
    for (index, (mean, isPrior)) in seen.enumerated() {
      let before = index > 0 ? mean - seen[index - 1].mean : mean - low
      let after = index + 1 < seen.count ? seen[index + 1].mean - mean : high - mean
      let deviation = isPrior ? width : min(max(before, after, least), width)
      let mass = Self.below(high, mean, deviation) - Self.below(low, mean, deviation)
      kernels.append((mean, deviation, mass))
    }
  }

  /// The probability that a normal number lies below another one.
  private static func below(_ limit: Double, _ mean: Double, _ deviation: Double) -> Double {
    0.5 * erfc((mean - limit) / (deviation * 2.0.squareRoot()))
  }

  /// The natural logarithm of a value's density, or of its probability where values are discrete.
  package func logDensity(of value: Double) -> Double {
    let own = range.interval(of: value)
    let place = range.coordinate(of: value)
    let sum = kernels.reduce(0.0) { sum, kernel in
      let (mean, deviation, mass) = kernel
      let share: Double
      if let own {
        share =
          Self.below(own.upperBound, mean, deviation) - Self.below(own.lowerBound, mean, deviation)
      } else {
        let distance = (place - mean) / deviation
        share = exp(-0.5 * distance * distance) / (deviation * (2 * Double.pi).squareRoot())
      }
      return sum + share / mass
    }
    return log(max(sum / Double(kernels.count), .leastNormalMagnitude))
  }

  package func draw(using random: inout RandomStream) -> Double {
    let kernel = kernels[random.below(kernels.count)]
    // A third of the kernel lies within the range at least.
    while true {
      let drawn = kernel.mean + kernel.deviation * random.normal()
      if (low...high).contains(drawn) { return range.value(atCoordinate: drawn) }
    }
  }
}

/// The probabilities of some choices: how often each was seen, and once more.
struct ChoiceEstimator {
  private let counts: [Int]
  private let total: Int

  init(_ seen: [Int], of count: Int) {
    var counts = [Int](repeating: 1, count: count)
    for choice in seen { counts[choice] += 1 }
    self.counts = counts
    total = counts.reduce(0, +)
  }

  func logProbability(of choice: Int) -> Double { log(Double(counts[choice]) / Double(total)) }

  func draw(using random: inout RandomStream) -> Int {
    var left = random.below(total)
    return counts.firstIndex {
      left -= $0
      return left < 0
    } ?? 0
  }
}
