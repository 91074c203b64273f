import Conclusions
import Exploration
import Matrices
import Statistics
import Testing

@Suite struct PairedEvidenceTests {
  /// 60 groups of four rows, each group of one class.
  static let labels = (0..<240).map { $0 / 4 % 2 }
  static let songs = (0..<240).map { $0 / 4 }

  /// The better cell is right in nine rows of ten, the other in six of ten; dummy says class 0.
  static func grouped(_ split: String, rest: String = "") -> MadeUpRun {
    var run = MadeUpRun(labels: labels, groups: [("song", songs)], split: split, rest: rest)
    run.test = { place, row in
      if place.cell.hasSuffix("dummy") { return 0 }
      let isRight = chance(place.cell.hasSuffix("knn") ? 0.9 : 0.6, row, place.cell.utf8.count)
      return isRight ? labels[row] : 1 - labels[row]
    }
    run.validation = { _, _, row in labels[row] }
    return run
  }

  private func evidence(_ run: MadeUpRun) throws -> PairedEvidence {
    try run.results { results in
      try PairedEvidence(results.cells.map { .init($0, of: results.plan) })
    }
  }

  @Test func aTestSetIsCountedByGroup() throws {
    try Self.grouped(#"{"holdout": {"test": 0.4}}"#).results { results in
      let evidence = try PairedEvidence(results.cells.map { .init($0, of: results.plan) })
      #expect(evidence.units == 24 && evidence.pooled.rows == Array(repeating: 4, count: 24))
      #expect(evidence.folds == nil && evidence.straddling == 0 && evidence.pooled.seeds == 1)
      #expect(evidence.unitWords == "24 test groups (song)")
      for (cell, correct) in zip(results.cells, evidence.pooled.correct) {
        let accuracy = try #require(cell.pieces[0].evaluation?.accuracy)
        #expect(correct.reduce(0, +) == Int((accuracy * 96).rounded()))
      }
      var random = RandomStream(seed: 1)
      let comparison = try evidence.comparison(using: &random)
      #expect(comparison.order[0] == 1 && comparison.pair(1, 0).isReal)
    }
  }

  @Test func rowsWithoutGroupsAreUnits() throws {
    var run = Self.grouped(#"{"holdout": {"test": 0.5}}"#)
    run.groups = []
    let evidence = try evidence(run)
    #expect(evidence.units == 120 && evidence.unitWords == "120 test rows")
    // Equal rows are one unit.
    run.identicalRows = stride(from: 0, to: 240, by: 2).map { [$0, $0 + 1] }
    #expect(try self.evidence(run).units == 60)
  }

  /// A cell without chance has one model, which stands for every seed.
  @Test func seedsAreSummed() throws {
    var run = Self.grouped(#"{"holdout": {"test": 0.4}}"#, rest: #", "seeds": 3"#)
    run.models = #"["forest", "ridge"]"#
    run.test = { place, row in place.seed == 1 ? 1 - Self.labels[row] : Self.labels[row] }
    let evidence = try evidence(run)
    #expect(evidence.pooled.seeds == 3)
    #expect(evidence.pooled.correct[0] == Array(repeating: 8, count: 24))
    #expect(evidence.pooled.correct[1] == Array(repeating: 12, count: 24))
  }

  @Test func foldsAreTestedByTheirAccuracies() throws {
    try Self.grouped(#"{"folds": {"count": 5, "repeats": 2}}"#).results { results in
      let evidence = try PairedEvidence(results.cells.map { .init($0, of: results.plan) })
      let folds = try #require(evidence.folds)
      #expect(folds.accuracies.count == 3 && folds.testRows.count == 10)
      #expect(evidence.units == 60 && evidence.pooled.rows == Array(repeating: 8, count: 60))
      for (cell, own) in zip(results.cells, folds.accuracies) {
        #expect(own == cell.pieces.compactMap { $0.evaluation?.accuracy })
      }
      #expect(folds.trainingRows == results.cells[0].pieces.map { $0.split.finalTraining.count })
      guard case .folds = try evidence.evidence else {
        Issue.record("folds are no test set")
        return
      }
    }
  }

  @Test func equalRowsAreOneUnit() throws {
    var run = Self.grouped(#"{"folds": {"count": 5, "repeats": 2}}"#)
    run.groups = []
    #expect(try evidence(run).unitWords == "240 test rows")
    run.identicalRows = [[0, 1]]
    #expect(try evidence(run).unitWords == "239 distinct test rows")
  }

  @Test func foldsThatShareGroupsAreRefused() throws {
    let evidence = try evidence(Self.grouped(#"{"folds": {"count": 5}, "ungrouped": true}"#))
    #expect(evidence.straddling > 50)
    let error = #expect(throws: EvidenceRefusal.self) {
      var random = RandomStream(seed: 1)
      return try evidence.comparison(using: &random)
    }
    #expect(
      error?.description.hasSuffix(
        "of 60 test groups (song) have rows in several folds, so that the folds are not independent "
          + "and a test would find differences where there are none") == true)
  }

  @Test func groupsLeftOutOneByOneArePooled() throws {
    var run = Self.grouped(#"{"leave_one_group_out": {}}"#)
    run.models = #"["ridge", "knn"]"#
    let evidence = try evidence(run)
    #expect(evidence.folds == nil && evidence.units == 60)
    #expect(evidence.pooled.rows == Array(repeating: 4, count: 60))
  }

  @Test func fewGroupsAreRefusedInWords() throws {
    var run = Self.grouped(#"{"holdout": {"test": 0.4}}"#)
    run.groups = [("artist", (0..<240).map { $0 / 24 })]
    let evidence = try evidence(run)
    let error = #expect(throws: EvidenceRefusal.self) {
      var random = RandomStream(seed: 1)
      return try evidence.comparison(using: &random)
    }
    #expect(
      error?.description
        == "there are only 4 test groups (artist), and a test needs at least 6")
  }

  /// Cells of two runs are paired by the rows of the file, whatever their order.
  @Test func runsArePairedByTheirRows() throws {
    let run = Self.grouped(#"{"holdout": {"test": 0.4}}"#)
    try run.results { first in
      var second = first
      var plan = first.plan
      plan.protocols[0].divisions[0].splits[0].test.reverse()
      second.plan = plan
      for cell in second.cells.indices {
        for piece in second.cells[cell].pieces.indices {
          second.cells[cell].pieces[piece].split.test.reverse()
          second.cells[cell].pieces[piece].predictions?.classes.reverse()
        }
      }
      let paired = try PairedEvidence([
        .init(first.cells[1], of: first.plan), .init(second.cells[1], of: plan),
      ])
      #expect(paired.pooled.correct[0] == paired.pooled.correct[1])
      plan.protocols[0].divisions[0].splits[0].test[0] =
        first.plan.protocols[0].divisions[0].splits[0].finalTraining[0]
      #expect(throws: EvidenceRefusal.differentTestRows) {
        try PairedEvidence([
          .init(first.cells[1], of: first.plan), .init(second.cells[1], of: plan),
        ])
      }
      plan.protocols[0].divisions[0].splits[0].fold = 1
      #expect(throws: EvidenceRefusal.differentFolds) {
        try PairedEvidence([
          .init(first.cells[1], of: first.plan), .init(second.cells[1], of: plan),
        ])
      }
      var failed = first.cells[0]
      failed.status = .failed
      #expect(throws: EvidenceRefusal.notComputed("none+dummy")) {
        try PairedEvidence([.init(failed, of: first.plan)])
      }
    }
  }
}
