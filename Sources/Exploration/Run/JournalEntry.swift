import Learning

/// How a cell ended.
package enum CellStatus: String, Codable, CaseIterable, Sendable {
  case ok, failed, timeout, memory, crashed, diverged, skipped
}

/// One record of a journal.
package enum JournalEntry: Sendable {
  case preparation(PreparationRecord)
  case trial(TrialRecord)
  case cell(CellRecord)
  case deployment(DeploymentRecord)

  var key: String {
    switch self {
    case .preparation(let record): record.key
    case .trial(let record): record.key
    case .cell(let record): record.key
    case .deployment(let record): record.key
    }
  }
}

/// How a piece of work ended when it did not end well.
package struct Failure: Codable, Equatable, Sendable {
  package var status: CellStatus
  package var reason: String
  /// The limit that stopped it, in seconds or megabytes: with a larger one it is tried again.
  package var limit: Double?

  package init(status: CellStatus, reason: String, limit: Double? = nil) {
    self.status = status
    self.reason = reason
    self.limit = limit
  }
}

/// A chain of transformations that was fitted, or why it was not.
package struct PreparationRecord: Codable, Equatable, Sendable {
  package var key: String
  package var failure: Failure?
  package var seconds: Double?
}

/// One setting of a cell on one split.
package struct TrialRecord: Codable, Equatable, Sendable {
  /// The key of the piece of work the trial is part of.
  package var key: String
  /// The trial's number: where every setting is tried, that of the setting, those of the model changing
  /// fastest, then those of the transformation.
  package var trial: Int
  /// What it tried; nil where the plan lists it under the trial's number.
  package var setting: TrialSetting?
  /// The share of the full budget that the fits had; nil for all of it, without which no trial is
  /// chosen.
  package var budget: Double?
  package var failure: Failure?
  package var trainAccuracy, validationAccuracy, trainLoss, validationLoss: Double?
  /// What settings are selected by.
  package var score: Double?
  package var fitSeconds: Double
  package var predictSeconds: Double
  /// The class predicted for every validation row, in the order of the split.
  package var predictions: BlobReference?

  package init(
    key: String, trial: Int, failure: Failure? = nil, fitSeconds: Double, predictSeconds: Double
  ) {
    self.key = key
    self.trial = trial
    self.failure = failure
    self.fitSeconds = fitSeconds
    self.predictSeconds = predictSeconds
  }
}

/// A cell on one split: the chosen setting and its test predictions.
package struct CellRecord: Codable, Equatable, Sendable {
  package var key: String
  package var failure: Failure?
  /// The chosen trial.
  package var winner: Int?
  /// What it tried; nil where the plan lists it under the trial's number.
  package var setting: TrialSetting?
  /// How many trials there were; nil for as many as the plan lists.
  package var trials: Int?
  /// Columns after the transformation.
  package var dimensions: Int?
  package var trainingRows: Int?
  package var transformSeconds: Double?
  /// Seconds of fits and predictions beside those of the trials: of the winner's last fit, of the
  /// test rows.
  package var fitSeconds: Double?
  package var predictSeconds: Double?
  package var peakMegabytes: Double?
  package var notes: [String] = []
  package var curve: [FitLog.CurvePoint] = []
  /// The step of the curve that the winner is from; nil for the last, or where there is none.
  package var keptStep: Int?
  /// Class, probabilities and scores for every test row, in the order of the split.
  package var predictions: BlobReference?
  /// The loops that computed it, as in `avx2, SkylakeX`; written by the journal into every record.
  package var arithmetic: String?
  /// The model's own loops beside those, as in `networks avx512, oneDNN avx512`.
  package var ownArithmetic: String?

  package init(key: String, failure: Failure? = nil) {
    self.key = key
    self.failure = failure
  }
}

/// The model fitted to all rows after folds.
package struct DeploymentRecord: Codable, Equatable, Sendable {
  package var key: String
  package var failure: Failure?
  package var seconds: Double?
}

/// Where bytes stand in the file beside a journal.
package struct BlobReference: Codable, Equatable, Sendable {
  package var offset: Int
  package var bytes: Int
  /// 16 hexadecimal digits.
  package var hash: String
}
