import FileSystem
import Glibc
import JSONText
import Learning
import Matrices
import Synchronization

/// A process that runs pieces of a planned run, one after the other, as its coordinator asks.
package struct Worker {
  package struct Options: Sendable {
    package var folder: RunFolder
    package var cache: Path
    /// The name of the journal this worker writes.
    package var journal: String
    /// Megabytes a piece may hold; twice as many are refused by the system itself.
    package var megabytes: Double

    package init(folder: RunFolder, cache: Path, journal: String, megabytes: Double) {
      self.folder = folder
      self.cache = cache
      self.journal = journal
      self.megabytes = megabytes
    }
  }

  private let options: Options
  private let registry: Registry

  package init(_ options: Options, registry: Registry) {
    self.options = options
    self.registry = registry
  }

  /// Works until standard input ends.
  package func run() -> Int32 {
    endWithCoordinator()
    ArithmeticPath.useOneThread()
    do {
      try work()
      return 0
    } catch {
      send(.fatal("\(error)"))
      return 1
    }
  }

  /// A coordinator that dies closes the pipe to this process, which then must not go on.
  private func endWithCoordinator() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ in
        var input = pollfd(fd: 0, events: 0, revents: 0)
        while input.revents & Int16(POLLHUP | POLLERR | POLLNVAL) == 0 { poll(&input, 1, -1) }
        _exit(0)
      }, nil)
    pthread_detach(thread)
  }

  /// Behind the coordinator's watch stands the system's own limit on data, mapped files excepted; the
  /// stacks of threads count as data in their full size.
  ///
  /// What the process holds by now comes on top, and the buffer of the library for linear algebra, most of
  /// which stays empty: without room for it the library would ask for it without end.
  private func limitMemory(threads: Int) {
    let held = ProcessMemory.dataMegabytes() ?? 0
    let room = held + MemoryForBLAS.buffer + options.megabytes * 2 + 10 * Double(threads)
    let bytes = rlim_t(room * 1e6)
    let resource = __rlimit_resource_t(UInt32(RLIMIT_DATA.rawValue))
    var limit = rlimit()
    getrlimit(resource, &limit)
    // A shell may have set a smaller one.
    limit = rlimit(rlim_cur: min(bytes, limit.rlim_cur), rlim_max: min(bytes, limit.rlim_max))
    setrlimit(resource, &limit)
  }

  private func send(_ message: WorkerMessage) {
    guard let text = try? JSONNode(encoding: message).compactText else { return }
    let line = Array((text + "\n").utf8)
    _ = write(WorkerMessage.descriptor, line, line.count)
  }

  private func work() throws {
    let plan = try Plan(readingFrom: options.folder.plan)
    limitMemory(threads: plan.limits.threads ?? 1)
    let cache = try Cache(options.cache)
    let journal = try JournalWriter(options.folder.journals, name: options.journal)
    let work = WorkList(plan, registry: registry)
    send(.ready)
    var runners = [Plan.Sheet: PieceRunner]()
    let progress = SentProgress { send($0) }
    while let line = readLine() {
      guard let order = WorkOrder(line) else { continue }
      let start = ContinuousClock.now
      let sheet = work.sheet(of: order)
      if runners[sheet] == nil {
        let input = plan.inputs[sheet.input]
        guard let features = cache.table(input.data.key) else {
          send(.tableMissing)
          continue
        }
        runners[sheet] = PieceRunner(
          plan: plan, sheet: sheet, input: input, registry: registry, work: work, cache: cache,
          folder: options.folder, features: features,
          onProgress: { progress.send(share: $0) }, onPoint: { progress.epoch(of: $0) })
      }
      guard var runner = runners[sheet] else { continue }
      runner.deadline = start + .seconds(plan.limits.seconds)
      progress.begin()
      ProcessMemory.resetPeak()
      let (failure, winner) = try carryOut(order, runner, journal)
      send(.done(failure: failure, winner: winner, seconds: start.secondsAgo))
    }
  }

  private func carryOut(
    _ order: WorkOrder, _ runner: PieceRunner, _ journal: JournalWriter
  ) throws -> (failure: Failure?, winner: TrialSetting?) {
    switch order {
    case .preparation(let index):
      var record = PreparationRecord(key: runner.work.preparations[index].key)
      do {
        record.seconds = try runner.prepared(index).seconds
      } catch let error as SystemError {
        throw error
      } catch {
        record.failure = Failure(status: .failed, reason: "\(error)")
      }
      try journal.append([.preparation(record)])
      return (record.failure, nil)
    case .cell(let index):
      let record = try runCell(runner.work.cells[index], runner, journal)
      let cell = runner.plan.cells[runner.work.cells[index].cell]
      return (record.failure, runner.plan.chosenSetting(record, cell))
    case .deployment(let index, let setting):
      let piece = runner.work.deployments[index]
      var record = DeploymentRecord(key: piece.key)
      let start = ContinuousClock.now
      do {
        func deploy<Kind: Model>(_ type: Kind.Type) throws {
          try runner.deploy(type, piece, setting)
        }
        try deploy(try model(of: piece.cell, runner))
      } catch let error as SystemError {
        throw error
      } catch {
        record.failure = Failure(status: .failed, reason: "\(error)")
      }
      record.seconds = start.secondsAgo
      try journal.append([.deployment(record)])
      removeCheckpoints(of: piece.key)
      return (record.failure, nil)
    }
  }

  private func model(of cell: Int, _ runner: PieceRunner) throws -> any Model.Type {
    let name = runner.plan.models[runner.plan.cells[cell].model].model
    guard let type = registry.model(named: name) else {
      throw FitError.failed("this program knows no model “\(name)”")
    }
    return type
  }

  private func runCell(
    _ piece: WorkList.CellPiece, _ runner: PieceRunner, _ journal: JournalWriter
  ) throws -> CellRecord {
    // A piece that is killed keeps the trials it finished; it is begun again as a whole, so that they
    // need not be safe from power loss before the cell is.
    func keep(_ trials: [(record: TrialRecord, predictions: [UInt8])]) throws {
      try journal.write(
        try trials.map { trial in
          var record = trial.record
          if !trial.predictions.isEmpty { record.predictions = try journal.add(trial.predictions) }
          return .trial(record)
        })
    }
    func run<Kind: Model>(_ type: Kind.Type) throws -> (CellRecord, Predictions?) {
      try CellRun<Kind>(runner, piece, onTrials: keep).run()
    }
    let type = try model(of: piece.cell, runner)
    var (record, predictions) = try run(type)
    record.ownArithmetic = type.ownArithmetic
    if let predictions {
      let format = PredictionBlob(classCount: runner.plan.classes.count)
      record.predictions = try journal.add(
        format.bytes(
          classes: predictions.classes, probabilities: predictions.probabilities,
          scores: predictions.scores))
    }
    record.peakMegabytes = ProcessMemory.peakMegabytes()
    try journal.append([.cell(record)])
    removeCheckpoints(of: piece.key)
    return record
  }

  /// What is left now is removed when the run is started again; the folder above is that of all workers.
  private func removeCheckpoints(of key: String) {
    try? options.folder.checkpoints(of: key).remove()
  }
}

/// What a coordinator is told of how far a piece is.
private final class SentProgress: Sendable {
  private struct State {
    var last = ContinuousClock.now
    var epoch: Int?
  }
  private let state = Mutex(State())
  private let send: @Sendable (WorkerMessage) -> Void

  /// Ten messages a second are enough.
  private static let interval = Duration.milliseconds(100)

  init(_ send: @escaping @Sendable (WorkerMessage) -> Void) { self.send = send }

  /// A new piece begins.
  func begin() { state.withLock { $0 = State() } }

  func epoch(of point: FitLog.CurvePoint) { state.withLock { $0.epoch = point.step } }

  func send(share: Double) {
    let message = state.withLock { state -> WorkerMessage? in
      guard ContinuousClock.now - state.last > Self.interval else { return nil }
      state.last = .now
      return .progress(share, epoch: state.epoch)
    }
    if let message { send(message) }
  }
}
