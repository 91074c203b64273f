/// The difference of two learners' accuracies on units of several rows, such as songs cut into
/// segments.
package struct ClusteredDifference: Equatable, Sendable {
  /// The first's accuracy less the second's, over all rows.
  package let difference: Double
  /// The standard error of the difference over the choice of units, robust against whatever ties the
  /// rows of a unit together (Liang and Zeger 1986).
  package let standardError: Double
  /// The shares of rows that only the first, and only the second, has right, where what cancels
  /// within a unit does not count.
  private let onlyFirst, onlySecond: Double
  /// How many independent rows would have this standard error.
  package let effectiveRows: Double

  /// Makes all from the units' counts.
  ///
  /// - Parameters:
  ///   - differences: the first's right rows less the second's in each of at least 2 units, summed
  ///     over seeds.
  ///   - rows: of each unit.
  ///   - seeds: how many predictions of each row were counted.
  package init(_ differences: [Int], rows: [Int], seeds: Int) {
    let units = Double(rows.count)
    let rowCount = Double(rows.reduce(0, +))
    let predictions = Double(seeds) * rowCount
    let difference = Double(differences.reduce(0, +)) / predictions
    let scatter = zip(differences, rows).reduce(0.0) { sum, unit in
      let deviation = Double(unit.0) - difference * Double(seeds * unit.1)
      return sum + deviation * deviation
    }
    self.difference = difference
    onlyFirst = Double(differences.reduce(0) { $0 + max($1, 0) }) / predictions
    onlySecond = Double(differences.reduce(0) { $0 + max(-$1, 0) }) / predictions
    let variance = units / (units - 1) * scatter / (predictions * predictions)
    standardError = variance.squareRoot()
    // Where all units differ alike there is only rounding.
    effectiveRows =
      scatter < 1e-9
      ? units
      : min(rowCount, max(1, (onlyFirst + onlySecond - difference * difference) / variance))
  }

  /// The score interval with the effective number of rows: as Wilson's is made for the accuracy of
  /// one learner on units.
  ///
  /// Simulated coverage at 95 % over songs of ten segments, two learners of 60 to 97 % and true
  /// differences of 0, 5 and 10 points (4000 test sets each; the mean and the worst of 36 conditions):
  ///
  /// | interval | 15 songs | 30 songs | 150 songs |
  /// |---|---|---|---|
  /// | this | 96.4, 91.6 | 95.7, 92.8 | 95.1, 94.5 |
  /// | difference ± t · standard error | 94.1, 77.3 | 94.7, 86.8 | 94.9, 93.8 |
  /// | bootstrap over songs, percentiles | 90.5, 74.2 | 93.0, 86.8 | 94.5, 92.6 |
  /// | bootstrap over songs, studentised | 92.0, 84.2 | 92.8, 86.6 | 94.3, 88.4 |
  ///
  /// What stays below 93.6 % are learners of 97 % whose segments of a song are nearly all right or
  /// all wrong together: there are then few songs that show any difference.
  ///
  /// - Parameter quantile: Student's t with G − 1 degrees of freedom for G units.
  /// - Returns: the interval, within −1...1.
  package func interval(quantile: Double) -> ClosedRange<Double> {
    pairedScoreInterval(
      onlyFirst: onlyFirst, onlySecond: onlySecond, count: effectiveRows, quantile: quantile)
  }
}
