import Glibc
import TextFormatting

extension Coordinator {
  /// Workers killed from outside, as a machine short of memory does, get their piece again so often.
  private static let mostOutsideKills = 5

  /// Kills a worker whose piece takes too long or too much.
  func watch(_ worker: RunningWorker) {
    guard worker.verdict == nil else { return }
    let limits = plan.limits
    if worker.since.secondsAgo > limits.seconds {
      worker.verdict = Failure(
        status: .timeout,
        reason: "took more than limits.cell_seconds = \(shortest(limits.seconds))",
        limit: limits.seconds)
    } else if let held = ProcessMemory.anonymousMegabytes(of: worker.process.process),
      held > limits.megabytes
    {
      worker.verdict = memoryFailure
    }
    if worker.verdict != nil { worker.process.kill() }
  }

  private var memoryFailure: Failure {
    Failure(
      status: .memory,
      reason: "needed more than limits.cell_memory_mb = \(shortest(plan.limits.megabytes))",
      limit: plan.limits.megabytes)
  }

  /// Writes down why a worker ended, or gives its piece to another one.
  func bury(_ worker: RunningWorker, _ ending: WorkerProcess.Ending) throws {
    guard let order = worker.order else {
      if ending.signal == nil, ending.exitCode != 0 {
        throw RunError("a worker could not start: \(ending.reason)")
      }
      return
    }
    var failure = worker.verdict
    if failure == nil, ending.ranOutOfMemory { failure = memoryFailure }
    if failure == nil, ending.cameFromOutside {
      outsideKills[order, default: 0] += 1
      if outsideKills[order, default: 0] <= Self.mostOutsideKills {
        self[order] = .waiting
        return
      }
    }
    try fail(order, failure ?? Failure(status: .crashed, reason: ending.reason))
  }

  private func fail(_ order: WorkOrder, _ failure: Failure) throws {
    self[order] = .failed(failure)
    let key = work.key(of: order)
    switch order {
    case .preparation(let index):
      try write([.preparation(PreparationRecord(key: key, failure: failure))])
      try failDependents(of: index, failure)
    case .cell: try write([.cell(CellRecord(key: key, failure: failure))])
    case .deployment: try write([.deployment(DeploymentRecord(key: key, failure: failure))])
    }
  }

  /// Cells whose transformation cannot be had fail for the same reason.
  func failDependents(of preparation: Int, _ failure: Failure) throws {
    var failure = failure
    let name = plan.transformations[work.preparations[preparation].transformation].name
    failure.reason = "the transformation \(name) could not be fitted: \(failure.reason)"
    var entries: [JournalEntry] = []
    for (index, piece) in work.cells.enumerated()
    where cellStates[index] == .waiting && piece.preparations.contains(preparation) {
      cellStates[index] = .failed(failure)
      entries.append(.cell(CellRecord(key: piece.key, failure: failure)))
    }
    try write(entries)
  }
}
