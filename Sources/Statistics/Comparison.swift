import Matrices

/// All pairs of a family of learners: which differences are real, and how large they may be.
///
/// The test follows from the evidence:
///
/// - One test set whose units are single rows: McNemar's test, exact below 25 discordant rows.
/// - Another test set: sign flips of the units' differences.
/// - Folds: the corrected resampled t test (Nadeau and Bengio 2003).
///
/// Holm's adjustment over all pairs decides what is real. The intervals are simultaneous over the
/// same pairs (Bonferroni); where the test does not reject, the interval is widened to 0 if need
/// be, so that an interval without 0 never meets a shared letter.
package struct Comparison: Equatable, Sendable {
  /// A test set of fewer units is refused.
  package static let fewestUnits = 6

  /// What a p-value comes from.
  package enum Test: Equatable, Sendable, CustomStringConvertible {
    case exactMcNemar
    case mcNemar
    case exactSignFlips
    /// Sign flips by chance, so many.
    case signFlips(draws: Int)
    case correctedResampledT

    package var description: String {
      switch self {
      case .exactMcNemar: "exact McNemar test"
      case .mcNemar: "McNemar test"
      case .exactSignFlips: "exact sign-flip test"
      case .signFlips(let draws): "sign-flip test with \(draws) draws"
      case .correctedResampledT: "corrected resampled t test"
      }
    }
  }

  /// Two learners beside each other.
  package struct Pair: Equatable, Sendable {
    package var first: Int
    package var second: Int
    /// The first's accuracy less the second's.
    package var difference: Double
    /// The lower end of the simultaneous interval of the difference, at least −1.
    package var low: Double
    /// The upper end, at most 1.
    package var high: Double
    /// The two-sided p-value of this pair alone.
    package var p: Double
    /// The p-value after Holm's adjustment over the family.
    package var adjustedP: Double
    package var test: Test
    /// Whether the adjusted p-value is at most the level.
    package var isReal: Bool

    /// The same pair seen from the second.
    package var turned: Pair {
      var pair = self
      (pair.first, pair.second) = (second, first)
      (pair.difference, pair.low, pair.high) = (0 - difference, 0 - high, 0 - low)
      return pair
    }
  }

  /// All pairs, the first before the second: (0, 1), (0, 2), …, (1, 2), ….
  package let pairs: [Pair]
  /// Each learner's accuracy: of all test rows, or the mean over folds.
  package let accuracies: [Double]
  /// The learners, the most accurate first; equal ones as they were given.
  package let order: [Int]
  /// Each learner's letters, by learner; two share one exactly where they are not told apart.
  package let letters: [String]
  /// The difference that half of the pairs could have shown to be real: the median half-width of
  /// the simultaneous intervals; nil where there are so few units that no difference could.
  package let smallestSeparable: Double?
  /// The share of families of equal learners in which a difference is called real.
  package let level: Double

  /// Compares all pairs.
  ///
  /// - Parameters:
  ///   - evidence: what at least two learners did.
  ///   - level: the family-wise error rate; the intervals cover together with 1 − level.
  ///   - random: for sign flips that are too many to be counted; not used otherwise.
  /// - Throws: ``TestRefusal`` with fewer than two learners, 6 units or 2 folds.
  package init(
    _ evidence: Evidence, level: Double = 0.05, using random: inout RandomStream
  ) throws(TestRefusal) {
    let learners = evidence.learners
    guard learners >= 2 else { throw .nothingToCompare }
    var pairs = (0..<learners).flatMap { first in
      (first + 1..<learners).map { second in
        Pair(
          first: first, second: second, difference: 0, low: -1, high: 1, p: 1, adjustedP: 1,
          test: .exactSignFlips, isReal: false)
      }
    }
    let single = level / Double(pairs.count)
    var smallestP = 0.0
    switch evidence {
    case .testSet(let scores):
      let units = scores.rows.count
      guard units >= Self.fewestUnits else { throw .fewUnits(units) }
      smallestP = 1 / Double(1 << min(units - 1, 60))
      accuracies = scores.correct.map {
        Double($0.reduce(0, +)) / Double(max(1, scores.predictions))
      }
      if scores.hasSingleRows {
        Self.compareRows(scores, level: single, &pairs)
      } else {
        Self.compareUnits(scores, level: single, &pairs, using: &random)
      }
    case .folds(let scores):
      guard scores.testRows.count >= 2 else { throw .fewFolds(scores.testRows.count) }
      accuracies = scores.accuracies.map { mean($0) ?? 0 }
      Self.compareFolds(scores, level: single, &pairs)
    }

    let widths = pairs.map { ($0.high - $0.low) / 2 }.sorted()
    smallestSeparable = smallestP > single ? nil : widths[widths.count / 2]
    for (index, adjusted) in holm(pairs.map(\.p)).enumerated() {
      pairs[index].adjustedP = adjusted
      pairs[index].isReal = adjusted <= level
      if !pairs[index].isReal {
        pairs[index].low = min(pairs[index].low, 0)
        pairs[index].high = max(pairs[index].high, 0)
      }
    }
    self.pairs = pairs
    self.level = level
    let values = accuracies
    let order = (0..<learners).sorted { (values[$1], $0) < (values[$0], $1) }
    self.order = order
    letters = compactLetters(order: order) { first, second in
      pairs[Self.index(min(first, second), max(first, second), of: learners)].isReal
    }
  }

  /// The comparison of two learners, with the difference first − second.
  package func pair(_ first: Int, _ second: Int) -> Pair {
    let pair = pairs[
      Self.index(min(first, second), max(first, second), of: accuracies.count)]
    return first < second ? pair : pair.turned
  }

  /// Where a pair is among all, the first before the second.
  private static func index(_ first: Int, _ second: Int, of learners: Int) -> Int {
    precondition(0 <= first && first < second && second < learners)
    return first * (2 * learners - first - 1) / 2 + second - first - 1
  }

  private static func compareRows(
    _ scores: TestSetScores, level: Double, _ pairs: inout [Pair]
  ) {
    let quantile = NormalDistribution.quantile(1 - level / 2)
    for index in pairs.indices {
      let table = McNemarTable(
        scores.correct[pairs[index].first], scores.correct[pairs[index].second])
      let interval = table.interval(quantile: quantile)
      pairs[index].difference = table.difference
      (pairs[index].low, pairs[index].high) = (interval.lowerBound, interval.upperBound)
      pairs[index].p = table.p
      pairs[index].test = table.isExact ? .exactMcNemar : .mcNemar
    }
  }

  private static func compareUnits(
    _ scores: TestSetScores, level: Double, _ pairs: inout [Pair], using random: inout RandomStream
  ) {
    let quantile = StudentDistribution(degreesOfFreedom: Double(scores.rows.count - 1))
      .quantile(1 - level / 2)
    var drawn: [Int] = []
    for index in pairs.indices {
      let differences = scores.differences(pairs[index].first, pairs[index].second)
      let clustered = ClusteredDifference(
        differences, rows: scores.rows, seeds: scores.seeds)
      let interval = clustered.interval(quantile: quantile)
      pairs[index].difference = clustered.difference
      (pairs[index].low, pairs[index].high) = (interval.lowerBound, interval.upperBound)
      if SignFlips.cost(differences) <= SignFlips.affordableCost / pairs.count {
        pairs[index].p = SignFlips.exactP(differences)
      } else {
        drawn.append(index)
      }
    }
    guard !drawn.isEmpty else { return }
    let draws = SignFlips.draws(pairs: pairs.count)
    let p = SignFlips.drawnP(
      scores.correct, pairs: drawn.map { (pairs[$0].first, pairs[$0].second) }, draws: draws,
      using: &random)
    for (index, p) in zip(drawn, p) {
      pairs[index].p = p
      pairs[index].test = .signFlips(draws: draws)
    }
  }

  private static func compareFolds(_ scores: FoldScores, level: Double, _ pairs: inout [Pair]) {
    let student = StudentDistribution(degreesOfFreedom: Double(scores.testRows.count - 1))
    let quantile = student.quantile(1 - level / 2)
    for index in pairs.indices {
      let test = scores.test(pairs[index].first, pairs[index].second)
      pairs[index].difference = test.difference
      pairs[index].low = max(-1, test.difference - quantile * test.standardError)
      pairs[index].high = min(1, test.difference + quantile * test.standardError)
      pairs[index].p = test.p
      pairs[index].test = .correctedResampledT
    }
  }
}
