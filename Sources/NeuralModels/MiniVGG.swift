import Learning
import NeuralNetworks

/// A few blocks of two convolutions, then a hidden layer that sees every place of the picture.
package struct MiniVGG: NetworkModel {
  package static let name = "mini-vgg"
  package static let summary = "blocks of two convolutions on pictures, then a wide hidden layer"
  package static let reference = "Simonyan and Zisserman 2015; Tompson and others 2015"

  /// What the hidden layer's dropout drops as one.
  package enum DropoutUnit: String, SettingChoice { case elements, samples }

  @Setting("output channels of each block", in: 1...100_000) package var filters = [32, 64, 128]
  @Setting("outputs of the hidden layer", in: 1...100_000) package var hidden = 512
  @Setting("what the hidden layer is given: “flatten” all numbers, or “global” means of channels")
  package var pooling = PictureSummary.flatten
  @Setting("share of the channels dropped after each block", in: 0.0..<1.0)
  package var dropout = 0.25
  @Setting("share dropped after the hidden layer", in: 0.0..<1.0) package var headDropout = 0.25
  @Setting("drop single “elements” after the hidden layer, or whole “samples” as Dropout1d does")
  package var dropoutUnit = DropoutUnit.elements
  package var training = Training.ofGenreSpectrograms

  package init() {}

  package func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    var signal = try input.picture()
    for filters in filters {
      signal = try signal.convolutionBlock(filters, dropout: dropout)
    }
    return try signal.summarised(pooling).head(
      classes, hidden: hidden, dropout: headDropout,
      of: dropoutUnit == .elements ? .elements : .samples)
  }
}
