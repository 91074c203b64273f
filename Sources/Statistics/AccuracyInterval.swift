/// A 95 % interval for an accuracy, both ends within 0 and 1.
package struct AccuracyInterval: Equatable, Sendable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = min(max(low, 0), 1)
    self.high = min(max(high, 0), 1)
  }

  /// The 0.975 quantile of the normal distribution.
  package static let normalQuantile = 1.959963984540054

  /// Wilson's interval for a share of independent rows (Wilson 1927).
  ///
  /// - Parameters:
  ///   - share: the observed share, 0...1.
  ///   - count: the number of rows, or the effective number of a clustered sample; more than 0.
  ///   - quantile: the 0.975 quantile of the normal, or of Student's t for clustered samples.
  /// - Returns: the interval.
  package static func wilson(
    share: Double, count: Double, quantile: Double = normalQuantile
  ) -> AccuracyInterval {
    let z2 = quantile * quantile
    let centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    let half =
      quantile / (1 + z2 / count)
      * (share * (1 - share) / count + z2 / (4 * count * count)).squareRoot()
    return AccuracyInterval(low: centre - half, high: centre + half)
  }

  /// The correct rows among the test rows of one unit: a song, an artist.
  package struct Unit: Equatable, Sendable {
    /// How many of the rows were right; a mean over seeds may be a fraction.
    package var correct: Double
    package var rows: Int

    package init(correct: Double, rows: Int) {
      self.correct = correct
      self.rows = rows
    }
  }

  /// The interval for one test set.
  ///
  /// Where every unit has one row this is Wilson's. Otherwise Wilson's with the effective number of
  /// rows that the variance between units leaves, and Student's t with G − 1 degrees of freedom for
  /// G units.
  ///
  /// - Returns: nil without rows, and for units of several rows when there are fewer than 5 units.
  package static func oneTestSet(_ units: [Unit]) -> AccuracyInterval? {
    let rows = Double(units.reduce(0) { $0 + $1.rows })
    guard rows > 0 else { return nil }
    let share = units.reduce(0) { $0 + $1.correct } / rows
    if units.allSatisfy({ $0.rows == 1 }) { return wilson(share: share, count: rows) }
    guard units.count >= 5 else { return nil }
    let groups = Double(units.count)
    let scatter = units.reduce(0.0) { sum, unit in
      let deviation = unit.correct - share * Double(unit.rows)
      return sum + deviation * deviation
    }
    let variance = groups / (groups - 1) * scatter / (rows * rows)
    // Fractions leave traces of rounding where all units are equally right.
    let effective = scatter < 1e-12 * rows ? groups : min(rows, share * (1 - share) / variance)
    return wilson(
      share: share, count: effective,
      quantile: StudentDistribution(degreesOfFreedom: groups - 1).quantile(0.975))
  }

  /// One fold's test accuracy and the sizes its variance depends on.
  package struct Fold: Equatable, Sendable {
    package var accuracy: Double
    package var testRows: Int
    package var trainingRows: Int

    package init(accuracy: Double, testRows: Int, trainingRows: Int) {
      self.accuracy = accuracy
      self.testRows = testRows
      self.trainingRows = trainingRows
    }
  }

  /// The interval for a mean over folds, corrected for their shared training rows (Nadeau and
  /// Bengio 2003).
  ///
  /// - Returns: nil for fewer than 2 folds.
  package static func folds(_ folds: [Fold]) -> AccuracyInterval? {
    let count = Double(folds.count)
    guard folds.count >= 2 else { return nil }
    let mean = folds.reduce(0) { $0 + $1.accuracy } / count
    let variance =
      folds.reduce(0) { $0 + ($1.accuracy - mean) * ($1.accuracy - mean) } / (count - 1)
    let ratio =
      folds.reduce(0) { $0 + Double($1.testRows) / Double(max(1, $1.trainingRows)) } / count
    let half =
      StudentDistribution(degreesOfFreedom: count - 1).quantile(0.975)
      * (variance * (1 / count + ratio)).squareRoot()
    return AccuracyInterval(low: mean - half, high: mean + half)
  }
}
