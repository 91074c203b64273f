import Matrices
import Statistics

/// What a method says of one pair.
struct SimulatedVerdict: Sendable {
  var isReal: Bool
  var low: Double
  var high: Double
}

/// A way to tell learners apart: this project's, or one that is naive.
enum SimulatedMethod: String, CaseIterable, Sendable {
  case comparison = "as Explore does"
  case unadjusted = "the same without Holm"
  case mcNemarOfRows = "McNemar on rows"
  case percentileBootstrap = "percentile bootstrap over units"
  case pairedT = "paired t over folds"

  /// Its verdicts on all pairs, in their order in a comparison.
  ///
  /// - Parameters:
  ///   - data: what the learners did.
  ///   - comparison: this project's own verdicts on it.
  ///   - random: for the bootstrap.
  /// - Returns: nil where the method is not for such data.
  func verdicts(
    _ data: SimulatedData, comparison: Statistics.Comparison, using random: inout RandomStream
  ) -> [SimulatedVerdict]? {
    let learners = data.evidence.learners
    let pairs = (0..<learners).flatMap { first in
      (first + 1..<learners).map { (first, $0) }
    }
    switch self {
    case .comparison, .unadjusted:
      if self == .unadjusted && pairs.count == 1 { return nil }
      return comparison.pairs.map { pair in
        SimulatedVerdict(
          isReal: self == .comparison ? pair.isReal : pair.p <= 0.05, low: pair.low,
          high: pair.high)
      }
    case .mcNemarOfRows:
      guard case .testSet(let scores) = data.evidence, (scores.rows.first ?? 1) > 1,
        pairs.count == 1
      else { return nil }
      return pairs.map { first, second in
        let table = McNemarTable(
          onlyFirst: zip(data.correctRows[first], data.correctRows[second]).count { $0 > $1 },
          onlySecond: zip(data.correctRows[first], data.correctRows[second]).count { $0 < $1 },
          rows: data.correctRows[first].count)
        let interval = table.interval(quantile: AccuracyInterval.normalQuantile)
        return SimulatedVerdict(
          isReal: table.p <= 0.05, low: interval.lowerBound, high: interval.upperBound)
      }
    case .percentileBootstrap:
      guard case .testSet(let scores) = data.evidence, pairs.count == 1 else { return nil }
      let differences = zip(scores.correct[0], scores.correct[1]).map { $0 - $1 }
      let units = differences.count
      let rows = Double(scores.rows.reduce(0, +))
      let drawn = (0..<1000).map { _ in
        Double((0..<units).reduce(0) { sum, _ in sum + differences[random.below(units)] }) / rows
      }.sorted()
      return [
        SimulatedVerdict(
          isReal: drawn[24] > 0 || drawn[974] < 0, low: drawn[24], high: drawn[974])
      ]
    case .pairedT:
      guard case .folds(let scores) = data.evidence, pairs.count == 1 else { return nil }
      let folds = Double(scores.testRows.count)
      let test = CorrectedResampledT(
        differences: zip(scores.accuracies[0], scores.accuracies[1]).map { $0 - $1 },
        varianceFactor: 1 / folds)
      let half =
        StudentDistribution(degreesOfFreedom: folds - 1).quantile(0.975) * test.standardError
      return [
        SimulatedVerdict(
          isReal: test.p <= 0.05, low: test.difference - half, high: test.difference + half)
      ]
    }
  }
}
