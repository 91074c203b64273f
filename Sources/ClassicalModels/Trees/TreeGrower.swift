import CKernels
import Matrices

/// Grows classification trees on ranked columns by Gini impurity (Breiman and others 1984).
///
/// What a node draws depends on the tree's seed and the node's path from the root, never on the
/// order of growth: a tree grown to less depth is the top of the full one.
struct TreeGrower {
  let table: RankedColumns
  let labels: [Int]
  let classCount: Int
  /// The deepest node, the root having depth 0; nil for no limit.
  var depth: Int?
  /// Columns tried at each node, drawn anew; where it is all of them, only their order is drawn, which
  /// decides among equally good splits.
  var columnsTried: Int

  private struct PendingNode {
    var index: Int
    var rows: Range<Int>
    var depth: Int
    var path: UInt64
  }

  private struct Split {
    var column: Int
    var threshold: Float
    var below: UInt32
    var score: Double
  }

  /// Working memory of one tree.
  private struct Scratch {
    var rows: [UInt32]
    var moved: [UInt32]
    var labels: [UInt32]
    var weights: [Double]
    var keys: [UInt64]
    var spare: [UInt64]
    var totals: [Double]
    var left: [Double]
    /// The columns in the order they are drawn; the identity between nodes.
    var columns: [Int]
  }

  /// Grows a tree.
  ///
  /// - Parameters:
  ///   - weights: how much each row counts; rows that count 0 are left out.
  ///   - seed: decides the columns tried.
  /// - Returns: the tree.
  func grow(weights: [Double], seed: UInt64) -> Tree {
    let rows = weights.indices.filter { weights[$0] > 0 }.map { UInt32($0) }
    var scratch = Scratch(
      rows: rows, moved: rows, labels: rows, weights: [Double](repeating: 0, count: rows.count),
      keys: [UInt64](repeating: 0, count: rows.count),
      spare: [UInt64](repeating: 0, count: rows.count),
      totals: [Double](repeating: 0, count: classCount),
      left: [Double](repeating: 0, count: classCount), columns: Array(0..<table.columns))
    var tree = Tree(classCount: classCount)
    tree.addNode()
    var pending = [PendingNode(index: 0, rows: 0..<rows.count, depth: 0, path: 1)]
    while let node = pending.popLast() {
      measure(node.rows, weights, &scratch)
      tree.setShares(of: node.index, to: scratch.totals)
      guard node.depth < depth ?? .max, scratch.totals.count(where: { $0 > 0 }) > 1,
        let split = bestSplit(node, seed: seed, &scratch)
      else { continue }
      let middle = partition(node.rows, by: split, &scratch)
      let child = tree.addNode()
      tree.addNode()
      tree.split(node.index, column: split.column, threshold: split.threshold, child: child)
      pending.append(
        PendingNode(
          index: child + 1, rows: middle..<node.rows.upperBound, depth: node.depth + 1,
          path: node.path &* 0x9E37_79B9_7F4A_7C15 &+ 2))
      pending.append(
        PendingNode(
          index: child, rows: node.rows.lowerBound..<middle, depth: node.depth + 1,
          path: node.path &* 0x9E37_79B9_7F4A_7C15 &+ 1))
    }
    return tree
  }

  /// Collects the node's labels, weights and class totals.
  private func measure(_ rows: Range<Int>, _ weights: [Double], _ scratch: inout Scratch) {
    for label in scratch.totals.indices { scratch.totals[label] = 0 }
    for (index, place) in rows.enumerated() {
      let row = Int(scratch.rows[place])
      scratch.labels[index] = UInt32(labels[row])
      scratch.weights[index] = weights[row]
      scratch.totals[labels[row]] += weights[row]
    }
  }

  private func bestSplit(
    _ node: PendingNode, seed: UInt64, _ scratch: inout Scratch
  ) -> Split? {
    var best: Split?
    // Columns are drawn without replacement until enough were tried and one of them could split.
    var random = RandomStream(seed: seed ^ node.path)
    var exchanged: [Int] = []
    for place in 0..<table.columns {
      if place >= columnsTried, best != nil { break }
      let other = place + random.below(table.columns - place)
      scratch.columns.swapAt(place, other)
      exchanged.append(other)
      consider(scratch.columns[place], node.rows, &best, &scratch)
    }
    for (place, other) in exchanged.enumerated().reversed() {
      scratch.columns.swapAt(place, other)
    }
    return best
  }

  private func consider(
    _ column: Int, _ rows: Range<Int>, _ best: inout Split?, _ scratch: inout Scratch
  ) {
    let found = table.codes.withUnsafeBufferPointer { codes in
      scratch.rows.withUnsafeBufferPointer { all in
        guard let codes = codes.baseAddress, let all = all.baseAddress else {
          return kernels_split(score: -1, below: 0, above: 0)
        }
        return kernels_best_split(
          codes + column * table.rows, all + rows.lowerBound, scratch.labels, scratch.weights,
          rows.count, scratch.totals, classCount, &scratch.keys, &scratch.spare, &scratch.left)
      }
    }
    guard found.score >= 0, found.score > best?.score ?? -1 else { return }
    best = Split(
      column: column,
      threshold: table.threshold(column: column, below: found.below, above: found.above),
      below: found.below, score: found.score)
  }

  /// Puts the rows that go left first, each side in its old order.
  ///
  /// - Returns: where the right side starts.
  private func partition(
    _ rows: Range<Int>, by split: Split, _ scratch: inout Scratch
  ) -> Int {
    var left = rows.lowerBound
    var right = 0
    for place in rows {
      let row = scratch.rows[place]
      if table.codes[split.column * table.rows + Int(row)] <= split.below {
        scratch.rows[left] = row
        left += 1
      } else {
        scratch.moved[right] = row
        right += 1
      }
    }
    for index in 0..<right { scratch.rows[left + index] = scratch.moved[index] }
    return left
  }
}
