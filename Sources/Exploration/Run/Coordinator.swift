import FileSystem
import Glibc
import Learning
import Matrices

/// Hands the pieces of a plan to worker processes, the most expensive first, and writes down what
/// became of those that did not come back.
package final class Coordinator {
  package struct Options: Sendable {
    /// Workers at a time.
    package var jobs: Int
    /// Whether pieces that failed before are tried again.
    package var retries: Bool
  }

  package enum Outcome: Equatable, Sendable {
    case finished
    /// Ctrl-C or a polite kill; running it again goes on.
    case interrupted
  }

  /// How far a piece is.
  enum State: Equatable {
    case waiting, running, done
    case failed(Failure)

    var isOver: Bool {
      switch self {
      case .waiting, .running: false
      case .done, .failed: true
      }
    }
  }

  /// A worker and what it is doing.
  final class RunningWorker {
    let process: WorkerProcess
    var order: WorkOrder?
    var since = ContinuousClock.now
    /// The share of its piece that is done.
    var share = 0.0
    /// Why the coordinator killed it.
    var verdict: Failure?

    init(_ process: WorkerProcess) { self.process = process }
  }

  let plan: Plan
  let work: WorkList
  let options: Options
  private let folder: RunFolder
  private let cache: Cache
  private let features: Matrix
  private let onProgress: (RunProgress) -> Void

  var preparationStates: [State]
  var cellStates: [State]
  var deploymentStates: [State]
  /// The trial each cell piece chose.
  var winners: [Int?]
  var workers: [RunningWorker] = []
  /// How often a piece's worker was killed from outside.
  var outsideKills: [WorkOrder: Int] = [:]
  var speeds = MeasuredSpeeds()
  let machineMegabytes = ProcessMemory.machineMegabytes()
  let start = ContinuousClock.now
  private var lastProgress = ContinuousClock.now - .seconds(1)
  private var ownJournal: JournalWriter?
  private var lastJournal: Int

  /// A coordinator of a plan that is written to its folder already; it keeps the features in case the
  /// cache loses them, and reports its progress some times a second.
  ///
  /// - Throws: `SystemError` when the folder cannot be read.
  package init(
    plan: Plan, registry: Registry, folder: RunFolder, cache: Cache, features: Matrix,
    journal: Journal, options: Options, onProgress: @escaping (RunProgress) -> Void
  ) throws {
    self.plan = plan
    self.folder = folder
    self.cache = cache
    self.features = features
    self.options = options
    self.onProgress = onProgress
    lastJournal = try Journal.largestNumber(in: folder.journals)
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
    preparationStates = work.preparations.map { cache.has(preparation: $0.key) ? .done : .waiting }
  }

  /// Works until every piece is done or has failed.
  ///
  /// - Throws: `SystemError` or ``RunError`` when the run cannot go on; what is finished stays.
  package func run() throws -> Outcome {
    let interruption = Interruption()
    defer { for worker in workers { worker.process.kill() } }
    while true {
      try assign()
      if workers.allSatisfy({ $0.order == nil }) { return .finished }
      wait(interruption)
      if interruption.hasCome { return .interrupted }
      for worker in workers { try handle(worker) }
      for worker in workers where worker.order != nil { watch(worker) }
      report()
    }
  }

  // MARK: Workers

  private func wait(_ interruption: borrowing Interruption) {
    var descriptors =
      (workers.flatMap { [$0.process.messages, $0.process.output] }
      + [interruption.descriptor])
      .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
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
        guard let order = worker.order else { continue }
        worker.order = nil
        try finish(order, failure, winner: winner, seconds: seconds)
      case .ended(let ending):
        workers.removeAll { $0 === worker }
        try bury(worker, ending)
      }
    }
  }

  private func assign() throws {
    while true {
      let busy = workers.filter { $0.order != nil }
      guard busy.count < options.jobs else { return }
      let used = busy.compactMap(\.order).reduce(0) { $0 + work.cost(of: $1).bytes }
      let order = readyWork().first { order in
        busy.isEmpty || used + work.cost(of: order).bytes < 0.9e6 * machineMegabytes
      }
      guard let order else { return }
      let worker = try workers.first { $0.order == nil } ?? startWorker()
      self[order] = .running
      worker.order = order
      worker.since = .now
      worker.share = 0
      worker.process.send(order)
    }
  }

  private func startWorker() throws -> RunningWorker {
    lastJournal += 1
    let worker = RunningWorker(
      try WorkerProcess(arguments: [
        "worker", folder.path.string, "--cache", cache.folder.string, "--journal",
        Journal.name(lastJournal, role: "worker"), "--memory-mb", "\(plan.limits.megabytes)",
      ]))
    workers.append(worker)
    return worker
  }

  // MARK: Pieces

  subscript(order: WorkOrder) -> State {
    get {
      switch order {
      case .preparation(let index): preparationStates[index]
      case .cell(let index): cellStates[index]
      case .deployment(let index, _): deploymentStates[index]
      }
    }
    set {
      switch order {
      case .preparation(let index): preparationStates[index] = newValue
      case .cell(let index): cellStates[index] = newValue
      case .deployment(let index, _): deploymentStates[index] = newValue
      }
    }
  }

  /// What a worker says of a piece it came back from.
  private func finish(
    _ order: WorkOrder, _ failure: Failure?, winner: Int?, seconds: Double
  ) throws {
    self[order] = failure.map { .failed($0) } ?? .done
    if case .cell(let index) = order { winners[index] = winner }
    if let failure {
      if case .preparation(let index) = order { try failDependents(of: index, failure) }
    } else {
      speeds.add(work.cost(of: order), component(of: order), seconds: seconds)
    }
  }

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

  private func report() {
    guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return }
    lastProgress = .now
    onProgress(progress())
  }
}
