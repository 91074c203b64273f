import Glibc

/// The χ² distribution.
package struct ChiSquaredDistribution: Sendable {
  /// More than 0.
  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0)
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `x`.
  package func cumulative(_ x: Double) -> Double { 1 - upperTail(x) }

  /// The probability of a value above `x`, precise where it is small.
  package func upperTail(_ x: Double) -> Double {
    x <= 0 ? 1 : upperIncompleteGamma(degreesOfFreedom / 2, x / 2)
  }
}

/// The regularised upper incomplete gamma function Q(a, x) for x > 0, by its series or continued
/// fraction (Press et al., Numerical Recipes, section 6.2).
private func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  let front = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var (term, sum, n) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
    }
    return 1 - front * sum
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var fraction = d
  for step in 1...10_000 {
    let i = Double(step)
    let numerator = -i * (i - a)
    b += 2
    d = numerator * d + b
    d = 1 / (abs(d) < tiny ? tiny : d)
    c = b + numerator / c
    if abs(c) < tiny { c = tiny }
    fraction *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return front * fraction
}
