import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct SupportVectorTests {
  /// Two rows: the margin's middle is halfway, and both rows are support vectors.
  @Test func twoRows() throws {
    var model = SupportVectorMachine()
    model.C = 100
    let fitted = try model.fit(samples([[0, 0], [2, 0]], [0, 1]), in: context())
    let decisions = fitted.decisions(for: Matrix([[0, 0], [1, 5], [2, 0]]))
    #expect(abs(decisions[0, 0] - 1) < 1e-3)
    #expect(abs(decisions[1, 0]) < 1e-3)
    #expect(abs(decisions[2, 0] + 1) < 1e-3)
  }

  /// The optimality conditions of the dual, for each kernel.
  @Test(arguments: [Kernel.Shape.linear, .rbf, .polynomial])
  func optimalityConditions(shape: Kernel.Shape) {
    var random = RandomStream(seed: 3)
    let features = Matrix(rows: 80, columns: 3) { span in
      for index in 0..<240 { span[index] = Float(random.normal()) }
    }
    let signs = (0..<80).map { features[$0, 0] + Float(random.normal()) > 0 ? 1.0 : -1.0 }
    let kernel = Kernel(shape: shape, gamma: 0.5, degree: 3, offset: 1)
    let values = kernel.values(features, features)
    let problem = SequentialMinimalOptimisation(
      kernel: values, signs: signs, bounds: .init(repeating: 2, count: 80))
    let solution = problem.solve()
    #expect(solution.isConverged)
    #expect(abs(zip(signs, solution.alpha).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-9)
    for i in 0..<80 {
      #expect(solution.alpha[i] >= 0 && solution.alpha[i] <= 2)
      let decision = (0..<80).reduce(-solution.rho) {
        $0 + signs[$1] * solution.alpha[$1] * Double(values[i, $1])
      }
      let margin = signs[i] * decision
      if solution.alpha[i] == 0 { #expect(margin > 1 - 2e-3) }
      if solution.alpha[i] == 2 { #expect(margin < 1 + 2e-3) }
      if solution.alpha[i] > 0, solution.alpha[i] < 2 { #expect(abs(margin - 1) < 2e-3) }
    }
  }

  @Test func votesDecideAndTheFirstOfEqualClassesWins() {
    // A cycle: 0 beats 1, 1 beats 2, 2 beats 0; each has one vote.
    let machine = PairwiseMachine(
      kernel: Kernel(shape: .linear, gamma: 1, degree: 3, offset: 0), features: Matrix([[1]]),
      classCount: 3,
      pairs: [
        .init(first: 0, second: 1, rho: -1), .init(first: 0, second: 2, rho: 1),
        .init(first: 1, second: 2, rho: -1),
      ],
      coefficients: [[], [], []])
    #expect(machine.predictions(for: Matrix([[0]])).classes == [0])
  }

  @Test func probabilitiesAreCalibratedForTheWinnerOnly() throws {
    var random = RandomStream(seed: 5)
    let labels = (0..<120).map { $0 % 3 }
    let features = Matrix(rows: 120, columns: 2) { row, span in
      span[0] = Float(random.normal() + Double(labels[row]))
      span[1] = Float(random.normal())
    }
    let samples = Samples(features: features, labels: labels, classCount: 3)
    let fitted = try SupportVectorMachine().fit(samples, in: context())
    #expect(fitted.predictions(for: features).scores != nil)
    let finished = try SupportVectorMachine().finish(fitted, for: samples, in: context())
    let predictions = finished.predictions(for: features)
    #expect(predictions.scores == nil)
    // A calibrated model's mean probability of a class is near the class's share.
    for label in 0..<3 {
      let mean = (0..<120).reduce(0.0) { $0 + Double(predictions.probabilities[$1, label]) } / 120
      #expect(abs(mean - 1.0 / 3) < 0.05)
    }
  }

  /// Wu, Lin and Weng's solution satisfies Qp = (pᵀQp)·1; consistent pairs are met exactly.
  @Test func couplingRecoversConsistentPairs() {
    let truth = [0.5, 0.3, 0.2]
    var coupling = PairwiseCoupling(classCount: 3)
    for i in 0..<3 {
      for j in i + 1..<3 { coupling.set(i, over: j, truth[i] / (truth[i] + truth[j])) }
    }
    for (value, expected) in zip(coupling.solve(), truth) { #expect(abs(value - expected) < 2e-3) }
  }

  @Test func sigmoidsFollowTheShares() {
    // A decision of 1 is right in 9 of 10 rows, −1 wrong in 9 of 10.
    let decisions = [Double](repeating: 1, count: 100) + [Double](repeating: -1, count: 100)
    let positive = (0..<200).map { $0 < 90 || (100..<110).contains($0) }
    let sigmoid = Sigmoid(
      fitting: decisions, isPositive: positive, weights: .init(repeating: 1, count: 200))
    #expect(abs(sigmoid.probability(1) - 0.9) < 0.02 && abs(sigmoid.probability(-1) - 0.1) < 0.02)
  }
}
