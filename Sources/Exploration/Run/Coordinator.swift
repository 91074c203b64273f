import FileSystem
import Glibc
import JSONText
import Learning
import Matrices

/// Hands the pieces of a plan to worker processes, the most expensive first, and writes down what
/// became of those that did not come back.
package final class Coordinator {
  package struct Options: Sendable {
    /// Workers at a time.
    package var jobs: Int
    /// Whether pieces that failed before are tried again.
    package var retries = false

    package init(jobs: Int) { self.jobs = jobs }
  }

  package enum Outcome: Equatable, Sendable {
    case finished
    /// Ctrl-C or a polite kill; running it again goes on.
    case interrupted
  }

  let plan: Plan
  let registry: Registry
  let folder: RunFolder
  let cache: Cache
  let features: Matrix
  let options: Options
  let work: WorkList
  let onProgress: (RunProgress) -> Void

  /// What a piece is waiting for.
  enum State: Equatable {
    case waiting, running, done
    case failed(Failure)
  }

  private(set) var preparationStates: [State]
  private(set) var cellStates: [State]
  private(set) var deploymentStates: [State]
  /// The trial each cell piece chose.
  private var winners: [Int?]
  private var workers: [RunningWorker] = []
  private var ownJournal: JournalWriter?
  private var lastJournal: Int?
  private var kills: [String: Int] = [:]
  private var speeds = MeasuredSpeeds()
  private let machineMegabytes = ProcessMemory.machineMegabytes()
  private let start = ContinuousClock.now
  private var lastProgress = ContinuousClock.now - .seconds(1)

  /// A worker and what it is doing.
  private final class RunningWorker {
    let process: WorkerProcess
    var order: WorkOrder?
    var since = ContinuousClock.now
    var share = 0.0
    /// Why the coordinator killed it.
    var verdict: Failure?
    var lastMegabytes = 0.0

    init(_ process: WorkerProcess) { self.process = process }
  }

  /// - Parameters:
  ///   - plan: already written to the folder.
  ///   - features: the data set's, in case the cache loses them.
  ///   - journal: what earlier runs left.
  ///   - onProgress: is called some times a second.
  package init(
    plan: Plan, registry: Registry, folder: RunFolder, cache: Cache, features: Matrix,
    journal: Journal, options: Options, onProgress: @escaping (RunProgress) -> Void
  ) {
    self.plan = plan
    self.registry = registry
    self.folder = folder
    self.cache = cache
    self.features = features
    self.options = options
    self.onProgress = onProgress
    let work = WorkList(plan, registry: registry)
    self.work = work
    let status = PieceStatus(plan: plan, work: work, journal: journal, folder: folder)
    cellStates = work.cells.map { piece in
      switch status.cell(piece, retrying: options.retries) {
      case .open: .waiting
      case .done: .done
      case .failed(let failure): .failed(failure)
      }
    }
    winners = work.cells.map { journal.cell($0.key)?.winner }
    deploymentStates = work.deployments.map { status.isDeployed($0) ? .done : .waiting }
    preparationStates = work.preparations.map {
      cache.has(preparation: $0.key) ? .done : .waiting
    }
  }

  // MARK: The loop

  /// Works until every piece is done or has failed.
  ///
  /// - Throws: `SystemError` or ``RunError`` when the run cannot go on; what is finished stays.
  package func run() throws -> Outcome {
    let interruption = Interruption()
    defer {
      for worker in workers { worker.process.kill() }
    }
    while true {
      try assign()
      if workers.allSatisfy({ $0.order == nil }), !hasReadyWork { return .finished }
      wait(interruption)
      if interruption.hasCome { return .interrupted }
      for worker in workers { try handle(worker) }
      for worker in workers where worker.order != nil { watch(worker) }
      report()
    }
  }

  private func wait(_ interruption: borrowing Interruption) {
    var descriptors = workers.flatMap { worker in
      [worker.process.messages, worker.process.output].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
    }
    descriptors.append(pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0))
    // Memory is looked at every 20 ms.
    poll(&descriptors, nfds_t(descriptors.count), 20)
  }

  private func handle(_ worker: RunningWorker) throws {
    for event in worker.process.takeEvents() {
      switch event {
      case .message(.ready): break
      case .message(.progress(let share)): worker.share = share
      case .message(.fatal(let message)): throw RunError(message)
      case .message(.tableMissing):
        try cache.store(table: features, key: plan.data.key)
        if let order = worker.order { worker.process.send(order) }
      case .message(.done(let failure, let winner, let seconds)):
        if let order = worker.order { finish(order, failure, winner, seconds: seconds) }
        worker.order = nil
      case .ended(let ending):
        workers.removeAll { $0 === worker }
        try bury(worker, ending)
      }
    }
  }

  // MARK: Pieces

  private var hasReadyWork: Bool { !readyWork().isEmpty }

  private struct ReadyPiece {
    var order: WorkOrder
    var seconds: Double
    var megabytes: Double
  }

  /// The pieces that wait for nothing but a worker, the most expensive first.
  private func readyWork() -> [ReadyPiece] {
    var ready: [ReadyPiece] = []
    var needed: [Int: Double] = [:]
    for (index, piece) in work.cells.enumerated() where cellStates[index] == .waiting {
      let seconds = speeds.seconds(for: piece.cost, of: model(of: piece.cell))
      let preparations = piece.selection.flatMap { $0 } + piece.final
      let missing = preparations.filter { preparationStates[$0] != .done }
      if missing.isEmpty {
        ready.append(ReadyPiece(order: .cell(index), seconds: seconds, megabytes: piece.cost.bytes / 1e6))
      }
      for preparation in missing { needed[preparation] = max(needed[preparation] ?? 0, seconds) }
    }
    for (index, waiting) in needed.sorted(by: { $0.key < $1.key })
    where preparationStates[index] == .waiting {
      let cost = work.preparations[index].cost
      ready.append(
        ReadyPiece(
          order: .preparation(index), seconds: waiting + speeds.seconds(for: cost, of: preparationName(index)),
          megabytes: cost.bytes / 1e6))
    }
    for (index, piece) in work.deployments.enumerated() where deploymentStates[index] == .waiting {
      guard let trial = favourite(of: piece.cell) else { continue }
      ready.append(
        ReadyPiece(
          order: .deployment(index, trial: trial),
          seconds: speeds.seconds(for: piece.cost, of: model(of: piece.cell)),
          megabytes: piece.cost.bytes / 1e6))
    }
    return ready.enumerated().sorted { ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset) }
      .map(\.element)
  }

  private func model(of cell: Int) -> String { plan.models[plan.cells[cell].model].name }

  private func preparationName(_ index: Int) -> String {
    plan.transformations[work.preparations[index].transformation].name + " ›"
  }

  /// The setting chosen most often over the folds, the first of equally frequent ones; nil until all
  /// pieces of the cell are through, and when none of them was.
  private func favourite(of cell: Int) -> Int? {
    var counts: [Int: Int] = [:]
    for (index, piece) in work.cells.enumerated() where piece.cell == cell {
      switch cellStates[index] {
      case .waiting, .running: return nil
      case .failed: continue
      case .done: if let winner = winners[index] { counts[winner, default: 0] += 1 }
      }
    }
    return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }

  private func assign() throws {
    while true {
      let busy = workers.filter { $0.order != nil }
      guard busy.count < options.jobs else { return }
      let used = busy.reduce(0.0) { $0 + megabytes(of: $1.order) }
      guard
        let piece = readyWork().first(where: {
          busy.isEmpty || used + $0.megabytes < 0.9 * machineMegabytes
        })
      else { return }
      let worker = try workers.first { $0.order == nil } ?? startWorker()
      set(piece.order, .running)
      worker.order = piece.order
      worker.since = .now
      worker.share = 0
      worker.verdict = nil
      worker.process.send(piece.order)
    }
  }

  private func megabytes(of order: WorkOrder?) -> Double {
    switch order {
    case .preparation(let index): work.preparations[index].cost.bytes / 1e6
    case .cell(let index): work.cells[index].cost.bytes / 1e6
    case .deployment(let index, _): work.deployments[index].cost.bytes / 1e6
    case nil: 0
    }
  }

  private func startWorker() throws -> RunningWorker {
    let journal = try nextJournal(role: "worker")
    let process = try WorkerProcess(
      arguments: [
        "worker", folder.path.string, "--cache", cache.folder.string, "--journal", journal,
        "--memory-mb", "\(plan.limits.megabytes)",
      ], journal: journal)
    let worker = RunningWorker(process)
    workers.append(worker)
    return worker
  }

  private func nextJournal(role: String) throws -> String {
    let number = try (lastJournal ?? Journal.largestNumber(in: folder.journals)) + 1
    lastJournal = number
    return Journal.name(number, role: role)
  }

  private func set(_ order: WorkOrder, _ state: State) {
    switch order {
    case .preparation(let index): preparationStates[index] = state
    case .cell(let index): cellStates[index] = state
    case .deployment(let index, _): deploymentStates[index] = state
    }
  }

  private func finish(_ order: WorkOrder, _ failure: Failure?, _ winner: Int?, seconds: Double) {
    set(order, failure.map { .failed($0) } ?? .done)
    switch order {
    case .preparation(let index):
      speeds.add(work.preparations[index].cost, preparationName(index), seconds: seconds)
      if let failure { failDependents(of: index, failure) }
    case .cell(let index):
      winners[index] = winner
      if failure == nil {
        speeds.add(work.cells[index].cost, model(of: work.cells[index].cell), seconds: seconds)
      }
    case .deployment: break
    }
  }

  /// Cells whose transformation cannot be had fail for the same reason.
  private func failDependents(of preparation: Int, _ failure: Failure) {
    var failure = failure
    let name = plan.transformations[work.preparations[preparation].transformation].name
    failure.reason = "the transformation \(name) could not be fitted: \(failure.reason)"
    var entries: [JournalEntry] = []
    for (index, piece) in work.cells.enumerated() where cellStates[index] == .waiting {
      guard (piece.selection.flatMap { $0 } + piece.final).contains(preparation) else { continue }
      cellStates[index] = .failed(failure)
      entries.append(.cell(CellRecord(key: piece.key, failure: failure)))
    }
    try? write(entries)
  }

  private func write(_ entries: [JournalEntry]) throws {
    if entries.isEmpty { return }
    let journal: JournalWriter
    if let known = ownJournal {
      journal = known
    } else {
      journal = try JournalWriter(folder.journals, name: try nextJournal(role: "coordinator"))
      ownJournal = journal
    }
    try journal.append(entries)
  }

  // MARK: Workers that do not come back

  /// Kills a worker whose piece takes too long or too much.
  private func watch(_ worker: RunningWorker) {
    guard worker.verdict == nil else { return }
    let limits = plan.limits
    if seconds(since: worker.since) > limits.seconds {
      worker.verdict = Failure(
        status: .timeout, reason: "took more than limits.cell_seconds = \(shortNumber(limits.seconds))",
        limit: limits.seconds)
    } else if let megabytes = ProcessMemory.anonymousMegabytes(of: worker.process.process) {
      worker.lastMegabytes = megabytes
      if megabytes > limits.megabytes { worker.verdict = memoryFailure }
    }
    if worker.verdict != nil { worker.process.kill() }
  }

  private var memoryFailure: Failure {
    Failure(
      status: .memory,
      reason: "needed more than limits.cell_memory_mb = \(shortNumber(plan.limits.megabytes))",
      limit: plan.limits.megabytes)
  }

  private func shortNumber(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  /// Writes down why a worker ended, or gives its piece to another one.
  private func bury(_ worker: RunningWorker, _ ending: WorkerProcess.Ending) throws {
    guard let order = worker.order else {
      if ending.signal == nil, ending.exitCode != 0 {
        throw RunError("a worker could not start: \(ending.reason)")
      }
      return
    }
    let key = self.key(of: order)
    var failure = worker.verdict
    if failure == nil, ending.ranOutOfMemory { failure = memoryFailure }
    if failure == nil, ending.isKill {
      // Killed from outside: the piece itself may be fine, a few times over.
      kills[key, default: 0] += 1
      if kills[key, default: 0] < 6 {
        set(order, .waiting)
        return
      }
    }
    if failure == nil, ending.signal == nil, ending.exitCode == 0 {
      // A worker that leaves politely in the middle of a piece has lost its input.
      set(order, .waiting)
      kills[key, default: 0] += 1
      if kills[key, default: 0] < 6 { return }
    }
    let final = failure ?? Failure(status: .crashed, reason: ending.reason)
    set(order, .failed(final))
    switch order {
    case .preparation(let index):
      try write([.preparation(PreparationRecord(key: key, failure: final))])
      failDependents(of: index, final)
    case .cell: try write([.cell(CellRecord(key: key, failure: final))])
    case .deployment: try write([.deployment(DeploymentRecord(key: key, failure: final))])
    }
  }

  private func key(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index): work.preparations[index].key
    case .cell(let index): work.cells[index].key
    case .deployment(let index, _): work.deployments[index].key
    }
  }

  // MARK: Progress

  private func report() {
    guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return }
    lastProgress = .now
    onProgress(progress())
  }

  private func progress() -> RunProgress {
    var left = 0.0
    for (index, piece) in work.cells.enumerated() where cellStates[index] == .waiting {
      left += speeds.seconds(for: piece.cost, of: model(of: piece.cell))
    }
    for (index, piece) in work.preparations.enumerated() where preparationStates[index] == .waiting {
      left += speeds.seconds(for: piece.cost, of: preparationName(index))
    }
    var running: [String] = []
    for worker in workers {
      guard let order = worker.order else { continue }
      running.append(name(of: order))
      left += max(0, speeds.seconds(for: cost(of: order), of: component(of: order)) - seconds(since: worker.since))
    }
    let finished = cellStates.count { $0 == .done || $0.isFailed }
    return RunProgress(
      finishedPieces: finished, pieces: cellStates.count,
      failedPieces: cellStates.count(where: \.isFailed), running: running,
      secondsLeft: speeds.isEmpty ? nil : left / Double(max(1, min(options.jobs, 1 + running.count))),
      seconds: seconds(since: start))
  }

  private func cost(of order: WorkOrder) -> Cost {
    switch order {
    case .preparation(let index): work.preparations[index].cost
    case .cell(let index): work.cells[index].cost
    case .deployment(let index, _): work.deployments[index].cost
    }
  }

  private func component(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index): preparationName(index)
    case .cell(let index): model(of: work.cells[index].cell)
    case .deployment(let index, _): model(of: work.deployments[index].cell)
    }
  }

  private func name(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index):
      return plan.transformations[work.preparations[index].transformation].name
    case .cell(let index):
      let piece = work.cells[index]
      let split = plan.splits[piece.split]
      return plan.name(of: plan.cells[piece.cell])
        + (plan.isFolds ? " \(split.repetition).\(split.fold)" : "")
    case .deployment(let index, _):
      return plan.name(of: plan.cells[work.deployments[index].cell]) + " (all rows)"
    }
  }
}

extension Coordinator.State {
  var isFailed: Bool { if case .failed = self { true } else { false } }
}
