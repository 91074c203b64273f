import Learning
import Matrices
import TextFormatting

// A piece's records beside those of its second computation.

extension RunVerification {
  func compare(
    _ piece: Plan.Piece, _ again: CellRecord, key: String, in computed: Journal,
    _ outcome: inout Outcome
  ) {
    guard let recorded = journal.cell(piece.key) else { return }
    func differs(_ what: String, _ then: String, _ now: String) {
      outcome.findings.append(finding(piece, what, then, now))
    }
    if let failure = again.failure {
      return differs("piece of work", "ok", "\(failure.status.rawValue): \(failure.reason)")
    }
    let paths = [recorded, again].map { record in
      [record.arithmetic, record.ownArithmetic].compactMap { $0 }.joined(separator: "; ")
    }
    let isExact = paths[0] == paths[1]
    if isExact {
      outcome.exact += 1
    } else {
      let words = "\(paths[0]), now \(paths[1])"
      if !outcome.otherArithmetic.contains(words) { outcome.otherArithmetic.append(words) }
    }
    if recorded.winner != again.winner {
      let cell = plan.cells[piece.cell]
      func words(_ record: CellRecord) -> String {
        let text = plan.chosenSetting(record, cell).map { plan.text(of: $0, cell) } ?? "none"
        return text.isEmpty ? "trial \(record.winner ?? 0)" : text
      }
      differs("chosen setting", words(recorded), words(again))
    }
    if recorded.dimensions != again.dimensions {
      differs(
        "columns", recorded.dimensions.map { "\($0)" } ?? "", again.dimensions.map { "\($0)" } ?? ""
      )
    }
    comparePredictions(piece, key: key, in: computed, isExact: isExact, differs)
    compareTrials(piece, key: key, in: computed, isExact: isExact, differs)
  }

  /// Predictions whose bytes are damaged are found elsewhere.
  private func comparePredictions(
    _ piece: Plan.Piece, key: String, in computed: Journal, isExact: Bool,
    _ differs: (String, String, String) -> Void
  ) {
    guard let recorded = journal.testPredictions(piece.key),
      let again = computed.testPredictions(key), recorded != again
    else { return }
    let rows = plan.split(piece.split, of: plan.cells[piece.cell]).test.count
    let format = PredictionBlob(classCount: plan.classes.count)
    guard let then = format.predictions(in: recorded, rows: rows),
      let now = format.predictions(in: again, rows: rows)
    else { return }
    let difference = PredictionDifference(then, now)
    // A row whose classes are as probable as each other may go either way.
    let isWithin = difference.largest <= Self.tolerance && difference.decidedRows == 0
    guard isExact || !isWithin else { return }
    differs("test predictions", "\(rows) rows", difference.words)
  }

  private func compareTrials(
    _ piece: Plan.Piece, key: String, in computed: Journal, isExact: Bool,
    _ differs: (String, String, String) -> Void
  ) {
    let then = journal.trials(piece.key)
    let now = computed.trials(key)
    guard then.map(\.trial) == now.map(\.trial) else {
      return differs("trials", "\(then.count)", "\(now.count)")
    }
    let tolerance = isExact ? 0 : Self.tolerance
    for (then, now) in zip(then, now) {
      let name = "of trial \(then.trial)"
      if then.failure?.status != now.failure?.status {
        differs(
          "status \(name)", then.failure?.status.rawValue ?? "ok",
          now.failure?.status.rawValue ?? "ok")
        continue
      }
      let figures: [(String, Double?, Double?)] = [
        ("validation accuracy", then.validationAccuracy, now.validationAccuracy),
        ("validation loss", then.validationLoss, now.validationLoss),
        ("\(plan.measure.rawValue)", then.score, now.score),
        ("training accuracy", then.trainAccuracy, now.trainAccuracy),
        ("training loss", then.trainLoss, now.trainLoss),
      ]
      let differing = figures.filter { !isNear($0.1, $0.2, tolerance) }
      if let first = differing.first {
        func text(_ value: Double?) -> String { value.map { shortest($0) } ?? "none" }
        differs("\(first.0) \(name)", text(first.1), text(first.2))
      } else if isExact, let bytes = journal.validationPredictions(piece.key, trial: then.trial),
        bytes != computed.validationPredictions(key, trial: now.trial)
      {
        differs("validation predictions \(name)", "", "other bytes")
      }
    }
  }

  private func isNear(_ then: Double?, _ now: Double?, _ tolerance: Double) -> Bool {
    guard let then, let now else { return (then == nil) == (now == nil) }
    return then == now || abs(then - now) <= tolerance
  }
}

/// How far two predictions of the same rows are apart.
struct PredictionDifference {
  /// Rows with another class.
  private(set) var rows = 0
  /// Those whose two classes were not as probable as each other.
  private(set) var decidedRows = 0
  /// The largest difference of a probability.
  private(set) var largest = 0.0

  /// Compares predictions of the same number of rows and classes.
  init(_ first: Predictions, _ second: Predictions) {
    for row in first.classes.indices {
      let (a, b) = (first.classes[row], second.classes[row])
      if a != b {
        rows += 1
        let gap = first.probabilities[row, a] - first.probabilities[row, b]
        if Double(abs(gap)) > 2 * RunVerification.tolerance { decidedRows += 1 }
      }
      for column in 0..<first.probabilities.columns {
        largest = max(
          largest,
          Double(abs(first.probabilities[row, column] - second.probabilities[row, column])))
      }
    }
  }

  /// As in `3 rows of another class, probabilities differ by up to 0.02`.
  var words: String {
    (rows > 0 ? "\(counted(rows, "row")) of another class, " : "")
      + "probabilities differ by up to \(significant(largest, digits: 2))"
  }
}
