import FileSystem
import JSONText
import Matrices

/// An array of numbers on its way into a weights file; those of matrices are not copied.
struct Tensor {
  enum Kind: String, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case int32 = "I32"

    var size: Int { self == .float64 ? 8 : 4 }
  }

  private enum Numbers {
    case bytes([UInt8])
    case matrix(Matrix)
    case lent(LentArray)
  }

  let kind: Kind
  let shape: [Int]
  private let numbers: Numbers

  init<Number: TensorNumber>(_ numbers: [Number]) {
    kind = Number.tensorKind
    shape = [numbers.count]
    self.numbers = .bytes(numbers.withUnsafeBytes { Array($0) })
  }

  init(_ matrix: Matrix) {
    kind = .float32
    shape = [matrix.rows, matrix.columns]
    numbers = .matrix(matrix)
  }

  init(_ array: ShapedArray) {
    kind = .float32
    shape = array.shape
    numbers = .matrix(array.values)
  }

  init(_ array: LentArray) {
    kind = .float32
    shape = array.shape
    numbers = .lent(array)
  }

  var byteCount: Int { shape.reduce(kind.size, *) }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch numbers {
    case .bytes(let bytes): try bytes.span.bytes.withUnsafeBytes(body)
    case .matrix(let matrix): try matrix.withBytes(body)
    case .lent(let array): try array.withBytes(body)
    }
  }
}

/// A number type that weights files can hold.
protocol TensorNumber {
  static var tensorKind: Tensor.Kind { get }
}

extension Float: TensorNumber {
  static var tensorKind: Tensor.Kind { .float32 }
}

extension Double: TensorNumber {
  static var tensorKind: Tensor.Kind { .float64 }
}

extension Int32: TensorNumber {
  static var tensorKind: Tensor.Kind { .int32 }
}

/// An array that is kept as a tensor; `Array` of the number types above.
protocol TensorArray {
  var tensor: Tensor { get }
  static var tensorKind: Tensor.Kind { get }
  static func make(from bytes: UnsafeRawBufferPointer) -> Self
}

extension Array: TensorArray where Element: TensorNumber {
  var tensor: Tensor { Tensor(self) }
  static var tensorKind: Tensor.Kind { Element.tensorKind }

  static func make(from bytes: UnsafeRawBufferPointer) -> [Element] {
    let size = MemoryLayout<Element>.size
    return (0..<bytes.count / size).map {
      bytes.loadUnaligned(fromByteOffset: $0 * size, as: Element.self)
    }
  }
}
