/// Wilcoxon's signed-rank test of paired values (Wilcoxon 1945).
///
/// Pairs without a difference, to within 1e-12, are left out; equal sizes of differences have the mean
/// of their ranks. Up to 50 differences the p-value is exact, ties included: it is that of sign flips
/// of the ranks. Beyond, the normal approximation, corrected for ties and not for continuity.
package struct WilcoxonSignedRank: Equatable, Sendable {
  /// The smaller of the sums of ranks of the positive and of the negative differences.
  package let statistic: Double
  /// The two-sided p-value; 1 where nothing differs.
  package let p: Double
  package let isExact: Bool

  /// The most differences with an exact p-value.
  package static let mostForExact = 50

  /// Tests the differences of pairs.
  package init(differences: [Double], exact: Bool? = nil) {
    let differences = differences.filter { abs($0) > 1e-12 }
    let sizes = differences.map { abs($0) }
    let ranks = doubledRanks(sizes)
    let positive = zip(ranks, differences).reduce(0) { $0 + ($1.1 > 0 ? $1.0 : 0) }
    let all = ranks.reduce(0, +)
    statistic = Double(min(positive, all - positive)) / 2
    isExact = exact ?? (differences.count <= Self.mostForExact)
    if isExact {
      p = SignFlips.exactP(zip(ranks, differences).map { $1 > 0 ? $0 : -$0 })
    } else {
      // Σr²/4 over the ranks, of which ties have already taken their part.
      let variance = ranks.reduce(0.0) { $0 + Double($1 * $1) } / 16
      let z = (Double(all) / 4 - statistic) / max(variance, .leastNormalMagnitude).squareRoot()
      p = min(1, 2 * NormalDistribution.upperTail(z))
    }
  }
}
