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
  /// The test's quantile and the power's, in standard errors.
  private let quantile, powerQuantile: Double
  /// Whether a difference adds to the scatter that the test sees, as with sign flips and McNemar's
  /// test, which know units only as different from 0.
  private let scattersByDifference: Bool

  /// For one test set, by the median disagreement of the pairs.
  ///
  /// It is nil for fewer than two learners, where half of the pairs never disagree, and where the units
  /// are so few that they can show no difference at all.
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
    guard level >= 1 / Double(1 << min(scores.rows.count - 1, 60)) else { return nil }
    let deviation =
      Double(squares[squares.count / 2]).squareRoot() / Double(scores.predictions)
    self.init(
      deviation: deviation, units: scores.rows.count,
      quantile: NormalDistribution.quantile(1 - level / 2), power: power,
      scattersByDifference: true)
  }

  /// For folds, by the median variance of the pairs' differences.
  ///
  /// It is nil for fewer than two learners or folds, and where they can show no difference at all.
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
      deviation: errors[errors.count / 2], units: units,
      quantile: StudentDistribution(degreesOfFreedom: Double(folds - 1)).quantile(1 - level / 2),
      power: power, scattersByDifference: false)
  }

  /// Solves δ = b·s + a·√(s² + δ²/n) for the difference δ, with the quantiles a of the test and b of the
  /// power, the standard error s and the number of units n; δ²/n is 0 where differences do not scatter.
  private init?(
    deviation: Double, units: Int, quantile: Double, power: Double, scattersByDifference: Bool
  ) {
    let a = quantile
    let b = NormalDistribution.quantile(power)
    let rest = 1 - (scattersByDifference ? a * a / Double(units) : 0)
    guard deviation > 0, rest > 0 else { return nil }
    smallest = deviation * (b + (b * b + rest * (a * a - b * b)).squareRoot()) / rest
    guard smallest <= 1 else { return nil }
    self.units = units
    self.quantile = quantile
    self.scattersByDifference = scattersByDifference
    powerQuantile = b
    unitDeviation = deviation * Double(units).squareRoot()
  }

  /// How many units would show a true difference with the same power, were all as these are.
  ///
  /// - Parameter difference: of accuracies, more than 0.
  /// - Returns: at least 2.
  package func units(toShow difference: Double) -> Int {
    precondition(difference > 0)
    let variance =
      unitDeviation * unitDeviation + (scattersByDifference ? difference * difference : 0)
    let root = (powerQuantile * unitDeviation + quantile * variance.squareRoot()) / difference
    return max(2, Int(min(root * root, 1e15).rounded(.up)))
  }
}
