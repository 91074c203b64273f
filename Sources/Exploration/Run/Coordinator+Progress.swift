extension Coordinator {
  func progress() -> RunProgress {
    let busy = workers.filter { $0.order != nil }
    var left = queue.secondsWaiting
    for worker in busy {
      guard let order = worker.order else { continue }
      // A piece that tells how far it is, is believed more than the estimate.
      let passed = worker.since.secondsAgo
      let share = worker.share
      left +=
        share > 0.02 ? passed * (1 - share) / share : max(0, queue.seconds(for: order) - passed)
    }
    let cells = queue.cellCounts
    return RunProgress(
      finishedCells: cells.finished, cells: cells.all, failedCells: cells.failed,
      running: busy.compactMap(\.order).map { name(of: $0) },
      secondsLeft: queue.speeds.isEmpty ? nil : left / Double(max(1, busy.count)),
      seconds: start.secondsAgo)
  }

  private func name(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index):
      return plan.transformations[work.preparations[index].transformation].name
    case .cell(let index):
      let piece = work.cells[index]
      let cell = plan.cells[piece.cell]
      let split = plan.inputs[cell.input].splits[piece.split]
      return plan.name(of: cell)
        + (plan.isFolds ? " \(split.repetition).\(split.fold)" : "")
    case .deployment(let index, _):
      return plan.name(of: plan.cells[work.deployments[index].cell]) + " (all rows)"
    }
  }
}
