import CKernels
import COpenBLAS
import Learning
import Matrices

/// Rosenblatt's perceptron, one-versus-rest, stopped when the mean training loss no longer falls.
///
/// Started from zero, the weights divided by η₀ are the same for every η₀: the learning rate only
/// scales the loss that the stop looks at. So one pass over the epochs serves a whole list.
package struct Perceptron: Model {
  package static let name = "perceptron"
  package static let summary = "Rosenblatt's perceptron, one-versus-rest"
  package static let reference = "Rosenblatt 1958; stop as in scikit-learn"
  package static let listFitting = ListFitting.exact
  package static let givesProbabilities = false
  package static let revision = 2

  @Setting("learning rate η₀; here it only decides when training stops", above: 0)
  package var eta = 1.0
  @Setting("the mean loss of an epoch must fall by this to count as progress", in: 0.0...)
  package var tolerance = 1e-3
  @Setting("the most passes over the training rows", in: 1...) package var epochs = 1000
  @Setting("epochs without progress before training stops", in: 1...) package var patience = 5

  package init() {}

  package var usesChance: Bool { true }

  package func cost(for shape: DataShape) -> Cost {
    Cost(
      operations: 30 * 2 * shape.elements * Double(shape.classes),
      bytes: 8 * Double(shape.columns) * Double(shape.classes))
  }

  package static func cost(of list: [Perceptron], for shape: DataShape) -> Cost {
    list.first?.cost(for: shape) ?? Cost(operations: 0, bytes: 0)
  }

  package func fit(_ samples: Samples, in context: FitContext) -> LinearClassifier {
    Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [Perceptron], to samples: Samples, in context: FitContext
  ) -> [LinearClassifier] {
    var training = PerceptronTraining(samples, runs: list, random: context.random)
    training.run()
    for (model, epochs) in zip(list, training.mostEpochs) where epochs == model.epochs {
      context.log.note(
        "perceptron, eta = \(model.eta): still learning after \(model.epochs) epochs")
    }
    return list.indices.map { training.classifier(of: $0) }
  }
}

/// The epochs that all settings share, and where each setting stops each class.
private struct PerceptronTraining {
  /// One class under one setting.
  private struct Run {
    var bestLoss = Double.infinity
    var epochsWithoutProgress = 0
    var epochs = 0
    /// Weights and intercept ÷ η₀ at the stop.
    var stopped: [Float]?
  }

  private let samples: Samples
  private let settings: [Perceptron]
  private let random: RandomStream
  /// The classes learnt against the rest: of two, only the second.
  private let positive: [Int]
  /// Settings × positive classes.
  private var runs: [[Run]]

  init(_ samples: Samples, runs settings: [Perceptron], random: RandomStream) {
    self.samples = samples
    self.settings = settings
    self.random = random
    let positive = samples.classCount == 2 ? [1] : Array(0..<samples.classCount)
    self.positive = positive
    runs = settings.map { _ in [Run](repeating: Run(), count: positive.count) }
  }

  /// The most epochs any class took, for each setting.
  var mostEpochs: [Int] { runs.map { $0.map(\.epochs).max() ?? 0 } }

  /// Every class sees the rows in an order of its own: what a row does last to one class it would else
  /// do to all of them.
  mutating func run() {
    for index in positive.indices {
      var order = Array(0..<samples.count)
      var random = self.random.derived(index)
      var weights = [Float](repeating: 0, count: samples.features.columns + 1)
      while runs.contains(where: { $0[index].stopped == nil }) {
        random.shuffle(&order)
        let loss = passOverRows(order, positive: positive[index], &weights)
        for setting in settings.indices { noteEpoch(setting, index, loss: loss, weights) }
      }
    }
  }

  private mutating func noteEpoch(_ setting: Int, _ index: Int, loss: Double, _ weights: [Float]) {
    var run = runs[setting][index]
    guard run.stopped == nil else { return }
    let model = settings[setting]
    let own = loss * model.eta
    run.epochs += 1
    let needed = run.bestLoss - model.tolerance * Double(samples.count)
    run.epochsWithoutProgress = own > needed ? run.epochsWithoutProgress + 1 : 0
    run.bestLoss = min(run.bestLoss, own)
    if run.epochsWithoutProgress >= model.patience || run.epochs >= model.epochs {
      run.stopped = weights
    }
    runs[setting][index] = run
  }

  /// One pass over the rows in an order.
  ///
  /// - Returns: the sum of losses ÷ η₀.
  private func passOverRows(_ order: [Int], positive: Int, _ weights: inout [Float]) -> Double {
    let columns = samples.features.columns
    var sum = 0.0
    samples.features.withUnsafeElements { features in
      weights.withUnsafeMutableBufferPointer { weights in
        guard let start = weights.baseAddress else { return }
        for row in order {
          let x = features + row * columns
          var score: Float = 0
          kernels_row_products(x, 1, start, 1, columns, &score)
          let sign: Float = samples.labels[row] == positive ? 1 : -1
          let margin = sign * (score + weights[columns])
          guard margin <= 0 else { continue }
          let rowWeight = Float(samples.weight(row))
          sum -= Double(rowWeight * margin)
          cblas_saxpy(Int32(columns), sign * rowWeight, x, 1, start, 1)
          weights[columns] += sign * rowWeight
        }
      }
    }
    return sum
  }

  func classifier(of setting: Int) -> LinearClassifier {
    let stopped = runs[setting].map { run in
      (run.stopped ?? []).map { Double($0) * settings[setting].eta }
    }
    let weights = stopped.flatMap { $0.dropLast() }
    let intercepts = stopped.map { $0.last ?? 0 }
    return samples.classCount == 2
      ? LinearClassifier(twoClasses: weights, intercept: intercepts[0], isCalibrated: false)
      : LinearClassifier(weights: weights, intercepts: intercepts, isCalibrated: false)
  }
}
