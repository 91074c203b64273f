/// Several signals of one shape, added number by number.
public struct Addition: Layer {
  /// `add`.
  public static let kind = "add"

  /// The shape that all have.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    for other in inputs.dropFirst() where other != inputs[0] {
      throw ShapeProblem("\(inputs[0]) and \(other) cannot be added")
    }
    return inputs[0]
  }
}

/// Two signals, multiplied number by number; a vector with a number a channel scales the channels of a
/// picture.
public struct Multiplication: Layer {
  /// `multiply`.
  public static let kind = "multiply"

  /// The shape of the first.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs.count == 2,
      inputs[1] == inputs[0]
        || inputs[0].isPicture && inputs[1] == .vector(inputs[0].sizes[0])
    else {
      throw ShapeProblem(
        inputs.map(\.description).joined(separator: " and ") + " cannot be multiplied")
    }
    return inputs[0]
  }
}

/// Vectors one behind the other, or the channels of pictures of one height and width.
public struct Concatenation: Layer {
  /// `concatenate`.
  public static let kind = "concatenate"

  /// The first size is the sum of all; the others are those that all have.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    for other in inputs.dropFirst()
    where other.sizes.count != inputs[0].sizes.count
      || other.sizes.dropFirst() != inputs[0].sizes.dropFirst()
    {
      throw ShapeProblem("\(inputs[0]) and \(other) cannot be concatenated")
    }
    var shape = inputs[0]
    shape.sizes[0] = inputs.reduce(0) { $0 + $1.sizes[0] }
    return shape
  }
}

extension Signal {
  /// The sum of this and another signal.
  ///
  /// - Parameter other: of the same shape.
  /// - Returns: the same shape.
  /// - Throws: ``NetworkError`` for other shapes.
  public func adding(_ other: Signal) throws -> Signal { try applying(Addition(), with: [other]) }

  /// The product of this and another signal.
  ///
  /// - Parameter other: of the same shape, or a vector with a number for each channel of this picture.
  /// - Returns: the same shape.
  /// - Throws: ``NetworkError`` for other shapes.
  public func multiplied(by other: Signal) throws -> Signal {
    try applying(Multiplication(), with: [other])
  }

  /// This and other signals one behind the other.
  ///
  /// - Parameter others: vectors, or pictures of the same height and width, as this is.
  /// - Returns: a vector or a picture.
  /// - Throws: ``NetworkError`` for other shapes.
  public func concatenated(with others: Signal...) throws -> Signal {
    try applying(Concatenation(), with: others)
  }
}
