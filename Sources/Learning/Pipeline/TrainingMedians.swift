import Matrices

/// Fills missing values with the median of their column's training values.
package struct TrainingMedians: Codable, Equatable, Sendable {
  package let medians: [Float]
  /// Columns without any training value: they are left out, which is to say 0 in all rows; nil where
  /// there are none.
  package let empty: [Int32]?

  package init(of features: Matrix) {
    var empty: [Int32] = []
    medians = (0..<features.columns).map { column in
      let values = (0..<features.rows).map { features[$0, column] }.filter { !$0.isNaN }.sorted()
      guard !values.isEmpty else {
        empty.append(Int32(column))
        return 0
      }
      let middle = values.count / 2
      return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }
    self.empty = empty.isEmpty ? nil : empty
  }

  package func fill(_ features: Matrix) -> Matrix {
    let left = Set(empty ?? [])
    return Matrix(rows: features.rows, columns: features.columns) { row, span in
      let source = features.row(row)
      for column in 0..<features.columns {
        span[column] = source[column].isNaN ? medians[column] : source[column]
        if !left.isEmpty, left.contains(Int32(column)) { span[column] = 0 }
      }
    }
  }
}
