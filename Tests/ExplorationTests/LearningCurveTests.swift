import DataTables
import ExploreCommands
import Exploration
import Learning
import Matrices
import Testing

@Suite struct LearningCurveTests {
  private let curve = #", "learning_curve": [1, 0.2, 0.5]"#

  @Test(arguments: [
    #"{"holdout": {"validation": 0.2, "test": 0.2}}"#, #"{"folds": {"count": 3, "repeats": 2}}"#,
    #"{"folds": {"count": 3, "inner": {"folds": 2}}, "group": "artist"}"#,
    #"{"folds": {"column": "fold"}}"#, #"{"parts": {"column": "part"}}"#,
  ])
  func subsetsAreOfTrainingGroupsAlone(split: String) throws {
    for refit in [false, true] {
      let data = music(artists: 36)
      let plan = try protocolPlan(
        data, split: split, rest: curve + #", "refit": \#(refit)"#)
      let division = plan.protocols[0].divisions[0]
      let units = try #require(division.units)
      let splits = division.splits
      let own = splits.indices.filter { splits[$0].repetition == 0 }
      #expect(plan.learningCurve == [0.2, 0.5, 1])
      #expect(division.subsets.map(\.split) == own.flatMap { [Int](repeating: $0, count: 10) })
      #expect(
        division.subsets.prefix(4).map { [$0.share, Double($0.draw)] }
          == [[0.2, 0], [0.5, 0], [0.2, 1], [0.5, 1]])
      for (number, subset) in division.subsets.enumerated() {
        let whole = splits[subset.split]
        let part = division.split(splits.count + number)
        // Validation and test rows stay the same, so that figures are about the same rows.
        #expect(
          part.test == whole.test
            && part.selection.map(\.validation) == whole.selection.map(\.validation))
        #expect((part.final == nil) == (whole.final == nil))
        for (few, all) in zip(
          part.selection.map(\.training) + [part.finalTraining],
          whole.selection.map(\.training) + [whole.finalTraining])
        {
          let kept = Set(few.map { units[$0] })
          #expect(all.filter { kept.contains(units[$0]) } == few)
        }
        #expect(Set(part.finalTraining.map { data.labels[$0] }).count == 3)
        let (few, all) = (
          Set(part.finalTraining.map { units[$0] }).count,
          Set(whole.finalTraining.map { units[$0] }).count
        )
        #expect(abs(Double(few) - subset.share * Double(all)) <= 1.5)
      }
      // Sizes of a draw grow into each other; draws differ.
      for pair in stride(from: 0, to: division.subsets.count, by: 2) {
        #expect(
          Set(division.subsets[pair].rows).isSubset(of: division.subsets[pair + 1].rows))
      }
      #expect(Set(division.subsets.prefix(10).map(\.rows)).count == 10)
    }
  }

  /// A run without a curve keeps its records when it gets one, and a size its records when another
  /// is asked for.
  @Test func aCurveChangesNoKey() throws {
    func keys(_ rest: String) throws -> [String] {
      try protocolPlan(split: #"{"folds": {"count": 3}}"#, rest: rest + #", "seeds": 2"#)
        .pieces.map(\.key)
    }
    let plain = try keys("")
    let some = try keys(#", "learning_curve": [0.5, 1]"#)
    let more = try keys(#", "learning_curve": [0.25, 0.5]"#)
    // knn once, forest with two seeds.
    #expect(plain.count == 3 + 6)
    #expect(some.count == plain.count + 2 * 15 && Set(some).count == some.count)
    #expect(Set(plain).isSubset(of: some) && Set(some).isSubset(of: more))
    #expect(more.count == plain.count + 2 * 30)
    #expect(Array(some.prefix(3)) == Array(plain.prefix(3)))
  }

  /// Draws do not depend on what a protocol is called.
  @Test func protocolsHaveCurvesOfTheirOwn() throws {
    let plan = try protocolPlan(
      music(),
      #"{"a": {"folds": {"count": 3}}, "b": {"holdout": {}}, "c": {"folds": {"count": 3}, "group": "artist"}}"#,
      rest: curve)
    #expect(plan.protocols.map { $0.divisions[0].subsets.count } == [30, 10, 30])
    let alone = try protocolPlan(split: #"{"folds": {"count": 3}}"#, rest: curve)
    #expect(alone.protocols[0].divisions[0].subsets == plan.protocols[0].divisions[0].subsets)
  }

  @Test func aSizeThatLacksAClassIsLeftOut() throws {
    // Two artists in three are of one class, and twelve of them are few.
    let data = music(artists: 24, classOfArtist: { $0 % 8 == 7 ? 2 : $0 % 2 })
    let plan = try protocolPlan(
      data, split: #"{"folds": {"count": 3}, "group": "artist"}"#,
      rest: #", "learning_curve": [0.05, 0.5]"#)
    let division = plan.protocols[0].divisions[0]
    #expect(Set(division.subsets.map(\.share)) == [0.5])
    #expect(
      plan.splitFindings.map(\.message).contains {
        $0.hasPrefix("the learning curve has no size of 5.0 %: class “c")
          && $0.hasSuffix("” has no training rows")
      })
  }

  @Test func tooManyFitsAreRefused() throws {
    let error = #expect(throws: PlanError.self) {
      try protocolPlan(
        music(artists: 120), split: #"{"leave_one_group_out": {}}"#, rest: curve)
    }
    #expect(
      error?.description
        == "a learning curve of 2 sizes × 5 draws × 240 splits takes 2400 fits of each cell; at most 1000 are done; give fewer sizes"
    )
  }

  /// Inputs of different rows learn from the same songs.
  @Test func inputsLearnFromTheSameSongs() throws {
    let (short, long) = (music(artists: 36, segments: 6), music(artists: 36, segments: 2))
    let plan = try Plan(
      experiment(
        #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s"}}, "inputs": {"a": {}, "b": {}}, "split": {"folds": {"count": 3}}, "models": ["knn"]\#(curve)}"#
      ), datasets: [short, long], registry: .standard)
    let divisions = plan.protocols[0].divisions
    #expect(divisions[0].subsets.count == 30 && divisions[1].subsets.count == 30)
    for (first, second) in zip(divisions[0].subsets, divisions[1].subsets) {
      let songs = Set(first.rows.map { short.groupings[0].groups[$0] })
      #expect(songs == Set(second.rows.map { long.groupings[0].groups[$0] }))
    }
  }

  // MARK: Results

  private func curveResults(
    fails: (Plan.Piece, Plan.Subset?) -> Bool = { _, _ in false }
  ) throws -> RunResults {
    let plan = try protocolPlan(
      split: #"{"folds": {"count": 3, "repeats": 2}}"#, models: #"["knn"]"#, rest: curve)
    let division = plan.protocols[0].divisions[0]
    return try results(of: plan) { piece, split in
      let subset = division.subset(piece.split)
      if fails(piece, subset) { return nil }
      let labels = plan.inputs[0].data.labels
      // Wrong in the first rows of subsets, the more the smaller they are.
      let wrong = subset.map { Int((1 - $0.share) * 20) } ?? 0
      return split.test.enumerated().map { place, row in
        place < wrong ? (labels[row] + 1) % 3 : labels[row]
      }
    }
  }

  @Test func onlyTheCurveKnowsOfSubsets() throws {
    let results = try curveResults()
    let cell = results.cells[0]
    #expect(cell.pieces.count == 6 && cell.subsetPieces.count == 30)
    #expect(cell.isOK && cell.reason.isEmpty)
    let summary = try #require(CellSummary(cell, plan: results.plan))
    #expect(summary.testAccuracy == 1 && summary.chosen.of == 6)
    #expect(summary.confusion.support(0) == 36)
    let points = cell.learningCurve(of: results.plan)
    // Five draws of two sizes in three folds, and the whole cell's repeat 0.
    #expect(points.count == 33)
    #expect(points.filter { $0.share == 1 }.map(\.testAccuracy) == [1, 1, 1])
    let small = points.filter { $0.share == 0.2 }
    #expect(small.allSatisfy { abs($0.testAccuracy - (1 - 16.0 / 36)) < 1e-12 })
    #expect(Set(small.map(\.draw)) == [0, 1, 2, 3, 4])
    #expect(small.allSatisfy { ($0.piece.record.trainingRows ?? 0) < 30 })
  }

  @Test func aFailedSubsetIsARemark() throws {
    let results = try curveResults { _, subset in subset?.share == 0.2 && subset?.draw == 1 }
    let cell = results.cells[0]
    #expect(cell.isOK)
    #expect(cell.reason == "3 of 30 fits of the learning curve failed: it fell over")
    #expect(CellSummary(cell, plan: results.plan)?.testAccuracy == 1)
    #expect(cell.learningCurve(of: results.plan).count == 30)
    // A cell whose own piece failed has failed.
    let failed = try curveResults { piece, _ in piece.split == 0 }
    #expect(failed.cells[0].status == .crashed)
  }

  /// The fit to all rows waits for the folds, not for the curve.
  @Test func theModelOfAllRowsIgnoresTheCurve() throws {
    let plan = try protocolPlan(
      split: #"{"folds": {"count": 3}}"#, models: #"[{"knn": {"k": [1, 3]}}]"#, rest: curve)
    let work = WorkList(plan, registry: .standard)
    #expect(work.piecesOfCell == [0..<3] && work.subsetPiecesOfCell == [3..<33])
    var queue = WorkQueue(
      work, cells: work.cells.map { _ in .waiting }, deployments: [.waiting],
      winners: work.cells.map { _ in nil }, isPrepared: { _ in true })
    let (first, second) = (
      TrialSetting(transformation: 0, model: 0), TrialSetting(transformation: 0, model: 1)
    )
    var deployed: [TrialSetting] = []
    while let order = queue.takeNext(where: { order in
      // The curve comes last.
      if case .cell(let index) = order { index < 3 } else { true }
    }) {
      if case .deployment(_, let trial) = order { deployed.append(trial) }
      queue.finish(order, winner: first, seconds: 0.1)
    }
    #expect(deployed == [first])
    #expect(queue.cellCounts == (1, 0, 0))
    // Subsets choose otherwise, and one of them fails.
    while let order = queue.takeNext(where: { _ in true }) {
      if case .cell(10) = order {
        _ = queue.fail(order, Failure(status: .crashed, reason: "no"))
      } else {
        queue.finish(order, winner: second, seconds: 0.1)
      }
    }
    #expect(queue.cellCounts == (1, 1, 0))
  }
}
