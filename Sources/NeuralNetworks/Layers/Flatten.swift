/// All numbers of a picture as a vector: channel by channel, row by row.
public struct Flatten: Layer {
  /// `flatten`.
  public static let kind = "flatten"

  /// A vector.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    .vector(inputs[0].count)
  }

  /// None.
  public func operations(for inputs: [TensorShape]) -> Double { 0 }
}

extension Signal {
  /// All numbers as a vector: channel by channel, row by row.
  ///
  /// - Returns: a vector.
  /// - Throws: nothing that a description can cause.
  public func flattened() throws -> Signal { try applying(Flatten()) }
}
