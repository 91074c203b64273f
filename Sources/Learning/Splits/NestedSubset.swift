import Matrices

/// Shares of some rows, each containing the smaller ones, that keep units together and have nearly the
/// same share of every class.
package struct NestedSubset {
  private struct Unit {
    var positions: [Int] = []
    var label = 0
    /// The share of its class that stands before the unit's middle.
    var place = 0.0
    /// The rows of its class that stand before the unit.
    var rowsBefore = 0
  }

  private var units: [Unit]

  /// A class has so many rows in every subset, or all that there are.
  private static let leastRows = 2

  /// Puts the units of every class into a random order; a unit belongs to the class that most of its rows
  /// have.
  ///
  /// - Parameters:
  ///   - labels: the class of every row.
  ///   - units: the unit of every row; nil when each row is its own.
  ///   - random: decides the order.
  package init(labels: [Int], units names: [Int]?, random: RandomStream) {
    var random = random
    var indexOfName: [Int: Int] = [:]
    var units: [Unit] = []
    for position in labels.indices {
      let name = names?[position] ?? position
      let index = indexOfName[name] ?? units.count
      indexOfName[name] = index
      if index == units.count { units.append(Unit()) }
      units[index].positions.append(position)
    }
    let classCount = 1 + (labels.max() ?? -1)
    for index in units.indices {
      var counts = [Int](repeating: 0, count: classCount)
      for position in units[index].positions { counts[labels[position]] += 1 }
      let most = counts.max() ?? 0
      units[index].label = counts.firstIndex(of: most) ?? 0
    }
    random.shuffle(&units)
    var rows = [Int](repeating: 0, count: classCount)
    for index in units.indices {
      units[index].rowsBefore = rows[units[index].label]
      rows[units[index].label] += units[index].positions.count
    }
    for index in units.indices {
      let middle = Double(units[index].rowsBefore) + Double(units[index].positions.count) / 2
      units[index].place = middle / Double(rows[units[index].label])
    }
    self.units = units
  }

  /// About a share of the rows, 0...1, ascending.
  package func positions(share: Double) -> [Int] {
    units.filter { $0.place < share || $0.rowsBefore < Self.leastRows }.flatMap(\.positions)
      .sorted()
  }
}
