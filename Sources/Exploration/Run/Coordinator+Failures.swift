import Learning
import Glibc
import Matrices
import TextFormatting

extension Coordinator {
  /// Workers killed from outside, as a machine short of memory does, get their piece again so often.
  private static let mostOutsideKills = 5

  /// Kills a worker whose piece takes too long or too much.
  func watch(_ worker: RunningWorker) {
    guard worker.isReady, worker.verdict == nil else { return }
    let limits = plan.limits
    if worker.since.secondsAgo > limits.seconds {
      worker.verdict = Failure(
        status: .timeout,
        reason: "took more than limits.cell_seconds = \(shortest(limits.seconds))"
          + (hasCheckpoint(worker) ? "; with more it goes on from its last checkpoint" : ""),
        limit: limits.seconds)
    } else if let held = ProcessMemory.anonymousMegabytes(of: worker.process.process),
      held > limits.megabytes
    {
      worker.verdict = memoryFailure
    }
    if worker.verdict != nil { worker.process.kill() }
  }

  private func hasCheckpoint(_ worker: RunningWorker) -> Bool {
    worker.order.map { folder.checkpoints(of: work.key(of: $0)).exists } ?? false
  }

  private var memoryFailure: Failure {
    Failure(
      status: .memory,
      reason: "needed more than limits.cell_memory_mb = \(shortest(plan.limits.megabytes))",
      limit: plan.limits.megabytes)
  }

  /// A worker that was refused memory met the limit that it set for itself, unless it inherited a smaller one.
  private var refusalFailure: Failure {
    guard let limit = MemoryLimit.tightest, limit.megabytes < plan.limits.megabytes * 2 else {
      return memoryFailure
    }
    return Failure(
      status: .memory,
      reason: "was refused memory: \(limit.name) allows "
        + "\(shortest(limit.megabytes.rounded())) MB, and limits.cell_memory_mb is \(shortest(plan.limits.megabytes)); raise it, then --retry"
    )
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
    if failure == nil, ending.ranOutOfMemory { failure = refusalFailure }
    if failure == nil, ending.cameFromOutside {
      outsideKills[order, default: 0] += 1
      if outsideKills[order, default: 0] <= Self.mostOutsideKills {
        queue.giveBack(order)
        return
      }
    }
    let found =
      failure
      ?? Failure(
        status: .crashed,
        reason: ending.reason
          + (ending.signal == SIGKILL
            ? " from outside, \(counted(outsideKills[order, default: 0], "time")), as a system does that is "
              + "short of memory; fewer --jobs need less" : ""))
    try write([record(of: order, found)])
    try fail(order, found)
  }

  private func record(of order: WorkOrder, _ failure: Failure) -> JournalEntry {
    let key = work.key(of: order)
    return switch order {
    case .preparation: .preparation(PreparationRecord(key: key, failure: failure))
    case .cell: .cell(CellRecord(key: key, failure: failure))
    case .deployment: .deployment(DeploymentRecord(key: key, failure: failure))
    }
  }

  /// Takes note of a failure that is in a journal; cells whose transformation cannot be had fail for
  /// the same reason.
  func fail(_ order: WorkOrder, _ failure: Failure) throws {
    let dependents = queue.fail(order, failure)
    guard case .preparation(let index) = order else { return }
    var failure = failure
    let name = plan.transformations[work.preparations[index].transformation].name
    failure.reason = "the transformation \(name) could not be fitted: \(failure.reason)"
    for piece in dependents { _ = queue.fail(.cell(piece), failure) }
    try write(dependents.map { record(of: .cell($0), failure) })
  }
}
