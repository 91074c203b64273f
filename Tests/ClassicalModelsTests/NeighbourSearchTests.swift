import Matrices
import Testing

import ClassicalModels

@Suite struct NeighbourSearchTests {
  private func rows(_ count: Int, _ columns: Int, offset: Float, seed: UInt64) -> Matrix {
    var random = RandomStream(seed: seed)
    var matrix = Matrix(rows: count, columns: columns) { _, span in
      // Coarse numbers, so that distances are often equal.
      for column in 0..<columns { span[column] = offset + Float(random.below(4)) / 8 }
    }
    // Some rows twice.
    matrix = matrix.gathering(rows: (0..<count).map { $0 % 7 == 3 ? $0 / 2 : $0 })
    return matrix
  }

  /// The candidates that products leave hold the same neighbours as all rows do.
  @Test(arguments: [1, 3, 40, 600], [0, 1e4, 3e18] as [Float])
  func findsWhatComparingAllRowsFinds(k: Int, offset: Float) {
    let features = rows(600, 5, offset: offset, seed: 1)
    let queries = features.rows(0..<20).appended(rows(20, 5, offset: offset, seed: 2))
    let exact = queries.squaredDistances(to: features)
    var query = 0
    NeighbourSearch(features: features, k: k).forEachQuery(queries) { found in
      let all = (0..<features.rows).sorted { (exact[query, $0], $0) < (exact[query, $1], $1) }
      #expect(found.map(\.row) == Array(all.prefix(k)))
      #expect(found.map(\.squaredDistance) == found.map { exact[query, $0.row] })
      query += 1
    }
    #expect(query == 40)
  }

  @Test func aQueryAloneHasTheSameNeighbours() {
    let features = rows(500, 9, offset: 3, seed: 4)
    let queries = rows(300, 9, offset: 3, seed: 5)
    let search = NeighbourSearch(features: features, k: 5)
    var together: [[Int]] = []
    search.forEachQuery(queries) { together.append($0.map(\.row)) }
    for query in [0, 7, 299] {
      search.forEachQuery(queries.rows(query..<query + 1)) {
        #expect($0.map(\.row) == together[query])
      }
    }
  }
}

extension Matrix {
  fileprivate func appended(_ other: Matrix) -> Matrix {
    Matrix(rows: rows + other.rows, columns: columns) { row, span in
      let source = row < rows ? self.row(row) : other.row(row - rows)
      for column in 0..<columns { span[column] = source[column] }
    }
  }
}
