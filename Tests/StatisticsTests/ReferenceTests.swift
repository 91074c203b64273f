import JSONText
import Matrices
import Statistics
import Testing

/// Each figure against a second source.
@Suite struct ReferenceTests {
  @Test func student() throws {
    for one in try References.cases("student") {
      let distribution = StudentDistribution(degreesOfFreedom: try one.number("df"))
      expect(distribution.cumulative(try one.number("t")), near: try one.number("cdf"))
      expect(distribution.upperTail(try one.number("t")), near: try one.number("tail"))
    }
    for one in try References.cases("student_quantile") {
      let quantile = StudentDistribution(degreesOfFreedom: try one.number("df"))
        .quantile(try one.number("p"))
      let expected = try one.number("t")
      #expect(abs(quantile - expected) < 1e-6 * max(1, abs(expected)))
    }
  }

  @Test func normal() throws {
    for one in try References.cases("normal") {
      let (p, z) = (try one.number("p"), try one.number("z"))
      #expect(abs(NormalDistribution.quantile(p) - z) < 1e-9)
      expect(NormalDistribution.cumulative(z), near: p)
    }
  }

  @Test func chiSquared() throws {
    for one in try References.cases("chi_squared") {
      let distribution = ChiSquaredDistribution(degreesOfFreedom: try one.number("df"))
      expect(distribution.upperTail(try one.number("x")), near: try one.number("tail"))
    }
  }

  @Test func binomial() throws {
    for one in try References.cases("binomial") {
      let distribution = BinomialDistribution(
        count: try one.integer("n"), probability: try one.number("p"))
      expect(distribution.cumulative(try one.integer("k")), near: try one.number("cdf"))
    }
  }

  @Test func studentizedRange() throws {
    for one in try References.cases("studentized_range") {
      let range = StudentizedRange(count: try one.integer("k"))
      expect(range.cumulative(try one.number("q")), near: try one.number("cdf"))
    }
    // The published table was made from quantiles of few decimals.
    for one in try References.cases("nemenyi_demsar") {
      let range = StudentizedRange(count: try one.integer("k")).quantile(0.95)
      #expect(abs(range / 2.0.squareRoot() - (try one.number("q"))) < 8e-4)
    }
  }

  @Test func wilson() throws {
    for one in try References.cases("wilson") {
      let n = try one.number("n")
      let interval = AccuracyInterval.wilson(share: try one.number("k") / n, count: n)
      let expected = try one.numbers("interval")
      #expect(abs(interval.low - expected[0]) < 1e-6 && abs(interval.high - expected[1]) < 1e-6)
    }
  }

  @Test func mcNemar() throws {
    for one in try References.cases("mcnemar") {
      let (b, c) = (try one.integer("b"), try one.integer("c"))
      let table = McNemarTable(onlyFirst: b, onlySecond: c, rows: b + c + 39)
      expect(table.exactP, near: try one.number("exact"))
      expect(table.asymptoticP, near: try one.number("asymptotic"))
      #expect(table.p == (b + c < 25 ? table.exactP : table.asymptoticP))
    }
  }

  @Test func scoreInterval() throws {
    for one in try References.cases("tango") {
      let table = McNemarTable(
        onlyFirst: try one.integer("b"), onlySecond: try one.integer("c"),
        rows: try one.integer("n"))
      let interval = table.interval(quantile: AccuracyInterval.normalQuantile)
      let expected = try one.numbers("interval")
      #expect(abs(interval.lowerBound - expected[0]) < 1e-6)
      #expect(abs(interval.upperBound - expected[1]) < 1e-6)
    }
  }

  @Test func holmAdjustment() throws {
    for one in try References.cases("holm") {
      for (value, expected) in zip(holm(try one.numbers("p")), try one.numbers("adjusted")) {
        expect(value, near: expected)
      }
    }
  }

  @Test func signFlips() throws {
    for one in try References.cases("sign_flips") {
      expect(SignFlips.exactP(try one.integers("d")), near: try one.number("p"))
    }
  }

  @Test func wilcoxon() throws {
    for one in try References.cases("wilcoxon") {
      let differences = try one.numbers("d")
      let approximate = WilcoxonSignedRank(differences: differences, exact: false)
      expect(approximate.p, near: try one.number("approximate"))
      expect(approximate.statistic, near: try one.number("statistic"))
      guard let exact = one["exact"]?.number else { continue }
      let test = WilcoxonSignedRank(differences: differences)
      #expect(test.isExact && test.statistic == approximate.statistic)
      expect(test.p, near: exact)
    }
  }

  @Test func friedman() throws {
    for one in try References.cases("friedman") {
      let scores = try #require(one["scores"]?.elements).map { row in
        try #require(row.elements).map { try #require($0.number) }
      }
      let test = FriedmanTest(scores: scores)
      expect(test.statistic, near: try one.number("statistic"))
      expect(test.p, near: try one.number("p"))
      for (rank, expected) in zip(test.meanRanks, try one.numbers("ranks")) {
        expect(rank, near: expected)
      }
      #expect(
        abs(test.criticalDifference() - (try one.number("critical_difference"))) < 1e-6)
    }
  }

  @Test func correctedResampledT() throws {
    for one in try References.cases("resampled_t") {
      let accuracies = [try one.numbers("first"), try one.numbers("second")]
      let count = accuracies[0].count
      var random = RandomStream(seed: 1)
      let comparison = try Comparison(
        .folds(
          FoldScores(
            accuracies: accuracies,
            testRows: [Int](repeating: try one.integer("test"), count: count),
            trainingRows: [Int](repeating: try one.integer("training"), count: count))),
        using: &random)
      let pair = comparison.pairs[0]
      expect(pair.p, near: try one.number("p"))
      let interval = try one.numbers("interval")
      // Where the test does not reject, the interval contains 0 by itself.
      expect(pair.low, near: interval[0])
      expect(pair.high, near: interval[1])
      #expect(pair.test == .correctedResampledT && pair.adjustedP == pair.p)
    }
  }

  @Test func clusteredError() throws {
    let one = try References.cases("clustered")[0]
    let clustered = ClusteredDifference(
      try one.integers("d"), rows: try one.integers("rows"), seeds: 1)
    expect(clustered.difference, near: try one.number("difference"))
    expect(clustered.standardError, near: try one.number("error"))
  }

  @Test func calibration() throws {
    let one = try References.cases("calibration")[0]
    let probabilities = try one.numbers("probabilities").map { Float($0) }
    let labels = try one.integers("labels")
    let brier = try #require(
      Calibration.brierScore(probabilities: probabilities, labels: labels))
    expect(brier, near: try one.number("brier"))
    var (confidences, isCorrect): ([Double], [Bool]) = ([], [])
    for (row, label) in labels.enumerated() {
      let own = probabilities[3 * row..<3 * row + 3].map { Double($0) }
      let confidence = try #require(own.max())
      confidences.append(confidence)
      isCorrect.append(own.firstIndex(of: confidence) == label)
    }
    let calibration = try #require(
      Calibration(confidences: confidences, isCorrect: isCorrect))
    expect(calibration.expectedError, near: try one.number("error"))
    #expect(
      calibration.bins.count == 15 && calibration.bins.allSatisfy { (13...14).contains($0.count) })
  }
}
