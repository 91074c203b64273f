import Learning
import NeuralNetworks

/// Dense layers of falling width, each with batch normalisation, ReLU and dropout.
package struct MultilayerPerceptron: NetworkModel {
  package static let name = "mlp"
  package static let summary = "dense layers, each with batch normalisation, ReLU and dropout"
  package static let reference = "Rosenblatt 1962; Ioffe and Szegedy 2015"

  @Setting("outputs of each hidden layer", in: 1...100_000) package var widths = [256, 128, 64]
  @Setting("share dropped after each hidden layer", in: 0.0..<1.0)
  package var dropout = [0.2, 0.3, 0.4]
  package var training = Training {
    $0.epochs = 30
    $0.l2 = 1e-5
    $0.schedule = .plateau
  }

  package init() {}

  package func checkSettings() throws {
    try training.checkSettings()
    guard widths.count == dropout.count else {
      throw FitError.failed(
        "“widths” and “dropout” go together: \(widths.count) widths for \(dropout.count) shares")
    }
  }

  package func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    var signal = try input.columns()
    for (width, rate) in zip(widths, dropout) {
      signal = try signal.dense(width).batchNormalisation().relu().dropout(rate)
    }
    return try signal.dense(classes)
  }
}
