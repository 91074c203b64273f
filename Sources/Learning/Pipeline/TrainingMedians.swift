import Matrices

/// Fills missing values with the median of their column's training values.
package struct TrainingMedians: Codable, Equatable, Sendable {
  package let medians: [Float]

  /// - Throws: ``FitError`` for a column without any training value.
  package init(of features: Matrix, columns names: [String]) throws {
    medians = try (0..<features.columns).map { column in
      let values = (0..<features.rows).map { features[$0, column] }.filter { !$0.isNaN }.sorted()
      guard !values.isEmpty else {
        throw FitError.failed("column “\(names[column])” has no value in the training rows")
      }
      let middle = values.count / 2
      return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }
  }

  package func fill(_ features: Matrix) -> Matrix {
    Matrix(rows: features.rows, columns: features.columns) { row, span in
      let source = features.row(row)
      for column in 0..<features.columns {
        span[column] = source[column].isNaN ? medians[column] : source[column]
      }
    }
  }
}
