import Glibc

/// The normal distribution with mean 0 and variance 1.
package enum NormalDistribution {
  /// The density at `z`.
  package static func density(_ z: Double) -> Double {
    exp(-z * z / 2) / (2 * Double.pi).squareRoot()
  }

  /// The probability of a value of at most `z`.
  package static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The probability of a value above `z`, precise where it is small.
  package static func upperTail(_ z: Double) -> Double { cumulative(-z) }

  /// The value that a draw stays below with the given probability, strictly between 0 and 1.
  package static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1)
    // The lower half has the precise tail.
    if probability > 0.5 { return -quantile(1 - probability) }
    return bisect(from: -40, to: 0) { cumulative($0) < probability }
  }
}

/// Where something that holds on the left stops to hold, to the last bits.
func bisect(from left: Double, to right: Double, while holds: (Double) -> Bool) -> Double {
  var (low, high) = (left, right)
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if middle == low || middle == high { break }
    if holds(middle) { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
