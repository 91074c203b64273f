import ExploreCommands
import Exploration
import Learning
import Testing

@Suite struct WorkQueueTests {
  private let first = TrialSetting(transformation: 0, model: 0)

  private func work() throws -> WorkList {
    let plan = try plan(
      dataset((0..<60).map { $0 % 3 }), split: #"{"folds": {"count": 3}}"#,
      models: #"["dummy", {"knn": {"k": [1, 3]}}]"#,
      rest: #", "transformations": ["none", {"rbf": {"centers": 5}}]"#)
    return WorkList(plan, registry: .standard)
  }

  private func queue(
    _ work: WorkList, cells: WorkQueue.State = .waiting, isPrepared: Bool = false
  ) -> WorkQueue {
    WorkQueue(
      work, cells: work.cells.map { _ in cells },
      deployments: work.deployments.map { _ in .waiting },
      winners: work.cells.map { _ in cells == .done ? first : nil }, isPrepared: { _ in isPrepared }
    )
  }

  @Test func everyPieceComesOnceAndAfterWhatItNeeds() throws {
    let work = try work()
    var queue = queue(work)
    var done: [WorkOrder] = []
    while let order = queue.takeNext(where: { _ in true }) {
      #expect(!done.contains(order))
      #expect(queue[order] == .running)
      if case .cell(let index) = order {
        #expect(work.cells[index].preparations.allSatisfy { done.contains(.preparation($0)) })
      }
      if case .deployment(let index, let setting) = order {
        let pieces = work.cells.indices.filter {
          work.cells[$0].cell == work.deployments[index].cell
        }
        #expect(pieces.count == 3 && pieces.allSatisfy { done.contains(.cell($0)) })
        #expect(setting == first)
      }
      queue.finish(order, winner: first, seconds: 0.1)
      done.append(order)
    }
    let needed = Set(work.cells.flatMap(\.preparations))
    #expect(done.count == work.cells.count + work.deployments.count + needed.count)
    #expect(queue.cellCounts == (4, 4, 0))
  }

  @Test func theMostExpensiveComesFirst() throws {
    let work = try work()
    var queue = queue(work, isPrepared: true)
    var costs: [Double] = []
    while let order = queue.takeNext(where: { _ in true }) {
      costs.append(work.cost(of: order).operations)
    }
    #expect(costs.count == work.cells.count)
    #expect(costs == costs.sorted(by: >))
  }

  @Test func theSettingChosenMostOftenIsFittedToAllRows() throws {
    let work = try work()
    var queue = queue(work, isPrepared: true)
    let winners = [1, 0, 1]
    var settings: [TrialSetting] = []
    while let order = queue.takeNext(where: { _ in true }) {
      if case .deployment(_, let setting) = order { settings.append(setting) }
      if case .cell(let index) = order {
        let winner = TrialSetting(transformation: 0, model: winners[index % 3])
        queue.finish(order, winner: winner, seconds: 0.1)
      } else {
        queue.finish(order, winner: nil, seconds: 0.1)
      }
    }
    #expect(settings.map(\.model) == [1, 1, 1, 1])
    // The same of a run that is resumed.
    var resumed = self.queue(work, cells: .done)
    guard case .deployment(_, let setting) = resumed.takeNext(where: { _ in true }) else {
      Issue.record("the fit to all rows is still to be done")
      return
    }
    #expect(setting == first)
  }

  @Test func whatNobodyNeedsAnyMoreIsLeftOut() throws {
    let work = try work()
    var queue = queue(work)
    let failure = Failure(status: .crashed, reason: "signal 4")
    while let order = queue.takeNext(where: { _ in true }) {
      guard case .preparation = order else {
        Issue.record("\(order) has nothing to work on")
        return
      }
      for piece in queue.fail(order, failure) {
        #expect(queue.fail(.cell(piece), failure).isEmpty)
      }
    }
    #expect(work.cells.indices.allSatisfy { queue[.cell($0)] == .failed(failure) })
    #expect(queue.cellCounts == (4, 4, 4))
  }

  @Test func whatIsGivenBackComesAgain() throws {
    let work = try work()
    var queue = queue(work, isPrepared: true)
    let first = try #require(queue.takeNext { _ in true })
    queue.giveBack(first)
    #expect(queue.takeNext { _ in true } == first)
    // What does not fit now waits without holding up the rest.
    let large = try #require(queue.takeNext { $0 != first })
    queue.giveBack(large)
    let other = try #require(queue.takeNext { $0 != large })
    #expect(other != large)
    #expect(queue.takeNext { _ in true } == large)
  }
}

@Suite struct MeasuredSpeedsTests {
  /// A piece without work takes its milliseconds too: others are not a thousand times slower for it.
  @Test func aSmallPieceTellsLittleOfTheSpeed() {
    var speeds = MeasuredSpeeds()
    let large = Cost(operations: 1e9, bytes: 0)
    speeds.add(Cost(operations: 1000, bytes: 0), .model(0), seconds: 0.005)
    #expect(speeds.seconds(for: large, of: .model(1)) < 5)
    speeds.add(large, .model(1), seconds: 20)
    #expect(abs(speeds.seconds(for: large, of: .model(1)) - 20) < 1)
    #expect(speeds.seconds(for: large, of: .model(0)) < 5)
  }
}
