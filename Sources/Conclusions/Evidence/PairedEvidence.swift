import Exploration
import Statistics
import TextFormatting

/// What several cells did on the same test rows, made ready for tests between them.
///
/// The cells may be of one run or of several, as long as all were tested on the same rows of the file,
/// divided into the same folds.
package struct PairedEvidence: Sendable {
  /// A cell and the plan of its run.
  package struct Source: Sendable {
    package var cell: RunResults.Cell
    package var plan: Plan

    package init(_ cell: RunResults.Cell, of plan: Plan) {
      self.cell = cell
      self.plan = plan
    }

    var division: Plan.Division { plan.division(cell.sheet) }
    var data: Plan.Data { plan.inputs[cell.sheet.input].data }
  }

  /// All test predictions by unit, those of folds and repeats pooled: a row that was tested in three
  /// repeats counts as three.
  package let pooled: TestSetScores
  /// What the folds say; nil for one test set, and where each group is left out once, whose predictions
  /// are pooled instead.
  package let folds: FoldScores?
  /// Units whose rows are test rows of several folds of a repeat.
  package let straddling: Int
  /// The grouping that units are of; nil where rows are units.
  package let groupName: String?
  /// Whether rows are units, and equal rows one.
  private let hasEqualRows: Bool

  /// Independent units among the test rows.
  package var units: Int { pooled.rows.count }

  /// Pairs the cells' test predictions row by row.
  ///
  /// Cells of fewer seeds than others count as often as those: the one model of a cell without chance
  /// stands for every seed.
  ///
  /// - Parameter sources: at least one cell, all of them `ok`.
  /// - Throws: ``EvidenceRefusal`` when a cell was not computed or the test rows differ.
  package init(_ sources: [Source]) throws(EvidenceRefusal) {
    guard let first = sources.first else { throw .test(.nothingToCompare) }
    for source in sources where !source.cell.isComputed {
      throw .notComputed(source.cell.name)
    }
    var rows = try PairedRows(sources)
    let seeds = sources.map { $0.cell.pieces.count / $0.division.splits.count }
    let allSeeds = seeds.reduce(1) { $0 / greatestCommonDivisor($0, $1) * $1 }
    rows.numberUnits()
    var counts = [Int](repeating: 0, count: rows.unitCount)
    for unit in rows.units.joined() { counts[unit] += 1 }
    var correct: [[Int]] = []
    for (index, source) in sources.enumerated() {
      var own = [Int](repeating: 0, count: rows.unitCount)
      for piece in source.cell.pieces {
        guard let predictions = piece.predictions, let split = rows.split(of: piece) else {
          continue
        }
        for (place, unit) in rows.units[split].enumerated() {
          let other = rows.places[index][split]?[place] ?? place
          if predictions.classes[other] == rows.labels[split][place] {
            own[unit] += allSeeds / seeds[index]
          }
        }
      }
      correct.append(own)
    }
    pooled = TestSetScores(rows: counts, correct: correct, seeds: allSeeds)
    straddling = rows.straddlingUnits
    groupName = first.plan.grouping(of: first.cell.sheet)?.name
    let repeats = Set(first.division.splits.map(\.repetition)).count
    hasEqualRows = groupName == nil && counts.reduce(0, +) > rows.unitCount * repeats
    folds =
      first.division.splits.count == 1
        || first.plan.protocols[first.cell.sheet.protocol].isLeaveOneGroupOut
      ? nil : Self.folds(sources, seeds)
  }

  private static func folds(_ sources: [Source], _ seeds: [Int]) -> FoldScores {
    let splits = sources[0].division.splits
    var trainingRows = [Int](repeating: .max, count: splits.count)
    let accuracies = sources.enumerated().map { index, source in
      splits.enumerated().map { place, split in
        let own = source.cell.pieces.filter {
          $0.split.repetition == split.repetition && $0.split.fold == split.fold
        }
        for piece in own {
          trainingRows[place] = min(trainingRows[place], piece.split.finalTraining.count)
        }
        return own.reduce(0) { $0 + ($1.evaluation?.accuracy ?? 0) } / Double(seeds[index])
      }
    }
    return FoldScores(
      accuracies: accuracies, testRows: splits.map(\.test.count), trainingRows: trainingRows)
  }

  /// The evidence that tests may use.
  ///
  /// - Throws: ``EvidenceRefusal`` where units straddle folds.
  package var evidence: Evidence {
    get throws(EvidenceRefusal) {
      guard let folds else { return .testSet(pooled) }
      guard straddling == 0 else {
        throw .unitsStraddleFolds(straddling, of: units, groupName: groupName)
      }
      return .folds(folds)
    }
  }

  /// Units with their count, as in `75 test groups (song)` or `300 test rows`.
  package var unitWords: String {
    hasEqualRows ? counted(units, "distinct test row") : unitCountWords(units, groupName)
  }
}

extension RunResults.Cell {
  /// Whether it has test predictions of every piece.
  var isComputed: Bool {
    isOK && !pieces.isEmpty && pieces.allSatisfy { $0.predictions != nil }
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}
