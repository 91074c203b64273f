import Learning
import NeuralNetworks

/// How a picture of many channels becomes a vector.
package enum PictureSummary: String, SettingChoice {
  /// All numbers, so that their places count.
  case flatten
  /// The mean of each channel.
  case global
}

extension Signal {
  /// Two convolutions of 3 × 3, each with ReLU and batch normalisation, then half the height and width
  /// (after VGG, Simonyan and Zisserman 2015).
  ///
  /// - Parameters:
  ///   - filters: the channels that come out.
  ///   - dropout: the share of them dropped while training.
  /// - Returns: a picture.
  /// - Throws: `NetworkError` when this is no picture of 2 × 2 at least.
  func convolutionBlock(_ filters: Int, dropout: Double) throws -> Signal {
    try convolution(filters, padding: 1).relu().batchNormalisation()
      .convolution(filters, padding: 1).relu().batchNormalisation()
      .maxPooling(2).dropout(dropout, of: .channels)
  }

  /// The picture as a vector.
  func summarised(_ summary: PictureSummary) throws -> Signal {
    switch summary {
    case .flatten: try flattened()
    case .global: try globalAveragePooling()
    }
  }

  /// A hidden layer with ReLU, batch normalisation and dropout, then the scores.
  ///
  /// - Parameters:
  ///   - classes: the number of scores.
  ///   - hidden: the outputs of the hidden layer.
  ///   - dropout: the share of them dropped while training.
  ///   - unit: what is dropped as one.
  /// - Returns: a vector.
  /// - Throws: `NetworkError` when this is no vector.
  func head(
    _ classes: Int, hidden: Int, dropout: Double, of unit: Dropout.Unit = .elements
  ) throws -> Signal {
    try dense(hidden).relu().batchNormalisation().dropout(dropout, of: unit).dense(classes)
  }
}
