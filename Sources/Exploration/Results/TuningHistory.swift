import Learning

/// The trials of one piece of a cell, in the order they were made.
package struct TuningHistory: Sendable {
  package struct Point: Equatable, Sendable {
    /// Its number, from 0.
    package var trial: Int
    package var settings: String
    /// The share of the full budget that its fits had, above 0 and 1 at most.
    package var budget: Double
    /// What settings are selected by; nil where the trial failed or has none.
    package var score: Double?
    /// The best score of this and all earlier trials with the full budget; nil before the first.
    package var best: Double?
    package var fitSeconds: Double
  }

  package var split: Split
  package var seedIndex: Int
  package var points: [Point]
  /// The trial that was chosen; nil when the piece failed.
  package var chosen: Int?
}

extension RunResults {
  /// What a cell tried on each split and with each seed.
  package func tuningHistories(of cell: Cell) -> [TuningHistory] {
    cell.pieces.map { piece in
      var best: Double?
      let points = zip(piece.trials, piece.settings).map { trial, settings in
        if let score = trial.score, trial.budget == nil {
          if best.map({ plan.measure.isBetter(score, than: $0) }) ?? true { best = score }
        }
        return TuningHistory.Point(
          trial: trial.trial, settings: settings, budget: trial.budget ?? 1, score: trial.score,
          best: best, fitSeconds: trial.fitSeconds)
      }
      return TuningHistory(
        split: piece.split, seedIndex: piece.seedIndex, points: points,
        chosen: piece.record.winner)
    }
  }
}
