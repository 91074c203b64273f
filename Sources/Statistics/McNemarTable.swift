/// Two learners on rows that are independent of each other: how often only one of them was right.
package struct McNemarTable: Equatable, Sendable {
  /// The rows that only the first has right.
  package var onlyFirst: Int
  /// The rows that only the second has right.
  package var onlySecond: Int
  /// All rows.
  package var rows: Int

  package init(onlyFirst: Int, onlySecond: Int, rows: Int) {
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    self.rows = rows
  }

  /// The table of two learners whose rows are right, 1, or wrong, 0.
  init(_ first: [Int], _ second: [Int]) {
    self.init(
      onlyFirst: zip(first, second).count { $0 > $1 },
      onlySecond: zip(first, second).count { $0 < $1 }, rows: first.count)
  }

  /// The rows on which one is right and one is wrong.
  package var discordant: Int { onlyFirst + onlySecond }

  /// The first's accuracy less the second's.
  package var difference: Double { Double(onlyFirst - onlySecond) / Double(max(1, rows)) }

  /// Whether the p-value is the binomial's; with 25 discordant rows it is the χ² approximation.
  package var isExact: Bool { discordant < 25 }

  /// The two-sided p-value (McNemar 1947), exact below 25 discordant rows.
  package var p: Double { isExact ? exactP : asymptoticP }

  /// By the binomial distribution of the discordant rows.
  package var exactP: Double {
    min(
      1,
      2
        * BinomialDistribution(count: discordant, probability: 0.5)
        .cumulative(min(onlyFirst, onlySecond)))
  }

  /// By the χ² distribution with one degree of freedom, without a correction for continuity: with
  /// 25 discordant rows and more it keeps its level without (Fagerland, Lydersen and Laake 2013).
  package var asymptoticP: Double {
    guard discordant > 0 else { return 1 }
    let difference = Double(onlyFirst - onlySecond)
    return ChiSquaredDistribution(degreesOfFreedom: 1)
      .upperTail(difference * difference / Double(discordant))
  }

  /// The score interval of the difference (Tango 1998); it is without 0 exactly where the χ²
  /// approximation rejects.
  ///
  /// - Parameter quantile: the normal distribution's, 1.96 for 95 %.
  /// - Returns: the interval, within −1...1; all of it without rows.
  package func interval(quantile: Double) -> ClosedRange<Double> {
    guard rows > 0 else { return -1...1 }
    let count = Double(rows)
    return pairedScoreInterval(
      onlyFirst: Double(onlyFirst) / count, onlySecond: Double(onlySecond) / count, count: count,
      quantile: quantile)
  }
}
