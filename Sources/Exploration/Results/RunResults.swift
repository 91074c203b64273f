import FileSystem
import Learning
import TextFormatting

/// What the journals of a run say of its plan: every cell with its trials and test predictions.
package struct RunResults: Sendable {
  /// A cell on one split with one seed.
  package struct Piece: Sendable {
    package var split: Split
    package var seedIndex: Int
    package var record: CellRecord
    package var trials: [TrialRecord]
    /// What each of the trials tried, in words.
    package var settings: [String]
    /// What was chosen; nil when the piece failed.
    package var chosen: TrialSetting?
    /// nil when the piece failed.
    package var predictions: Predictions?
    package var evaluation: Evaluation?

    /// What a trial tried, in words; empty where there is no such trial.
    package func settings(of trial: Int?) -> String {
      trials.firstIndex { $0.trial == trial }.map { settings[$0] } ?? ""
    }
  }

  /// A cell that learnt from a subset of a split's training rows.
  package struct SubsetPiece: Sendable {
    package var subset: Plan.Subset
    package var piece: Piece
  }

  package struct Cell: Sendable {
    /// As in `pca+knn` or `artists+3s+pca+knn`.
    package var name: String
    package var sheet: Plan.Sheet
    package var transformation: String
    package var model: String
    package var status: CellStatus
    /// Why it is not `ok`, or what is to be known of it when it is.
    package var reason: String
    /// Those that were computed, by repeat, fold and seed.
    package var pieces: [Piece]
    /// Those of the learning curve that were computed, by split, draw and share; no other figure
    /// knows of them.
    package var subsetPieces: [SubsetPiece]
    /// The settings, by trial number; none where trials differ from piece to piece.
    package var settings: [String]
    /// The trials that each piece has; of the pieces that have most.
    package var trialCount: Int

    package var isOK: Bool { status == .ok }
  }

  /// The cells of which an arithmetic path computed a piece at least.
  package struct ArithmeticShare: Equatable, Sendable {
    /// As in `avx2, SkylakeX`.
    package var path: String
    /// Their names, in the order of the table.
    package var cells: [String]
  }

  package var plan: Plan
  package var cells: [Cell]
  /// The arithmetic paths that took part and what each computed, when there was more than one.
  package var mixedArithmetic: [ArithmeticShare]
  /// What was damaged in the journals.
  package var problems: [String]
  /// Where predictions are read that few need.
  let journal: Journal

  /// Reads a run folder.
  ///
  /// - Throws: `DamagedFile` or `SystemError` when it is no run folder or cannot be read.
  package init(_ folder: RunFolder) throws {
    let plan = try Plan(readingFrom: folder.plan)
    self.init(plan, journal: try Journal(reading: folder.journals, repairing: false))
  }

  package init(_ plan: Plan, journal: Journal) {
    self.plan = plan
    self.journal = journal
    problems = journal.problems
    let pieces = Dictionary(grouping: plan.pieces, by: \.cell)
    cells = plan.cells.indices.map { Self.cell($0, pieces[$0] ?? [], plan, journal) }
    mixedArithmetic =
      Self.shares(of: cells, \.arithmetic) + Self.shares(of: cells, \.ownArithmetic)
  }

  /// The cells of each path; none where all went one.
  private static func shares(
    of cells: [Cell], _ path: (CellRecord) -> String?
  ) -> [ArithmeticShare] {
    let paths = Set(cells.flatMap { $0.pieces.compactMap { path($0.record) } }).sorted()
    guard paths.count > 1 else { return [] }
    return paths.map { own in
      let computed = cells.filter { $0.pieces.contains { path($0.record) == own } }
      return ArithmeticShare(path: own, cells: computed.map(\.name))
    }
  }

  private static func cell(
    _ index: Int, _ pieces: [Plan.Piece], _ plan: Plan, _ journal: Journal
  ) -> Cell {
    let planned = plan.cells[index]
    let choice = plan.transformations[planned.transformation]
    let model = plan.models[planned.model]
    let settings =
      plan.listsTrials(of: planned)
      ? plan.settings(of: planned).map { plan.text(of: $0, planned) } : []
    let input = plan.inputs[planned.input]
    var cell = Cell(
      name: plan.name(of: planned), sheet: planned.sheet, transformation: choice.name,
      model: model.name, status: .ok, reason: "", pieces: [], subsetPieces: [],
      settings: settings, trialCount: plan.trialCount(of: planned))
    let division = plan.division(of: planned)
    for piece in pieces {
      let split = plan.split(piece.split, of: planned)
      guard let record = journal.cell(piece.key) else { continue }
      // A tuner that ends by the clock may have made more trials before it was killed.
      let trials = journal.trials(piece.key).filter { $0.trial < record.trials ?? .max }
      var result = Piece(
        split: split, seedIndex: piece.seedIndex, record: record, trials: trials,
        settings: trials.map { trial in
          plan.setting(of: trial, planned).map { plan.text(of: $0, planned) } ?? ""
        }, chosen: plan.chosenSetting(record, planned))
      if record.failure == nil {
        guard result.chosen != nil else { continue }
        let format = PredictionBlob(classCount: plan.classes.count)
        guard
          let predictions = journal.testPredictions(piece.key)
            .flatMap({ format.predictions(in: $0, rows: split.test.count) })
        else { continue }
        result.predictions = predictions
        result.evaluation = Evaluation(
          labels: split.test.map { input.data.labels[$0] }, predictions: predictions,
          classCount: plan.classes.count)
      }
      if let subset = division.subset(piece.split) {
        cell.subsetPieces.append(.init(subset: subset, piece: result))
      } else {
        cell.pieces.append(result)
      }
    }
    let subsets = pieces.count { division.subset($0.split) != nil }
    let ownPieces = pieces.count - subsets
    if let reason = planned.skipReason, pieces.isEmpty || cell.pieces.count < ownPieces {
      (cell.pieces, cell.subsetPieces) = ([], [])
      (cell.status, cell.reason) = (.skipped, reason)
    } else {
      decideStatus(&cell, pieces: ownPieces, subsets: subsets, plan)
    }
    // A tuner may end before it has made all trials.
    if cell.isOK, let most = cell.pieces.map(\.trials.count).max() { cell.trialCount = most }
    return cell
  }

  private static func decideStatus(
    _ cell: inout Cell, pieces: Int, subsets: Int, _ plan: Plan
  ) {
    if let failed = cell.pieces.first(where: { $0.record.failure != nil }),
      let failure = failed.record.failure
    {
      cell.status = failure.status
      cell.reason =
        (plan.protocols[cell.sheet.protocol].isFolds
          ? "repeat \(failed.split.repetition), fold \(failed.split.fold): " : "")
        + failure.reason
      return
    }
    guard cell.pieces.count == pieces else {
      (cell.status, cell.reason) = (.skipped, "not computed yet; run the experiment again")
      return
    }
    var remarks: [String] = []
    if let taint = plan.division(cell.sheet).audit.taint { remarks.append(taint) }
    let failedTrials = cell.pieces.flatMap(\.trials).filter { $0.failure != nil }
    if let first = failedTrials.first, let failure = first.failure {
      remarks.append(
        "\(failedTrials.count) of \(cell.pieces.reduce(0) { $0 + $1.trials.count }) trials failed: "
          + failure.reason)
    }
    let failures = cell.subsetPieces.compactMap(\.piece.record.failure)
    if let first = failures.first {
      remarks.append(
        "\(failures.count) of \(counted(subsets, "fit")) of the learning curve failed: "
          + first.reason)
    }
    if cell.subsetPieces.count < subsets {
      remarks.append(
        "\(subsets - cell.subsetPieces.count) of \(counted(subsets, "fit")) of the learning curve "
          + "not computed yet")
    }
    for note in cell.pieces.flatMap(\.record.notes) where !remarks.contains(note) {
      remarks.append(note)
    }
    cell.reason = remarks.joined(separator: "; ")
  }
}
