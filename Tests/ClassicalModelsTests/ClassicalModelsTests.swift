import Learning
import Matrices
import Testing

import ClassicalModels

private func context(_ log: FitLog = FitLog()) -> FitContext {
  FitContext(random: RandomStream(seed: 1), log: log)
}

private func samples(_ rows: [[Float]], _ labels: [Int], weights: [Float]? = nil) -> Samples {
  Samples(
    features: Matrix(rows), labels: labels, classCount: 1 + (labels.max() ?? 0), weights: weights)
}

@Suite struct DummyTests {
  @Test func majorityIsTheLargestClass() {
    let fitted = Dummy().fit(samples([[1], [2], [3]], [1, 0, 1]), in: context())
    let predictions = fitted.predictions(for: Matrix([[9], [8]]))
    #expect(predictions.classes == [1, 1])
    #expect(abs(predictions.probabilities[0, 1] - 2.0 / 3) < 1e-6)
  }

  @Test func stratifiedDrawsByShare() {
    var model = Dummy()
    model.strategy = .stratified
    let fitted = model.fit(
      samples((0..<10).map { [Float($0)] }, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]), in: context())
    let rows = Matrix(rows: 4000, columns: 1) { row, span in span[0] = Float(row) }
    let share = Double(fitted.predictions(for: rows).classes.count { $0 == 1 }) / 4000
    #expect(abs(share - 0.3) < 0.03)
  }
}

@Suite struct NeighboursTests {
  private let training = samples([[0], [1], [2], [10]], [0, 0, 1, 1])

  private func model(_ k: Int, _ weights: NearestNeighbours.Weights) -> NearestNeighbours {
    var model = NearestNeighbours()
    model.k = k
    model.weights = weights
    return model
  }

  @Test func equalDistancesGoByRowNumber() {
    // Row 0 and row 1 are both 0.5 away; k = 1 takes the first.
    let labels = [1, 0, 0, 0]
    let fitted = model(1, .uniform).fit(samples([[0], [1], [5], [6]], labels), in: context())
    #expect(fitted.predictions(for: Matrix([[0.5]])).classes == [1])
  }

  @Test func aZeroDistanceTakesAllTheWeight() {
    let fitted = model(3, .distance).fit(training, in: context())
    #expect(fitted.probabilities(of: Matrix([[2]])) == Matrix([[0, 1]]))
    let between = fitted.probabilities(of: Matrix([[1.5]]))
    // Distances 0.5, 0.5 and 1.5: weights 2, 2 and 2/3.
    #expect(abs(between[0, 0] - (2 + 2.0 / 3) / (4 + 2.0 / 3)) < 1e-6)
  }

  @Test func moreNeighboursThanRowsAreNoted() {
    let log = FitLog()
    let fitted = model(9, .uniform).fit(training, in: context(log))
    #expect(log.notes == ["knn: only 4 training rows for k = 9"])
    #expect(fitted.probabilities(of: Matrix([[0]])) == Matrix([[0.5, 0.5]]))
  }
}

@Suite struct RidgeTests {
  /// By hand: x centred is −1, 0, 1, targets of the second class −1, 1, 1 with mean 1/3; w = 2/(2 + α).
  @Test func solvesTheNormalEquations() throws {
    var model = Ridge()
    model.alpha = 2
    let fitted = try model.fit(samples([[1], [2], [3]], [0, 1, 1]), in: context())
    #expect(abs(fitted.weights[1, 0] - 0.5) < 1e-6)
    #expect(abs(fitted.intercepts[1] - (1.0 / 3 - 1)) < 1e-6)
    #expect(fitted.weights[0, 0] == -fitted.weights[1, 0])
  }

  @Test func wideAndTallFormsAgree() throws {
    var random = RandomStream(seed: 2)
    let wide = Matrix(rows: 8, columns: 12) { span in
      for index in 0..<96 { span[index] = Float(random.normal()) }
    }
    let labels = (0..<8).map { $0 % 3 }
    let narrow = Samples(features: wide, labels: labels, classCount: 3)
    // The same rows, each eight times: as many facts, but more rows than columns.
    let tall = narrow.gathering(rows: (0..<8).flatMap { [Int](repeating: $0, count: 8) })
    var light = Ridge()
    light.alpha = 1
    var heavy = Ridge()
    heavy.alpha = 8
    let a = try light.fit(narrow, in: context())
    let b = try heavy.fit(tall, in: context())
    for label in 0..<3 {
      for column in 0..<12 {
        #expect(abs(a.weights[label, column] - b.weights[label, column]) < 1e-5)
      }
    }
  }

  @Test func noPenaltyOnDependentColumnsGivesTheSmallestWeights() throws {
    var model = Ridge()
    model.alpha = 0
    let fitted = try model.fit(
      samples([[1, 1], [2, 2], [3, 3], [4, 4]], [0, 0, 1, 1]), in: context())
    #expect(abs(fitted.weights[1, 0] - fitted.weights[1, 1]) < 1e-5)
    #expect(abs(fitted.weights[1, 0] - 0.4) < 1e-4)
  }

  @Test func weightsAreRepeatedRows() throws {
    let rows: [[Float]] = [[1, 0], [2, 1], [3, 5], [4, 1]]
    let labels = [0, 0, 1, 1]
    let weighted = try Ridge().fit(samples(rows, labels, weights: [1, 3, 1, 2]), in: context())
    let repeated = try Ridge().fit(
      samples(rows, labels).gathering(rows: [0, 1, 1, 1, 2, 3, 3]), in: context())
    for column in 0..<2 {
      #expect(abs(weighted.weights[1, column] - repeated.weights[1, column]) < 1e-5)
    }
    #expect(abs(weighted.intercepts[1] - repeated.intercepts[1]) < 1e-5)
  }
}

@Suite struct LogisticTests {
  private func task(classes: Int, rows: Int = 60, columns: Int = 4) -> Samples {
    var random = RandomStream(seed: 11)
    let labels = (0..<rows).map { $0 % classes }
    let features = Matrix(rows: rows, columns: columns) { row, span in
      for column in 0..<columns {
        span[column] = Float(random.normal() + (column % classes == labels[row] ? 1 : 0))
      }
    }
    return Samples(features: features, labels: labels, classCount: classes)
  }

  /// At the minimum of ½‖W‖² + C·Σ loss each weight is −C · Σ residual · x.
  @Test(arguments: [2, 3, 5], [0.01, 1.0, 100.0])
  func theGradientVanishes(classes: Int, C: Double) throws {
    let samples = task(classes: classes)
    var model = LogisticRegression()
    model.C = C
    model.tolerance = 1e-7
    let fitted = try model.fit(samples, in: context())
    let probabilities = fitted.probabilities(of: samples.features)
    for label in (classes == 2 ? 1 : 0)..<classes {
      var intercept = 0.0
      for column in 0..<4 {
        var gradient = Double(fitted.weights[label, column])
        for row in 0..<samples.count {
          let truth = samples.labels[row] == label ? 1.0 : 0
          let residual = Double(probabilities[row, label]) - truth
          gradient += C * residual * Double(samples.features[row, column])
          if column == 0 { intercept += residual }
        }
        #expect(abs(gradient) < 2e-4 * max(1, C * Double(samples.count) / 60))
      }
      #expect(abs(intercept) < 1e-3)
    }
  }

  @Test func theListReachesWhatEachSettingReaches() throws {
    let samples = task(classes: 3)
    let list = [100, 0.01, 1].map { C -> LogisticRegression in
      var model = LogisticRegression()
      model.C = C
      return model
    }
    let together = try LogisticRegression.fit(list, to: samples, in: context())
    for (model, fitted) in zip(list, together) {
      let alone = try model.fit(samples, in: context())
      for label in 0..<3 {
        for column in 0..<4 {
          #expect(
            abs(alone.weights[label, column] - fitted.weights[label, column]) < 2e-3
              * Float(max(1, model.C)))
        }
      }
    }
  }

  /// With more columns than rows the problem is solved in the rows' span; columns of zeros make it wide
  /// without changing it.
  @Test func wideDataHaveTheSameSolution() throws {
    let narrow = task(classes: 3, rows: 30, columns: 6)
    let wide = Samples(
      features: Matrix(rows: 30, columns: 40) { row, span in
        for column in 0..<6 { span[column * 5] = narrow.features[row, column] }
      }, labels: narrow.labels, classCount: 3)
    for C in [0.1, 10] {
      var model = LogisticRegression()
      model.C = C
      let a = try model.fit(narrow, in: context())
      let b = try model.fit(wide, in: context())
      for label in 0..<3 {
        for column in 0..<6 {
          #expect(abs(a.weights[label, column] - b.weights[label, column * 5]) < 2e-3 * Float(C))
          #expect(b.weights[label, column * 5 + 1] == 0)
        }
        #expect(abs(a.intercepts[label] - b.intercepts[label]) < 2e-3 * Float(C))
      }
    }
  }

  @Test func stoppingEarlyIsNoted() throws {
    var model = LogisticRegression()
    model.iterations = 1
    model.C = 100
    let log = FitLog()
    _ = try model.fit(task(classes: 3), in: context(log))
    #expect(log.notes == ["logistic, C = 100.0: stopped unconverged after 1 iterations"])
  }

  /// Columns with a large common value would drown in single precision if they were not centred.
  @Test func largeOffsetsDoNotHurt() throws {
    let samples = task(classes: 3)
    let shifted = Samples(
      features: samples.features.map { $0 + 1000 }, labels: samples.labels, classCount: 3)
    let a = try LogisticRegression().fit(samples, in: context())
    let b = try LogisticRegression().fit(shifted, in: context())
    for label in 0..<3 {
      for column in 0..<4 {
        #expect(abs(a.weights[label, column] - b.weights[label, column]) < 1e-2)
      }
    }
  }
}

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

@Suite struct PerceptronTests {
  @Test func separableRowsAreLearnt() {
    let fitted = Perceptron().fit(
      samples([[0, 0], [0, 1], [5, 5], [6, 5]], [0, 0, 1, 1]), in: context())
    #expect(fitted.predictions(for: Matrix([[0, 0], [6, 6]])).classes == [0, 1])
  }

  /// η₀ scales the weights and the loss that the stop looks at, nothing else.
  @Test func weightsScaleWithTheRate() {
    var random = RandomStream(seed: 6)
    let labels = (0..<50).map { $0 % 2 }
    let features = Matrix(rows: 50, columns: 3) { row, span in
      for column in 0..<3 { span[column] = Float(random.normal() + Double(labels[row])) }
    }
    let task = Samples(features: features, labels: labels, classCount: 2)
    var slow = Perceptron()
    (slow.eta, slow.tolerance, slow.epochs) = (0.5, 0, 7)
    var fast = slow
    fast.eta = 2
    let a = slow.fit(task, in: context())
    let b = fast.fit(task, in: context())
    for column in 0..<3 { #expect(abs(4 * a.weights[1, column] - b.weights[1, column]) < 1e-4) }
  }
}

@Suite struct TreeTests {
  private func tree(_ depth: Int?) -> DecisionTree {
    var model = DecisionTree()
    model.depth = depth
    return model
  }

  @Test func splitsHalfwayBetweenTheClasses() {
    let fitted = tree(nil).fit(
      samples([[1, 9], [2, 9], [5, 9], [6, 9]], [0, 0, 1, 1]), in: context())
    #expect(fitted.predictions(for: Matrix([[3.4, 0], [3.6, 0]])).classes == [0, 1])
    #expect(fitted.trees[0].nodeCount == 3)
  }

  @Test func theBestColumnIsChosen() {
    // Column 1 separates the classes, column 0 only nearly.
    let rows: [[Float]] = [[1, 0], [2, 0], [9, 0], [3, 1], [8, 1], [9, 1]]
    let fitted = tree(1).fit(samples(rows, [0, 0, 0, 1, 1, 1]), in: context())
    #expect(fitted.trees[0].columns[0] == 1)
  }

  /// Growing to a depth is reading the full tree down to it.
  @Test func aShallowTreeIsTheTopOfTheDeepOne() {
    var random = RandomStream(seed: 7)
    let labels = (0..<300).map { _ in random.below(4) }
    let features = Matrix(rows: 300, columns: 6) { row, span in
      for column in 0..<6 { span[column] = Float(Double(labels[row]) * 0.5 + random.normal()) }
    }
    let task = Samples(features: features, labels: labels, classCount: 4)
    let full = tree(nil).fit(task, in: context())
    for depth in [1, 2, 4, 7] {
      let own = tree(depth).fit(task, in: context()).probabilities(of: features)
      let read = TreeEnsemble(trees: full.trees, count: 1, depth: depth)
      #expect(read.probabilities(of: features) == own)
      #expect(read.pruned().probabilities(of: features) == own)
    }
    // Different rows with different labels: a full tree is right about all of them.
    #expect(full.predictions(for: features).classes == labels)
  }

  @Test func equalRowsOfDifferentClassesEndInOneLeaf() {
    let fitted = tree(nil).fit(samples([[1], [1], [1], [2]], [0, 0, 1, 1]), in: context())
    let probabilities = fitted.probabilities(of: Matrix([[1]]))
    #expect(abs(probabilities[0, 0] - 2.0 / 3) < 1e-6)
  }

  /// Radix and insertion sort, narrow and wide codes: the same best split as by trying all.
  @Test(arguments: [10, 48, 49, 700])
  func splitsAreTheBestOnes(rows: Int) {
    var random = RandomStream(seed: UInt64(rows))
    let labels = (0..<rows).map { _ in random.below(3) }
    let features = Matrix(rows: rows, columns: 1) { row, span in
      span[0] = Float(random.below(rows / 2 + 2)) + Float(labels[row]) * 2 - 3
    }
    let fitted = tree(1).fit(
      Samples(features: features, labels: labels, classCount: 3), in: context())
    func score(_ threshold: Float) -> Double {
      var score = 0.0
      for side in [true, false] {
        let own = (0..<rows).filter { (features[$0, 0] <= threshold) == side }
        guard !own.isEmpty else { return -1 }
        let counts = (0..<3).map { label in Double(own.count { labels[$0] == label }) }
        score += counts.reduce(0) { $0 + $1 * $1 } / Double(own.count)
      }
      return score
    }
    let best = (0..<rows).map { score(features[$0, 0]) }.max() ?? 0
    #expect(abs(score(fitted.trees[0].thresholds[0]) - best) < 1e-9)
  }

  @Test func forestsOfEverySizeShareTheirTrees() {
    var random = RandomStream(seed: 9)
    let labels = (0..<200).map { $0 % 3 }
    let features = Matrix(rows: 200, columns: 9) { row, span in
      for column in 0..<9 {
        span[column] = Float(random.normal() + Double(labels[row] * (column % 2)))
      }
    }
    let task = Samples(features: features, labels: labels, classCount: 3)
    func forest(_ trees: Int, _ depth: Int?, _ columns: Int? = nil) -> RandomForest {
      var model = RandomForest()
      (model.trees, model.depth, model.columns) = (trees, depth, columns)
      return model
    }
    let list = [forest(5, 3), forest(12, nil), forest(7, 2, 9), forest(12, 3)]
    let together = RandomForest.fit(list, to: task, in: context())
    let shared = TreeEnsemble.predictions(of: together, for: features)
    for (index, model) in list.enumerated() {
      #expect(model.fit(task, in: context()).predictions(for: features) == shared[index])
    }
  }
}
