import TextFormatting

/// A function of each number by itself.
public struct Activation: Layer {
  /// Which function.
  public enum Function: Equatable, Sendable {
    /// max(x, 0).
    case relu
    /// x above 0, slope · x below.
    case leakyRelu(slope: Double)
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
  }

  /// `activation`.
  public static let kind = "activation"
  /// The function.
  public var function: Function

  /// The function's name.
  public var details: String {
    switch function {
    case .relu: "ReLU"
    case .leakyRelu(let slope): "leaky ReLU, slope \(shortest(slope))"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }

  /// The shape it is given.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    inputs[0]
  }
}

extension Signal {
  /// max(x, 0) of each number.
  ///
  /// - Returns: the same shape.
  /// - Throws: nothing that a description can cause.
  public func relu() throws -> Signal { try applying(Activation(function: .relu)) }

  /// Each number above 0, and those below times a slope.
  ///
  /// - Parameter slope: between 0 and 1; PyTorch's by default.
  /// - Returns: the same shape.
  /// - Throws: nothing that a description can cause.
  public func leakyRelu(slope: Double = 0.01) throws -> Signal {
    try applying(Activation(function: .leakyRelu(slope: slope)))
  }

  /// 1 / (1 + e⁻ˣ) of each number.
  ///
  /// - Returns: the same shape.
  /// - Throws: nothing that a description can cause.
  public func sigmoid() throws -> Signal { try applying(Activation(function: .sigmoid)) }

  /// The hyperbolic tangent of each number.
  ///
  /// - Returns: the same shape.
  /// - Throws: nothing that a description can cause.
  public func tanh() throws -> Signal { try applying(Activation(function: .tanh)) }
}
