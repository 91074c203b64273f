import Glibc

/// The range of independent normal values divided by their known standard deviation: the studentized
/// range with infinite degrees of freedom (Tukey 1949).
package struct StudentizedRange: Sendable {
  /// How many values, at least 2.
  package let count: Int

  package init(count: Int) {
    precondition(count >= 2)
    self.count = count
  }

  /// The probability of a range of at most `q`: k·∫ φ(z)·(Φ(z) − Φ(z − q))ᵏ⁻¹ dz.
  package func cumulative(_ q: Double) -> Double {
    guard q > 0 else { return 0 }
    // The trapezoidal rule converges exponentially for such integrands; beyond ±9 is nothing.
    let steps = 720
    let width = 18.0 / Double(steps)
    var sum = 0.0
    for step in 0...steps {
      let z = -9 + Double(step) * width
      let inside = NormalDistribution.cumulative(z) - NormalDistribution.cumulative(z - q)
      sum += NormalDistribution.density(z) * pow(inside, Double(count - 1))
    }
    return min(1, Double(count) * sum * width)
  }

  /// The range that a draw stays below with the given probability, strictly between 0 and 1.
  package func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1)
    return bisect(from: 0, to: 100) { cumulative($0) < probability }
  }
}
