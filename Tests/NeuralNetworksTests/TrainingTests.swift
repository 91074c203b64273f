import FileSystem
import Learning
import Matrices
import NeuralNetworks
import Testing

@Suite struct TrainingTests {
  private let reference = ReferenceExecutor()

  private func accuracy(_ fitted: some FittedModel, _ samples: Samples) throws -> Double {
    Evaluation(
      labels: samples.labels, predictions: try fitted.predictions(for: samples.features),
      classCount: samples.classCount, ranks: false
    ).accuracy
  }

  @Test(arguments: TestedExecutor.allCases)
  func exclusiveOrIsLearnt(on tested: TestedExecutor) throws {
    let samples = Samples(
      features: Matrix([[0, 0], [0, 1], [1, 0], [1, 1]]), labels: [0, 1, 1, 0], classCount: 2)
    let model = SmallPerceptron.training {
      $0.normalises = false; $0.training.epochs = 200; $0.training.batch = 4
      $0.training.learningRate = 0.05
    }
    let fitted = try model.fit(samples, in: context(), by: tested.executor)
    #expect(try accuracy(fitted, samples) == 1)
  }

  @Test(
    arguments: [
      Training.OptimiserName.adam, .adamw, .sgd,
    ], TestedExecutor.allCases)
  func cloudsAreLearntAndTheBitsAreTheSame(
    optimiser: Training.OptimiserName, on tested: TestedExecutor
  ) throws {
    let model = SmallPerceptron.training {
      $0.dropout = 0.1; $0.training.epochs = 12; $0.training.optimiser = optimiser
      $0.training.momentum = optimiser == .sgd ? 0.9 : 0
      $0.training.weightDecay = optimiser == .adamw ? 0.01 : 0
      $0.training.clipNorm = 5; $0.training.l2 = 1e-4
    }
    let (training, validation) = (clouds(rows: 90, seed: 1), clouds(rows: 60, seed: 2))
    let log = FitLog()
    let fitted = try model.fit(
      training, in: context(validation: validation, log: log), by: tested.executor)
    #expect(try accuracy(fitted, clouds(rows: 150, seed: 3)) > 0.9)
    let losses = log.curve.compactMap(\.trainLoss)
    #expect(losses.count == 12 && losses[11] < losses[0] / 2)
    #expect(log.curve.allSatisfy { $0.seconds != nil && $0.validationLoss != nil })

    let again = try model.fit(training, in: context(validation: validation), by: tested.executor)
    #expect(again.arrays == fitted.arrays)
    let other = try model.fit(
      training, in: context(seed: 2, validation: validation), by: tested.executor)
    #expect(other.arrays != fitted.arrays)
  }

  /// Without chance in the layers, oneDNN's training goes the reference's way.
  @Test(arguments: [false, true])
  func oneDNNTrainsAsTheReference(pictures: Bool) throws {
    let layout = RowLayout(picture: PictureShape(height: 6, width: 6), features: 3)
    func arrays(_ executor: any Executor) throws -> (arrays: [ShapedArray], losses: [Double]) {
      let log = FitLog()
      if pictures {
        var model = SmallConvolution()
        model.training.epochs = 3
        // Adam would blow up the rounding in gradients that are exactly 0, as that of a bias before a
        // normalisation is.
        model.training.optimiser = .sgd
        model.training.l2 = 0.01
        let samples = clouds(rows: 49, columns: 39, seed: 1, layout: layout)
        return (try model.fit(samples, in: context(log: log), by: executor).arrays, losses(log))
      }
      let model = SmallPerceptron.training {
        $0.widths = [24, 12]; $0.training.epochs = 4; $0.training.optimiser = .sgd
        $0.training.momentum = 0.9; $0.training.clipNorm = 0.3; $0.training.l2 = 0.01
        $0.training.labelSmoothing = 0.1
      }
      let samples = clouds(rows: 65, seed: 1)
      return (try model.fit(samples, in: context(log: log), by: executor).arrays, losses(log))
    }
    func losses(_ log: FitLog) -> [Double] { log.curve.compactMap(\.trainLoss) }
    let (plain, plainLosses) = try arrays(ReferenceExecutor())
    let (fast, fastLosses) = try arrays(OneDNNExecutor())
    for (left, right) in zip(plainLosses, fastLosses) { #expect(abs(left - right) < 1e-4) }
    for (left, right) in zip(plain, fast) {
      for index in 0..<left.count {
        #expect(abs(left.values[0, index] - right.values[0, index]) < 1e-4)
      }
    }
  }

  /// All rows once an epoch, in other orders, no batch of one row.
  @Test func batchesHoldEveryRowOnce() throws {
    let samples = clouds(rows: 9, columns: 2, seed: 4)
    let executor = WatchedExecutor(columns: 2)
    let model = SmallPerceptron.training {
      $0.training.epochs = 2; $0.training.batch = 4
    }
    _ = try model.fit(
      samples, in: context(validation: clouds(rows: 7, columns: 2, seed: 5)), by: executor)
    let seen = executor.seen
    #expect(seen.batches.map(\.count) == [4, 5, 4, 5])
    #expect(seen.predicted == [5, 2, 5, 2])
    #expect(seen.steps.map(\.number) == [1, 2, 3, 4])
    let all = (0..<9).map { samples.features.rowElements($0) }
    func sorted(_ rows: [[Float]]) -> [[Float]] { rows.sorted { $0[0] < $1[0] } }
    let first = seen.batches[0] + seen.batches[1]
    let second = seen.batches[2] + seen.batches[3]
    #expect(sorted(first) == sorted(all) && sorted(second) == sorted(all))
    #expect(first != second && first != all)
  }

  /// Large rows are prepared on another thread: the same rows as small ones, in the same order.
  @Test func rowsPreparedAheadAreTheSame() throws {
    let columns = 20_000
    let rows = Matrix(rows: 11, columns: columns) { row, span in span[0] = Float(row) }
    let labels = (0..<11).map { $0 % 2 }
    func order(_ features: Matrix, _ change: (inout Training) -> Void = { _ in }) throws
      -> [[Float]]
    {
      let executor = WatchedExecutor(columns: features.columns)
      let model = SmallPerceptron.training {
        $0.widths = []; $0.training.epochs = 3; $0.training.batch = 4; change(&$0.training)
      }
      let samples = Samples(
        features: features, labels: labels, classCount: 2,
        layout: RowLayout(
          picture: PictureShape(height: 1, width: features.columns), features: 0))
      _ = try model.fit(samples, in: context(), by: executor)
      return executor.seen.batches.map { $0.map { $0[0] } }
    }
    let small = try order(rows.gathering(columns: [0, 1]))
    #expect(small.map(\.count) == [4, 4, 3, 4, 4, 3, 4, 4, 3])
    #expect(try order(rows) == small)
    // Masks change what is computed, not the order, and the same in each run.
    let masked = try order(rows.gathering(columns: [0, 1])) { $0.timeMasks = 1 }
    #expect(masked != small)
    #expect(try order(rows.gathering(columns: [0, 1])) { $0.timeMasks = 1 } == masked)
    #expect(
      zip(masked.joined(), small.joined()).allSatisfy { $0 == $1 || $0 == 0 })
  }

  /// A training that ends before its last epoch leaves no thread behind that waits.
  @Test func trainingEndsWhileBatchesAreMade() throws {
    let samples = clouds(
      rows: 60, columns: 12, spread: 2, seed: 1,
      layout: RowLayout(picture: PictureShape(height: 3, width: 4), features: 0))
    var model = SmallPerceptron.training {
      $0.training.epochs = 1000; $0.training.patience = 1; $0.training.shift = 0.5
      $0.training.learningRate = 0.3
    }
    let log = FitLog()
    _ = try model.fit(samples, in: context(validation: samples, log: log), by: reference)
    #expect(log.curve.count < 1000)
    model.training.optimiser = .sgd
    model.training.learningRate = 1e30
    model.normalises = false
    #expect(throws: FitError.self) { try model.fit(samples, in: context(), by: reference) }
  }

  /// One batch a step: a row of weight 3 moves the weights as three copies do.
  @Test func weightsCountAsRepeatedRows() throws {
    let samples = clouds(rows: 6, seed: 6)
    let weighted = Samples(
      features: samples.features, labels: samples.labels, classCount: 3,
      weights: [3, 1, 1, 1, 1, 2])
    let model = SmallPerceptron.training {
      $0.normalises = false; $0.training.epochs = 20; $0.training.batch = 100
      $0.training.optimiser = .sgd; $0.training.learningRate = 0.1
    }
    let one = try model.fit(weighted, in: context(), by: reference)
    let other = try model.fit(
      samples.gathering(rows: [0, 0, 0, 1, 2, 3, 4, 5, 5]), in: context(), by: reference)
    for (left, right) in zip(one.arrays, other.arrays) {
      for index in 0..<left.count {
        #expect(abs(left.values[0, index] - right.values[0, index]) < 1e-4)
      }
    }
  }

  @Test func settingsReachTheOptimiser() throws {
    let executor = WatchedExecutor(columns: 4)
    let model = SmallPerceptron.training {
      $0.training.epochs = 3; $0.training.optimiser = .adamw; $0.training.weightDecay = 0.02
      $0.training.l2 = 0.3; $0.training.clipNorm = 2; $0.training.schedule = .step
      $0.training.stepAfter = [2]; $0.training.learningRate = 0.01
    }
    let log = FitLog()
    _ = try model.fit(clouds(rows: 40, seed: 7), in: context(log: log), by: executor)
    let steps = executor.seen.steps
    #expect(
      steps[0]
        == OptimiserStep(
          optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), number: 1, rate: 0.01,
          l2: 0.3, weightDecay: 0.02, clipNorm: 2))
    #expect(steps.map(\.rate) == [0.01, 0.01, 0.01, 0.01, 0.005, 0.005])
    #expect(log.curve.map(\.learningRate) == [0.01, 0.01, 0.005])
    #expect(log.notes == ["no validation rows: the last epoch was kept"])
  }

  // MARK: Which epoch is kept

  /// The validation accuracy of the network that is given back is that of the best epoch, the first of
  /// equal ones; its loss with it.
  @Test(arguments: [Training.EpochMeasure.accuracy, .loss, .balancedAccuracy, .f1Macro])
  func bestEpochIsKept(measure: Training.EpochMeasure) throws {
    let validation = clouds(rows: 40, spread: 1.5, seed: 9)
    let model = SmallPerceptron.training {
      $0.training.epochs = 25; $0.training.learningRate = 0.05; $0.training.bestBy = measure
    }
    let log = FitLog()
    let fitted = try model.fit(
      clouds(rows: 30, spread: 1.5, seed: 8), in: context(validation: validation, log: log),
      by: reference)
    let kept = Evaluation(
      labels: validation.labels, predictions: try fitted.predictions(for: validation.features),
      classCount: 3, ranks: false)
    let curve = log.curve
    #expect(curve.count == 25)
    if measure == .loss {
      let best = try #require(curve.compactMap(\.validationLoss).min())
      #expect(kept.logLoss == best)
    } else if measure == .accuracy {
      let best = try #require(curve.compactMap(\.validationAccuracy).max())
      let first = try #require(curve.first { $0.validationAccuracy == best })
      #expect(kept.accuracy == best && kept.logLoss == first.validationLoss)
    }
    var last = model
    last.training.keep = .last
    let plain = try last.fit(
      clouds(rows: 30, spread: 1.5, seed: 8), in: context(validation: validation), by: reference)
    let final = Evaluation(
      labels: validation.labels, predictions: try plain.predictions(for: validation.features),
      classCount: 3, ranks: false)
    #expect(final.logLoss == curve[24].validationLoss)
  }

  @Test func trainingStopsEarlyAndPlateausSlowIt() throws {
    let model = SmallPerceptron.training {
      $0.training.epochs = 60; $0.training.patience = 6; $0.training.schedule = .plateau
      $0.training.plateauPatience = 2; $0.training.learningRate = 0.03
    }
    let log = FitLog()
    _ = try model.fit(
      clouds(rows: 60, seed: 8),
      in: context(validation: clouds(rows: 30, spread: 1.5, seed: 9), log: log), by: reference)
    let accuracies = log.curve.compactMap(\.validationAccuracy)
    let best = try #require(accuracies.max())
    let first = try #require(accuracies.firstIndex(of: best))
    #expect(accuracies.count == first + 7)
    let rates = log.curve.compactMap(\.learningRate)
    let schedule = model.training.rateSchedule
    for epoch in 1...rates.count {
      let expected = schedule.rate(
        epoch: epoch, step: 0, of: 1,
        plateaus: Schedule.plateaus(in: Array(accuracies.prefix(epoch - 1)), patience: 2))
      #expect(rates[epoch - 1] == expected)
    }
    #expect(rates[rates.count - 1] < rates[0])
  }

  @Test func withoutValidationRowsTheTrainingRowsDecide() throws {
    let model = SmallPerceptron.training {
      $0.training.epochs = 30; $0.training.patience = 2; $0.training.schedule = .plateau
      $0.training.learningRate = 0.2
    }
    let log = FitLog()
    _ = try model.fit(clouds(rows: 60, spread: 2, seed: 8), in: context(log: log), by: reference)
    #expect(
      log.notes == [
        "no validation rows: the last epoch was kept, and the learning rate and early stopping went by the training rows"
      ])
    let losses = log.curve.compactMap(\.trainLoss)
    let best = try #require(losses.min())
    #expect(losses.count == 30 || losses.firstIndex(of: best) == losses.count - 3)
  }

  // MARK: What goes wrong

  @Test func divergenceNamesThePlace() throws {
    let model = SmallPerceptron.training {
      $0.normalises = false; $0.training.optimiser = .sgd; $0.training.learningRate = 1e30
    }
    let error = #expect(throws: FitError.self) {
      try model.fit(clouds(rows: 64, seed: 1), in: context(), by: reference)
    }
    guard case .diverged(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("epoch 1, step 2 of 2") && reason.contains("1e+30"), "\(reason)")
  }

  /// The last step is not followed by a loss, and a rectifier makes zeros of what is no number.
  @Test(arguments: TestedExecutor.allCases)
  func aLastStepThatGoesTooFarIsNoticed(on tested: TestedExecutor) throws {
    let model = SmallPerceptron.training {
      $0.training.optimiser = .sgd; $0.training.learningRate = 1e39; $0.training.epochs = 1
      $0.training.batch = 64
    }
    let error = #expect(throws: FitError.self) {
      try model.fit(clouds(rows: 64, seed: 1), in: context(), by: tested.executor)
    }
    guard case .diverged(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("epoch 1, its end: a parameter"), "\(reason)")
  }

  @Test func networksRefuseWhatTheyCannotTake() {
    let features = DataShape(rows: 10, columns: 4, classes: 2)
    #expect(
      SmallConvolution().accepts(features)
        == .no("it needs pictures, and is given 4 features"))
    let shifted = SmallPerceptron.training { $0.training.shift = 0.1 }
    #expect(
      shifted.accepts(features)
        == .no("shifts and masks need pictures, not 4 features"))
    let huge = SmallPerceptron.training { $0.widths = [1 << 62] }
    guard case .no(let reason) = huge.accepts(features) else {
      Issue.record("accepted")
      return
    }
    #expect(reason.contains("“widths”") && reason.contains("too large"))
    let large = SmallPerceptron.training { $0.widths = [1 << 20, 1 << 20, 1 << 20] }
    #expect(large.accepts(features) == .yes)
    let pictures = SmallPerceptron.training { $0.training.shift = 0.1 }
    let shape = DataShape(
      rows: 10, layout: RowLayout(picture: PictureShape(height: 2, width: 2), features: 0),
      classes: 2)
    #expect(pictures.accepts(shape) == .yes)
    #expect(SmallPerceptron().accepts(features) == .yes)
  }

  /// A step of the small network is too short for two threads; a large one is not.
  @Test func threadsGoByTheWorkOfAStep() {
    let small = DataShape(rows: 1000, columns: 58, classes: 10)
    #expect(SmallPerceptron().threads(for: small, atMost: 8) == 1)
    let large = SmallPerceptron.training { $0.widths = [4096, 4096] }
    #expect(large.threads(for: small, atMost: 8) == 8)
    #expect(large.threads(for: small, atMost: 1) == 1)
  }

  @Test func costCountsNumbersAndCopies() {
    let shape = DataShape(rows: 1000, columns: 58, classes: 10)
    let model = SmallPerceptron.training {
      $0.widths = []; $0.training.epochs = 7
    }
    let cost = model.cost(for: shape, by: reference)
    // A fiftieth: matrix products are that much faster than plain loops.
    #expect(cost.operations == 3 * (2 * 58 * 10) * 1000 * 7 / 50)
    // Weights, gradients and two moments; the best epoch's weights, two batches.
    let numbers = Double(58 * 10 + 10)
    #expect(cost.bytes == 4 * numbers * (4 + 1) + 2 * 4 * 58 * 32)
    var clipped = model
    clipped.training.clipNorm = 1
    #expect(clipped.cost(for: shape, by: reference).bytes == cost.bytes + 4 * numbers)
  }
}
