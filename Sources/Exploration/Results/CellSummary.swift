import Learning
import Matrices
import Statistics

/// The figures of one cell, over all its folds, repeats and seeds.
///
/// Where each group is left out once, its rows may be of one class, and groups differ in size: there
/// the figures are those of all test predictions together, as of one test set.
package struct CellSummary: Sendable {
  /// The setting chosen most often; the first of equally frequent ones.
  package var settings: String
  /// The same as the plan has it.
  package var favourite: TrialSetting?
  /// How many of the pieces chose it, and how many there are.
  package var chosen: (count: Int, of: Int)
  package var validationAccuracy: Double?
  /// The experiment's measure on the validation rows, by which settings and cells are chosen; a mean over
  /// folds and seeds, nil where nothing was validated.
  package var validationScore: Double?
  package var testAccuracy: Double
  /// The experiment's measure on the test rows; nil where it is not defined.
  package var testScore: Double?
  package var interval: AccuracyInterval?
  /// Counts summed over the folds of a repeat and averaged over repeats and seeds.
  package var confusion: ConfusionMatrix
  package var top3Accuracy: Double?
  package var auc: Double?
  package var logLoss: Double
  package var clippedRows: Int
  /// The test accuracy of each seed; one where nothing is left to chance.
  package var accuracyBySeed: [Double]
  package var trainingRows: Int
  package var dimensions: Int
  package var transformSeconds: Double
  package var fitSeconds: Double
  package var predictSeconds: Double
  package var peakMegabytes: Double?

  /// nil for a cell that is not `ok`.
  package init?(_ cell: RunResults.Cell, plan: Plan) {
    let pieces = cell.pieces
    guard cell.isOK, !pieces.isEmpty, pieces.allSatisfy({ $0.evaluation != nil }) else {
      return nil
    }
    let seeds = Set(pieces.map(\.seedIndex)).sorted()
    let data = plan.inputs[cell.sheet.input].data
    let isPooled = plan.protocols[cell.sheet.protocol].isLeaveOneGroupOut
    let evaluationsOfSeed = seeds.map { seed in
      let own = pieces.filter { $0.seedIndex == seed }
      return isPooled ? [Self.pooled(own, data)] : own.compactMap(\.evaluation)
    }
    let evaluations = evaluationsOfSeed.flatMap(\.self)
    let favourite = favouriteSetting(pieces.compactMap(\.chosen))
    let place = pieces.first { $0.chosen == favourite?.setting }
    settings = place?.settings(of: place?.record.winner) ?? ""
    self.favourite = favourite?.setting
    chosen = (favourite?.count ?? 0, pieces.count)
    let winners = pieces.compactMap { piece in
      piece.trials.first { $0.trial == piece.record.winner }
    }
    validationAccuracy = mean(winners.compactMap(\.validationAccuracy))
    validationScore = mean(winners.compactMap(\.score))
    testAccuracy = mean(evaluations.map(\.accuracy)) ?? 0
    testScore = mean(evaluations.compactMap { $0[plan.measure] })
    accuracyBySeed = evaluationsOfSeed.map { mean($0.map(\.accuracy)) ?? 0 }
    let repetitions = Set(pieces.map(\.split.repetition)).count
    confusion = ConfusionMatrix(classCount: plan.classes.count)
    for evaluation in evaluations { confusion.add(evaluation.confusion) }
    confusion.divide(by: Double(repetitions * seeds.count))
    top3Accuracy = mean(evaluations.compactMap(\.top3Accuracy))
    auc = mean(evaluations.compactMap(\.auc))
    logLoss = mean(evaluations.map(\.logLoss)) ?? 0
    clippedRows = evaluations.reduce(0) { $0 + $1.clippedRows }
    trainingRows = Int((mean(pieces.map { Double($0.record.trainingRows ?? 0) }) ?? 0).rounded())
    dimensions = Int((mean(pieces.map { Double($0.record.dimensions ?? 0) }) ?? 0).rounded())
    transformSeconds = pieces.reduce(0) { $0 + ($1.record.transformSeconds ?? 0) }
    fitSeconds = pieces.reduce(0) { sum, piece in
      sum + (piece.record.fitSeconds ?? 0) + piece.trials.reduce(0) { $0 + $1.fitSeconds }
    }
    predictSeconds = pieces.reduce(0) { sum, piece in
      sum + (piece.record.predictSeconds ?? 0) + piece.trials.reduce(0) { $0 + $1.predictSeconds }
    }
    peakMegabytes = pieces.compactMap(\.record.peakMegabytes).max()
    interval = Self.interval(
      pieces, seeds: seeds.count, isPooled: isPooled, plan.division(cell.sheet), data)
  }

  /// The figures of the test rows of all folds together.
  private static func pooled(_ pieces: [RunResults.Piece], _ data: Plan.Data) -> Evaluation {
    let predictions = pieces.compactMap(\.predictions)
    let scores = predictions.compactMap(\.scores)
    return Evaluation(
      labels: pieces.flatMap { $0.split.test.map { data.labels[$0] } },
      predictions: Predictions(
        classes: predictions.flatMap(\.classes),
        probabilities: stacked(predictions.map(\.probabilities)),
        scores: scores.count == predictions.count ? stacked(scores) : nil),
      classCount: data.classes.count)
  }

  private static func stacked(_ matrices: [Matrix]) -> Matrix {
    let places = matrices.indices.flatMap { index in
      (0..<matrices[index].rows).map { (matrix: index, row: $0) }
    }
    return Matrix(rows: places.count, columns: matrices.first?.columns ?? 0) { row, span in
      let matrix = matrices[places[row].matrix]
      let source = matrix.row(places[row].row)
      for column in 0..<span.count { span[column] = source[column] }
    }
  }

  private static func interval(
    _ pieces: [RunResults.Piece], seeds: Int, isPooled: Bool, _ division: Plan.Division,
    _ data: Plan.Data
  ) -> AccuracyInterval? {
    if division.splits.count > 1, !isPooled {
      return AccuracyInterval.folds(
        division.splits.map { split in
          let own = pieces.filter {
            $0.split.repetition == split.repetition && $0.split.fold == split.fold
          }
          let accuracy = own.reduce(0) { $0 + ($1.evaluation?.accuracy ?? 0) } / Double(own.count)
          return .init(
            accuracy: accuracy, testRows: split.test.count,
            trainingRows: (own.first?.split ?? split).finalTraining.count)
        })
    }
    var indexOfUnit: [Int: Int] = [:]
    var units: [AccuracyInterval.Unit] = []
    for split in division.splits {
      let own = pieces.filter { $0.split.fold == split.fold }
      for (place, row) in split.test.enumerated() {
        let unit = division.units?[row] ?? row
        let index = indexOfUnit[unit] ?? units.count
        if index == units.count {
          indexOfUnit[unit] = index
          units.append(.init(correct: 0, rows: 0))
        }
        let right = own.count { $0.predictions?.classes[place] == data.labels[row] }
        units[index].correct += Double(right) / Double(seeds)
        units[index].rows += 1
      }
    }
    return AccuracyInterval.oneTestSet(units)
  }

  /// The standard deviation of the test accuracy over seeds; nil for fewer than two.
  package var seedDeviation: Double? {
    guard accuracyBySeed.count > 1, let mean = mean(accuracyBySeed) else { return nil }
    let squares = accuracyBySeed.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(accuracyBySeed.count - 1)).squareRoot()
  }
}
