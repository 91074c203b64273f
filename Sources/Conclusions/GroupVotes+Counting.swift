import DataTables
import Exploration
import Learning
import Statistics

extension GroupVotes {
  /// The first grouping that can vote: each group is of one class, and most have several rows.
  static func grouping(of data: Plan.Data) -> Dataset.Grouping? {
    data.groupings.first { grouping in
      var labels = [Int?](repeating: nil, count: grouping.names.count)
      var rows = [Int](repeating: 0, count: grouping.names.count)
      for (row, group) in grouping.groups.enumerated() {
        guard labels[group] ?? data.labels[row] == data.labels[row] else { return false }
        labels[group] = data.labels[row]
        rows[group] += 1
      }
      return 2 * rows.count { $0 > 1 } > rows.count { $0 > 0 }
    }
  }

  /// Lets the test rows of each group vote; those of a repeat's folds are pooled, and repeats and seeds
  /// averaged.
  ///
  /// It is nil for a cell without test predictions.
  init?(_ cell: RunResults.Cell, over grouping: Dataset.Grouping, of plan: Plan) {
    guard cell.isComputed else { return nil }
    let labels = plan.inputs[cell.sheet.input].data.labels
    var rounds: [[Int]: [RunResults.Piece]] = [:]
    for piece in cell.pieces {
      rounds[[piece.split.repetition, piece.seedIndex], default: []].append(piece)
    }
    var votes = Votes(groups: grouping.names.count, classes: plan.classes.count)
    var right = (byProbability: [Double](), byMajority: [Double]())
    right.byProbability = [Double](repeating: 0, count: grouping.names.count)
    right.byMajority = right.byProbability
    var times = [Int](repeating: 0, count: grouping.names.count)
    for pieces in rounds.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).map(\.value) {
      votes.clear()
      for piece in pieces {
        guard let predictions = piece.predictions else { continue }
        for (place, row) in piece.split.test.enumerated() {
          votes.add(predictions, row: place, for: grouping.groups[row], label: labels[row])
        }
      }
      for group in votes.voters {
        times[group] += 1
        if votes.byProbability(group) == votes.labels[group] { right.byProbability[group] += 1 }
        if votes.byMajority(group) == votes.labels[group] { right.byMajority[group] += 1 }
      }
    }
    let tested = times.indices.filter { times[$0] > 0 }
    guard !tested.isEmpty else { return nil }
    groupName = grouping.name
    groups = tested.count
    let unitOfGroup = Self.units(of: grouping, plan.division(cell.sheet).units)
    func score(_ right: [Double]) -> Score {
      var indexOfUnit: [Int: Int] = [:]
      var units: [AccuracyInterval.Unit] = []
      for group in tested {
        let index = indexOfUnit[unitOfGroup[group]] ?? units.count
        if index == units.count {
          indexOfUnit[unitOfGroup[group]] = index
          units.append(.init(correct: 0, rows: 0))
        }
        units[index].correct += right[group] / Double(times[group])
        units[index].rows += 1
      }
      return Score(
        accuracy: units.reduce(0) { $0 + $1.correct } / Double(tested.count),
        interval: AccuracyInterval.oneTestSet(units))
    }
    byProbability = score(right.byProbability)
    byMajority = score(right.byMajority)
  }

  /// The unit that each group stands or falls with: that of its rows, or, where they are of several, the
  /// group itself.
  private static func units(of grouping: Dataset.Grouping, _ unitOfRow: [Int]?) -> [Int] {
    var units = [Int?](repeating: nil, count: grouping.names.count)
    for (row, group) in grouping.groups.enumerated() {
      let own = unitOfRow?[row] ?? -1 - group
      units[group] = units[group] ?? own == own ? own : -1 - group
    }
    return units.enumerated().map { $1 ?? -1 - $0 }
  }
}

/// The votes of one round: each test row's.
private struct Votes {
  private let classes: Int
  private var probabilities: [Double]
  private var counts: [Int]
  private(set) var labels: [Int?]

  init(groups: Int, classes: Int) {
    self.classes = classes
    probabilities = [Double](repeating: 0, count: groups * classes)
    counts = [Int](repeating: 0, count: groups * classes)
    labels = [Int?](repeating: nil, count: groups)
  }

  mutating func clear() { self = Votes(groups: labels.count, classes: classes) }

  /// The groups that voted.
  var voters: [Int] { labels.indices.filter { labels[$0] != nil } }

  mutating func add(_ predictions: Predictions, row: Int, for group: Int, label: Int) {
    labels[group] = label
    counts[group * classes + predictions.classes[row]] += 1
    let own = predictions.probabilities.row(row)
    for label in 0..<classes { probabilities[group * classes + label] += Double(own[label]) }
  }

  func byProbability(_ group: Int) -> Int {
    best(group) { probabilities[$0] < probabilities[$1] }
  }

  func byMajority(_ group: Int) -> Int {
    best(group) { (counts[$0], probabilities[$0]) < (counts[$1], probabilities[$1]) }
  }

  private func best(_ group: Int, _ isLess: (Int, Int) -> Bool) -> Int {
    var best = 0
    for label in 0..<classes where isLess(group * classes + best, group * classes + label) {
      best = label
    }
    return best
  }
}
