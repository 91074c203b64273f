import CKernels
import Matrices

/// Finds the nearest training rows of many queries.
///
/// Products by BLAS give distances quickly but lose digits where rows are close. They only leave out
/// the rows that cannot be among the nearest, with room for their error; the distances of the others
/// are computed from the differences, so that a query's result does not depend on its company.
package struct NeighbourSearch {
  package struct Neighbour {
    package var row: Int
    package var squaredDistance: Float

    /// Nearer, or as near and first in the table.
    func precedes(_ other: Neighbour) -> Bool {
      (squaredDistance, row) < (other.squaredDistance, other.row)
    }
  }

  private let features: Matrix
  private let k: Int
  private let means: [Double]
  /// The features less their means, which makes the products' errors smaller.
  private let centred: Matrix
  /// The squared lengths of the centred rows.
  private let squares: [Float]
  /// Queries at a time: their products stay within some hundred megabytes.
  private var blockRows: Int { max(1, min(256, (1 << 26) / max(1, features.rows))) }

  package init(features: Matrix, k: Int) {
    self.features = features
    self.k = min(k, features.rows)
    means = features.columnMeans
    centred = features.columns(less: means)
    squares = centred.squaredRowLengths
  }

  /// Calls the closure once a query, in order, with its k nearest rows, the nearest first.
  package func forEachQuery(_ queries: Matrix, _ body: ([Neighbour]) -> Void) {
    let largest = squares.max() ?? 0
    for start in stride(from: 0, to: queries.rows, by: blockRows) {
      let block = queries.rows(start..<min(start + blockRows, queries.rows))
      let centredBlock = block.columns(less: means)
      let lengths = centredBlock.squaredRowLengths
      let products = centredBlock.product(centred, transposingOther: true)
      for query in 0..<block.rows {
        // What the sums over columns, the centring and the exact distances may err by together.
        let error = Float(2 * features.columns + 16) * 0x1p-23 * (lengths[query] + largest)
        body(nearest(block.rows(query..<query + 1), products.row(query), error: error))
      }
    }
  }

  /// The exact distances of the candidates, and of these the k smallest in order.
  private func nearest(
    _ query: Matrix, _ products: Span<Float>, error: Float
  ) -> [Neighbour] {
    let candidates = candidates(products, error: error)
    var distances = [Float](repeating: 0, count: candidates.count)
    features.withUnsafeElements { all in
      query.withUnsafeElements { query in
        for (index, row) in candidates.enumerated() {
          kernels_squared_distances(
            query, 1, all + row * features.columns, 1, features.columns, &distances[index])
        }
      }
    }
    let found = zip(candidates, distances).map { Neighbour(row: $0, squaredDistance: $1) }
    return Array(found.sorted { $0.precedes($1) }.prefix(k))
  }

  /// The rows whose distance, less its possible error, is not above the k-th smallest with its error.
  private func candidates(_ products: Span<Float>, error: Float) -> [Int] {
    // Distances less the query's own square, which is the same for all.
    var smallest = KthSmallest(k)
    let count = squares.count
    var found = [UInt32](repeating: 0, count: count)
    return products.withUnsafeBufferPointer { products in
      squares.withUnsafeBufferPointer { squares in
        guard let products = products.baseAddress, let squares = squares.baseAddress else {
          return []
        }
        var limit = Float.infinity
        for start in stride(from: 0, to: count, by: 512) {
          let below = kernels_rows_within(
            squares + start, products + start, limit, min(512, count - start), &found)
          for place in 0..<below {
            let row = start + Int(found[place])
            let distance = squares[row] - 2 * products[row]
            if distance < limit { limit = smallest.insert(distance) }
          }
        }
        let bound = limit + 2 * error
        // Where numbers are too large for products there is no bound, and every row is looked at.
        guard bound.isFinite else { return Array(0..<count) }
        let within = kernels_rows_within(squares, products, bound, count, &found)
        return found.prefix(within).map { Int($0) }
      }
    }
  }
}

/// The k-th smallest of the numbers seen: a heap of the k smallest, its largest on top.
private struct KthSmallest {
  private let k: Int
  private var heap: [Float] = []

  init(_ k: Int) {
    self.k = k
    heap.reserveCapacity(k)
  }

  /// - Parameter number: below the result of the last call.
  /// - Returns: the k-th smallest; infinite before k numbers were seen.
  mutating func insert(_ number: Float) -> Float {
    if heap.count < k {
      heap.append(number)
      var child = heap.count - 1
      while child > 0, heap[(child - 1) / 2] < heap[child] {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
      return heap.count < k ? .infinity : heap[0]
    }
    heap[0] = number
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < k && heap[child] > heap[largest] {
        largest = child
      }
      if largest == parent { return heap[0] }
      heap.swapAt(parent, largest)
      parent = largest
    }
  }
}
