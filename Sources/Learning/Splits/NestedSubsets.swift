import Matrices

/// Subsets of training rows that grow into each other, for learning curves: whole units, and the same
/// share of every class's units.
///
/// The units of each class come in random order, and a subset takes the first of each; a unit with
/// rows of several classes counts for the one that most of its rows have.
public struct NestedSubsets {
  /// For each class its units in random order, each with its rows.
  private let unitsOfClass: [[[Int]]]

  /// Puts the units of some rows into an order.
  ///
  /// - Parameters:
  ///   - rows: the rows to choose from.
  ///   - labels: the class of every row, indexed by row.
  ///   - units: the unit of every row, indexed by row; nil when each row is its own.
  ///   - random: decides the order.
  public init(of rows: [Int], labels: [Int], units: [Int]?, random: RandomStream) {
    var random = random
    var indexOfUnit: [Int: Int] = [:]
    var members: [[Int]] = []
    for row in rows.sorted() {
      let unit = units?[row] ?? row
      let index = indexOfUnit[unit] ?? members.count
      if index == members.count {
        indexOfUnit[unit] = index
        members.append([])
      }
      members[index].append(row)
    }
    var unitsOfClass = [[[Int]]](repeating: [], count: 1 + (rows.map { labels[$0] }.max() ?? 0))
    for unit in members {
      unitsOfClass[Self.commonest(unit.map { labels[$0] })].append(unit)
    }
    for label in unitsOfClass.indices { random.shuffle(&unitsOfClass[label]) }
    self.unitsOfClass = unitsOfClass
  }

  /// The rows of a subset.
  ///
  /// - Parameters:
  ///   - share: how much of each class's units it is to have, 0...1; their number is rounded, and may be none.
  ///   - least: the units of a class that every subset has, where there are as many.
  /// - Returns: the rows, ascending; all that a smaller share has are among them.
  public func rows(share: Double, leastUnits least: Int = 0) -> [Int] {
    unitsOfClass.flatMap { units in
      units.prefix(max(least, Int((share * Double(units.count)).rounded()))).joined()
    }.sorted()
  }

  /// The most frequent label, the first of equally frequent ones.
  private static func commonest(_ labels: [Int]) -> Int {
    var counts: [Int: Int] = [:]
    for label in labels { counts[label, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
  }
}
