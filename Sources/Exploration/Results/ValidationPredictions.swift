import Learning
import Matrices

/// What a trial said of the validation rows of its piece, those of one selection fit after the other.
package struct ValidationPredictions: Sendable {
  package var classes: [Int]
  /// Rows × classes: what the measure was computed from, where the classes are not enough for it; raw
  /// scores where there are such and the measure is of ranks.
  package var scores: Matrix?
}

extension RunResults {
  /// Whether validation predictions of a piece's trials can no more be read.
  package func hasDamagedPredictions(in piece: Piece) -> Bool {
    piece.trials.contains { journal.hasDamagedPredictions($0.key, trial: $0.trial) }
  }

  /// Reads what a trial predicted for the validation rows, which few reports need.
  ///
  /// - Returns: nil for a trial that failed or validated on nothing, and where the record is damaged.
  package func validationPredictions(of trial: TrialRecord, in piece: Piece)
    -> ValidationPredictions?
  {
    let rows = piece.split.selection.reduce(0) { $0 + $1.validation.count }
    guard rows > 0, trial.failure == nil,
      let bytes = journal.validationPredictions(trial.key, trial: trial.trial)
    else { return nil }
    let format = PredictionBlob(classCount: plan.classes.count)
    guard plan.measure.needsProbabilities else {
      return format.classes(in: bytes, rows: rows).map { ValidationPredictions(classes: $0) }
    }
    return format.predictions(in: bytes, rows: rows).map {
      ValidationPredictions(classes: $0.classes, scores: $0.probabilities)
    }
  }
}
