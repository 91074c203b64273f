import Learning
import Matrices

/// A support vector machine, one-versus-one, as LIBSVM (Chang and Lin 2011).
package struct SupportVectorMachine: Model {
  package static let name = "svm"
  package static let revision = 3
  package static let summary = "a support vector machine, one-versus-one, as LIBSVM"
  package static let reference = "Cortes and Vapnik 1995; Chang and Lin 2011"
  package static let listFitting = ListFitting.approximate
  package static let givesProbabilities = false

  @Setting("“linear”, “rbf” or “polynomial”") package var kernel = Kernel.Shape.linear
  @Setting("price of a training row on the wrong side", above: 0) package var C = 1.0
  @Setting("γ of the kernel; “scale” is 1 / (columns · variance)", above: 0, none: "scale")
  package var gamma: Double? = nil
  @Setting("degree of the polynomial kernel", in: 1...10) package var degree = 3
  @Setting("c₀ of the polynomial kernel") package var coef0 = 0.0
  @Setting("stops when no pair violates optimality by more", above: 0)
  package var tolerance = 1e-3

  package init() {}

  package func cost(for shape: DataShape) -> Cost { Self.cost(of: [self], for: shape) }

  /// The kernel matrix is made once for all settings that have it in common.
  package static func cost(of list: [SupportVectorMachine], for shape: DataShape) -> Cost {
    let rows = Double(shape.rows)
    let classes = Double(max(2, shape.classes))
    let pair = 2 * rows / classes
    // Of each row its values against every other class: those of the settings, or of the calibration's folds,
    // and the samples of all pairs.
    let values = 16 * rows * (classes - 1) * Double(max(5, list.count) + 2)
    // Those of a block of rows, and the sums that they are made of.
    let decisions =
      3 * min(Double(PairwiseMachine.blockBytes), 4 * rows * classes * (classes - 1) / 2)
    let weights = list.contains { $0.kernel == .linear } ? shape.columns : 0
    let machines = 4 * classes * (classes - 1) / 2 * Double(weights * max(5, list.count))
    return Cost(
      operations: shape.elements * rows + 20 * rows * rows * Double(list.count),
      // A pair of classes is held twice: whole, and without what is settled.
      bytes: 8 * pair * pair + (shape.rows <= TrainingKernel.mostRows ? 4 * rows * rows : 0)
        + values + machines + decisions)
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> PairwiseMachine {
    try Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [SupportVectorMachine], to samples: Samples, in context: FitContext
  ) throws -> [PairwiseMachine] {
    var fitted = [PairwiseMachine?](repeating: nil, count: list.count)
    let kernels = list.map { $0.kernel(for: samples.features) }
    for kernel in kernels.reduce(into: [Kernel](), { if !$0.contains($1) { $0.append($1) } }) {
      let members = list.indices.filter { kernels[$0] == kernel }
      let training = PairwiseTraining(
        samples: samples, kernel: try TrainingKernel(kernel, features: samples.features))
      let machines = try training.machines(members.map { list[$0] }, log: context.log)
      for (member, machine) in zip(members, machines) { fitted[member] = machine }
    }
    return fitted.compactMap { $0 }
  }

  /// Probabilities that agree with the vote, from the decision values of five folds.
  package func finish(
    _ fitted: PairwiseMachine, for samples: Samples, in context: FitContext
  ) throws -> PairwiseMachine {
    guard samples.classCount > 1 else { return fitted }
    let folds = StratifiedAssignment.parts(
      of: Array(0..<samples.count), labels: samples.labels, units: samples.units,
      shares: [Double](repeating: 0.2, count: 5), random: context.random)
    let training = PairwiseTraining(
      samples: samples,
      kernel: try TrainingKernel(kernel(for: samples.features), features: samples.features))
    var calibrated = fitted
    calibrated.calibration = try training.calibration(of: self, folds: folds)
    return calibrated
  }

  /// LIBSVM's default γ is 1 over columns times the variance of all elements.
  private func kernel(for features: Matrix) -> Kernel {
    // Multiplied rows would need another C with the linear kernel.
    let scale = kernel == .linear ? 1 : features.distanceScale
    var gamma = (self.gamma ?? 1) / (Double(scale) * Double(scale))
    if self.gamma == nil, kernel != .linear {
      let features = features.multiplied(by: scale)
      let elements = features.elements
      var (sum, squares) = (0.0, 0.0)
      for index in elements.indices { sum += Double(elements[index]) }
      let mean = sum / Double(max(1, elements.count))
      for index in elements.indices {
        squares += (Double(elements[index]) - mean) * (Double(elements[index]) - mean)
      }
      let variance = squares / Double(max(1, elements.count))
      gamma = variance > 0 ? 1 / (Double(features.columns) * variance) : 1
    }
    return Kernel(shape: kernel, gamma: gamma, degree: degree, offset: coef0, scale: scale)
  }
}
