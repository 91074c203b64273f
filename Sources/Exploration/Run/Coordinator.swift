import FileSystem
import Glibc
import Learning
import Matrices
import TextFormatting

/// Hands the pieces of a plan to worker processes, the most expensive first, and writes down what
/// became of those that did not come back.
package final class Coordinator {
  package struct Options: Sendable {
    /// Workers at a time.
    package var jobs: Int
    /// Whether pieces that failed before are tried again.
    package var retries: Bool
    /// The keys of the only cell pieces to be done, and no fits to all rows; nil for everything.
    package var only: Set<String>?

    package init(jobs: Int, retries: Bool, only: Set<String>? = nil) {
      self.jobs = jobs
      self.retries = retries
      self.only = only
    }
  }

  package enum Outcome: Equatable, Sendable {
    case finished
    /// Ctrl-C or a polite kill; running it again goes on.
    case interrupted
  }

  /// A worker and what it is doing.
  final class RunningWorker {
    let process: WorkerProcess
    /// The name of the journal it writes.
    let journal: String
    /// Whether it has read the plan; until then its piece has not begun.
    var isReady = false
    var order: WorkOrder?
    var since = ContinuousClock.now
    /// How often it did not find the table since it got its piece.
    var missedTables = 0
    /// By what the piece tells of itself.
    var pace = Pace()
    /// The epoch it told last.
    var epoch: Int?
    /// Why the coordinator killed it.
    var verdict: Failure?

    init(_ process: WorkerProcess, journal: String) {
      self.process = process
      self.journal = journal
    }
  }

  /// Someone may empty the cache just when a worker looks, but not each time.
  private static let mostMissedTables = 5

  let plan: Plan
  let work: WorkList
  let options: Options
  let folder: RunFolder
  private let cache: Cache
  /// Those of each input.
  private let features: [Matrix]
  private let onProgress: (RunProgress) -> Void

  var queue: WorkQueue
  var workers: [RunningWorker] = []
  /// How often a piece's worker was killed from outside.
  var outsideKills: [WorkOrder: Int] = [:]
  let capacity: Capacity
  let start = ContinuousClock.now
  private var lastProgress = ContinuousClock.now - .seconds(1)
  private var ownJournal: JournalWriter?
  private var lastJournal: Int

  /// A coordinator of a plan that is written to its folder already; it keeps the inputs' features in case
  /// the cache loses them, and reports its progress some times a second.
  ///
  /// - Throws: `SystemError` when the folder cannot be read.
  package init(
    plan: Plan, registry: Registry, folder: RunFolder, cache: Cache, features: [Matrix],
    journal: Journal, options: Options, onProgress: @escaping (RunProgress) -> Void
  ) throws {
    self.plan = plan
    self.folder = folder
    self.cache = cache
    self.features = features
    self.options = options
    self.onProgress = onProgress
    capacity = Capacity(cores: options.jobs, bytes: 0.9e6 * Machine.availableMegabytes)
    lastJournal = try Journal.largestNumber(in: folder.journals)
    let work = WorkList(plan, registry: registry)
    self.work = work
    try KeptModels(folder, registry: registry).adopt(
      work.cells.filter { plan.keepsModel(of: $0) }
        .map { ($0.key, plan.name(of: plan.cells[$0.cell])) }
        + work.deployments.map { ($0.key, plan.name(of: plan.cells[$0.cell])) })
    let status = PieceStatus(
      plan: plan, journal: journal, models: KeptModels(folder, registry: registry))
    queue = WorkQueue(
      work,
      cells: work.cells.map { piece in
        guard options.only?.contains(piece.key) ?? true else { return .done }
        return switch status.cell(piece, retrying: options.retries) {
        case .open: .waiting
        case .done: .done
        case .failed(let failure): .failed(failure)
        }
      },
      deployments: work.deployments.map {
        options.only != nil || status.isDeployed($0) ? .done : .waiting
      },
      winners: work.cells.map { piece in
        journal.cell(piece.key).flatMap { plan.chosenSetting($0, plan.cells[piece.cell]) }
      },
      isPrepared: { cache.has(preparation: work.preparations[$0].key) })
    removeCheckpoints(status, journal)
  }

  /// Keeps those of pieces that are not done; what crashed must not be met again.
  private func removeCheckpoints(_ status: PieceStatus, _ journal: Journal) {
    func goesOn(_ failure: Failure?) -> Bool {
      failure.map { [.timeout, .memory].contains($0.status) } ?? true
    }
    // Cells that are left out this time are among the plan's pieces.
    let done = work.cells.filter { status.cell($0, retrying: false) == .done }.map(\.key)
    let cells = plan.pieces.filter { goesOn(journal.cell($0.key)?.failure) }.map(\.key)
    let deployments = work.deployments.filter {
      !status.isDeployed($0) && goesOn(journal.deployments[$0.key]?.failure)
    }
    let needed = Set(cells + deployments.map(\.key)).subtracting(done)
    folder.removeCheckpoints { needed.contains($0) }
  }

  /// Works until every piece is done or has failed.
  ///
  /// - Throws: `SystemError` or ``RunError`` when the run cannot go on; what is finished stays.
  package func run() throws -> Outcome {
    let interruption = try Interruption()
    defer { for worker in workers { worker.process.end() } }
    while true {
      try assign()
      if workers.allSatisfy({ $0.order == nil }) {
        try checkJournals()
        folder.removeCheckpoints { _ in true }
        folder.removePartialModels()
        return .finished
      }
      wait(interruption)
      if interruption.hasCome { return .interrupted }
      for worker in workers { try handle(worker) }
      for worker in workers where worker.order != nil { watch(worker) }
      try report()
    }
  }

  // MARK: Workers

  private func wait(_ interruption: borrowing Interruption) {
    var descriptors =
      (workers.flatMap { $0.process.descriptors } + [interruption.descriptor]).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
    // Memory is looked at every 20 ms.
    poll(&descriptors, nfds_t(descriptors.count), 20)
  }

  private func handle(_ worker: RunningWorker) throws {
    for event in try worker.process.takeEvents() {
      switch event {
      case .message(.ready):
        worker.isReady = true
        worker.since = .now
      case .message(.progress(let share, let epoch)):
        worker.pace.add(share: share, at: worker.since.secondsAgo)
        worker.epoch = epoch ?? worker.epoch
      case .message(.fatal(let message)): throw RunError(message)
      case .message(.tableMissing): try giveTable(to: worker)
      case .message(.done(let failure, let winner, let seconds)):
        guard let order = worker.order else { continue }
        worker.order = nil
        if let failure {
          try fail(order, failure)
        } else {
          queue.finish(order, winner: winner, seconds: seconds)
        }
      case .ended(let ending):
        workers.removeAll { $0 === worker }
        try bury(worker, ending)
      }
    }
  }

  /// A table that is gone or damaged is stored again; a cache that goes on losing it ends the run.
  private func giveTable(to worker: RunningWorker) throws {
    worker.missedTables += 1
    guard worker.missedTables <= Self.mostMissedTables else {
      throw RunError(
        "the cache \(terminalText(cache.folder.string)) loses what is stored in it; choose another "
          + "folder with EXPLORE_CACHE")
    }
    guard let order = worker.order else { return }
    let input = work.sheet(of: order).input
    try cache.store(table: features[input], key: plan.inputs[input].data.key)
    worker.process.send(order)
  }

  private func assign() throws {
    while true {
      let busy = workers.compactMap(\.order)
      guard let order = queue.takeNext(where: { capacity.admits($0, beside: busy, work) }) else {
        return
      }
      let worker = try workers.first { $0.order == nil } ?? startWorker()
      worker.order = order
      worker.since = .now
      worker.missedTables = 0
      worker.pace = Pace()
      worker.epoch = nil
      worker.process.send(order)
    }
  }

  private func startWorker() throws -> RunningWorker {
    lastJournal += 1
    let journal = Journal.name(lastJournal, role: "worker")
    let worker = RunningWorker(
      try WorkerProcess(arguments: [
        "worker", folder.path.string, "--cache", cache.folder.string, "--journal", journal,
        "--memory-mb", "\(plan.limits.megabytes)",
      ]), journal: journal)
    workers.append(worker)
    return worker
  }

  // MARK: Records

  /// Writes records of what no worker could write.
  func write(_ entries: [JournalEntry]) throws {
    if entries.isEmpty { return }
    if ownJournal == nil {
      lastJournal += 1
      ownJournal = try JournalWriter(
        folder.journals, name: Journal.name(lastJournal, role: "coordinator"))
    }
    try ownJournal?.append(entries)
  }

  /// Records that are written to a deleted file are lost.
  ///
  /// - Throws: ``RunError`` where a journal of this run is gone.
  private func checkJournals() throws {
    for name in workers.filter(\.isReady).map(\.journal) + (ownJournal.map { [$0.name] } ?? [])
    where !(folder.journals / "\(name).jsonl").exists {
      throw RunError(
        "\(terminalText((folder.journals / name).string)).jsonl was deleted while the run wrote it: what it held "
          + "is lost; run the same command again")
    }
  }

  private func report() throws {
    guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return }
    lastProgress = .now
    try checkJournals()
    onProgress(progress())
  }
}
