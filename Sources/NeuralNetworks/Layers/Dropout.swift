import TextFormatting

/// Sets numbers to 0 by chance while training, and divides the others by the share that stays
/// (Srivastava and others 2014).
public struct Dropout: Layer {
  /// What is dropped as one.
  public enum Unit: String, Sendable {
    /// Each number by itself.
    case elements
    /// Whole channels of a picture (spatial dropout, Tompson and others 2015).
    case channels
    /// Whole rows of the batch, as PyTorch's Dropout1d does to a flat vector.
    case samples
  }

  /// `dropout`.
  public static let kind = "dropout"
  /// The share that is dropped, 0 ≤ rate < 1.
  public var rate: Double
  /// What is dropped as one.
  public var unit: Unit

  /// As in `0.25 of the channels`.
  public var details: String {
    shortest(rate) + (unit == .elements ? "" : " of the \(unit.rawValue)")
  }

  /// The shape it is given.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard rate >= 0, rate < 1 else {
      throw ShapeProblem("a share of \(shortest(rate)) of \(inputs[0]) cannot be dropped")
    }
    guard unit != .channels || inputs[0].isPicture else {
      throw ShapeProblem("a picture is needed to drop channels of, not \(inputs[0])")
    }
    return inputs[0]
  }
}

extension Signal {
  /// Drops numbers by chance while training.
  ///
  /// - Parameters:
  ///   - rate: the share, 0 ≤ rate < 1.
  ///   - unit: what is dropped as one.
  /// - Returns: the same shape.
  /// - Throws: ``NetworkError`` for another rate, and for channels of what is no picture.
  public func dropout(_ rate: Double, of unit: Dropout.Unit = .elements) throws -> Signal {
    try applying(Dropout(rate: rate, unit: unit))
  }
}
