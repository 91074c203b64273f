/// Shifts and scales each channel, or each number of a vector, to mean 0 and variance 1 over the batch,
/// then by two learnt numbers (Ioffe and Szegedy 2015).
///
/// Running statistics as PyTorch has them: new = (1 − momentum) · old + momentum · observed, of the
/// variance the unbiased one; prediction uses them in place of the batch's.
public struct BatchNormalisation: Layer {
  /// `batchnorm`.
  public static let kind = "batchnorm"
  /// How much of the running statistics each batch replaces.
  public var momentum: Double = 0.1
  /// Added to the variance.
  public var epsilon: Double = 1e-5

  /// The shape it is given.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs[0].isPicture || inputs[0].isVector else {
      throw ShapeProblem("a picture or a vector is needed, not \(inputs[0])")
    }
    return inputs[0]
  }

  /// `weight` and `bias`, and the statistics `running_mean` and `running_var`: one a channel.
  public func parameters(for inputs: [TensorShape]) -> [Parameter] {
    let channels = inputs[0].sizes[0]
    return [
      Parameter("weight", [channels], .constant(1)), Parameter("bias", [channels], .constant(0)),
      Parameter("running_mean", [channels], .constant(0), role: .statistic),
      Parameter("running_var", [channels], .constant(1), role: .statistic),
    ]
  }
}

extension Signal {
  /// Normalises each channel, or each number of a vector, over the batch.
  ///
  /// - Parameter name: a name of its own.
  /// - Returns: the same shape.
  /// - Throws: ``NetworkError`` when this is neither a picture nor a vector.
  public func batchNormalisation(named name: String? = nil) throws -> Signal {
    try applying(BatchNormalisation(), named: name)
  }
}
