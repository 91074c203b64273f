import Statistics
import Testing

@Suite struct StatisticsTests {
  // scipy.stats.t.ppf
  @Test(arguments: [
    (1.0, 0.975, 12.706204736174694), (4.0, 0.975, 2.7764451051977934),
    (14.0, 0.975, 2.144786687917804),
    (149.0, 0.975, 1.976013177689192), (9.0, 0.05, -1.8331129326562374),
    (2.5, 0.9, 1.7302509288071766),
  ])
  func studentQuantiles(degrees: Double, probability: Double, expected: Double) {
    let value = StudentDistribution(degreesOfFreedom: degrees).quantile(probability)
    #expect(abs(value - expected) < 1e-9 * abs(expected))
  }

  // scipy.stats.t.cdf
  @Test func studentCumulative() {
    #expect(
      abs(StudentDistribution(degreesOfFreedom: 3).cumulative(1.2) - 0.8418689426509474) < 1e-12)
    #expect(
      abs(StudentDistribution(degreesOfFreedom: 30).cumulative(-2.5) - 0.009057824534033344) < 1e-12
    )
  }

  /// statsmodels' proportion_confint(104, 150, method="wilson").
  @Test func wilson() throws {
    let interval = AccuracyInterval.wilson(share: 104.0 / 150, count: 150)
    #expect(abs(interval.low - 0.6154815486776256) < 1e-9)
    #expect(abs(interval.high - 0.7615299568333848) < 1e-9)
    let all = AccuracyInterval.wilson(share: 1, count: 20)
    #expect(all.high == 1 && all.low > 0.8)
  }

  private typealias Unit = AccuracyInterval.Unit

  @Test func singleRowsGiveWilson() {
    let units = (0..<150).map { Unit(correct: $0 < 104 ? 1 : 0, rows: 1) }
    #expect(AccuracyInterval.oneTestSet(units) == .wilson(share: 104.0 / 150, count: 150))
  }

  @Test func clustersWidenTheInterval() throws {
    // Fifteen songs of ten segments each, all right or all wrong: only fifteen facts.
    let units = (0..<15).map { Unit(correct: $0 < 10 ? 10 : 0, rows: 10) }
    let clustered = try #require(AccuracyInterval.oneTestSet(units))
    let naive = AccuracyInterval.wilson(share: 10.0 / 15, count: 150)
    #expect(clustered.high - clustered.low > 2.5 * (naive.high - naive.low))
    // By hand: v = 15/14 · Σ(c − p·m)² / 150², n_e = p(1 − p)/v = 14, t₁₄ = 2.1448.
    let byHand = AccuracyInterval.wilson(share: 10.0 / 15, count: 14, quantile: 2.144786687917804)
    #expect(abs(clustered.low - byHand.low) < 1e-9 && abs(clustered.high - byHand.high) < 1e-9)
  }

  @Test func noVarianceBetweenClusters() throws {
    let units = [Unit](repeating: Unit(correct: 10, rows: 10), count: 6)
    let interval = try #require(AccuracyInterval.oneTestSet(units))
    let byHand = AccuracyInterval.wilson(share: 1, count: 6, quantile: 2.5705818356363146)
    #expect(abs(interval.low - byHand.low) < 1e-9)
  }

  @Test func fewClustersGiveNone() {
    #expect(
      AccuracyInterval.oneTestSet([Unit](repeating: Unit(correct: 1, rows: 2), count: 4)) == nil)
    #expect(AccuracyInterval.oneTestSet([]) == nil)
  }

  @Test func foldsAreCorrectedForSharedRows() throws {
    let accuracies = [0.8, 0.85, 0.75, 0.9, 0.7]
    let folds = accuracies.map {
      AccuracyInterval.Fold(accuracy: $0, testRows: 20, trainingRows: 80)
    }
    let interval = try #require(AccuracyInterval.folds(folds))
    // mean 0.8, s² = 0.00625, factor 1/5 + 1/4, t₄ = 2.7764.
    let half = 2.7764451051977934 * (0.00625 * 0.45).squareRoot()
    #expect(abs(interval.low - (0.8 - half)) < 1e-12 && abs(interval.high - (0.8 + half)) < 1e-12)
    #expect(AccuracyInterval.folds([folds[0]]) == nil)
  }

  @Test func intervalsStayWithinZeroAndOne() {
    #expect(AccuracyInterval(low: -0.2, high: 1.3) == AccuracyInterval(low: 0, high: 1))
  }
}
