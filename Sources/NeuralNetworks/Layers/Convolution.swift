/// A two-dimensional convolution (cross-correlation, as everywhere in the field).
public struct Convolution: Layer {
  /// `convolution`.
  public static let kind = "convolution"
  /// The number of output channels, at least 1.
  public var channels: Int
  /// The side of the square kernel, in pixels.
  public var kernel: Int
  /// By how many pixels the kernel moves.
  public var stride: Int
  /// Zeros around the picture, in pixels.
  public var padding: Int
  /// Whether a number is added to each output channel.
  public var hasBias: Bool

  /// As in `3 × 3, stride 2, padding 1`.
  public var details: String {
    "\(kernel) × \(kernel)" + (stride == 1 ? "" : ", stride \(stride)")
      + (padding == 0 ? "" : ", padding \(padding)") + (hasBias ? "" : ", no bias")
  }

  /// (side + 2 · padding − kernel) / stride + 1 on each side, rounded down.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape {
    guard inputs[0].isPicture else { throw ShapeProblem("a picture is needed, not \(inputs[0])") }
    guard channels >= 1, kernel >= 1, stride >= 1, padding >= 0 else {
      throw ShapeProblem("\(channels) channels, \(details) cannot be applied to \(inputs[0])")
    }
    return .picture(
      channels: channels,
      height: try windows(
        over: inputs[0].sizes[1], size: kernel, stride: stride, padding: padding, of: inputs[0]),
      width: try windows(
        over: inputs[0].sizes[2], size: kernel, stride: stride, padding: padding, of: inputs[0]))
  }

  /// `weight`: output channels × input channels × kernel × kernel, and `bias`: output channels.
  public func parameters(for inputs: [TensorShape]) -> [Parameter] {
    let area = kernel * kernel
    let before = inputs[0].sizes[0]
    let weight = Parameter(
      "weight", [channels, before, kernel, kernel],
      .weights(inputs: before * area, outputs: channels * area))
    return hasBias
      ? [weight, Parameter("bias", [channels], .bias(inputs: before * area))] : [weight]
  }

  /// A multiplication and an addition for each weight at each place.
  public func operations(for inputs: [TensorShape]) -> Double {
    let places = (try? outputShape(of: inputs)).map { Double($0.count) } ?? 0
    return 2 * places * Double(inputs[0].sizes[0] * kernel * kernel)
  }
}

/// The places of a window that moves along a side.
///
/// - Parameters:
///   - side: the length of the side.
///   - size: that of the window.
///   - stride: by how much it moves.
///   - padding: what is added on both ends.
///   - shape: the whole, for the error.
/// - Returns: their number, at least 1.
/// - Throws: ``ShapeProblem`` when the window does not fit.
func windows(
  over side: Int, size: Int, stride: Int, padding: Int, of shape: TensorShape
) throws(ShapeProblem) -> Int {
  guard side + 2 * padding >= size else {
    throw ShapeProblem(
      "a window of \(size) × \(size) does not fit into \(shape)"
        + (padding > 0 ? " with \(padding) around it" : ""))
  }
  return (side + 2 * padding - size) / stride + 1
}

extension Signal {
  /// A convolution with a square kernel.
  ///
  /// - Parameters:
  ///   - channels: output channels, at least 1.
  ///   - kernel: the kernel's side.
  ///   - stride: by how many pixels it moves.
  ///   - padding: zeros around the picture.
  ///   - bias: whether a number is added to each channel.
  ///   - name: a name of its own.
  /// - Returns: a picture.
  /// - Throws: ``NetworkError`` when this is no picture, or too small a one.
  public func convolution(
    _ channels: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 0, bias: Bool = true,
    named name: String? = nil
  ) throws -> Signal {
    try applying(
      Convolution(
        channels: channels, kernel: kernel, stride: stride, padding: padding, hasBias: bias),
      named: name)
  }
}
