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

  /// The largest probability, and in trials the largest score, is that of the predicted class: with few rows a
  /// class, with many classes and with two, and where votes are tied.
  @Test(arguments: [(2, 40), (3, 4), (10, 5), (10, 1), (30, 3)])
  func noRowContradictsItself(classes: Int, rowsPerClass: Int) throws {
    var random = RandomStream(seed: UInt64(classes * 100 + rowsPerClass))
    let count = classes * rowsPerClass
    let labels = (0..<count).map { $0 % classes }
    let features = Matrix(rows: count, columns: 6) { row, span in
      for column in 0..<6 {
        span[column] = Float(random.normal() + (labels[row] % 6 == column ? 2 : 0))
      }
    }
    let queries = Matrix(rows: 300, columns: 6) { span in
      for index in 0..<1800 { span[index] = Float(2 * random.normal()) }
    }
    let samples = Samples(features: features, labels: labels, classCount: classes)
    for shape in [Kernel.Shape.linear, .rbf] {
      var model = SupportVectorMachine()
      model.kernel = shape
      let fitted = try model.fit(samples, in: context())
      let finished = try model.finish(fitted, for: samples, in: context())
      for own in [fitted, finished] {
        let predictions = own.predictions(for: queries)
        #expect(predictions.probabilities.isFinite)
        #expect(predictions.probabilities.largestColumns == predictions.classes)
        #expect(
          (predictions.scores ?? predictions.probabilities).largestColumns == predictions.classes)
        for row in 0..<300 {
          let sum = predictions.probabilities.rowElements(row).reduce(0, +)
          #expect(abs(sum - 1) < 1e-5)
        }
      }
      #expect(
        finished.predictions(for: queries).classes == fitted.predictions(for: queries).classes)
    }
  }

  /// On rows that were not learnt from, confidence and accuracy are near each other, where sigmoids and
  /// coupling alone were 20 points too modest.
  @Test func confidenceMeetsAccuracy() throws {
    var random = RandomStream(seed: 8)
    func clouds(_ rows: Int) -> Samples {
      let labels = (0..<rows).map { $0 % 10 }
      return Samples(
        features: Matrix(rows: rows, columns: 10) { row, span in
          for column in 0..<10 {
            span[column] = Float(random.normal() + (labels[row] == column ? 3 : 0))
          }
        }, labels: labels, classCount: 10)
    }
    let (training, test) = (clouds(200), clouds(2000))
    let model = SupportVectorMachine()
    let finished = try model.finish(
      try model.fit(training, in: context()), for: training, in: context())
    let predictions = finished.predictions(for: test.features)
    let evaluation = Evaluation(
      labels: test.labels, predictions: predictions, classCount: 10)
    let confidence =
      (0..<2000).reduce(0.0) {
        $0 + Double(predictions.probabilities[$1, predictions.classes[$1]])
      } / 2000
    #expect(abs(confidence - evaluation.accuracy) < 0.06)
    #expect(evaluation.logLoss < 0.75)
  }

  /// A power of two changes no prediction, however large or small; without scaling squares would overflow or
  /// vanish.
  @Test(arguments: [Kernel.Shape.rbf, .polynomial])
  func magnitudesDoNotMatter(shape: Kernel.Shape) throws {
    let (features, labels) = threeClouds()
    var model = SupportVectorMachine()
    model.kernel = shape
    let plain = try model.fit(
      Samples(features: features, labels: labels, classCount: 3), in: context())
    let expected = plain.predictions(for: features).classes
    for exponent in [-100, -80, 70, 100] {
      let scaled = features.map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) }
      let fitted = try model.fit(
        Samples(features: scaled, labels: labels, classCount: 3), in: context())
      #expect(fitted.predictions(for: scaled).classes == expected, "2^\(exponent)")
    }
  }

  @Test func linearKernelsThatVanishAreRefused() {
    let (features, labels) = threeClouds()
    #expect(throws: FitError.self) {
      try SupportVectorMachine().fit(
        Samples(features: features.map { $0 * 0x1p-80 }, labels: labels, classCount: 3),
        in: context())
    }
  }

  private func threeClouds() -> (Matrix, [Int]) {
    var random = RandomStream(seed: 21)
    let labels = (0..<90).map { $0 % 3 }
    return (
      Matrix(rows: 90, columns: 4) { row, span in
        for column in 0..<4 { span[column] = Float(random.normal() + Double(labels[row])) }
      }, labels
    )
  }
}
