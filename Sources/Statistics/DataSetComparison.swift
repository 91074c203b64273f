/// Learners on several data sets: Friedman's test over all, then Wilcoxon's signed-rank test with
/// Holm's adjustment for the pairs (Demšar 2006), and Nemenyi's critical difference for the picture.
package struct DataSetComparison: Equatable, Sendable {
  /// Fewer data sets are refused.
  package static let fewestDataSets = 6

  /// Two learners over the data sets.
  package struct Pair: Equatable, Sendable {
    package var first: Int
    package var second: Int
    /// The mean of the first's score less the second's.
    package var difference: Double
    /// The p-value of Wilcoxon's signed-rank test.
    package var p: Double
    /// After Holm's adjustment over all pairs.
    package var adjustedP: Double
    /// Whether the adjusted p-value, and Friedman's with three learners or more, is at most the level.
    package var isReal: Bool
  }

  package let friedman: FriedmanTest
  /// All pairs, the first before the second.
  package let pairs: [Pair]
  /// The learners by mean rank, the best first; equal ones as they were given.
  package let order: [Int]
  /// Nemenyi's, in mean ranks.
  package let criticalDifference: Double
  /// The stretches of ``order`` whose mean ranks lie within the critical difference, each as far as it
  /// goes and of two learners or more: the bars of a critical-difference diagram.
  package let bars: [Range<Int>]

  /// Compares at least two learners.
  ///
  /// - Parameters:
  ///   - scores: learners × data sets; higher is better. Folds are not data sets.
  ///   - level: the family-wise error rate.
  /// - Throws: ``TestRefusal`` with fewer than two learners or 6 data sets.
  package init(scores: [[Double]], level: Double = 0.05) throws(TestRefusal) {
    guard let first = scores.first, scores.count >= 2 else { throw .nothingToCompare }
    guard first.count >= Self.fewestDataSets else { throw .fewDataSets(first.count) }
    let friedman = FriedmanTest(scores: scores)
    let differs = scores.count == 2 || friedman.p <= level
    var pairs = scores.indices.flatMap { first in
      (first + 1..<scores.count).map { second in
        let differences = zip(scores[first], scores[second]).map { $0 - $1 }
        return Pair(
          first: first, second: second, difference: mean(differences) ?? 0,
          p: WilcoxonSignedRank(differences: differences).p, adjustedP: 1, isReal: false)
      }
    }
    for (index, adjusted) in holm(pairs.map(\.p)).enumerated() {
      pairs[index].adjustedP = adjusted
      pairs[index].isReal = differs && adjusted <= level
    }
    self.pairs = pairs
    self.friedman = friedman
    let ranks = friedman.meanRanks
    let order = ranks.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    let criticalDifference = friedman.criticalDifference(level: level)
    var bars: [Range<Int>] = []
    for start in order.indices {
      let end =
        order.indices.last { ranks[order[$0]] - ranks[order[start]] < criticalDifference } ?? start
      if end > start, end + 1 > bars.last?.upperBound ?? 0 { bars.append(start..<end + 1) }
    }
    self.order = order
    self.criticalDifference = criticalDifference
    self.bars = bars
  }
}
