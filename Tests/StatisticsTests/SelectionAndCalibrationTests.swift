import Matrices
import Statistics
import Testing

@Suite struct SelectionCorrectionTests {
  /// Twenty coin flippers: the best of them is not better than a coin.
  @Test func theBestOfManyEqualOnesIsCorrected() throws {
    var (random, naive, corrected) = (RandomStream(seed: 4), 0.0, 0.0)
    for _ in 0..<40 {
      let correct = (0..<20).map { _ in (0..<100).map { _ in random.below(2) } }
      let correction = try #require(
        SelectionCorrection(
          rows: [Int](repeating: 1, count: 100), correct: correct, draws: 200, using: &random))
      naive += correction.best / 40
      corrected += correction.corrected / 40
    }
    #expect(naive > 0.57 && abs(corrected - 0.5) < 0.02)
  }

  @Test func oneCandidateKeepsItsAccuracy() throws {
    var random = RandomStream(seed: 1)
    let correct = (0..<200).map { $0 % 4 == 0 ? 0 : 2 }
    let correction = try #require(
      SelectionCorrection(
        rows: [Int](repeating: 2, count: 200), correct: [correct], using: &random))
    #expect(correction.best == 0.75 && abs(correction.corrected - 0.75) < 0.005)
    #expect(correction.draws == 1000)
  }

  /// With one unit in each fold every draw is the same, and nothing is left out.
  @Test func unitsAreDrawnWithinFolds() throws {
    var random = RandomStream(seed: 1)
    let rows = [5, 5, 5]
    #expect(
      SelectionCorrection(
        rows: rows, correct: [[1, 2, 3], [3, 2, 1]], folds: [0, 1, 2], using: &random) == nil)
    #expect(SelectionCorrection(rows: [5], correct: [[1]], using: &random) == nil)
    let seen = try #require(
      SelectionCorrection(
        units: 6, candidates: 1, folds: [0, 1, 1, 0, 2, 2], draws: 50, using: &random,
        quality: { _, counts in
          #expect(counts[0] + counts[3] == 2 && counts[1] + counts[2] == 2)
          return 0
        }, accuracy: { _, counts in Double(counts.reduce(0, +)) }))
    #expect(seen.best == 6 && seen.draws < 50)
  }

  /// The first of equally good candidates is chosen, up to rounding.
  @Test func tiesGoToTheFirst() throws {
    var random = RandomStream(seed: 1)
    let correction = try #require(
      SelectionCorrection(
        units: 10, candidates: 3, using: &random,
        quality: { candidate, _ in 1e-14 * Double(candidate) },
        accuracy: { candidate, _ in Double(candidate) }))
    #expect(correction.best == 0 && correction.corrected == 0)
  }

  @Test func sameSeedSameFigure() throws {
    let correct = [[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0, 1, 1, 1]]
    let figures = try (0..<2).map { _ in
      var random = RandomStream(seed: 9)
      return try #require(
        SelectionCorrection(rows: [1, 1, 1, 1, 1, 1, 1], correct: correct, using: &random))
    }
    #expect(figures[0] == figures[1])
  }
}

@Suite struct CalibrationTests {
  @Test func orderOfRowsAndTiesHaveNoPart() throws {
    let confidences = [0.5, 0.5, 0.5, 0.9, 0.9, 0.7, 0.6, 0.8, 1, 1]
    let isCorrect = [true, false, false, true, true, false, true, true, true, true]
    let one = try #require(Calibration(confidences: confidences, isCorrect: isCorrect, bins: 5))
    let turned = try #require(
      Calibration(confidences: confidences.reversed(), isCorrect: isCorrect.reversed(), bins: 5))
    #expect(one.bins.map(\.count) == turned.bins.map(\.count))
    #expect(abs(one.expectedError - turned.expectedError) < 1e-12)
    // The three rows of 0.5 share a bin.
    #expect(one.bins[0].count == 3 && abs(one.bins[0].accuracy - 1.0 / 3) < 1e-12)
  }

  /// One neighbour is always certain: one bin, and the error is that of the accuracy.
  @Test func alwaysCertain() throws {
    let calibration = try #require(
      Calibration(
        confidences: [Double](repeating: 1, count: 40), isCorrect: (0..<40).map { $0 % 4 != 0 }))
    #expect(calibration.bins.count == 1 && abs(calibration.expectedError - 0.25) < 1e-12)
    #expect(Calibration(confidences: [], isCorrect: []) == nil)
  }

  @Test func brierByHand() {
    #expect(
      Calibration.brierScore(probabilities: [1, 0, 0.5, 0.5] as [Float], labels: [0, 1]) == 0.25)
    #expect(Calibration.brierScore(probabilities: [0, 1] as [Float], labels: [0]) == 2)
    #expect(Calibration.brierScore(probabilities: [] as [Float], labels: []) == nil)
  }
}

@Suite struct DetectableDifferenceTests {
  /// Two learners that disagree on 20 of 100 rows, whoever is right: the difference δ is
  /// 0.8416 · s + 1.9600 · √(s² + δ²/100) with s = √20/100.
  @Test func fromDiscordanceAlone() throws {
    let none = [Int](repeating: 0, count: 100)
    func detectable(firstRight: Int) throws -> DetectableDifference {
      let first = (0..<100).map { $0 < firstRight ? 1 : 0 }
      let second = (0..<100).map { $0 >= firstRight && $0 < 20 ? 1 : 0 }
      return try #require(
        DetectableDifference(
          TestSetScores(rows: none.map { _ in 1 }, correct: [first, second])))
    }
    let even = try detectable(firstRight: 10)
    let error = 20.0.squareRoot() / 100
    let scatter = (error * error + even.smallest * even.smallest / 100).squareRoot()
    #expect(abs(even.smallest - 0.841621 * error - 1.959964 * scatter) < 1e-6)
    #expect(even.smallest > 0.1253 && even.smallest < 0.13)
    #expect(even == (try detectable(firstRight: 20)))
    // As many units as there are show what is said to be detectable.
    #expect(even.units(toShow: even.smallest + 1e-9) == 100)
    // A tenth of the size takes about a hundred times the units.
    #expect((9400...10000).contains(even.units(toShow: even.smallest / 10)))
    #expect(even.units(toShow: 0.02) > even.units(toShow: 0.05))
  }

  @Test func unitsOfSeveralRows() throws {
    let rows = [Int](repeating: 10, count: 15)
    let first = (0..<15).map { $0 % 3 == 0 ? 10 : 5 }
    let second = (0..<15).map { $0 % 3 == 1 ? 10 : 5 }
    let detectable = try #require(
      DetectableDifference(TestSetScores(rows: rows, correct: [first, second])))
    // Σd² = 10 · 25, of 150 rows.
    let error = 250.0.squareRoot() / 150
    let scatter = (error * error + detectable.smallest * detectable.smallest / 15).squareRoot()
    #expect(abs(detectable.smallest - 0.841621 * error - 1.959964 * scatter) < 1e-6)
    // Fifteen songs cannot show anything at this level: half of the smallest p-value.
    #expect(
      DetectableDifference(TestSetScores(rows: rows, correct: [first, second]), level: 3e-5) == nil)
    #expect(
      DetectableDifference(TestSetScores(rows: rows, correct: [first, first])) == nil)
  }

  @Test func folds() throws {
    let scores = FoldScores(
      accuracies: [[0.8, 0.7, 0.9, 0.8], [0.7, 0.8, 0.8, 0.7]], testRows: [25, 25, 25, 25],
      trainingRows: [75, 75, 75, 75])
    let detectable = try #require(DetectableDifference(scores, units: 100))
    let error = (0.01 * (0.25 + 1.0 / 3)).squareRoot()
    #expect(abs(detectable.smallest - error * (3.182446 + 0.841621)) < 1e-6)
    #expect(detectable.units(toShow: detectable.smallest / 2) == 400)
  }
}

@Suite struct DataSetComparisonTests {
  @Test func bestFirstWithBars() throws {
    // Ranks 1, 2, 3, 4 on each of twelve data sets.
    let scores: [[Double]] = (0..<4).map { learner in
      let start = 0.9 - 0.1 * Double(learner)
      let step = -0.001 * Double(learner + 1)
      return (0..<12).map { start + step * Double($0) }
    }
    let comparison = try DataSetComparison(scores: scores)
    #expect(comparison.friedman.meanRanks == [1, 2, 3, 4] && comparison.order == [0, 1, 2, 3])
    // 3.633/√2 · √(4·5/(6·12)) = 1.354: only neighbours hang together.
    #expect(abs(comparison.criticalDifference - 1.354) < 0.001)
    #expect(comparison.bars == [0..<2, 1..<3, 2..<4])
    #expect(comparison.pairs.allSatisfy { $0.isReal && $0.difference > 0 })
  }

  @Test func equalLearners() throws {
    let scores = [[Double]](repeating: (0..<8).map { Double($0) / 10 }, count: 3)
    let comparison = try DataSetComparison(scores: scores)
    #expect(comparison.friedman.p == 1 && comparison.bars == [0..<3])
    #expect(comparison.pairs.allSatisfy { !$0.isReal && $0.p == 1 })
  }

  @Test func refusals() {
    #expect(throws: TestRefusal.fewDataSets(5)) {
      try DataSetComparison(scores: [[1, 2, 3, 4, 5], [2, 3, 4, 5, 6]])
    }
    #expect(throws: TestRefusal.nothingToCompare) { try DataSetComparison(scores: [[1]]) }
    #expect(TestRefusal.foldsAreNotDataSets.description.contains("not independent data sets"))
  }
}
