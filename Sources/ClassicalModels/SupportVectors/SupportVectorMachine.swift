import Learning
import Matrices

/// A support vector machine, one-versus-one, as LIBSVM (Chang and Lin 2011).
package struct SupportVectorMachine: Model {
  package static let name = "svm"
  package static let summary = "a support vector machine, one-versus-one, as LIBSVM"
  package static let reference = "Cortes and Vapnik 1995; Chang and Lin 2011"
  package static let listFitting = ListFitting.exact
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

  package func cost(for shape: DataShape) -> Cost {
    let rows = Double(shape.rows)
    return Cost(
      operations: 2 * shape.elements * rows + 60 * rows * rows, bytes: 4 * rows * rows)
  }

  /// The kernel matrix is made once for all settings that have it in common.
  package static func cost(of list: [SupportVectorMachine], for shape: DataShape) -> Cost {
    let rows = Double(shape.rows)
    return Cost(
      operations: 2 * shape.elements * rows + 60 * rows * rows * Double(list.count),
      bytes: 4 * rows * rows)
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> PairwiseMachine {
    try Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [SupportVectorMachine], to samples: Samples, in context: FitContext
  ) throws -> [PairwiseMachine] {
    var shared: (kernel: Kernel, values: Matrix)?
    return list.enumerated().map { index, model in
      let kernel = model.kernel(for: samples.features)
      let values =
        shared.flatMap { $0.kernel == kernel ? $0.values : nil }
        ?? kernel.values(samples.features, samples.features)
      shared = (kernel, values)
      context.log.progress(Double(index) / Double(list.count))
      return model.machine(samples, kernel, values, note: context.log.note)
    }
  }

  /// Probabilities from the decision values of five folds (Platt 2000, Wu, Lin and Weng 2004).
  package func finish(
    _ fitted: PairwiseMachine, for samples: Samples, in context: FitContext
  ) throws -> PairwiseMachine {
    guard samples.classCount > 1 else { return fitted }
    let decisions = try heldOutDecisions(samples, in: context)
    var calibrated = fitted
    calibrated.sigmoids = fitted.pairs.enumerated().map { index, pair in
      let rows = samples.labels.indices.filter {
        samples.labels[$0] == pair.first || samples.labels[$0] == pair.second
      }
      return Sigmoid(
        fitting: rows.map { Double(decisions[$0, index]) },
        isPositive: rows.map { samples.labels[$0] == pair.first },
        weights: rows.map { samples.weight($0) })
    }
    return calibrated
  }

  /// The decision values of each row by a machine that did not learn from its fold.
  private func heldOutDecisions(
    _ samples: Samples, in context: FitContext
  ) throws -> Matrix {
    let folds = StratifiedAssignment.parts(
      of: Array(0..<samples.count), labels: samples.labels, units: samples.units,
      shares: [Double](repeating: 0.2, count: 5), random: context.random)
    let pairCount = samples.classCount * (samples.classCount - 1) / 2
    var decisions = [Float](repeating: 0, count: samples.count * pairCount)
    let kernel = kernel(for: samples.features)
    for fold in folds where !fold.isEmpty {
      var isHeld = [Bool](repeating: false, count: samples.count)
      for row in fold { isHeld[row] = true }
      let training = samples.gathering(rows: samples.labels.indices.filter { !isHeld[$0] })
      let machine = machine(
        training, kernel, kernel.values(training.features, training.features), note: { _ in })
      let own = machine.decisions(for: samples.features.gathering(rows: fold))
      for (index, row) in fold.enumerated() {
        for pair in 0..<pairCount { decisions[row * pairCount + pair] = own[index, pair] }
      }
    }
    return Matrix(rows: samples.count, columns: pairCount, elements: decisions)
  }

  /// LIBSVM's default γ is 1 over columns times the variance of all elements.
  private func kernel(for features: Matrix) -> Kernel {
    var gamma = self.gamma ?? 1
    if self.gamma == nil, kernel != .linear {
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
    return Kernel(shape: kernel, gamma: gamma, degree: degree, offset: coef0)
  }

  /// Solves every pair of classes on a kernel matrix that is at hand.
  private func machine(
    _ samples: Samples, _ kernel: Kernel, _ values: Matrix, note: (String) -> Void
  ) -> PairwiseMachine {
    let rowsByClass = samples.rowsByClass
    var pairs: [PairwiseMachine.Pair] = []
    var coefficients: [[(row: Int, value: Double)]] = []
    for first in 0..<samples.classCount {
      for second in first + 1..<max(first + 1, samples.classCount) {
        let rows = rowsByClass[first] + rowsByClass[second]
        let signs = rows.map { samples.labels[$0] == first ? 1.0 : -1.0 }
        let problem = SequentialMinimalOptimisation(
          kernel: values, rows: rows, signs: signs, bounds: rows.map { C * samples.weight($0) },
          tolerance: tolerance)
        let solution = problem.solve()
        if !solution.isConverged { note("svm, C = \(C): a pair of classes stopped unconverged") }
        pairs.append(.init(first: first, second: second, rho: solution.rho))
        coefficients.append(
          rows.indices.filter { solution.alpha[$0] > 0 }
            .map { (rows[$0], signs[$0] * solution.alpha[$0]) })
      }
    }
    return PairwiseMachine(
      kernel: kernel, features: samples.features, classCount: samples.classCount, pairs: pairs,
      coefficients: coefficients)
  }
}
