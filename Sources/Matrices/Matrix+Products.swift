import CKernels
import COpenBLAS

extension Matrix {
  /// The matrix product, by BLAS.
  ///
  /// The last bits of a row may depend on how many rows there are; what a user sees as a prediction
  /// is made with ``rowProducts(with:)`` instead.
  ///
  /// - Parameters:
  ///   - other: the right factor.
  ///   - transposingSelf: uses this matrix with rows and columns exchanged.
  ///   - transposingOther: uses the right factor with rows and columns exchanged.
  /// - Returns: rows of the left factor × columns of the right one.
  public func product(
    _ other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Matrix {
    let m = transposingSelf ? columns : rows
    let k = transposingSelf ? rows : columns
    let n = transposingOther ? other.rows : other.columns
    precondition(k == (transposingOther ? other.columns : other.rows), "the shapes do not fit")
    return Matrix(rows: m, columns: n) { span in
      guard m > 0, n > 0, k > 0 else { return }
      span.withUnsafeMutableBufferPointer { out in
        cblas_sgemm(
          CblasRowMajor, transposingSelf ? CblasTrans : CblasNoTrans,
          transposingOther ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1,
          start, Int32(columns), other.start, Int32(other.columns), 0, out.baseAddress, Int32(n))
      }
    }
  }

  /// The inner products of this matrix's rows with the rows of another: shape rows × other.rows.
  ///
  /// A row's results do not depend on the other rows: predicting one row or all gives equal bits.
  public func rowProducts(with other: Matrix) -> Matrix {
    precondition(columns == other.columns, "the rows differ in length")
    return Matrix(rows: rows, columns: other.rows) { span in
      span.withUnsafeMutableBufferPointer { out in
        kernels_row_products(start, rows, other.start, other.rows, columns, out.baseAddress)
      }
    }
  }

  /// The inner products of this matrix's rows with each other, by BLAS: rows × rows, symmetric.
  public var rowGram: Matrix {
    Matrix(rows: rows, columns: rows) { span in
      guard rows > 0, columns > 0 else { return }
      span.withUnsafeMutableBufferPointer { out in
        cblas_ssyrk(
          CblasRowMajor, CblasLower, CblasNoTrans, Int32(rows), Int32(columns), 1, start,
          Int32(columns), 0, out.baseAddress, Int32(rows))
        // In tiles, for the sake of the cache.
        for top in stride(from: 0, to: rows, by: 64) {
          for left in stride(from: 0, through: top, by: 64) {
            for row in top..<min(top + 64, rows) {
              for column in left..<min(left + 64, row) {
                out[column * rows + row] = out[row * rows + column]
              }
            }
          }
        }
      }
    }
  }

  /// The squared Euclidean distances from this matrix's rows to the rows of another: shape
  /// rows × other.rows; exactly 0 between equal rows.
  ///
  /// A row's results do not depend on the other rows.
  public func squaredDistances(to other: Matrix) -> Matrix {
    precondition(columns == other.columns, "the rows differ in length")
    return Matrix(rows: rows, columns: other.rows) { span in
      span.withUnsafeMutableBufferPointer { out in
        kernels_squared_distances(start, rows, other.start, other.rows, columns, out.baseAddress)
      }
    }
  }
}
