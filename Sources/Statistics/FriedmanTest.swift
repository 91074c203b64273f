/// Friedman's test of whether the ranks of learners over data sets differ by more than chance
/// (Friedman 1937; Demšar 2006).
package struct FriedmanTest: Equatable, Sendable {
  /// Each learner's mean rank over the data sets; 1 is the best.
  package let meanRanks: [Double]
  /// χ² with one degree of freedom fewer than learners, corrected for ties; 0 where all are tied.
  package let statistic: Double
  package let p: Double
  /// How many data sets there are.
  package let dataSets: Int

  /// Ranks at least two learners on each of at least one data set.
  ///
  /// - Parameter scores: learners × data sets; higher is better.
  package init(scores: [[Double]]) {
    let learners = scores.count
    let dataSets = scores.first?.count ?? 0
    precondition(learners >= 2 && dataSets >= 1 && scores.allSatisfy { $0.count == dataSets })
    var sums = [Int](repeating: 0, count: learners)
    var tied = 0
    for dataSet in 0..<dataSets {
      let losses = scores.map { -$0[dataSet] }
      for (learner, rank) in doubledRanks(losses).enumerated() { sums[learner] += rank }
      for stretch in ties(losses.indices.sorted { losses[$0] < losses[$1] }, losses) {
        tied += stretch.count * (stretch.count * stretch.count - 1)
      }
    }
    let (k, n) = (Double(learners), Double(dataSets))
    meanRanks = sums.map { Double($0) / 2 / n }
    let centre = (k + 1) / 2
    let scatter = meanRanks.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
    let correction = 1 - Double(tied) / (n * k * (k * k - 1))
    statistic = correction > 0 ? 12 * n / (k * (k + 1)) * scatter / correction : 0
    p = ChiSquaredDistribution(degreesOfFreedom: k - 1).upperTail(statistic)
    self.dataSets = dataSets
  }

  /// The distance of mean ranks from which two learners differ, all pairs together (Nemenyi 1963).
  package func criticalDifference(level: Double = 0.05) -> Double {
    let k = Double(meanRanks.count)
    return StudentizedRange(count: meanRanks.count).quantile(1 - level)
      * (k * (k + 1) / (12 * Double(dataSets))).squareRoot()
  }
}
