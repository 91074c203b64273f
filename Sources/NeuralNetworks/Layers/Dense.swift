/// A weighted sum of all inputs for each output, plus a bias.
public struct Dense: Layer {
  /// `dense`.
  public static let kind = "dense"
  /// The number of outputs, at least 1.
  public var outputs: Int
  /// Whether a number is added to each output.
  public var hasBias = true

  /// `no bias`, or nothing.
  public var details: String { hasBias ? "" : "no bias" }

  /// A vector of ``outputs``.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs[0].isVector else {
      throw ShapeProblem("a vector is needed to give \(outputs), not \(inputs[0]); flatten it")
    }
    guard outputs >= 1 else { throw ShapeProblem("\(outputs) outputs of \(inputs[0]) are too few") }
    return .vector(outputs)
  }

  /// `weight`: outputs × inputs, and `bias`: outputs.
  public func parameters(for inputs: [TensorShape]) -> [Parameter] {
    let count = inputs[0].count
    let weight = Parameter("weight", [outputs, count], .weights(inputs: count, outputs: outputs))
    return hasBias ? [weight, Parameter("bias", [outputs], .bias(inputs: count))] : [weight]
  }

  /// A multiplication and an addition a weight.
  public func operations(for inputs: [TensorShape]) -> Double {
    2 * Double(inputs[0].count) * Double(outputs)
  }
}

extension Signal {
  /// A weighted sum of all inputs for each of so many outputs.
  ///
  /// - Parameters:
  ///   - outputs: their number, at least 1.
  ///   - bias: whether a number is added to each.
  ///   - name: a name of its own.
  /// - Returns: a vector.
  /// - Throws: ``NetworkError`` when this is no vector.
  public func dense(_ outputs: Int, bias: Bool = true, named name: String? = nil) throws -> Signal {
    try applying(Dense(outputs: outputs, hasBias: bias), named: name)
  }
}
