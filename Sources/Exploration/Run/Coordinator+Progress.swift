import Learning
import TextFormatting

extension Coordinator {
  func progress() -> RunProgress {
    let busy = workers.filter { $0.order != nil }
    // What runs tells of its speed before anything is measured to its end.
    var speeds = queue.speeds
    if speeds.isEmpty {
      for worker in busy {
        let passed = worker.since.secondsAgo
        guard let order = worker.order, let left = worker.pace.secondsLeft(at: passed) else {
          continue
        }
        queue.add(order, seconds: passed + left, to: &speeds)
      }
    }
    // Seconds of one core.
    var left = queue.waiting.reduce(0) {
      $0 + queue.seconds(for: $1, at: speeds) * capacity.share(of: $1, work)
    }
    var busyCores = 0.0
    for worker in busy {
      guard let order = worker.order else { continue }
      let cores = capacity.share(of: order, work)
      // A piece that tells how far it is, is believed more than the estimate.
      let passed = worker.since.secondsAgo
      let estimate = max(0, queue.seconds(for: order, at: speeds) - passed)
      left += (worker.pace.secondsLeft(at: passed) ?? estimate) * cores
      busyCores += cores
    }
    let cells = queue.cellCounts
    return RunProgress(
      finishedCells: cells.finished, cells: cells.all, failedCells: cells.failed,
      running: busy.map { name(of: $0) },
      secondsLeft: speeds.isEmpty ? nil : left / max(1, busyCores), seconds: start.secondsAgo)
  }

  private func name(of worker: RunningWorker) -> String {
    guard let order = worker.order else { return "" }
    return name(of: order) + (worker.epoch.map { ", epoch \($0)" } ?? "")
  }

  private func name(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index):
      return plan.transformations[work.preparations[index].transformation].name
    case .cell(let index):
      let piece = work.cells[index]
      let cell = plan.cells[piece.cell]
      let division = plan.division(of: cell)
      let subset = division.subset(piece.split)
      let split = division.splits[subset?.split ?? piece.split]
      return plan.name(of: cell)
        + (plan.isFolds(cell) ? " \(split.repetition).\(split.fold)" : "")
        + (subset.map { " (\(percentage($0.share)) of its rows)" } ?? "")
    case .deployment(let index, _):
      return plan.name(of: plan.cells[work.deployments[index].cell]) + " (all rows)"
    }
  }
}
