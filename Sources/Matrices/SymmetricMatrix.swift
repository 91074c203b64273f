import CLAPACKE
import COpenBLAS

/// A symmetric matrix in double precision, for the sums of squares and products whose condition
/// single precision cannot bear (ridge, principal components, preconditioners).
public struct SymmetricMatrix: Sendable {
  /// The number of rows, and of columns.
  public let order: Int
  /// Row by row; only the upper triangle is meant to be read.
  public private(set) var elements: [Double]

  /// The products of a matrix's columns with each other, XᵀX of the centred columns.
  ///
  /// - Parameters:
  ///   - matrix: rows × columns.
  ///   - means: subtracted from the columns; zeros leave them as they are.
  ///   - weights: one a row, each row counting so often; nil counts each once.
  public init(columnProductsOf matrix: Matrix, means: [Double], weights: [Float]? = nil) {
    order = matrix.columns
    var sums = [Double](repeating: 0, count: order * order)
    // Blocks of some 2 MB: large enough for BLAS, small beside the matrix.
    let blockRows = max(1, min(matrix.rows, 262_144 / max(1, matrix.columns)))
    var block = [Double](repeating: 0, count: blockRows * matrix.columns)
    var first = 0
    while first < matrix.rows, order > 0 {
      let count = min(blockRows, matrix.rows - first)
      for row in 0..<count {
        let source = matrix.row(first + row)
        let scale = weights.map { Double($0[first + row]).squareRoot() } ?? 1
        for column in 0..<order {
          block[row * order + column] = (Double(source[column]) - means[column]) * scale
        }
      }
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, CblasTrans, Int32(order), Int32(count), 1, block, Int32(order),
        1, &sums, Int32(order))
      first += count
    }
    elements = sums
  }

  /// The products of a matrix's rows with each other, XXᵀ of the centred columns.
  ///
  /// - Parameters:
  ///   - matrix: rows × columns; all of it is held in double precision for a while.
  ///   - means: subtracted from the columns.
  public init(rowProductsOf matrix: Matrix, means: [Double]) {
    let (rows, columns) = (matrix.rows, matrix.columns)
    order = rows
    var centred = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      let source = matrix.row(row)
      for column in 0..<columns {
        centred[row * columns + column] = Double(source[column]) - means[column]
      }
    }
    var sums = [Double](repeating: 0, count: rows * rows)
    if rows > 0, columns > 0 {
      cblas_dsyrk(
        CblasRowMajor, CblasUpper, CblasNoTrans, Int32(rows), Int32(columns), 1, centred,
        Int32(columns), 0, &sums, Int32(rows))
    }
    elements = sums
  }

  /// A matrix of the given elements, of which the upper triangle is read.
  public init(order: Int, elements: [Double]) {
    precondition(elements.count == order * order)
    self.order = order
    self.elements = elements
  }

  /// The sum of the diagonal.
  public var trace: Double { diagonal.reduce(0, +) }

  /// Multiplies every element.
  public mutating func scale(by factor: Double) {
    for index in elements.indices { elements[index] *= factor }
  }

  /// Multiplies each row and the column of the same number by a factor.
  public mutating func scale(rowsAndColumnsBy factors: [Double]) {
    for row in 0..<order {
      for column in 0..<order { elements[row * order + column] *= factors[row] * factors[column] }
    }
  }

  /// The elements whose row and column have the same number.
  public var diagonal: [Double] { (0..<order).map { elements[$0 * order + $0] } }

  /// Adds to each element of the diagonal a number of its own.
  public mutating func addToDiagonal(_ numbers: [Double]) {
    for index in 0..<order { elements[index * order + index] += numbers[index] }
  }

  /// Adds a number to every element of the diagonal.
  public mutating func addToDiagonal(_ number: Double) {
    for index in 0..<order { elements[index * order + index] += number }
  }
}

/// A linear-algebra routine that did not succeed.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The matrix of a Cholesky factorisation is not positive definite.
  case notPositiveDefinite(order: Int)
  /// An element is infinite or not a number.
  case notFinite(routine: String)
  /// The eigenvalue iteration did not converge.
  case notConverged(routine: String)

  /// The reason in words.
  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "a \(order) × \(order) matrix is not positive definite: the columns may depend on each other"
    case .notFinite(let routine):
      "the linear-algebra routine \(routine) met a value that is not finite"
    case .notConverged(let routine):
      "the linear-algebra routine \(routine) did not converge"
    }
  }
}

/// Turns LAPACK's `info` into an error.
private func check(_ routine: String, _ info: Int32, order: Int) throws(LinearAlgebraError) {
  if info == 0 { return }
  // LAPACKE looks for elements that are no numbers before it begins.
  if info < 0 { throw .notFinite(routine: routine) }
  throw
    ["dpotrf", "dpotri"].contains(routine)
    ? .notPositiveDefinite(order: order) : .notConverged(routine: routine)
}

extension SymmetricMatrix {
  /// All eigenvalues, the largest first, and their eigenvectors.
  ///
  /// - Returns: eigenvalues, and as many unit vectors, one a row: order × order.
  /// - Throws: ``LinearAlgebraError/notConverged(routine:)``.
  public func eigensystem() throws(LinearAlgebraError) -> (values: [Double], vectors: [Double]) {
    guard order > 0 else { return ([], []) }
    var vectors = elements
    var ascending = [Double](repeating: 0, count: order)
    let size = Int32(order)
    try check(
      "dsyevd", LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 0x56, 0x55, size, &vectors, size, &ascending),
      order: order)
    // LAPACK gives ascending values and vectors in columns.
    var rows = [Double](repeating: 0, count: order * order)
    for vector in 0..<order {
      for element in 0..<order {
        rows[vector * order + element] = vectors[element * order + (order - 1 - vector)]
      }
    }
    return (ascending.reversed(), rows)
  }

  /// The smallest X that minimises the error of A·X = B, by the eigenvectors whose eigenvalues are
  /// not lost in rounding.
  ///
  /// - Parameters:
  ///   - right: B, order × count, row by row.
  ///   - count: the number of right-hand sides.
  /// - Returns: X, order × count, row by row.
  /// - Throws: ``LinearAlgebraError/notConverged(routine:)``.
  public func eigensystemSolution(
    _ right: [Double], count: Int
  ) throws(LinearAlgebraError) -> [Double] {
    let (values, vectors) = try eigensystem()
    let smallest = (values.first ?? 0) * Double(order) * 0x1p-52
    var solution = [Double](repeating: 0, count: right.count)
    for (index, value) in values.enumerated() where value > smallest {
      let vector = vectors[index * order..<(index + 1) * order]
      for column in 0..<count {
        var projection = 0.0
        for (row, coordinate) in vector.enumerated() {
          projection += coordinate * right[row * count + column]
        }
        for (row, coordinate) in vector.enumerated() {
          solution[row * count + column] += coordinate * projection / value
        }
      }
    }
    return solution
  }

  /// The Cholesky factor.
  ///
  /// - Throws: ``LinearAlgebraError/notPositiveDefinite(order:)``.
  public func choleskyFactor() throws(LinearAlgebraError) -> CholeskyFactor {
    var factor = elements
    if order > 0 {
      try check(
        "dpotrf", LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 0x55, Int32(order), &factor, Int32(order)),
        order: order)
    }
    return CholeskyFactor(order: order, upper: factor)
  }
}

/// The upper-triangular U of a positive definite matrix UᵀU.
public struct CholeskyFactor: Sendable {
  /// The number of rows, and of columns.
  public let order: Int
  let upper: [Double]

  /// Solves UᵀU·X = B in place.
  ///
  /// - Parameters:
  ///   - right: B, order × count, row by row; X on return.
  ///   - count: the number of right-hand sides.
  public func solve(_ right: inout [Double], count: Int) {
    substitute(&right, count: count, transposed: true)
    substitute(&right, count: count, transposed: false)
  }

  /// The inverse of UᵀU, rounded to single precision: order × order.
  ///
  /// - Throws: ``LinearAlgebraError/notPositiveDefinite(order:)``.
  public func inverse() throws(LinearAlgebraError) -> Matrix {
    guard order > 0 else { return Matrix(rows: 0, columns: 0, elements: []) }
    var inverse = upper
    try check(
      "dpotri", LAPACKE_dpotri(LAPACK_ROW_MAJOR, 0x55, Int32(order), &inverse, Int32(order)),
      order: order)
    return Matrix(rows: order, columns: order) { row, span in
      for column in 0..<order {
        span[column] = Float(inverse[min(row, column) * order + max(row, column)])
      }
    }
  }

  /// Solves Uᵀ·X = B (`transposed`) or U·X = B in place; `right` is order × count, row by row.
  public func substitute(_ right: inout [Double], count: Int, transposed: Bool) {
    precondition(right.count == order * count)
    guard order > 0, count > 0 else { return }
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasUpper, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
      Int32(order), Int32(count), 1, upper, Int32(order), &right, Int32(count))
  }
}
