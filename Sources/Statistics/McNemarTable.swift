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

  /// The score interval of the difference (Tango 1998).
  ///
  /// It has the differences that the score test does not reject; for 0 that is McNemar's test.
  ///
  /// - Parameter quantile: the normal distribution's, 1.96 for 95 %.
  package func interval(quantile: Double) -> ClosedRange<Double> {
    guard rows > 0 else { return -1...1 }
    return -McNemarTable(onlyFirst: onlySecond, onlySecond: onlyFirst, rows: rows)
      .upperBound(quantile)...upperBound(quantile)
  }

  /// The largest difference that is not rejected, by bisection.
  private func upperBound(_ quantile: Double) -> Double {
    var (low, high) = (difference, 1.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if deviation(from: middle) > -quantile { low = middle } else { high = middle }
    }
    return low
  }

  /// How many standard errors the observed difference lies above a supposed one, which the error is
  /// estimated under.
  private func deviation(from supposed: Double) -> Double {
    let n = Double(rows)
    let (b, c) = (Double(onlyFirst), Double(onlySecond))
    // The most likely share of rows that only the second has right, given the difference.
    let linear = (2 * n - b + c) * supposed - b - c
    let constant = -c * supposed * (1 - supposed)
    let share =
      (max(0, linear * linear - 8 * n * constant).squareRoot() - linear) / (4 * n)
    let variance = n * (2 * share + supposed * (1 - supposed))
    guard variance > 0 else { return supposed > difference ? -.infinity : 0 }
    return (b - c - n * supposed) / variance.squareRoot()
  }
}
