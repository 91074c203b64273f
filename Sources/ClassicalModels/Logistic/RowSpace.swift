import Matrices

/// The rows of a wide matrix in the coordinates of their own span, at most one a row.
///
/// A penalised linear model's weights lie in the span of its rows, and the penalty is the same in any
/// orthonormal coordinates: with fewer rows than columns the smaller problem has the same solution.
/// The coordinates are the principal directions, in which the columns are uncorrelated.
struct RowSpace {
  /// Rows × dimensions.
  let coordinates: Matrix
  private let rows: Matrix
  /// Dimensions × rows: the direction of each coordinate as a sum of rows.
  private let combinations: [Double]
  private var dimensions: Int { coordinates.columns }

  /// Whether the directions that rounding takes from the rows' products matter to no fit: those whose
  /// squares sum to less than a 2⁻⁵²th of all, for each row, against a penalty of 1 / C.
  static func isPrecise(_ deviations: [Double], rows: Int, largestC: Double) -> Bool {
    let squares = Double(rows) * deviations.reduce(0) { $0 + $1 * $1 }
    return squares * Double(rows) * 0x1p-52 * largestC < 1e-4
  }

  /// - Parameter rows: centred; fewer than columns.
  /// - Throws: `LinearAlgebraError` when the eigenvalues cannot be found.
  init(_ rows: Matrix) throws {
    self.rows = rows
    let count = rows.rows
    let (values, vectors) = try SymmetricMatrix(
      rowProductsOf: rows, means: [Double](repeating: 0, count: rows.columns)
    ).eigensystem()
    // Below this, rounding has left nothing but noise.
    let smallest = (values.first ?? 0) * Double(rows.columns) * 0x1p-52
    let kept = max(1, values.count { $0 > smallest })
    coordinates = Matrix(rows: count, columns: kept) { row, span in
      for dimension in 0..<kept {
        span[dimension] = Float(
          vectors[dimension * count + row] * max(0, values[dimension]).squareRoot())
      }
    }
    combinations = (0..<kept).flatMap { dimension in
      let root = max(values[dimension], 1e-300).squareRoot()
      return (0..<count).map { vectors[dimension * count + $0] / root }
    }
  }

  /// Weights of the coordinates as weights of the columns.
  func columnWeights(_ weights: [Double]) -> [Double] {
    var factors = [Double](repeating: 0, count: rows.rows)
    for (dimension, weight) in weights.enumerated() {
      for row in factors.indices {
        factors[row] += weight * combinations[dimension * factors.count + row]
      }
    }
    return rows.combinations(factors, means: [Double](repeating: 0, count: rows.columns))
  }
}
