import Learning
import NeuralNetworks

/// Two convolutions and the mean of each channel.
struct SmallNetwork: NetworkModel {
  static let name = "small-cnn"
  static let summary = "two convolutions on pictures"

  @Setting("output channels of the first convolution", in: 1...1024) var filters = 16
  @Setting("share dropped before the scores", in: 0.0..<1.0) var dropout = 0.2
  var training = Training {
    $0.epochs = 40
    $0.schedule = .plateau
  }

  func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    try input.picture()
      .convolution(filters, padding: 1).batchNormalisation().relu().maxPooling(2)
      .convolution(2 * filters, padding: 1).batchNormalisation().relu()
      .globalAveragePooling().dropout(dropout).dense(classes)
  }
}
