import Matrices

/// Divides rows into parts so that rows of one unit stay together and every part has nearly the
/// same share of each class.
///
/// Units come in random order, the largest first; each goes to the part that is furthest behind its
/// share of the unit's classes. A class with no more units left than parts that lack it is given to
/// those parts, so that a class with as many units as parts is in all of them.
public struct StratifiedAssignment {
  private struct Unit {
    var rows: [Int] = []
    var classes: [(label: Int, count: Int)] = []

    mutating func add(row: Int, label: Int) {
      rows.append(row)
      if let index = classes.firstIndex(where: { $0.label == label }) {
        classes[index].count += 1
      } else {
        classes.append((label, 1))
      }
    }
  }

  /// Divides rows into parts.
  ///
  /// - Parameters:
  ///   - rows: the rows to divide.
  ///   - labels: the class of every row, indexed by row.
  ///   - units: the unit of every row, indexed by row; nil when each row is its own.
  ///   - shares: how much of the rows each part is to get, adding up to 1.
  ///   - random: decides the order of units of equal size.
  /// - Returns: the rows of each part, ascending.
  public static func parts(
    of rows: [Int], labels: [Int], units: [Int]?, shares: [Double], random: RandomStream
  ) -> [[Int]] {
    var random = random
    let ordered = shuffledUnits(of: rows, labels: labels, units: units, random: &random)
    let classCount = 1 + (rows.map { labels[$0] }.max() ?? 0)
    var classRows = [Double](repeating: 0, count: classCount)
    var unitsLeft = [Int](repeating: 0, count: classCount)
    for unit in ordered {
      for (label, count) in unit.classes {
        classRows[label] += Double(count)
        unitsLeft[label] += 1
      }
    }
    // How many rows of a class a part has beyond its share: negative when it is behind.
    var surplus = shares.map { share in classRows.map { -share * $0 } }
    var totalSurplus = shares.map { -$0 * Double(rows.count) }
    var hasClass = shares.map { _ in [Bool](repeating: false, count: classCount) }
    var parts = [[Int]](repeating: [], count: shares.count)

    for unit in ordered {
      var candidates = Array(shares.indices)
      for (label, _) in unit.classes {
        let lacking = candidates.filter { !hasClass[$0][label] }
        if !lacking.isEmpty, unitsLeft[label] <= lacking.count { candidates = lacking }
        unitsLeft[label] -= 1
      }
      var best = candidates[0]
      var bestKey = (Double.infinity, Double.infinity)
      for part in candidates {
        let behind = unit.classes.reduce(0.0) { $0 + Double($1.count) * surplus[part][$1.label] }
        // Sums of shares differ in their last bits where they are equal in truth.
        let key = ((behind * 1e9).rounded(), (totalSurplus[part] * 1e9).rounded())
        if key < bestKey { (best, bestKey) = (part, key) }
      }
      parts[best] += unit.rows
      totalSurplus[best] += Double(unit.rows.count)
      for (label, count) in unit.classes {
        surplus[best][label] += Double(count)
        hasClass[best][label] = true
      }
    }
    return parts.map { $0.sorted() }
  }

  private static func shuffledUnits(
    of rows: [Int], labels: [Int], units: [Int]?, random: inout RandomStream
  ) -> [Unit] {
    var indexOfUnit: [Int: Int] = [:]
    var all: [Unit] = []
    for row in rows.sorted() {
      let index: Int
      if let name = units?[row] {
        index = indexOfUnit[name] ?? all.count
        indexOfUnit[name] = index
      } else {
        index = all.count
      }
      if index == all.count { all.append(Unit()) }
      all[index].add(row: row, label: labels[row])
    }
    random.shuffle(&all)
    let bySize = all.indices.sorted {
      (-all[$0].rows.count, $0) < (-all[$1].rows.count, $1)
    }
    return bySize.map { all[$0] }
  }
}
