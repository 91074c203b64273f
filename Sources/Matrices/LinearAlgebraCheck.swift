import COpenBLAS

/// Compares what the program asks of BLAS and LAPACK with plain loops, on matrices that are small but larger
/// than the sizes for which libraries have ways of their own.
package enum LinearAlgebraCheck {
  /// Whether all results are right; takes some milliseconds.
  package static var isPassed: Bool {
    productsAreRight(rows: 7, columns: 5, depth: 3)
      && productsAreRight(rows: 101, columns: 119, depth: 103)
      && gramIsRight && systemsAreSolved && eigensystemIsRight
  }

  /// Numbers from −1 to 1 that are the same each time.
  private static func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed)
    return Matrix(rows: rows, columns: columns) { span in
      for index in 0..<rows * columns { span[index] = Float(stream.uniform() * 2 - 1) }
    }
  }

  private static func transposed(_ matrix: Matrix) -> Matrix {
    Matrix(rows: matrix.columns, columns: matrix.rows) { span in
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          span[column * matrix.rows + row] = matrix[row, column]
        }
      }
    }
  }

  /// Sums of `depth` products of numbers up to 1 in single precision.
  private static func areNear(_ found: Matrix, _ sums: [Double], depth: Int) -> Bool {
    let allowed = Double(depth + 1) * Double(depth).squareRoot() * 0x1p-23
    for row in 0..<found.rows {
      for column in 0..<found.columns {
        // Not a number is not near either.
        guard abs(Double(found[row, column]) - sums[row * found.columns + column]) <= allowed
        else { return false }
      }
    }
    return true
  }

  /// The inner products of the rows of two matrices, by plain loops.
  private static func rowProducts(_ left: Matrix, _ right: Matrix) -> [Double] {
    var sums = [Double](repeating: 0, count: left.rows * right.rows)
    for i in 0..<left.rows {
      let row = left.row(i)
      for j in 0..<right.rows {
        let other = right.row(j)
        var sum = 0.0
        for k in 0..<left.columns { sum += Double(row[k]) * Double(other[k]) }
        sums[i * right.rows + j] = sum
      }
    }
    return sums
  }

  private static func productsAreRight(rows: Int, columns: Int, depth: Int) -> Bool {
    let (left, right) = (matrix(rows, depth, seed: 1), matrix(columns, depth, seed: 2))
    let sums = rowProducts(left, right)
    let (turnedLeft, turnedRight) = (transposed(left), transposed(right))
    return [
      left.product(turnedRight), left.product(right, transposingOther: true),
      turnedLeft.product(turnedRight, transposingSelf: true),
      turnedLeft.product(right, transposingSelf: true, transposingOther: true),
    ].allSatisfy { areNear($0, sums, depth: depth) }
  }

  private static var gramIsRight: Bool {
    let rows = matrix(67, 71, seed: 3)
    let sums = rowProducts(rows, rows)
    let inDouble = SymmetricMatrix(
      rowProductsOf: rows, means: [Double](repeating: 0, count: rows.columns))
    let byColumns = SymmetricMatrix(
      columnProductsOf: transposed(rows), means: [Double](repeating: 0, count: rows.rows))
    return areNear(rows.rowGram, sums, depth: rows.columns)
      && [inDouble, byColumns].allSatisfy { gram in
        (0..<rows.rows).allSatisfy { row in
          (row..<rows.rows).allSatisfy {
            let place = row * rows.rows + $0
            return abs(gram.elements[place] - sums[place]) <= Double(rows.columns) * 0x1p-44
          }
        }
      }
  }

  /// A matrix whose eigenvalues lie between some 1 and 300.
  private static var wellConditioned: SymmetricMatrix {
    let rows = matrix(90, 61, seed: 4)
    var gram = SymmetricMatrix(
      columnProductsOf: rows, means: [Double](repeating: 0, count: rows.columns))
    gram.addToDiagonal(1)
    return gram
  }

  /// The product of the whole symmetric matrix with a vector.
  private static func product(_ matrix: SymmetricMatrix, _ vector: [Double]) -> [Double] {
    (0..<matrix.order).map { row in
      (0..<matrix.order).reduce(0) { sum, column in
        sum + matrix.elements[min(row, column) * matrix.order + max(row, column)] * vector[column]
      }
    }
  }

  private static var systemsAreSolved: Bool {
    let matrix = wellConditioned
    let expected = (0..<matrix.order).map { Double($0 % 7) - 3 }
    var solution = product(matrix, expected)
    guard let factor = try? matrix.choleskyFactor(), let inverse = try? factor.inverse()
    else { return false }
    let right = solution
    factor.solve(&solution, count: 1)
    let byInverse = (0..<matrix.order).map { row in
      (0..<matrix.order).reduce(0) { $0 + Double(inverse[row, $1]) * right[$1] }
    }
    return (0..<matrix.order).allSatisfy {
      abs(solution[$0] - expected[$0]) <= 1e-9 && abs(byInverse[$0] - expected[$0]) <= 1e-2
    }
  }

  private static var eigensystemIsRight: Bool {
    let matrix = wellConditioned
    guard let (values, vectors) = try? matrix.eigensystem() else { return false }
    return values.indices.allSatisfy { index in
      let vector = Array(vectors[index * matrix.order..<(index + 1) * matrix.order])
      let norm = vector.reduce(0) { $0 + $1 * $1 }
      return abs(norm - 1) <= 1e-9
        && zip(product(matrix, vector), vector).allSatisfy { abs($0 - values[index] * $1) <= 1e-9 }
    }
  }
}
