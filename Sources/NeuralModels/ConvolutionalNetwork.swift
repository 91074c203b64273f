import Learning
import NeuralNetworks

/// Blocks of two convolutions, the mean of each channel, and a hidden layer.
package struct ConvolutionalNetwork: NetworkModel {
  package static let name = "cnn"
  package static let summary = "blocks of two convolutions on pictures, then the means of channels"
  package static let reference = "LeCun and others 1998; Lin and others 2014"

  @Setting("output channels of each block", in: 1...100_000) package var filters = [32, 64, 128]
  @Setting("outputs of the hidden layer", in: 1...100_000) package var hidden = 512
  @Setting("what the hidden layer is given: “global” means of channels, or “flatten” all numbers")
  package var pooling = PictureSummary.global
  @Setting("share of the channels dropped after each block", in: 0.0..<1.0)
  package var dropout = 0.3
  @Setting("share dropped after the hidden layer", in: 0.0..<1.0) package var headDropout = 0.5
  package var training = Training {
    $0.epochs = 100
    $0.schedule = .plateau
    $0.patience = 15
  }

  package init() {}

  package func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    var signal = try input.picture()
    for filters in filters {
      signal = try signal.convolutionBlock(filters, dropout: dropout)
    }
    return try signal.summarised(pooling).head(classes, hidden: hidden, dropout: headDropout)
  }
}
