import Learning
import Matrices

/// Predictions as bytes: the classes, one byte each (two above 256 classes), then the probabilities
/// and scores in single precision, where they are kept.
package struct PredictionBlob {
  package let classCount: Int

  package init(classCount: Int) { self.classCount = classCount }

  private var classWidth: Int { classCount <= 256 ? 1 : 2 }

  package func bytes(classes: [Int], probabilities: Matrix? = nil, scores: Matrix? = nil) -> [UInt8]
  {
    var bytes: [UInt8] = []
    for label in classes {
      bytes.append(UInt8(truncatingIfNeeded: label))
      if classWidth == 2 { bytes.append(UInt8(truncatingIfNeeded: label >> 8)) }
    }
    for matrix in [probabilities, scores] {
      matrix?.withBytes { bytes += $0 }
    }
    return bytes
  }

  /// The classes of a number of rows; nil when the bytes are too few or name an unknown class.
  package func classes(in bytes: [UInt8], rows: Int) -> [Int]? {
    guard bytes.count >= rows * classWidth else { return nil }
    let classes = (0..<rows).map { row in
      classWidth == 1 ? Int(bytes[row]) : Int(bytes[2 * row]) | Int(bytes[2 * row + 1]) << 8
    }
    return classes.allSatisfy { $0 < classCount } ? classes : nil
  }

  /// Full predictions of a number of rows; nil when the bytes do not hold them.
  package func predictions(in bytes: [UInt8], rows: Int) -> Predictions? {
    guard let classes = classes(in: bytes, rows: rows) else { return nil }
    let start = rows * classWidth
    let matrixBytes = rows * classCount * 4
    let matrices = matrixBytes == 0 ? 1 : (bytes.count - start) / matrixBytes
    guard (1...2).contains(matrices), bytes.count == start + matrices * matrixBytes else {
      return nil
    }
    func matrix(_ index: Int) -> Matrix {
      Matrix(rows: rows, columns: classCount) { span in
        bytes.withUnsafeBytes { raw in
          for element in 0..<rows * classCount {
            span[element] = raw.loadUnaligned(
              fromByteOffset: start + index * matrixBytes + element * 4, as: Float.self)
          }
        }
      }
    }
    return Predictions(
      classes: classes, probabilities: matrix(0), scores: matrices == 2 ? matrix(1) : nil)
  }
}
