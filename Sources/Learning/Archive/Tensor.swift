import FileSystem
import JSONText
import Matrices

/// A named array of numbers in a weights file.
struct Tensor: Equatable, Sendable {
  enum Kind: String, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case int32 = "I32"

    var size: Int { self == .float64 ? 8 : 4 }
  }

  var kind: Kind
  var shape: [Int]
  var bytes: [UInt8]

  init(kind: Kind, shape: [Int], bytes: [UInt8]) {
    self.kind = kind
    self.shape = shape
    self.bytes = bytes
  }

  init<Number: TensorNumber>(_ numbers: [Number]) {
    self.init(
      kind: Number.tensorKind, shape: [numbers.count],
      bytes: numbers.withUnsafeBytes { Array($0) })
  }

  init(_ matrix: Matrix) {
    self.init(
      kind: .float32, shape: [matrix.rows, matrix.columns],
      bytes: matrix.withBytes { Array($0) })
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
