/// The shape of what flows between two layers, for one row of the batch.
public struct TensorShape: Hashable, Sendable {
  /// The sizes, the outermost first: `[512]` is a vector, `[64, 129, 129]` a picture of 64 channels.
  public var sizes: [Int]

  /// A shape; every size is at least 1.
  public init(_ sizes: [Int]) { self.sizes = sizes }

  /// A vector.
  public static func vector(_ count: Int) -> TensorShape { TensorShape([count]) }

  /// A picture.
  public static func picture(channels: Int, height: Int, width: Int) -> TensorShape {
    TensorShape([channels, height, width])
  }

  /// The number of elements.
  public var count: Int { sizes.reduce(1, *) }
  /// Whether it is a list of numbers.
  public var isVector: Bool { sizes.count == 1 }
  /// Whether it has channels, a height and a width.
  public var isPicture: Bool { sizes.count == 3 }
}

extension TensorShape: CustomStringConvertible {
  /// As in `64 × 129 × 129`.
  public var description: String { sizes.map(String.init).joined(separator: " × ") }
}
