import COpenBLAS

extension Matrix {
  /// Weighted sums of the rows, less their means, in double precision.
  ///
  /// - Parameters:
  ///   - weights: sums × rows, row by row.
  ///   - means: subtracted from the columns.
  /// - Returns: sums × columns, row by row.
  package func combinations(_ weights: [Double], means: [Double]) -> [Double] {
    let count = rows == 0 ? 0 : weights.count / rows
    precondition(weights.count == count * rows && means.count == columns)
    var sums = [Double](repeating: 0, count: count * columns)
    // Blocks of rows, so that little is held in double precision.
    let blockRows = max(1, min(rows, 1_048_576 / max(1, columns)))
    var block = [Double](repeating: 0, count: blockRows * columns)
    for first in stride(from: 0, to: rows, by: blockRows) where count > 0 && columns > 0 {
      let own = min(blockRows, rows - first)
      for row in 0..<own {
        let source = self.row(first + row)
        for column in 0..<columns {
          block[row * columns + column] = Double(source[column]) - means[column]
        }
      }
      weights.withUnsafeBufferPointer { weights in
        guard let start = weights.baseAddress else { return }
        cblas_dgemm(
          CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(count), Int32(columns), Int32(own), 1,
          start + first, Int32(rows), block, Int32(columns), 1, &sums, Int32(columns))
      }
    }
    return sums
  }
}
