import ClassicalModels
import Learning
import Matrices
import Testing

@Suite struct PairwiseTrainingTests {
  /// Two overlapping clouds of rows, enough of them for samples to be set aside on the way.
  private let features: Matrix
  private let signs: [Double]
  /// Products of the rows, which the solver gets and its answer is checked by.
  private let products: Matrix
  private let tolerance = 1e-3

  init() {
    var random = RandomStream(seed: 11)
    let signs = (0..<1500).map { $0 % 2 == 0 ? 1.0 : -1.0 }
    features = Matrix(rows: 1500, columns: 4) { row, span in
      for column in 0..<4 { span[column] = Float(random.normal() + 0.4 * signs[row]) }
    }
    self.signs = signs
    products = Kernel(shape: .linear, gamma: 1, degree: 3, offset: 0).values(among: features)
  }

  private func problem(C: Double) -> SequentialMinimalOptimisation {
    SequentialMinimalOptimisation(
      kernel: SequentialMinimalOptimisation.padded(products, among: Array(0..<1500)),
      signs: signs, bounds: .init(repeating: C, count: 1500), tolerance: tolerance)
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

  /// No margin is on the wrong side of 1 by more than the tolerance.
  ///
  /// The solver stops when what wants to grow most and what wants to shrink most are no further apart, and
  /// rho lies between them.
  @Test func manySamplesSatisfyTheConditions() {
    // The sums are in double precision, as the solver's are: their rounding is far below a hundredth.
    let allowed = 1.01 * tolerance
    for C in [0.1, 10, 1000] {
      let solution = problem(C: C).solve()
      #expect(solution.isConverged)
      #expect(abs(zip(signs, solution.alpha).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-6 * C)
      var decisions = [Double](repeating: -solution.rho, count: 1500)
      for row in 0..<1500 where solution.alpha[row] > 0 {
        let own = products.rowElements(row)
        for other in 0..<1500 {
          decisions[other] += signs[row] * solution.alpha[row] * Double(own[other])
        }
      }
      for row in 0..<1500 {
        let margin = signs[row] * decisions[row]
        #expect(solution.alpha[row] >= 0 && solution.alpha[row] <= C)
        if solution.alpha[row] < C { #expect(margin > 1 - allowed) }
        if solution.alpha[row] > 0 { #expect(margin < 1 + allowed) }
      }
    }
  }

  /// Both stop within what the tolerance allows.
  ///
  /// Moving a unit of α from where it wants to shrink to where it wants to grow gains the tolerance at most,
  /// and half of Σ C can be moved: so far above the minimum a solution may be.
  @Test(arguments: [0.01, 1.0, 50.0])
  func theWayFromAnotherSolutionEndsAtTheSame(C: Double) {
    let alone = problem(C: 1).solve()
    let led = problem(C: 1).solve(from: problem(C: C).solve())
    #expect(led.isConverged)
    let (a, b) = (objective(alone.alpha), objective(led.alpha))
    #expect(abs(a - b) < tolerance * 1500 / 2)
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
