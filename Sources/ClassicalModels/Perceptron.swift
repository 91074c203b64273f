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
    while training.isUnfinished { training.runEpoch() }
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
  private var random: RandomStream
  private var order: [Int]
  /// The classes learnt against the rest: of two, only the second.
  private let positive: [Int]
  /// Weights ÷ η₀, positive classes × columns.
  private var weights: [Float]
  private var intercepts: [Float]
  /// Settings × positive classes.
  private var runs: [[Run]]

  init(_ samples: Samples, runs settings: [Perceptron], random: RandomStream) {
    self.samples = samples
    self.settings = settings
    self.random = random
    order = Array(0..<samples.count)
    let positive = samples.classCount == 2 ? [1] : Array(0..<samples.classCount)
    self.positive = positive
    weights = [Float](repeating: 0, count: positive.count * samples.features.columns)
    intercepts = [Float](repeating: 0, count: positive.count)
    runs = settings.map { _ in [Run](repeating: Run(), count: positive.count) }
  }

  var isUnfinished: Bool { runs.contains { $0.contains { $0.stopped == nil } } }

  /// The most epochs any class took, for each setting.
  var mostEpochs: [Int] { runs.map { $0.map(\.epochs).max() ?? 0 } }

  mutating func runEpoch() {
    random.shuffle(&order)
    let losses = passOverRows()
    for (setting, model) in settings.enumerated() {
      for index in positive.indices where runs[setting][index].stopped == nil {
        let loss = losses[index] * model.eta
        var run = runs[setting][index]
        run.epochs += 1
        let needed = run.bestLoss - model.tolerance * Double(samples.count)
        run.epochsWithoutProgress = loss > needed ? run.epochsWithoutProgress + 1 : 0
        run.bestLoss = min(run.bestLoss, loss)
        if run.epochsWithoutProgress >= model.patience || run.epochs >= model.epochs {
          let columns = samples.features.columns
          run.stopped =
            Array(weights[index * columns..<(index + 1) * columns]) + [intercepts[index]]
        }
        runs[setting][index] = run
      }
    }
  }

  /// One pass over the rows in the epoch's order.
  ///
  /// - Returns: each class's sum of losses ÷ η₀.
  private mutating func passOverRows() -> [Double] {
    let columns = samples.features.columns
    let classes = positive.count
    var losses = [Double](repeating: 0, count: classes)
    var scores = [Float](repeating: 0, count: classes)
    samples.features.withUnsafeElements { features in
      weights.withUnsafeMutableBufferPointer { weights in
        guard let start = weights.baseAddress else { return }
        for row in order {
          let x = features + row * columns
          kernels_row_products(x, 1, start, classes, columns, &scores)
          let label = samples.labels[row]
          let rowWeight = Float(samples.weight(row))
          for index in 0..<classes {
            let sign: Float = label == positive[index] ? 1 : -1
            let margin = sign * (scores[index] + intercepts[index])
            guard margin <= 0 else { continue }
            losses[index] -= Double(rowWeight * margin)
            cblas_saxpy(Int32(columns), sign * rowWeight, x, 1, start + index * columns, 1)
            intercepts[index] += sign * rowWeight
          }
        }
      }
    }
    return losses
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
