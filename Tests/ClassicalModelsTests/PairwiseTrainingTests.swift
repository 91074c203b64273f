import ClassicalModels
import Learning
import Matrices
import Testing

@Suite struct PairwiseTrainingTests {
  /// Two overlapping clouds of rows, enough of them for samples to be set aside on the way.
  private let features: Matrix
  private let signs: [Double]

  init() {
    var random = RandomStream(seed: 11)
    let signs = (0..<1500).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    features = Matrix(rows: 1500, columns: 4) { row, span in
      for column in 0..<4 { span[column] = Float(random.normal() + 0.4 * signs[row]) }
    }
    self.signs = signs
  }

  private func problem(C: Double) -> SequentialMinimalOptimisation {
    let kernel = Kernel(shape: .linear, gamma: 1, degree: 3, offset: 0)
    return SequentialMinimalOptimisation(
      kernel: SequentialMinimalOptimisation.padded(
        kernel.values(among: features), among: Array(0..<1500)),
      signs: signs, bounds: .init(repeating: C, count: 1500))
  }

  /// ½ αᵀQα − Σα.
  private func objective(_ alpha: [Double]) -> Double {
    var weights = [Double](repeating: 0, count: 4)
    for row in alpha.indices {
      for column in 0..<4 {
        weights[column] += signs[row] * alpha[row] * Double(features[row, column])
      }
    }
    return weights.reduce(0) { $0 + $1 * $1 } / 2 - alpha.reduce(0, +)
  }

  @Test func manySamplesSatisfyTheConditions() {
    for C in [0.1, 10, 1000] {
      let solution = problem(C: C).solve()
      #expect(solution.isConverged)
      #expect(abs(zip(signs, solution.alpha).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-6 * C)
      let decisions = features.rowProducts(
        with: Matrix(rows: 1, columns: 4) { span in
          for row in 0..<1500 {
            for column in 0..<4 {
              span[column] += Float(signs[row] * solution.alpha[row]) * features[row, column]
            }
          }
        })
      for row in 0..<1500 {
        let margin = signs[row] * (Double(decisions[row, 0]) - solution.rho)
        let tolerance = 2e-3 + 1e-5 * C
        if solution.alpha[row] == 0 { #expect(margin > 1 - tolerance) }
        if solution.alpha[row] == C { #expect(margin < 1 + tolerance) }
        #expect(solution.alpha[row] >= 0 && solution.alpha[row] <= C)
      }
    }
  }

  @Test(arguments: [0.01, 1.0, 50.0])
  func theWayFromAnotherSolutionEndsAtTheSame(C: Double) {
    let alone = problem(C: 1).solve()
    let led = problem(C: 1).solve(from: problem(C: C).solve())
    #expect(led.isConverged)
    let (a, b) = (objective(alone.alpha), objective(led.alpha))
    #expect(abs(a - b) < 1e-3 * abs(a))
    #expect(abs(alone.rho - led.rho) < 5e-3)
  }

  @Test func kernelsBeyondSinglePrecisionAreRefused() {
    var model = SupportVectorMachine()
    model.kernel = .polynomial
    model.degree = 10
    model.gamma = 1
    let samples = Samples(
      features: features.map { $0 * 1e4 }, labels: signs.map { $0 > 0 ? 1 : 0 }, classCount: 2)
    #expect(throws: FitError.self) {
      try model.fit(samples, in: FitContext(random: RandomStream(seed: 1)))
    }
  }
}
