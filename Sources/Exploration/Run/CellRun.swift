import FileSystem
import Learning
import Matrices

/// Fits a model's settings on one split, chooses among them and tests the winner.
struct CellRun<Kind: Model> {
  let runner: PieceRunner
  let piece: WorkList.CellPiece
  /// The model's settings, in the order of the trials.
  let models: [Kind]
  /// Takes the trials as they finish, with the predicted validation classes.
  let onTrials: ([(record: TrialRecord, predictions: [UInt8])]) throws -> Void

  var plan: Plan { runner.plan }
  var input: Plan.Input { runner.input }
  var split: Split { plan.split(piece.split, of: cell) }
  var cell: Plan.Cell { plan.cells[piece.cell] }
  var classCount: Int { plan.classes.count }
  var variantCount: Int { plan.transformations[cell.transformation].variants.count }

  /// One setting's figures on one selection fit.
  struct Figures {
    var train: Evaluation
    var validation: Evaluation?
    var validationClasses: [Int]
    /// What the measure is computed from, where classes are not enough.
    var validationScores: Matrix?
    var fitSeconds: Double
    var predictSeconds: Double
  }

  /// A fitted setting.
  struct Fit {
    var model: Kind.Fitted
    var knownClasses: [Int]
    var curve: [FitLog.CurvePoint] = []
    var keptStep: Int?
  }

  /// What is known of the setting that is best so far.
  struct Winner {
    var trial: Int
    var score: Double
    /// Kept where it was fitted on the rows the winner is to be fitted on.
    var fitted: Fit?
  }

  struct Outcome {
    var winner: Winner?
    var notes: [String] = []
    var failure: FitError?
    var transformSeconds = 0.0

    mutating func add(_ log: FitLog) {
      for note in log.notes where !notes.contains(note) { notes.append(note) }
    }
  }

  /// - Returns: the cell's record without the blob and the memory, and the test predictions.
  /// - Throws: `SystemError` when something cannot be written; what goes wrong in a fit becomes part
  ///   of the record.
  func run() throws -> (record: CellRecord, predictions: Predictions?) {
    var outcome = Outcome()
    do {
      for index in piece.preparations {
        let prepared = try runner.prepared(index)
        outcome.transformSeconds += prepared.seconds
        outcome.notes += prepared.notes.filter { !outcome.notes.contains($0) }
      }
      for variant in 0..<variantCount { try select(variant, &outcome) }
      return try finish(outcome)
    } catch let error as SystemError {
      throw error
    } catch {
      return (failed(outcome, error), nil)
    }
  }

  private func failed(_ outcome: Outcome, _ error: any Error) -> CellRecord {
    var record = CellRecord(key: piece.key)
    if case FitError.diverged(let reason) = error {
      record.failure = Failure(status: .diverged, reason: reason)
    } else {
      record.failure = Failure(status: .failed, reason: "\(error)")
    }
    record.notes = outcome.notes
    record.transformSeconds = outcome.transformSeconds
    return record
  }
}
