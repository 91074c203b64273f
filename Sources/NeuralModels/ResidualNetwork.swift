import Learning
import NeuralNetworks

/// Residual blocks, two of each width, the second of which halves the picture; features that stand
/// beside it join before the hidden layer.
package struct ResidualNetwork: NetworkModel {
  package static let name = "resnet34"
  package static let summary = "eight residual blocks on pictures, with features beside them if any"
  package static let reference = "He and others 2016"

  @Setting("channels, each of two residual blocks", in: 1...100_000)
  package var widths = [64, 128, 256, 512]
  @Setting("outputs of the hidden layer", in: 1...100_000) package var hidden = 1000
  @Setting("share dropped after the hidden layer", in: 0.0..<1.0) package var dropout = 0.25
  package var training = Training.ofGenreSpectrograms

  package init() {}

  package func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    let picture = try input.picture()
    guard let first = widths.first else { throw NetworkError(reason: "“widths” is empty") }
    guard picture.shape.sizes.dropFirst().allSatisfy({ $0 >= smallestSide }) else {
      throw NetworkError(
        reason: "pictures of \(smallestSide) × \(smallestSide) are the smallest for "
          + "\(widths.count) widths; these are \(picture.shape)")
    }
    var signal = try picture.convolution(first, kernel: 2, stride: 2, padding: 3, bias: false)
      .batchNormalisation().relu().maxPooling(2)
    for width in widths {
      signal = try signal.residualBlock(width).residualBlock(width, stride: 2)
    }
    signal = try signal.averagePooling(2).flattened()
    if let features = try input.features() { signal = try signal.concatenated(with: features) }
    return try signal.head(classes, hidden: hidden, dropout: dropout)
  }

  /// The side of the smallest picture of which 2 × 2 pixels come out of the last block.
  private var smallestSide: Int {
    // A stride of 2 makes ⌈n / 2⌉ of n; the stem's makes ⌊n / 2⌋ + 3 pixels, and pooling halves them.
    // No picture has the side that so many widths need that it could not be told.
    let beforeBlocks = widths.reduce(2) { side, _ in min(2 * side - 1, 1 << 40) }
    return max(1, 2 * (2 * beforeBlocks - 3))
  }
}

extension Signal {
  /// Two convolutions of 3 × 3 with batch normalisation, added to what they are given.
  ///
  /// - Parameters:
  ///   - width: the channels that come out.
  ///   - stride: by how much height and width shrink.
  /// - Returns: a picture.
  /// - Throws: `NetworkError` when this is no picture.
  func residualBlock(_ width: Int, stride: Int = 1) throws -> Signal {
    let body = try convolution(width, stride: stride, padding: 1, bias: false)
      .batchNormalisation().relu()
      .convolution(width, padding: 1, bias: false).batchNormalisation()
    let isSameShape = stride == 1 && shape.sizes[0] == width
    let shortcut =
      isSameShape
      ? self
      : try convolution(width, kernel: 1, stride: stride, bias: false).batchNormalisation()
    return try body.adding(shortcut).relu()
  }
}
