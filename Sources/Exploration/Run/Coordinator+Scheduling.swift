import Learning

extension Coordinator {
  /// The pieces that wait for nothing but a worker, the most expensive first; a transformation counts
  /// with the cell that waits for it.
  func readyWork() -> [WorkOrder] {
    var ready: [(order: WorkOrder, seconds: Double)] = []
    var waiting: [Int: Double] = [:]
    for (index, piece) in work.cells.enumerated() where cellStates[index] == .waiting {
      let seconds = self.seconds(for: .cell(index))
      let missing = piece.preparations.filter { preparationStates[$0] != .done }
      if missing.isEmpty { ready.append((.cell(index), seconds)) }
      for preparation in missing { waiting[preparation] = max(waiting[preparation] ?? 0, seconds) }
    }
    for (index, seconds) in waiting.sorted(by: { $0.key < $1.key })
    where preparationStates[index] == .waiting {
      ready.append((.preparation(index), seconds + self.seconds(for: .preparation(index))))
    }
    for (index, piece) in work.deployments.enumerated() where deploymentStates[index] == .waiting {
      guard let trial = favourite(of: piece.cell) else { continue }
      let order = WorkOrder.deployment(index, trial: trial)
      ready.append((order, seconds(for: order)))
    }
    return ready.enumerated()
      .sorted { ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset) }
      .map(\.element.order)
  }

  /// What a piece will take, by what others of its kind took.
  func seconds(for order: WorkOrder) -> Double {
    speeds.seconds(for: work.cost(of: order), of: component(of: order))
  }

  /// What a piece's speed depends on: its model, or its transformation.
  func component(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index):
      plan.transformations[work.preparations[index].transformation].name + " (transformation)"
    case .cell(let index): plan.models[plan.cells[work.cells[index].cell].model].name
    case .deployment(let index, _):
      plan.models[plan.cells[work.deployments[index].cell].model].name
    }
  }

  /// The setting chosen most often over the folds, the first of equally frequent ones; nil until all
  /// pieces of the cell are through, and when one of them failed.
  private func favourite(of cell: Int) -> Int? {
    var counts: [Int: Int] = [:]
    for (index, piece) in work.cells.enumerated() where piece.cell == cell {
      guard cellStates[index] == .done, let winner = winners[index] else { return nil }
      counts[winner, default: 0] += 1
    }
    return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }
}
