import Glibc

/// Student's t distribution.
package struct StudentDistribution: Sendable {
  /// More than 0.
  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0)
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `t`.
  package func cumulative(_ t: Double) -> Double { t > 0 ? 1 - upperTail(t) : upperTail(-t) }

  /// The probability of a value above `t`, precise where it is small.
  package func upperTail(_ t: Double) -> Double {
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    let tail = incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2
    return t < 0 ? 1 - tail : tail
  }

  /// The value that a draw stays below with the given probability, which lies strictly between 0
  /// and 1; by bisection, to the last bits.
  package func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1)
    if probability == 0.5 { return 0 }
    if probability < 0.5 { return -quantile(1 - probability) }
    var (low, high) = (0.0, 1.0)
    while cumulative(high) < probability { (low, high) = (high, high * 2) }
    return bisect(from: low, to: high) { cumulative($0) < probability }
  }
}

/// The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (Press et al.,
/// Numerical Recipes, section 6.4).
func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x <= 0 { return 0 }
  if x >= 1 { return 1 }
  // The fraction converges fast only below this bound; above, the symmetric function is used.
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
  let tiny = 1e-300
  var c = 1.0
  var d = 1 - (a + b) * x / (a + 1)
  d = 1 / (abs(d) < tiny ? tiny : d)
  var fraction = d
  for step in 1...500 {
    let m = Double(step)
    for numerator in [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ] {
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      if abs(c) < tiny { c = tiny }
      fraction *= c * d
    }
    if abs(c * d - 1) < 1e-15 { break }
  }
  return front * fraction
}
