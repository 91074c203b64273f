import ContentHashing
import Matrices

/// Finds rows that are equal in all columns, missing values included.
struct EqualRows {
  /// The columns; several matrices side by side.
  let parts: [Matrix]
  /// One a row, where numbers were read more precisely than the features hold them: rows differ
  /// where these do.
  let hashes: [UInt64]

  init(_ parts: [Matrix], hashes: [UInt64]) {
    self.parts = parts
    self.hashes = hashes
  }

  init(_ features: Matrix) {
    self.init(
      [features],
      hashes: (0..<features.rows).map { row in
        features.rows(row..<row + 1).withBytes { shortHash(of: $0) }
      })
  }

  /// Sets of two rows or more, each ascending, in the order of their first rows.
  func sets(among rows: [Int]) -> [[Int]] {
    let order = rows.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
    var sets: [[Int]] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, hashes[order[end]] == hashes[order[start]] { end += 1 }
      if end - start > 1 {
        sets += separate(Array(order[start..<end])).filter { $0.count > 1 }
      }
      start = end
    }
    return sets.sorted { $0[0] < $1[0] }
  }

  /// Rows of one hash are equal but for accidents, which are told apart here.
  private func separate(_ candidates: [Int]) -> [[Int]] {
    var sets: [[Int]] = []
    for row in candidates {
      if let index = sets.firstIndex(where: { areEqual($0[0], row) }) {
        sets[index].append(row)
      } else {
        sets.append([row])
      }
    }
    return sets
  }

  private func areEqual(_ a: Int, _ b: Int) -> Bool {
    for part in parts {
      let (left, right) = (part.row(a), part.row(b))
      for column in left.indices where left[column].bitPattern != right[column].bitPattern {
        return false
      }
    }
    return true
  }
}
