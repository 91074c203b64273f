import Learning

/// The pieces of a run: how far each of them is, and which is to be done next.
package struct WorkQueue {
  /// How far a piece is.
  package enum State: Equatable {
    case waiting, running, done
    case failed(Failure)

    var isWaiting: Bool { if case .waiting = self { true } else { false } }
    var isOver: Bool {
      switch self {
      case .waiting, .running: false
      case .done, .failed: true
      }
    }
  }

  /// A piece that waits for nothing but a worker.
  private struct Ready {
    var order: WorkOrder
    var seconds: Double

    /// Whether it is to be done before another one; of equally expensive ones, in the plan's order.
    func precedes(_ other: Ready) -> Bool {
      (other.seconds, place) < (seconds, other.place)
    }

    private var place: Int {
      switch order {
      case .preparation(let index), .cell(let index), .deployment(let index, _): index
      }
    }
  }

  let work: WorkList
  private var preparations: [State]
  private var cells: [State]
  private var deployments: [State]
  /// The setting that each cell piece chose.
  private var winners: [TrialSetting?]
  /// The cell pieces that need each preparation.
  private let dependents: [[Int]]
  /// How many of its preparations each cell piece lacks.
  private var lacking: [Int]
  /// How many pieces of each cell of the plan are not over, those of its learning curve apart.
  private var open: [Int]
  private var openSubsets: [Int]
  /// The deployment of each cell of the plan that has one.
  private var deploymentOfCell: [Int: Int] = [:]
  private(set) var speeds = MeasuredSpeeds()
  /// The most expensive last.
  private var ready: [Ready] = []
  private var lastSorted = ContinuousClock.now
  private var hasNewSpeeds = false

  /// How often newly measured speeds may change the order of the pieces.
  private static let sortingInterval = 0.5

  /// A queue of a plan's pieces, each as far as earlier runs got with it; the winners are the settings
  /// that its cell pieces chose, and only of preparations that are needed is asked whether they are
  /// there already.
  package init(
    _ work: WorkList, cells: [State], deployments: [State], winners: [TrialSetting?],
    isPrepared: (Int) -> Bool
  ) {
    self.work = work
    self.cells = cells
    self.deployments = deployments
    self.winners = winners
    var dependents = [[Int]](repeating: [], count: work.preparations.count)
    for (index, piece) in work.cells.enumerated() where cells[index].isWaiting {
      for preparation in piece.preparations { dependents[preparation].append(index) }
    }
    self.dependents = dependents
    let preparations: [State] = dependents.enumerated().map { index, pieces in
      pieces.isEmpty || isPrepared(index) ? .done : .waiting
    }
    self.preparations = preparations
    lacking = work.cells.map { $0.preparations.count { preparations[$0] != .done } }
    open = work.piecesOfCell.map { $0.count { !cells[$0].isOver } }
    openSubsets = work.subsetPiecesOfCell.map { $0.count { !cells[$0].isOver } }
    for (index, piece) in work.deployments.enumerated() { deploymentOfCell[piece.cell] = index }

    for index in work.preparations.indices where preparations[index].isWaiting {
      ready.append(Ready(order: .preparation(index), seconds: 0))
    }
    for index in work.cells.indices where cells[index].isWaiting && lacking[index] == 0 {
      ready.append(Ready(order: .cell(index), seconds: 0))
    }
    for cell in work.piecesOfCell.indices {
      if let order = readyDeployment(of: cell) { ready.append(Ready(order: order, seconds: 0)) }
    }
    sort()
  }

  package private(set) subscript(order: WorkOrder) -> State {
    get {
      switch order {
      case .preparation(let index): preparations[index]
      case .cell(let index): cells[index]
      case .deployment(let index, _): deployments[index]
      }
    }
    set {
      switch order {
      case .preparation(let index): preparations[index] = newValue
      case .cell(let index): cells[index] = newValue
      case .deployment(let index, _): deployments[index] = newValue
      }
    }
  }

  // MARK: What comes next

  /// Takes the most expensive piece that fits; nil when none does.
  package mutating func takeNext(where fits: (WorkOrder) -> Bool) -> WorkOrder? {
    if hasNewSpeeds, lastSorted.secondsAgo > Self.sortingInterval { sort() }
    while let last = ready.last, !isWanted(last.order) { ready.removeLast() }
    guard let place = ready.lastIndex(where: { isWanted($0.order) && fits($0.order) }) else {
      return nil
    }
    let order = ready.remove(at: place).order
    self[order] = .running
    return order
  }

  /// Whether a preparation still has a cell that waits for it.
  private func isWanted(_ order: WorkOrder) -> Bool {
    guard case .preparation(let index) = order else { return true }
    return dependents[index].contains { cells[$0].isWaiting }
  }

  private mutating func sort() {
    ready = ready.map { Ready(order: $0.order, seconds: urgency(of: $0.order)) }
    ready.sort { $1.precedes($0) }
    lastSorted = .now
    hasNewSpeeds = false
  }

  private mutating func add(_ order: WorkOrder) {
    let new = Ready(order: order, seconds: urgency(of: order))
    var places = ready.startIndex..<ready.endIndex
    while !places.isEmpty {
      let middle = places.lowerBound + places.count / 2
      places =
        new.precedes(ready[middle])
        ? middle + 1..<places.upperBound : places.lowerBound..<middle
    }
    ready.insert(new, at: places.lowerBound)
  }

  /// What a piece will take; a preparation counts with the longest cell that waits for it.
  private func urgency(of order: WorkOrder) -> Double {
    guard case .preparation(let index) = order else { return seconds(for: order) }
    return dependents[index].reduce(0) {
      cells[$1].isWaiting ? max($0, seconds(for: .cell($1))) : $0
    } + seconds(for: order)
  }

  /// What a piece will take, by what others of its kind took.
  func seconds(for order: WorkOrder) -> Double { seconds(for: order, at: speeds) }

  func seconds(for order: WorkOrder, at speeds: MeasuredSpeeds) -> Double {
    speeds.seconds(for: work.cost(of: order), of: work.kind(of: order))
      / Double(work.cores(of: order))
  }

  // MARK: What became of it

  /// A piece that a worker did.
  package mutating func finish(_ order: WorkOrder, winner: TrialSetting?, seconds: Double) {
    self[order] = .done
    add(order, seconds: seconds, to: &speeds)
    hasNewSpeeds = true
    switch order {
    case .preparation(let index):
      for piece in dependents[index] {
        lacking[piece] -= 1
        if lacking[piece] == 0, cells[piece].isWaiting { add(.cell(piece)) }
      }
    case .cell(let index):
      winners[index] = winner
      closePiece(index)
    case .deployment: break
    }
  }

  /// Speeds are those of one core.
  func add(_ order: WorkOrder, seconds: Double, to speeds: inout MeasuredSpeeds) {
    speeds.add(
      work.cost(of: order), work.kind(of: order),
      seconds: seconds * Double(work.cores(of: order)))
  }

  /// A piece that cannot be done.
  ///
  /// - Returns: the cell pieces that fail with a preparation.
  package mutating func fail(_ order: WorkOrder, _ failure: Failure) -> [Int] {
    self[order] = .failed(failure)
    switch order {
    case .preparation(let index): return dependents[index].filter { cells[$0].isWaiting }
    case .cell(let index): closePiece(index)
    case .deployment: break
    }
    return []
  }

  /// A piece that another worker is to do.
  package mutating func giveBack(_ order: WorkOrder) {
    self[order] = .waiting
    add(order)
  }

  private mutating func closePiece(_ index: Int) {
    let cell = work.cells[index].cell
    if work.subsetPiecesOfCell[cell].contains(index) {
      openSubsets[cell] -= 1
      return
    }
    open[cell] -= 1
    if let order = readyDeployment(of: cell) { add(order) }
  }

  /// The fit to all rows that may begin once all pieces of its cell are done, with the setting chosen
  /// most often over the folds, the first of equally frequent ones.
  private func readyDeployment(of cell: Int) -> WorkOrder? {
    guard open[cell] == 0, let index = deploymentOfCell[cell], deployments[index].isWaiting else {
      return nil
    }
    var chosen: [TrialSetting] = []
    for piece in work.piecesOfCell[cell] {
      guard cells[piece] == .done, let winner = winners[piece] else { return nil }
      chosen.append(winner)
    }
    return favouriteSetting(chosen).map { .deployment(index, $0.setting) }
  }

  // MARK: How far it is

  /// The cells of the plan that have work, those that are through, and those with a failure.
  package var cellCounts: (all: Int, finished: Int, failed: Int) {
    var counts = (all: 0, finished: 0, failed: 0)
    for (cell, pieces) in work.piecesOfCell.enumerated() where !pieces.isEmpty {
      counts.all += 1
      guard open[cell] == 0 else { continue }
      let hasFailed = pieces.contains { cells[$0] != .done }
      if hasFailed { counts.failed += 1 }
      let deployment = deploymentOfCell[cell].map { deployments[$0] }
      if hasFailed || deployment?.isOver ?? true, openSubsets[cell] == 0 { counts.finished += 1 }
    }
    return counts
  }

  /// The pieces that no worker has begun.
  var waiting: [WorkOrder] {
    cells.indices.filter { cells[$0].isWaiting }.map { .cell($0) }
      + preparations.indices.filter {
        preparations[$0].isWaiting && isWanted(.preparation($0))
      }.map { .preparation($0) }
      + work.deployments.indices.filter { index in
        let cell = work.deployments[index].cell
        return open[cell] > 0 || readyDeployment(of: cell) != nil
      }.map { .deployment($0, TrialSetting(transformation: 0, model: 0)) }
  }
}
