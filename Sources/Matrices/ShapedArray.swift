/// Single-precision numbers in any number of dimensions, stored in row-major order and never changed
/// once made.
public struct ShapedArray: Sendable, Equatable {
  /// The sizes, the outermost first.
  public let shape: [Int]
  /// The numbers in one row.
  public let values: Matrix

  /// Numbers in a shape.
  ///
  /// - Parameters:
  ///   - shape: the sizes, none negative.
  ///   - values: one row of as many numbers as the shape has.
  public init(shape: [Int], values: Matrix) {
    precondition(values.rows == 1 && values.columns == shape.reduce(1, *))
    self.shape = shape
    self.values = values
  }

  /// Numbers that a closure writes, zero when it starts.
  ///
  /// - Parameters:
  ///   - shape: the sizes, none negative.
  ///   - fill: writes the numbers in row-major order.
  /// - Throws: what `fill` throws.
  public init(
    shape: [Int], filling fill: (inout MutableSpan<Float>) throws -> Void
  ) rethrows {
    self.init(
      shape: shape, values: try Matrix(rows: 1, columns: shape.reduce(1, *), filling: fill))
  }

  /// The number of elements.
  public var count: Int { values.columns }
}

extension ShapedArray: Codable {
  private enum Key: CodingKey { case shape, values }

  /// Reads the shape and the numbers.
  ///
  /// - Throws: `DecodingError` when they do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    let values = try container.decode(Matrix.self, forKey: .values)
    guard shape.allSatisfy({ $0 >= 0 }), values.rows == 1,
      values.columns == shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .shape, in: container, debugDescription: "the shape does not fit the numbers")
    }
    self.init(shape: shape, values: values)
  }

  /// Writes the shape and the numbers.
  ///
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(values, forKey: .values)
  }
}
