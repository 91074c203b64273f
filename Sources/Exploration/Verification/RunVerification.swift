import FileSystem
import JSONText
import Learning
import Matrices
import TextFormatting

/// Some pieces of a run computed once more, in a folder and with a cache of their own, and compared
/// with the run's records.
///
/// Where the arithmetic is the same, all bits must be; elsewhere figures may differ by
/// ``tolerance``.
package struct RunVerification {
  package struct Options: Sendable {
    /// Which share of the pieces is computed again, 0...1; one at least.
    package var share = 0.1
    /// Decides which.
    package var seed: Int
    /// Workers at a time.
    package var jobs: Int

    package init(seed: Int, jobs: Int) {
      self.seed = seed
      self.jobs = jobs
    }
  }

  /// Something that is not as the run has it.
  package struct Finding: Equatable, Sendable {
    package var cell: String
    /// As in `repeat 0, fold 2, seed 1`; empty where a cell is one piece.
    package var place: String
    package var what: String
    package var recorded: String
    package var again: String
  }

  package struct Outcome: Sendable {
    /// The pieces that were computed again, and those that could have been.
    package var chosen = 0
    package var all = 0
    /// How many of the chosen ones had to agree in every bit.
    package var exact = 0
    /// Those whose components have another revision in this program.
    package var revised = 0
    package var isInterrupted = false
    /// What the run was and is computed by, where that differs, as in `avx2, SkylakeX`.
    package var otherArithmetic: [String] = []
    package var findings: [Finding] = []
  }

  /// How far figures of other arithmetic may be apart.
  package static let tolerance = 1e-4

  package let plan: Plan
  let journal: Journal
  private let registry: Registry

  /// Reads a run folder.
  ///
  /// - Throws: `DamagedFile` or `SystemError` when it is no run folder or cannot be read.
  package init(_ folder: RunFolder, registry: Registry) throws {
    plan = try Plan(readingFrom: folder.plan)
    journal = try Journal(reading: folder.journals, repairing: false)
    self.registry = registry
  }

  /// What data are no more those of the run, in words; nil where all are, given the keys of the data of
  /// each input as they are now.
  package func changeOfData(_ keys: [String]) -> String? {
    for (input, key) in zip(plan.inputs, keys) where input.data.key != key {
      return
        "\(input.name.isEmpty ? "the data" : "the data of \(input.name)") are no more those of "
        + "the run: their key was \(input.data.key) and is \(key)"
    }
    return keys.count == plan.inputs.count ? nil : "the experiment has other inputs than the run"
  }

  /// The pieces that the run finished.
  var finished: [Plan.Piece] {
    plan.pieces.filter { piece in
      journal.cell(piece.key).map { $0.failure == nil } ?? false
    }
  }

  /// Those of them that come out the same each time: how many settings are tried in so many seconds
  /// depends on the machine.
  package var repeatable: [Plan.Piece] {
    guard let tuner = try? plan.makeTuner(), tuner.seconds != nil else { return finished }
    return finished.filter { plan.trialCount(of: plan.cells[$0.cell]) == 1 }
  }

  /// Whether all that can be said against recomputing a piece is that its tuner goes by the clock.
  package var goesByTheClock: Bool { repeatable.count < finished.count }

  /// Records that refer to bytes which are no more those that were written, and damaged lines.
  package var damage: [Finding] {
    journal.lineProblems.map {
      Finding(cell: "", place: "", what: "journal", recorded: $0, again: "")
    }
      + finished.flatMap { piece -> [Finding] in
        var damaged: [String] = []
        if !holdsPredictions(piece) { damaged.append("test predictions") }
        for trial in journal.trials(piece.key)
        where trial.predictions != nil
          && journal.validationPredictions(piece.key, trial: trial.trial) == nil
        {
          damaged.append("validation predictions of trial \(trial.trial)")
        }
        return damaged.map { finding(piece, $0, "damaged: the bytes do not fit their check", "") }
      }
  }

  private func holdsPredictions(_ piece: Plan.Piece) -> Bool {
    let cell = plan.cells[piece.cell]
    let rows = plan.split(piece.split, of: cell).test.count
    let format = PredictionBlob(classCount: plan.classes.count)
    return journal.testPredictions(piece.key)
      .flatMap { format.predictions(in: $0, rows: rows) } != nil
  }

  /// Some of the pieces that come out the same each time, by chance.
  package func choose(_ options: Options) -> [Plan.Piece] {
    let all = repeatable
    let count = min(
      all.count, max(1, Int((options.share * Double(all.count)).rounded(.up))))
    var random = RandomStream(seed: options.seed, "verify")
    return random.permutation(all.count).prefix(count).sorted().map { all[$0] }
  }

  /// Computes pieces again and compares them.
  ///
  /// - Parameters:
  ///   - chosen: finished pieces of the run.
  ///   - features: those of each input.
  ///   - options: how many workers there are.
  ///   - onProgress: is told some times a second how far it is.
  /// - Returns: what differs.
  /// - Throws: ``RunError`` or `SystemError` when they cannot be computed.
  package func run(
    _ chosen: [Plan.Piece], features: [Matrix], options: Options,
    onProgress: @escaping (RunProgress) -> Void
  ) throws -> Outcome {
    let scratch = try Path.makeTemporaryFolder("explore-verify")
    defer { try? scratch.remove() }
    let folder = RunFolder(scratch / "run")
    try folder.journals.createFolder()
    let cache = try Cache(scratch / "cache")
    for (input, features) in zip(plan.inputs, features) {
      try cache.store(table: features, key: input.data.key)
    }
    let again = planAgain(of: chosen)
    try again.write(to: folder)
    let keys = Dictionary(
      again.pieces.map { (Place($0), $0.key) }, uniquingKeysWith: { first, _ in first })
    let coordinator = try Coordinator(
      plan: again, registry: registry, folder: folder, cache: cache, features: features,
      journal: Journal(folder: folder.journals),
      options: .init(
        jobs: options.jobs, retries: false, only: Set(chosen.compactMap { keys[Place($0)] })),
      onProgress: onProgress)
    var outcome = Outcome()
    outcome.isInterrupted = try coordinator.run() == .interrupted
    outcome.all = repeatable.count
    let computed = try Journal(reading: folder.journals, repairing: false)
    for piece in chosen {
      guard let key = keys[Place(piece)], let record = computed.cell(key) else {
        // What an interruption left undone says nothing of the run.
        if !outcome.isInterrupted {
          outcome.findings.append(finding(piece, "piece of work", "computed", "not computed"))
        }
        continue
      }
      outcome.chosen += 1
      if key != piece.key { outcome.revised += 1 }
      compare(piece, record, key: key, in: computed, &outcome)
    }
    return outcome
  }

  /// Where a piece is in the plan, whatever its key.
  private struct Place: Hashable {
    var numbers: [Int]

    init(_ piece: Plan.Piece) { numbers = [piece.cell, piece.split, piece.seedIndex] }
  }

  /// A slower machine may take longer.
  private static let patience = 10.0

  private func planAgain(of chosen: [Plan.Piece]) -> Plan {
    var again = plan
    let cells = Set(chosen.map(\.cell))
    for index in again.cells.indices {
      again.cells[index].skipReason = cells.contains(index) ? nil : "not computed again"
    }
    again.limits.seconds = min(
      Experiment.secondsBounds.upper ?? .infinity, Self.patience * plan.limits.seconds)
    again.pieces = WorkList(again, registry: registry).cells.map {
      Plan.Piece(cell: $0.cell, split: $0.split, seedIndex: $0.seedIndex, key: $0.key)
    }
    return again
  }

  func finding(
    _ piece: Plan.Piece, _ what: String, _ recorded: String, _ again: String
  ) -> Finding {
    Finding(
      cell: plan.name(of: plan.cells[piece.cell]), place: plan.place(of: piece), what: what,
      recorded: recorded, again: again)
  }
}

extension Plan {
  /// Which of its cell's pieces one is, as in `repeat 0, fold 2, seed 1`; empty for the only one.
  package func place(of piece: Piece) -> String {
    let cell = cells[piece.cell]
    let division = division(of: cell)
    let split = division.split(piece.split)
    var parts: [String] = []
    if isFolds(cell) { parts += ["repeat \(split.repetition)", "fold \(split.fold)"] }
    if seeds(of: cell) > 1 { parts.append("seed \(piece.seedIndex)") }
    if let subset = division.subset(piece.split) {
      parts.append("\(percentage(subset.share)) of the training groups, draw \(subset.draw)")
    }
    return parts.joined(separator: ", ")
  }
}
