import ContentHashing
import Matrices

/// Finds rows that are equal in all columns, missing values included.
struct EqualRows {
  let features: Matrix

  init(_ features: Matrix) { self.features = features }

  /// Sets of two rows or more, each ascending, in the order of their first rows.
  func sets(among rows: [Int]) -> [[Int]] {
    let hashes = features.withBytes { bytes in
      rows.map { row in
        shortHash(
          of: UnsafeRawBufferPointer(
            rebasing: bytes[row * features.columns * 4..<(row + 1) * features.columns * 4]))
      }
    }
    let order = rows.indices.sorted { (hashes[$0], rows[$0]) < (hashes[$1], rows[$1]) }
    var sets: [[Int]] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, hashes[order[end]] == hashes[order[start]] { end += 1 }
      if end - start > 1 {
        sets += separate(order[start..<end].map { rows[$0] }).filter { $0.count > 1 }
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
    let (left, right) = (features.row(a), features.row(b))
    for column in left.indices where left[column].bitPattern != right[column].bitPattern {
      return false
    }
    return true
  }
}
