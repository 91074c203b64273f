/// The corrected resampled t test (Nadeau and Bengio 2003): folds share training rows, so that the
/// variance of their mean is larger than that between them suggests.
package struct CorrectedResampledT: Equatable, Sendable {
  /// The mean over folds.
  package let difference: Double
  /// The standard error of the mean.
  package let standardError: Double
  /// The two-sided p-value; 1 where no fold differs.
  package let p: Double

  /// Tests the differences of at least 2 folds.
  ///
  /// - Parameters:
  ///   - differences: of two learners' accuracies, a fold each.
  ///   - varianceFactor: 1/J + mean(test rows ÷ training rows) for J folds.
  ///   - resolution: the smallest step between differences, 1 ÷ test rows. Two or three folds that
  ///     differ alike by chance have no variance; it is taken for at least that of rounding to the
  ///     resolution, the square of it ÷ 12.
  package init(differences: [Double], varianceFactor: Double, resolution: Double = 0) {
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let scatter = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    difference = mean
    let variance = max(scatter / (count - 1), resolution * resolution / 12)
    standardError = (variance * varianceFactor).squareRoot()
    p =
      differences.allSatisfy { $0 == 0 }
      ? 1
      : 2
        * StudentDistribution(degreesOfFreedom: count - 1)
        .upperTail(abs(mean) / max(standardError, .leastNormalMagnitude))
  }
}
