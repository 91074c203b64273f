import CKernels
import Matrices

/// The training table as trees look at it: of each value only its rank in its column matters.
struct RankedColumns {
  let rows: Int
  let columns: Int
  /// Column by column, the rank of each row's value among the column's distinct values.
  let codes: [UInt32]
  /// Column by column, the distinct values, ascending.
  private let distinct: [[Float]]

  init(_ features: Matrix) {
    rows = features.rows
    columns = features.columns
    var codes = [UInt32](repeating: 0, count: rows * columns)
    var distinct: [[Float]] = []
    var keys = [UInt64](repeating: 0, count: rows)
    var spare = keys
    features.withUnsafeElements { start in
      codes.withUnsafeMutableBufferPointer { codes in
        for column in 0..<features.columns {
          let values = [Float](unsafeUninitializedCapacity: features.rows) { buffer, count in
            guard let to = codes.baseAddress, let values = buffer.baseAddress else { return }
            count = kernels_rank_column(
              start + column, features.rows, features.columns, to + column * features.rows, values,
              &keys, &spare)
          }
          distinct.append(values)
        }
      }
    }
    self.codes = codes
    self.distinct = distinct
  }

  /// The value halfway between two neighbouring ranks; rows at or below it go left.
  func threshold(column: Int, below: UInt32, above: UInt32) -> Float {
    let (low, high) = (distinct[column][Int(below)], distinct[column][Int(above)])
    let middle = low / 2 + high / 2
    // Rounding may push the middle of two neighbouring numbers up to the higher one.
    return middle < high && middle >= low ? middle : low
  }
}
