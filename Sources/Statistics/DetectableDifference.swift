/// How small a difference the test data can show.
///
/// It follows from how much two learners disagree from unit to unit, and never from which of them was
/// better by how much: a size computed from the observed difference says nothing that its p-value does
/// not (Hoenig and Heisey 2001).
package struct DetectableDifference: Equatable, Sendable {
  /// The smallest true difference of accuracies that a test shows with the given power.
  package let smallest: Double
  /// How many units there are.
  package let units: Int
  /// The standard deviation of the difference that one unit would leave.
  private let unitDeviation: Double
  private let level: Double
  private let power: Double
  /// Of Student's t for the test; nil for one fewer than there are units.
  private let degreesOfFreedom: Double?

  /// For one test set, by the median disagreement of the pairs.
  ///
  /// It is nil for fewer than two learners or units, and where half of the pairs never disagree.
  ///
  /// - Parameters:
  ///   - scores: what at least two learners did.
  ///   - level: of the two-sided test; the family-wise level divided by the pairs for a family.
  ///   - power: the probability to show the difference.
  package init?(_ scores: TestSetScores, level: Double = 0.05, power: Double = 0.8) {
    let learners = scores.correct.indices
    guard learners.count >= 2, scores.rows.count >= 2, scores.predictions > 0 else { return nil }
    // Σd² over units: the variance of the sum were signs a matter of chance.
    let squares = learners.flatMap { first in
      learners.dropFirst(first + 1).map { second in
        scores.differences(first, second).reduce(0) { $0 + $1 * $1 }
      }
    }.sorted()
    let deviation =
      Double(squares[squares.count / 2]).squareRoot() / Double(scores.predictions)
    self.init(
      deviation: deviation, units: scores.rows.count, level: level, power: power,
      degreesOfFreedom: nil)
  }

  /// For folds, by the median variance of the pairs' differences.
  ///
  /// It is nil for fewer than two learners or folds.
  ///
  /// - Parameters:
  ///   - scores: what at least two learners did.
  ///   - units: the units whose rows are test rows in one repeat.
  ///   - level: of the two-sided test; the family-wise level divided by the pairs for a family.
  ///   - power: the probability to show the difference.
  package init?(
    _ scores: FoldScores, units: Int, level: Double = 0.05, power: Double = 0.8
  ) {
    let learners = scores.accuracies.indices
    let folds = scores.testRows.count
    guard learners.count >= 2, folds >= 2, units >= 1 else { return nil }
    let errors = learners.flatMap { first in
      learners.dropFirst(first + 1).map { second in
        scores.test(first, second).standardError
      }
    }.sorted()
    self.init(
      deviation: errors[errors.count / 2], units: units, level: level, power: power,
      degreesOfFreedom: Double(folds - 1))
  }

  private init?(
    deviation: Double, units: Int, level: Double, power: Double, degreesOfFreedom: Double?
  ) {
    guard deviation > 0 else { return nil }
    self.units = units
    self.level = level
    self.power = power
    self.degreesOfFreedom = degreesOfFreedom
    unitDeviation = deviation * Double(units).squareRoot()
    smallest =
      Self.errors(units, level: level, power: power, degreesOfFreedom: degreesOfFreedom) * deviation
  }

  /// How many units would show a true difference with the same power, were all as these are.
  ///
  /// - Parameter difference: of accuracies, more than 0.
  /// - Returns: at least 2.
  package func units(toShow difference: Double) -> Int {
    precondition(difference > 0)
    func suffice(_ count: Int) -> Bool {
      Self.errors(count, level: level, power: power, degreesOfFreedom: degreesOfFreedom)
        * unitDeviation <= difference * Double(count).squareRoot()
    }
    var (few, many) = (1, 2)
    while !suffice(many), many < 1 << 40 { (few, many) = (many, 2 * many) }
    while many - few > 1 {
      let middle = (few + many) / 2
      if suffice(middle) { many = middle } else { few = middle }
    }
    return many
  }

  /// How many standard errors a true difference must have.
  private static func errors(
    _ units: Int, level: Double, power: Double, degreesOfFreedom: Double?
  ) -> Double {
    StudentDistribution(degreesOfFreedom: degreesOfFreedom ?? Double(max(1, units - 1)))
      .quantile(1 - level / 2) + NormalDistribution.quantile(power)
  }
}
