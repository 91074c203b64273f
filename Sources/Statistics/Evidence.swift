/// What learners did on the units of one test set, in whole counts.
///
/// A unit is what was drawn independently: a song, an artist, a speaker, or a row where there are no
/// groups. The pooled out-of-fold predictions of leave-one-group-out are such a set, too, with the
/// groups as its units.
package struct TestSetScores: Equatable, Sendable {
  /// The test rows of each unit, at least 1.
  package var rows: [Int]
  /// Learners × units: the rows predicted right, summed over the seeds.
  package var correct: [[Int]]
  /// How many models, of different seeds, stand behind each count; at least 1.
  package var seeds: Int

  package init(rows: [Int], correct: [[Int]], seeds: Int = 1) {
    precondition(seeds >= 1 && correct.allSatisfy { $0.count == rows.count })
    self.rows = rows
    self.correct = correct
    self.seeds = seeds
  }

  /// What every learner could have had right: the rows times the seeds.
  var predictions: Int { seeds * rows.reduce(0, +) }

  /// Whether every unit is one row with one prediction, right or wrong.
  var hasSingleRows: Bool { seeds == 1 && rows.allSatisfy { $0 == 1 } }

  /// The first learner's right rows less the second's, in each unit.
  func differences(_ first: Int, _ second: Int) -> [Int] {
    zip(correct[first], correct[second]).map { $0 - $1 }
  }
}

/// What learners did on the test rows of folds, or of repeated random splits.
package struct FoldScores: Equatable, Sendable {
  /// Learners × folds: test accuracies, 0...1; a mean over seeds where there are several.
  package var accuracies: [[Double]]
  /// The test rows of each fold.
  package var testRows: [Int]
  /// The training rows of each fold.
  package var trainingRows: [Int]

  package init(accuracies: [[Double]], testRows: [Int], trainingRows: [Int]) {
    precondition(
      testRows.count == trainingRows.count
        && accuracies.allSatisfy { $0.count == testRows.count })
    self.accuracies = accuracies
    self.testRows = testRows
    self.trainingRows = trainingRows
  }

  /// What the variance between folds is multiplied by to become that of their mean: 1/J + mean(test
  /// rows ÷ training rows) for J folds (Nadeau and Bengio 2003).
  var varianceFactor: Double {
    let ratios = zip(testRows, trainingRows).map { Double($0) / Double(max(1, $1)) }
    return (1 + ratios.reduce(0, +)) / Double(testRows.count)
  }

  /// The smallest step between accuracies of a fold of mean size.
  private var resolution: Double {
    Double(testRows.count) / Double(max(1, testRows.reduce(0, +)))
  }

  /// The test of two learners.
  func test(_ first: Int, _ second: Int) -> CorrectedResampledT {
    CorrectedResampledT(
      differences: zip(accuracies[first], accuracies[second]).map { $0 - $1 },
      varianceFactor: varianceFactor, resolution: resolution)
  }
}

/// What learners are compared by.
package enum Evidence: Equatable, Sendable {
  case testSet(TestSetScores)
  case folds(FoldScores)

  /// How many learners there are.
  package var learners: Int {
    switch self {
    case .testSet(let scores): scores.correct.count
    case .folds(let scores): scores.accuracies.count
    }
  }
}

/// Why there is no test.
package enum TestRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// Fewer than two learners.
  case nothingToCompare
  /// A test set with too few units.
  case fewUnits(Int)
  /// Fewer than two folds.
  case fewFolds(Int)
  /// Rows of one unit are test rows of several folds.
  case unitsStraddleFolds
  /// Too few data sets.
  case fewDataSets(Int)
  /// Scores of folds where those of data sets are needed.
  case foldsAreNotDataSets

  package var description: String {
    switch self {
    case .nothingToCompare: "a comparison needs two cells"
    case .fewUnits(let count):
      "\(count) independent test \(count == 1 ? "unit" : "units"); a test needs at least "
        + "\(Comparison.fewestUnits)"
    case .fewFolds(let count): "\(count) \(count == 1 ? "fold" : "folds"); a test needs at least 2"
    case .unitsStraddleFolds:
      "rows of one group are in several folds, so that the folds are not independent and a test "
        + "would find differences where there are none"
    case .fewDataSets(let count):
      "\(count) data \(count == 1 ? "set" : "sets"); a test over data sets needs at least "
        + "\(DataSetComparison.fewestDataSets)"
    case .foldsAreNotDataSets:
      "folds of one data set share their training rows and are not independent data sets"
    }
  }
}
