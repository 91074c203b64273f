import Matrices

/// A binary classification tree as parallel arrays; node 0 is the root.
package struct Tree: Codable, Sendable {
  let classCount: Int
  /// The column a node looks at; −1 at a leaf.
  package private(set) var columns: [Int32] = []
  /// Rows whose value is at most this go to the first child.
  package private(set) var thresholds: [Float] = []
  /// The first child; the second follows it.
  private(set) var children: [Int32] = []
  /// Nodes × classes: the share of each class among the training rows that reached the node.
  private(set) var shares: [Float] = []

  init(classCount: Int) { self.classCount = classCount }

  package var nodeCount: Int { columns.count }

  /// Adds a leaf and returns its number.
  @discardableResult
  mutating func addNode() -> Int {
    columns.append(-1)
    thresholds.append(0)
    children.append(0)
    for _ in 0..<classCount { shares.append(0) }
    return columns.count - 1
  }

  mutating func setShares(of node: Int, to totals: [Double]) {
    let sum = totals.reduce(0, +)
    for label in 0..<classCount { shares[node * classCount + label] = Float(totals[label] / sum) }
  }

  mutating func split(_ node: Int, column: Int, threshold: Float, child: Int) {
    columns[node] = Int32(column)
    thresholds[node] = threshold
    children[node] = Int32(child)
  }

  /// Whether every list has its length, and every inner node looks at one of so many columns and
  /// leads to nodes after it, so that each walk ends.
  func isWhole(columns count: Int, classes: Int) -> Bool {
    guard nodeCount > 0, classCount == classes, thresholds.count == nodeCount,
      children.count == nodeCount, shares.count == nodeCount * classes
    else { return false }
    return columns.indices.allSatisfy { node in
      columns[node] < 0
        || Int(columns[node]) < count && Int(children[node]) > node
          && Int(children[node]) + 1 < nodeCount
    }
  }

  /// Walks a row down and reports the node it stands at for each of some depth limits.
  ///
  /// - Parameters:
  ///   - row: the row's columns.
  ///   - limits: ascending.
  ///   - visit: is called with the index of each limit and the node.
  func walk(_ row: Span<Float>, limits: [Int], _ visit: (Int, Int) -> Void) {
    var node = 0
    var depth = 0
    for (index, limit) in limits.enumerated() {
      while depth < limit, columns[node] >= 0 {
        node = Int(children[node]) + (row[Int(columns[node])] <= thresholds[node] ? 0 : 1)
        depth += 1
      }
      visit(index, node)
    }
  }

  /// The same tree without the nodes below a depth.
  func pruned(to limit: Int) -> Tree {
    var copy = Tree(classCount: classCount)
    copy.addNode()
    var pending = [(from: 0, to: 0, depth: 0)]
    while let (from, to, depth) = pending.popLast() {
      for label in 0..<classCount {
        copy.shares[to * classCount + label] = shares[from * classCount + label]
      }
      guard columns[from] >= 0, depth < limit else { continue }
      let child = copy.addNode()
      copy.addNode()
      copy.split(to, column: Int(columns[from]), threshold: thresholds[from], child: child)
      let first = Int(children[from])
      pending.append((first + 1, child + 1, depth + 1))
      pending.append((first, child, depth + 1))
    }
    return copy
  }
}
