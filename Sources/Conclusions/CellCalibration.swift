import Exploration
import Glibc
import Statistics

/// Whether a cell's probabilities mean what they say, over all its test rows.
package struct CellCalibration: Equatable, Sendable {
  /// Of the predicted class, in 15 bins of equal count.
  package let curve: Calibration
  /// The mean squared distance between probabilities and truth, 0 … 2 (Brier 1950).
  package let brierScore: Double
  /// The expected calibration error that chance leaves where every probability is true, with as many
  /// independent test units.
  package let chanceError: Double

  /// Pools the test rows of all folds, repeats and seeds.
  ///
  /// It is nil for a cell without test predictions, and for one whose probabilities are a soft-max of
  /// scores that were never meant as such.
  init?(_ cell: RunResults.Cell, of plan: Plan) {
    guard cell.isComputed else { return nil }
    let labels = plan.inputs[cell.sheet.input].data.labels
    let division = plan.division(cell.sheet)
    var confidences: [Double] = []
    var isCorrect: [Bool] = []
    var squares = 0.0
    var units = Set<Int>()
    for piece in cell.pieces {
      guard let predictions = piece.predictions, predictions.scores == nil else { return nil }
      for (place, row) in piece.split.test.enumerated() {
        let own = predictions.probabilities.row(place)
        confidences.append(Double(own[predictions.classes[place]]))
        isCorrect.append(predictions.classes[place] == labels[row])
        for label in own.indices {
          let distance = Double(own[label]) - (label == labels[row] ? 1 : 0)
          squares += distance * distance
        }
        units.insert(division.units?[row] ?? row)
      }
    }
    guard let curve = Calibration(confidences: confidences, isCorrect: isCorrect) else {
      return nil
    }
    self.curve = curve
    let rows = Double(confidences.count)
    brierScore = squares / rows
    // The mean distance of a share from its expectation is √(2/π) of its standard deviation.
    let independent = Double(units.count) / rows
    chanceError = curve.bins.reduce(0) { sum, bin in
      let variance = bin.confidence * (1 - bin.confidence) / (Double(bin.count) * independent)
      return sum + Double(bin.count) / rows * max(0, 2 / Double.pi * variance).squareRoot()
    }
  }
}
