/// The difference of two learners' accuracies on units of several rows.
package struct ClusteredDifference: Equatable, Sendable {
  /// The first's accuracy less the second's, over all rows.
  package let difference: Double
  /// The standard error of the difference, over the choice of units.
  package let standardError: Double

  /// Makes both from the units' counts.
  ///
  /// - Parameters:
  ///   - differences: the first's right rows less the second's in each of at least 2 units, summed
  ///     over seeds.
  ///   - rows: of each unit.
  ///   - seeds: how many predictions of each row were counted.
  package init(_ differences: [Int], rows: [Int], seeds: Int) {
    let units = Double(rows.count)
    let predictions = Double(seeds * rows.reduce(0, +))
    let difference = Double(differences.reduce(0, +)) / predictions
    let scatter = zip(differences, rows).reduce(0.0) { sum, unit in
      let deviation = Double(unit.0) - difference * Double(seeds * unit.1)
      return sum + deviation * deviation
    }
    self.difference = difference
    standardError = (units / (units - 1) * scatter).squareRoot() / predictions
  }

  /// The interval of the difference.
  ///
  /// - Parameter quantile: Student's t with G − 1 degrees of freedom for G units.
  package func interval(quantile: Double) -> ClosedRange<Double> {
    max(-1, difference - quantile * standardError)...min(1, difference + quantile * standardError)
  }
}
