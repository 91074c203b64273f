/// Letters for learners, of which two share one exactly where they are not told apart: insertion and
/// absorption (Piepho 2004).
///
/// - Parameters:
///   - order: the learners 0..<count, the best first; it has the letter a.
///   - differ: whether two learners are told apart, in either order.
/// - Returns: the letters of each learner, by learner: a … z, A … Z, then (53), (54), ….
package func compactLetters(order: [Int], differ: (Int, Int) -> Bool) -> [String] {
  // Every column is a set of learners, by rank, that share a letter.
  var columns = [[Bool](repeating: true, count: order.count)]
  for first in order.indices {
    for second in order.indices.dropFirst(first + 1) where differ(order[first], order[second]) {
      var (kept, parts): ([[Bool]], [[Bool]]) = ([], [])
      for column in columns {
        guard column[first] && column[second] else {
          kept.append(column)
          continue
        }
        for rank in [second, first] {
          var part = column
          part[rank] = false
          parts.append(part)
        }
      }
      // Only a part can have become superfluous: what was kept was no part of another before.
      for (index, part) in parts.enumerated() {
        let rest = parts.enumerated().contains { other, column in
          other != index && part.isPart(of: column) && (part != column || other < index)
        }
        if !rest && !kept.contains(where: part.isPart) { kept.append(part) }
      }
      columns = kept
    }
  }
  columns.sort { first, second in
    for rank in first.indices where first[rank] != second[rank] { return first[rank] }
    return false
  }
  var letters = [String](repeating: "", count: order.count)
  for (index, column) in columns.enumerated() {
    for (rank, learner) in order.enumerated() where column[rank] {
      letters[learner] += letter(index)
    }
  }
  return letters
}

private func letter(_ index: Int) -> String {
  let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  return index < alphabet.count ? String(alphabet[index]) : "(\(index + 1))"
}

extension [Bool] {
  /// Whether everything in this set is in another.
  fileprivate func isPart(of other: [Bool]) -> Bool { zip(self, other).allSatisfy { !$0 || $1 } }
}
