extension Matrix {
  /// The columns less a number each, and divided by one where divisors are given; computed in double
  /// precision, so that nearly equal large numbers keep the digits in which they differ.
  package func columns(less shifts: [Double], dividedBy divisors: [Double]? = nil) -> Matrix {
    let divisors = divisors ?? [Double](repeating: 1, count: columns)
    precondition(shifts.count == columns && divisors.count == columns)
    return Matrix(rows: rows, columns: columns) { row, span in
      let source = self.row(row)
      for column in 0..<columns {
        span[column] = Float((Double(source[column]) - shifts[column]) / divisors[column])
      }
    }
  }

  /// Each column's root mean square around a number, in double precision.
  package func rootMeanSquares(around means: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      let source = self.row(row)
      for column in 0..<columns {
        let difference = Double(source[column]) - means[column]
        sums[column] += difference * difference
      }
    }
    return sums.map { ($0 / Double(max(1, rows))).squareRoot() }
  }

  /// The squared Euclidean length of each row.
  package var squaredRowLengths: [Float] {
    (0..<rows).map { row in
      let elements = self.row(row)
      var sum: Float = 0
      for column in elements.indices { sum += elements[column] * elements[column] }
      return sum
    }
  }
}

extension Matrix {
  /// A copy of consecutive columns; of all of them the matrix itself.
  package func columns(_ range: some RangeExpression<Int>) -> Matrix {
    let range = range.relative(to: 0..<columns)
    precondition(range.lowerBound >= 0 && range.upperBound <= columns)
    if range.count == columns { return self }
    return Matrix(rows: rows, columns: range.count) { index, span in
      let source = row(index)
      for column in 0..<range.count { span[column] = source[range.lowerBound + column] }
    }
  }

  /// The columns of another matrix behind this one's.
  package func joined(with other: Matrix) -> Matrix {
    precondition(rows == other.rows)
    return Matrix(rows: rows, columns: columns + other.columns) { index, span in
      let (left, right) = (row(index), other.row(index))
      for column in left.indices { span[column] = left[column] }
      for column in right.indices { span[columns + column] = right[column] }
    }
  }
}
