import Glibc
import Matrices

extension Matrix {
  /// The column of each row's largest element; the first of equal ones.
  public var largestColumns: [Int] {
    (0..<rows).map { row in
      let elements = self.row(row)
      var best = 0
      for column in 0..<columns where elements[column] > elements[best] { best = column }
      return best
    }
  }

  /// Each row's soft-max, computed in double precision: exp(x − max) divided by its sum.
  public func softmaxRows() -> Matrix {
    Matrix(rows: rows, columns: columns) { row, span in
      let elements = self.row(row)
      var largest = -Float.infinity
      for column in 0..<columns { largest = max(largest, elements[column]) }
      var exponentials = [Double](repeating: 0, count: columns)
      var sum = 0.0
      for column in 0..<columns {
        exponentials[column] = exp(Double(elements[column] - largest))
        sum += exponentials[column]
      }
      for column in 0..<columns { span[column] = Float(exponentials[column] / sum) }
    }
  }
}
