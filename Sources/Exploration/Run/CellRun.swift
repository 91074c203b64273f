import FileSystem
import Learning
import Matrices
import TextFormatting

/// Fits a model's settings on one split, chooses among them and tests the winner.
struct CellRun<Kind: Model> {
  let runner: PieceRunner
  let piece: WorkList.CellPiece
  /// The variants of the model.
  let models: [Kind]
  let tuner: any Tuner
  let procedure: TuningProcedure
  /// What the plan lists.
  let settings: [TrialSetting]
  /// Takes the trials as they finish, with the predicted validation classes.
  let onTrials: ([(record: TrialRecord, predictions: [UInt8])]) throws -> Void

  var plan: Plan { runner.plan }
  var input: Plan.Input { runner.input }
  var split: Split { plan.split(piece.split, of: cell) }
  var cell: Plan.Cell { plan.cells[piece.cell] }
  var classCount: Int { plan.classes.count }
  var variantCount: Int { plan.transformations[cell.transformation].variants.count }

  /// A run of a piece of work.
  ///
  /// - Parameters:
  ///   - runner: the plan and the rows.
  ///   - piece: the split and the seed.
  ///   - onTrials: takes the trials as they finish.
  /// - Throws: what is wrong with settings of the plan.
  init(
    _ runner: PieceRunner, _ piece: WorkList.CellPiece,
    onTrials: @escaping ([(record: TrialRecord, predictions: [UInt8])]) throws -> Void
  ) throws {
    self.runner = runner
    self.piece = piece
    self.onTrials = onTrials
    let cell = runner.plan.cells[piece.cell]
    models = try runner.models(Kind.self, of: cell)
    tuner = try runner.plan.makeTuner()
    procedure = runner.plan.procedure(of: cell)
    settings = runner.plan.settings(of: cell)
  }

  /// A setting to be fitted and scored.
  struct Candidate {
    var trial: Int
    var setting: TrialSetting
    var model: Kind
    var threads: Int
    /// The share of the full budget that its fits get.
    var budget = 1.0
  }

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
    var candidate: Candidate
    var score: Double
    /// Kept where it was fitted on the rows the winner is to be fitted on.
    var fitted: Fit?
  }

  struct Outcome {
    let start = ContinuousClock.now
    var winner: Winner?
    /// The best of the trials with less than the full budget, of those with most of it.
    var bestReduced: Winner?
    /// The trials that were recorded, and the scores of those that have one.
    var trials = 0
    var scores: [Int: Double] = [:]
    /// Fits on one part that are done, in full ones.
    var done = 0.0
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
      try search(&outcome)
      if let seconds = tuner.seconds, outcome.start.secondsAgo >= seconds {
        outcome.notes.append(
          "\(type(of: tuner).name) stopped after \(shortest(seconds)) s: how many settings are tried "
            + "depends on the machine")
      }
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
