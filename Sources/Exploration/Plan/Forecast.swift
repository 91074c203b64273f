import Learning

/// What a run would do: for each cell whether its records are there already, and what the rest will
/// take.
package struct Forecast: Sendable {
  package struct Cell: Sendable {
    package var name: String
    /// `done`, `to do`, `2 of 5 done`, `failed: …`, `skipped: …`.
    package var state: String
    /// Seconds the open pieces will take, one after the other.
    package var seconds: Double
    /// Seconds of the longest open piece, which `cell_seconds` limits.
    package var longestPiece = 0.0
    /// The most threads that a fit works with.
    package var threads: Int
    package var megabytes: Double
    package var trials: Int
  }

  package var cells: [Cell]
  /// Whether the speeds were measured by earlier pieces of this run; otherwise they are guessed.
  package var isMeasured: Bool
  package var secondsOnOneCore: Double {
    cells.reduce(0) { $0 + $1.seconds * Double($1.threads) }
  }

  /// Compares what is planned with what the journal and the folder of models hold.
  package init(_ plan: Plan, registry: Registry, journal: Journal, folder: RunFolder) {
    let work = WorkList(plan, registry: registry)
    let status = PieceStatus(
      plan: plan, journal: journal, models: KeptModels(folder, registry: registry))
    var speeds = MeasuredSpeeds()
    for piece in work.cells {
      guard let record = journal.cell(piece.key), record.failure == nil else { continue }
      let seconds = journal.trials(piece.key).reduce(
        (record.fitSeconds ?? 0) + (record.predictSeconds ?? 0)
      ) { $0 + $1.fitSeconds + $1.predictSeconds }
      speeds.add(
        piece.cost, .model(plan.cells[piece.cell].model), seconds: seconds * Double(piece.cores))
    }
    isMeasured = !speeds.isEmpty
    let tunerSeconds = (try? plan.makeTuner())?.seconds ?? .infinity
    cells = plan.cells.indices.map { index in
      let cell = plan.cells[index]
      var own = Cell(
        name: plan.name(of: cell), state: "", seconds: 0, threads: 1, megabytes: 0,
        trials: plan.trialCount(of: cell))
      if let reason = cell.skipReason {
        own.state = "skipped: \(reason)"
        return own
      }
      let ownPieces = work.piecesOfCell[index]
      let pieces = work.cells[
        ownPieces.lowerBound..<work.subsetPiecesOfCell[index].upperBound]
      let states = pieces.map { status.cell($0, retrying: false) }
      for (piece, state) in zip(pieces, states) {
        own.megabytes = max(own.megabytes, piece.cost.bytes / 1e6)
        own.threads = max(own.threads, piece.cores)
        guard state == .open else { continue }
        // A tuner's seconds end what would take longer.
        let seconds = min(
          speeds.seconds(for: piece.cost, of: .model(cell.model)) / Double(piece.cores),
          own.trials > 1 ? tunerSeconds : .infinity)
        own.seconds += seconds
        own.longestPiece = max(own.longestPiece, seconds)
        for preparation in piece.preparations {
          own.megabytes = max(own.megabytes, work.preparations[preparation].cost.bytes / 1e6)
        }
      }
      own.state = Self.words(states, own: ownPieces.count)
      return own
    }
  }

  /// The first states are those of a cell's own pieces, the others of its learning curve's, which may
  /// fail.
  private static func words(_ states: [PieceStatus.Status], own: Int) -> String {
    for case .failed(let failure) in states.prefix(own) {
      return "\(failure.status.rawValue): \(failure.reason)"
    }
    let done = states.count { $0 != .open }
    if done == states.count { return "done" }
    return done == 0 ? "to do" : "\(done) of \(states.count) done"
  }
}
