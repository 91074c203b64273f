/// The largest number or the mean of each window of a picture, channel by channel.
public struct Pooling: Layer {
  /// What is taken of a window.
  public enum Statistic: String, Sendable { case max, average }

  /// `pooling`.
  public static let kind = "pooling"
  /// What is taken.
  public var statistic: Statistic
  /// The side of the square window, by which it moves.
  ///
  /// What is left at the right and at the bottom is not used.
  public var size: Int

  /// As in `max 2 × 2`.
  public var details: String { "\(statistic.rawValue) \(size) × \(size)" }

  /// Height and width divided by the size, rounded down.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs[0].isPicture else { throw ShapeProblem("a picture is needed, not \(inputs[0])") }
    guard size >= 1 else { throw ShapeProblem("\(details) cannot be applied to \(inputs[0])") }
    return .picture(
      channels: inputs[0].sizes[0],
      height: try windows(
        over: inputs[0].sizes[1], size: size, stride: size, padding: 0, of: inputs[0]),
      width: try windows(
        over: inputs[0].sizes[2], size: size, stride: size, padding: 0, of: inputs[0]))
  }
}

/// The largest number or the mean of each channel.
public struct GlobalPooling: Layer {
  /// `globalpooling`.
  public static let kind = "globalpooling"
  /// What is taken.
  public var statistic: Pooling.Statistic

  /// `max` or `average`.
  public var details: String { statistic.rawValue }

  /// A vector with a number a channel.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs[0].isPicture else { throw ShapeProblem("a picture is needed, not \(inputs[0])") }
    return .vector(inputs[0].sizes[0])
  }
}

extension Signal {
  /// The largest number of each window.
  ///
  /// - Parameter size: the side of the window, by which it moves.
  /// - Returns: a picture.
  /// - Throws: ``NetworkError`` when this is no picture, or too small a one.
  public func maxPooling(_ size: Int) throws -> Signal {
    try applying(Pooling(statistic: .max, size: size))
  }

  /// The mean of each window.
  ///
  /// - Parameter size: the side of the window, by which it moves.
  /// - Returns: a picture.
  /// - Throws: ``NetworkError`` when this is no picture, or too small a one.
  public func averagePooling(_ size: Int) throws -> Signal {
    try applying(Pooling(statistic: .average, size: size))
  }

  /// The largest number of each channel.
  ///
  /// - Returns: a vector.
  /// - Throws: ``NetworkError`` when this is no picture.
  public func globalMaxPooling() throws -> Signal { try applying(GlobalPooling(statistic: .max)) }

  /// The mean of each channel.
  ///
  /// - Returns: a vector.
  /// - Throws: ``NetworkError`` when this is no picture.
  public func globalAveragePooling() throws -> Signal {
    try applying(GlobalPooling(statistic: .average))
  }
}
