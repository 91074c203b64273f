import Learning
import Matrices

/// The training of a network: epochs of batches, each a forward pass, the loss, and a backward pass.
struct TrainingRun {
  let network: Network
  let training: Training
  let samples: Samples
  let context: FitContext
  let executor: any Executor
  /// Where progress is kept; nil for nowhere.
  let checkpoint: Checkpoint?

  private var validation: Samples? { context.validation.flatMap { $0.count > 0 ? $0 : nil } }

  private var options: CompilationOptions {
    CompilationOptions(
      batch: BatchRecipe.sizes(rows: samples.count, batch: training.batch).max() ?? 1,
      optimiser: training.optimiserRule, threads: context.threads)
  }

  /// Trains, from the last checkpoint if there is one.
  ///
  /// - Returns: the numbers of the epoch that is kept.
  /// - Throws: `FitError.diverged` when the loss is not finite, and what the executor throws.
  func run() throws -> [ShapedArray] {
    noteMissingValidation()
    var progress = fitting(checkpoint?.read()) ?? TrainingProgress()
    for figures in progress.figures { context.log.record(figures.point) }
    if progress.isFinished(training), let kept = kept(of: progress) { return kept }

    let compiled = try executor.compile(network, start(of: progress), options)
    if !progress.moments.isEmpty {
      compiled.load(optimiserState: progress.moments.map { NetworkState($0) })
    }
    progress.state = nil
    progress.moments = []
    let recipe = BatchRecipe(
      samples, batch: training.batch, augmentation: training.augmentation, random: context.random)
    let batches = BatchSource(recipe, epochs: progress.epochs + 1...training.epochs)
    var pace = CheckpointPace()
    while !progress.isFinished(training) {
      try runEpoch(compiled, batches, recipe.sizes.count, &progress)
      context.log.progress(Double(progress.epochs) / Double(training.epochs))
      keepBest(of: compiled, in: &progress)
      if let checkpoint, pace.isDue || progress.isFinished(training) {
        pace.measure { checkpoint.write(progress, arrays(of: compiled, progress)) }
      }
    }
    return kept(of: progress) ?? compiled.state().arrays
  }

  /// The numbers a training begins or goes on with.
  private func start(of progress: TrainingProgress) -> NetworkState {
    progress.state.map { NetworkState($0) }
      ?? NetworkState(
        startOf: network, training.initialisation, random: context.random.derived(0))
  }

  private func noteMissingValidation() {
    guard validation == nil else { return }
    var uses: [String] = []
    if training.schedule == .plateau { uses.append("the learning rate") }
    if training.patience != nil { uses.append("early stopping") }
    let went =
      uses.isEmpty ? "" : ", and \(uses.joined(separator: " and ")) went by the training rows"
    if training.keep == .best || !uses.isEmpty {
      context.log.note("no validation rows: the last epoch was kept\(went)")
    }
  }

  // MARK: An epoch

  private func runEpoch(
    _ compiled: any CompiledNetwork, _ batches: BatchSource, _ steps: Int,
    _ progress: inout TrainingProgress
  ) throws {
    let start = ContinuousClock.now
    var lastReport = start
    let epoch = progress.epochs + 1
    let schedule = training.rateSchedule
    let plateaus = training.plateaus(after: progress.figures)
    var chance = context.random.derived(3).derived(epoch)
    var loss = BatchLoss(classes: samples.classCount, smoothing: training.labelSmoothing)
    var rate = 0.0
    var logLosses = 0.0
    var correct = 0
    for step in 0..<steps {
      rate = schedule.rate(epoch: epoch, step: step, of: steps, plateaus: plateaus)
      let batch = batches.next()
      let scores = try compiled.forward(
        batch.start, count: batch.rows.count, training: chance.next())
      let figures = loss.evaluate(
        scores, labels: batch.rows.map { samples.labels[$0] },
        weights: samples.weights.map { all in batch.rows.map { all[$0] } })
      guard figures.loss.isFinite, figures.logLosses.isFinite else {
        throw diverged("the loss", epoch: epoch, "step \(step + 1) of \(steps)", rate)
      }
      logLosses += figures.logLosses
      correct += figures.correct
      try loss.gradient.withUnsafeBufferPointer { gradient in
        guard let start = gradient.baseAddress else { return }
        try compiled.backward(
          start,
          OptimiserStep(
            optimiser: training.optimiserRule, number: (epoch - 1) * steps + step + 1, rate: rate,
            l2: training.l2, weightDecay: training.weightDecay, clipNorm: training.clipNorm))
      }
      if ContinuousClock.now - lastReport > .milliseconds(100) {
        lastReport = .now
        context.log.progress(
          (Double(epoch - 1) + Double(step + 1) / Double(steps)) / Double(training.epochs))
      }
    }
    guard compiled.isFinite else {
      throw diverged("a parameter", epoch: epoch, "its end", rate)
    }
    var point = FitLog.CurvePoint(
      step: epoch, trainLoss: logLosses / Double(samples.count),
      trainAccuracy: Double(correct) / Double(samples.count), learningRate: rate)
    var value = -(point.trainLoss ?? 0)
    if let validation {
      let scores = try compiled.scores(
        of: validation.features, classes: samples.classCount, batch: options.batch)
      guard scores.isFinite else {
        throw diverged("a score of a validation row", epoch: epoch, "its end", rate)
      }
      let evaluation = Evaluation(
        labels: validation.labels, predictions: Predictions(probabilities: scores.softmaxRows()),
        classCount: samples.classCount, ranks: false)
      point.validationLoss = evaluation.logLoss
      point.validationAccuracy = evaluation.accuracy
      value = training.value(of: evaluation)
    }
    point.seconds = start.secondsAgo
    progress.figures.append(EpochFigures(point: point, value: value))
    context.log.record(point)
  }

  private func diverged(
    _ what: String, epoch: Int, _ place: String, _ rate: Double
  ) -> FitError {
    .diverged(
      "epoch \(epoch), \(place): \(what) is no finite number, at a learning rate of \(rate); try a "
        + "smaller “learning_rate” or a “clip_norm”")
  }

  // MARK: What is kept

  private var keepsBest: Bool { training.keep == .best && validation != nil }

  private func keepBest(of compiled: any CompiledNetwork, in progress: inout TrainingProgress) {
    guard keepsBest, progress.bestEpoch == progress.epochs else { return }
    // The old one first: two copies of a large network may be too much.
    progress.best = nil
    if !(progress.isFinished(training) && checkpoint == nil) {
      progress.best = compiled.state().arrays
    }
  }

  /// The numbers that a finished training keeps; nil when they are those of the compiled network.
  private func kept(of progress: TrainingProgress) -> [ShapedArray]? {
    if keepsBest { context.log.keep(step: progress.bestEpoch) }
    return keepsBest ? progress.best : progress.state
  }

  /// All that a checkpoint must hold: of a finished training only what is kept.
  private func arrays(
    of compiled: any CompiledNetwork, _ progress: TrainingProgress
  ) -> Checkpoint.Arrays {
    let lent = compiled.lentArrays()
    let best = progress.best?.map(\.lent)
    guard !progress.isFinished(training) else {
      return .init(state: keepsBest ? nil : lent[0], best: best)
    }
    let bestIsLast = keepsBest && progress.bestEpoch == progress.epochs
    return .init(
      state: lent[0], moments: Array(lent.dropFirst()), best: bestIsLast ? nil : best)
  }

  /// A checkpoint's progress where it goes with the network.
  private func fitting(_ progress: TrainingProgress?) -> TrainingProgress? {
    guard var progress, progress.epochs > 0 else { return nil }
    let shapes = network.parameters.map(\.parameter.shape)
    func fits(_ arrays: [ShapedArray]?) -> Bool { arrays.map { $0.map(\.shape) == shapes } ?? true }
    guard fits(progress.state), fits(progress.best), progress.moments.allSatisfy({ fits($0) })
    else {
      return nil
    }
    if progress.isFinished(training) {
      return kept(of: progress) == nil ? nil : progress
    }
    guard progress.state != nil, progress.moments.count == training.optimiserRule.moments else {
      return nil
    }
    if keepsBest, progress.best == nil {
      guard progress.bestEpoch == progress.epochs else { return nil }
      progress.best = progress.state
    }
    return progress
  }
}

/// When the next checkpoint is due: writing shall take one twentieth of the time at most.
private struct CheckpointPace {
  private var last = ContinuousClock.now
  private var took = Duration.zero

  var isDue: Bool { ContinuousClock.now - last >= took * 20 }

  mutating func measure(_ write: () -> Void) {
    let start = ContinuousClock.now
    write()
    last = .now
    took = last - start
  }
}

extension CompiledNetwork {
  /// The scores of rows, batch by batch.
  ///
  /// - Parameters:
  ///   - rows: rows × columns of the layout.
  ///   - classes: the number of scores.
  ///   - batch: the rows computed at once.
  /// - Returns: rows × classes.
  /// - Throws: `FitError` when they cannot be computed.
  func scores(of rows: Matrix, classes: Int, batch: Int) throws -> Matrix {
    try rows.withUnsafeElements { elements in
      try Matrix(rows: rows.rows, columns: classes) { span in
        for first in stride(from: 0, to: rows.rows, by: batch) {
          let count = min(batch, rows.rows - first)
          let scores = try forward(elements + first * rows.columns, count: count, training: nil)
          for index in 0..<count * classes { span[first * classes + index] = scores[index] }
        }
      }
    }
  }
}
