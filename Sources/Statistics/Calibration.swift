/// Whether probabilities mean what they say: of the predictions made with 80 %, 80 % are right.
package struct Calibration: Equatable, Sendable {
  /// Predictions of similar confidence.
  package struct Bin: Equatable, Sendable {
    package var count: Int
    /// The mean probability of the predicted class.
    package var confidence: Double
    /// The share that was right.
    package var accuracy: Double
  }

  /// From the least to the most confident.
  package let bins: [Bin]
  /// The expected calibration error: the mean distance between a bin's confidence and accuracy,
  /// weighted by count (Naeini, Cooper and Hauskrecht 2015).
  package let expectedError: Double

  /// Sorts predictions into bins of equal count.
  ///
  /// Predictions of the same confidence share a bin, that of their middle place, so that the order of
  /// the rows has no part in the result; bins may then differ in count, and empty ones are left out. Without rows it is nil.
  ///
  /// - Parameters:
  ///   - confidences: the probability of the predicted class, a row each.
  ///   - isCorrect: whether the row was predicted right.
  ///   - bins: how many, at least 1.
  package init?(confidences: [Double], isCorrect: [Bool], bins: Int = 15) {
    precondition(confidences.count == isCorrect.count && bins >= 1)
    let rows = confidences.count
    guard rows > 0 else { return nil }
    let order = confidences.indices.sorted { confidences[$0] < confidences[$1] }
    var sums = [(count: Int, confidence: Double, right: Int)](
      repeating: (0, 0, 0), count: bins)
    for tied in ties(order, confidences) {
      let bin = (tied.lowerBound + tied.upperBound) * bins / (2 * rows)
      for row in order[tied] {
        sums[bin].count += 1
        sums[bin].confidence += confidences[row]
        sums[bin].right += isCorrect[row] ? 1 : 0
      }
    }
    self.bins = sums.filter { $0.count > 0 }.map { sum in
      Bin(
        count: sum.count, confidence: sum.confidence / Double(sum.count),
        accuracy: Double(sum.right) / Double(sum.count))
    }
    expectedError =
      self.bins.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) }
      / Double(rows)
  }

  /// The Brier score of probabilities of several classes: the mean over rows of the squared distance
  /// between the probabilities and the truth, 0 … 2 (Brier 1950).
  ///
  /// - Parameters:
  ///   - probabilities: rows × classes, row by row.
  ///   - labels: the true class of each row.
  /// - Returns: nil without rows.
  package static func brierScore(probabilities: some Collection<Float>, labels: [Int]) -> Double? {
    guard !labels.isEmpty else { return nil }
    let classes = probabilities.count / labels.count
    precondition(classes * labels.count == probabilities.count)
    var sum = 0.0
    for (place, probability) in probabilities.enumerated() {
      let truth = labels[place / classes] == place % classes ? 1.0 : 0
      sum += (Double(probability) - truth) * (Double(probability) - truth)
    }
    return sum / Double(labels.count)
  }
}
