/// The number of successes in independent trials of one probability.
package struct BinomialDistribution: Sendable {
  /// The trials, at least 0.
  package let count: Int
  /// Of a success, 0...1.
  package let probability: Double

  package init(count: Int, probability: Double) {
    precondition(count >= 0 && probability >= 0 && probability <= 1)
    self.count = count
    self.probability = probability
  }

  /// The probability of at most so many successes.
  package func cumulative(_ successes: Int) -> Double {
    if successes < 0 { return 0 }
    if successes >= count { return 1 }
    return incompleteBeta(1 - probability, Double(count - successes), Double(successes + 1))
  }
}
