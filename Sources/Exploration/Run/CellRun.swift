import FileSystem
import JSONText
import Learning
import Matrices
import Statistics

/// Fits a model's settings on one split, chooses among them and tests the winner.
struct CellRun<Kind: Model> {
  let runner: PieceRunner
  let piece: WorkList.CellPiece
  /// The model's settings, in the order of the trials.
  let models: [Kind]
  /// Takes the trials as they finish, with the predicted validation classes.
  let onTrials: ([(record: TrialRecord, predictions: [UInt8])]) throws -> Void

  private var plan: Plan { runner.plan }
  private var input: Plan.Input { runner.input }
  private var split: Split { plan.split(piece.split, of: cell) }
  private var cell: Plan.Cell { plan.cells[piece.cell] }
  private var classCount: Int { plan.classes.count }
  private var variantCount: Int { plan.transformations[cell.transformation].variants.count }

  /// One setting's figures on one selection fit.
  private struct Figures {
    var train: Evaluation
    var validation: Evaluation?
    var validationClasses: [Int]
    /// What the measure is computed from, where classes are not enough.
    var validationScores: Matrix?
    var fitSeconds: Double
    var predictSeconds: Double
  }

  /// A fitted setting.
  private struct Fit {
    var model: Kind.Fitted
    var knownClasses: [Int]
    var curve: [FitLog.CurvePoint] = []
    var keptStep: Int?
  }

  /// What is known of the setting that is best so far.
  private struct Winner {
    var trial: Int
    var score: Double
    /// Kept where it was fitted on the rows the winner is to be fitted on.
    var fitted: Fit?
  }

  private struct Outcome {
    var winner: Winner?
    var notes: [String] = []
    var failure: FitError?
    var transformSeconds = 0.0

    mutating func add(_ log: FitLog) {
      for note in log.notes where !notes.contains(note) { notes.append(note) }
    }
  }

  // MARK: The whole cell

  /// - Returns: the cell's record without the blob and the memory, and the test predictions.
  /// - Throws: `SystemError` when something cannot be written; what goes wrong in a fit becomes part
  ///   of the record.
  func run() throws -> (record: CellRecord, predictions: Predictions?) {
    var outcome = Outcome()
    do {
      for index in piece.preparations {
        let prepared = try runner.prepared(index)
        outcome.transformSeconds += prepared.seconds
        outcome.notes += prepared.notes.filter { !outcome.notes.contains($0) }
      }
      for variant in 0..<variantCount { try select(variant, &outcome) }
      return try finish(outcome)
    } catch let error as SystemError {
      throw error
    } catch {
      return (failed(outcome, error), nil)
    }
  }

  private func failed(_ outcome: Outcome, _ error: any Error) -> CellRecord {
    var record = CellRecord(key: piece.key)
    if case FitError.diverged(let reason) = error {
      record.failure = Failure(status: .diverged, reason: reason)
    } else {
      record.failure = Failure(status: .failed, reason: "\(error)")
    }
    record.notes = outcome.notes
    record.transformSeconds = outcome.transformSeconds
    return record
  }

  // MARK: Selection

  private func select(_ variant: Int, _ outcome: inout Outcome) throws {
    if split.selection.isEmpty {
      // Nothing to select on: the only setting wins, and is fitted at the end.
      outcome.winner = outcome.winner ?? Winner(trial: 0, score: 0, fitted: nil)
    } else if Kind.listFitting == .separate {
      for index in models.indices { try trySeparately(index, variant, &outcome) }
    } else {
      try tryTogether(variant, &outcome)
    }
  }

  /// What a fit of some trials may use; all trials have the same random numbers.
  private func context(
    _ fit: String, of trials: Range<Int>, _ log: FitLog, validation: Samples? = nil
  ) -> FitContext {
    var context = FitContext(
      random: RandomStream(seed: plan.seed, "\(piece.stream)/\(fit)"),
      threads: piece.threads[trials].max() ?? 1, validation: validation,
      deadline: runner.deadline, log: log)
    let name =
      trials.count == 1 ? "\(trials.lowerBound)" : "\(trials.lowerBound)-\(trials.upperBound)"
    context.checkpoint = runner.folder.checkpoints(of: piece.key) / "\(name).\(fit)"
    return context
  }

  private func trySeparately(_ index: Int, _ variant: Int, _ outcome: inout Outcome) throws {
    let trial = variant * models.count + index
    do {
      var figures: [Figures] = []
      var fitted: Fit?
      for fit in split.selection.indices {
        let part = try SelectionPart(self, variant: variant, fit: fit)
        let log = log(of: fit, trials: trial..<trial + 1)
        defer { outcome.add(log) }
        let start = ContinuousClock.now
        let model = try models[index].fit(
          part.learning.samples,
          in: context("\(fit)", of: trial..<trial + 1, log, validation: part.watched))
        let fitSeconds = Self.fitSeconds(since: start, log)
        figures += try score([model], part, fitSeconds: fitSeconds)
        fitted = Fit(
          model: model, knownClasses: part.learning.knownClasses, curve: log.curve,
          keptStep: log.keptStep)
      }
      try record([(trial, figures, fitted)], &outcome)
    } catch let error as SystemError {
      throw error
    } catch {
      try recordFailure([trial], error, &outcome)
    }
  }

  private func tryTogether(_ variant: Int, _ outcome: inout Outcome) throws {
    let trials = variant * models.count..<(variant + 1) * models.count
    do {
      var figures = models.map { _ in [Figures]() }
      var fitted: [Kind.Fitted] = []
      var known: [Int] = []
      for fit in split.selection.indices {
        let part = try SelectionPart(self, variant: variant, fit: fit)
        let log = log(of: fit, trials: trials)
        defer { outcome.add(log) }
        let start = ContinuousClock.now
        fitted = try Kind.fit(
          models, to: part.learning.samples,
          in: context("\(fit)", of: trials, log, validation: part.watched))
        let fitSeconds = start.secondsAgo / Double(models.count)
        for (index, own) in try score(fitted, part, fitSeconds: fitSeconds).enumerated() {
          figures[index].append(own)
        }
        known = part.learning.knownClasses
      }
      try record(
        models.indices.map { index in
          (
            trials.lowerBound + index, figures[index],
            Fit(model: fitted[index], knownClasses: known)
          )
        }, &outcome)
    } catch let error as SystemError {
      throw error
    } catch {
      // One setting's failure is not that of the others.
      for index in models.indices { try trySeparately(index, variant, &outcome) }
    }
  }

  /// The log of one selection fit, which tells the share of the whole piece that is done.
  private func log(of fit: Int, trials: Range<Int>) -> FitLog {
    log(
      from: trials.lowerBound * split.selection.count + fit * trials.count, fits: trials.count)
  }

  private func log(from done: Int, fits: Int) -> FitLog {
    let hasFinalFit = split.final != nil
    let total =
      variantCount * models.count * split.selection.count + (hasFinalFit ? 1 : 0)
    let onProgress = runner.onProgress
    return FitLog(
      onProgress: { onProgress((Double(done) + $0 * Double(fits)) / Double(max(1, total))) },
      onPoint: runner.onPoint)
  }

  /// The rows of one selection fit, prepared.
  private struct SelectionPart {
    var training: Matrix
    var trainingLabels: [Int]
    var validation: Matrix
    var validationLabels: [Int]
    var learning: PieceRunner.LearningSamples

    /// The validation rows of classes that have training rows, for models that watch them.
    var watched: Samples? {
      let known = learning.knownClasses
      let rows = validationLabels.indices.filter { known.contains(validationLabels[$0]) }
      guard !rows.isEmpty else { return nil }
      return Samples(
        features: rows.count == validation.rows ? validation : validation.gathering(rows: rows),
        labels: rows.compactMap { known.firstIndex(of: validationLabels[$0]) },
        classCount: known.count, layout: learning.samples.layout)
    }

    init(_ run: CellRun, variant: Int, fit: Int) throws {
      let rows = run.split.selection[fit]
      let whole = try run.runner.prepared(run.piece.selection[variant][fit])
      let prepared = whole.rows
      let labels = run.input.data.labels
      training = prepared.rows(0..<rows.training.count)
      validation = prepared.rows(
        rows.training.count..<rows.training.count + rows.validation.count)
      trainingLabels = rows.training.map { labels[$0] }
      validationLabels = rows.validation.map { labels[$0] }
      learning = run.runner.learningSamples(
        rows.training, features: training, layout: whole.layout,
        random: RandomStream(seed: run.plan.seed, "\(run.piece.stream)/\(fit)/balance"))
    }
  }

  private func score(
    _ fitted: [Kind.Fitted], _ part: SelectionPart, fitSeconds: Double
  ) throws -> [Figures] {
    func predictions(_ rows: Matrix) throws -> [Predictions] {
      try Kind.Fitted.predictions(of: fitted, for: rows).map { own in
        guard own.probabilities.isFinite else {
          throw FitError.diverged("the predicted probabilities are not finite numbers")
        }
        return own.spread(over: classCount, known: part.learning.knownClasses)
      }
    }
    let start = ContinuousClock.now
    let train = try predictions(part.training)
    let validation = try predictions(part.validation)
    let predictSeconds = start.secondsAgo / Double(fitted.count)
    return zip(train, validation).map { train, validation in
      Figures(
        train: Evaluation(
          labels: part.trainingLabels, predictions: train, classCount: classCount, ranks: false),
        validation: part.validationLabels.isEmpty
          ? nil
          : Evaluation(
            labels: part.validationLabels, predictions: validation, classCount: classCount,
            ranks: plan.measure.needsRanks),
        validationClasses: validation.classes,
        validationScores: kept(validation),
        fitSeconds: fitSeconds, predictSeconds: predictSeconds)
    }
  }

  /// Ranks of uncalibrated models come from their raw scores.
  private func kept(_ predictions: Predictions) -> Matrix? {
    guard plan.measure.needsProbabilities else { return nil }
    return plan.measure == .aucMacro
      ? predictions.scores ?? predictions.probabilities : predictions.probabilities
  }

  /// Records trials and keeps the best; the first of equally good ones.
  private func record(
    _ trials: [(trial: Int, figures: [Figures], fitted: Fit?)], _ outcome: inout Outcome
  ) throws {
    try onTrials(trials.map { (trialRecord($0.trial, $0.figures), blob($0.figures)) })
    for trial in trials {
      guard let score = score(trial.figures) else { continue }
      if let best = outcome.winner {
        let gain = plan.measure.isMinimised ? best.score - score : score - best.score
        guard gain > 1e-12 else { continue }
      }
      let isFinal = split.final == nil && split.selection.count == 1
      outcome.winner = Winner(
        trial: trial.trial, score: score, fitted: isFinal ? trial.fitted : nil)
    }
  }

  /// The mean of the measure over the selection fits; nil where it is not defined.
  private func score(_ figures: [Figures]) -> Double? {
    let scores = figures.compactMap { $0.validation?[plan.measure] }
    return scores.count == figures.count && !scores.isEmpty ? mean(scores) : nil
  }

  private func trialRecord(_ trial: Int, _ figures: [Figures]) -> TrialRecord {
    let validation = figures.compactMap(\.validation)
    var record = TrialRecord(
      key: piece.key, trial: trial, fitSeconds: figures.reduce(0) { $0 + $1.fitSeconds },
      predictSeconds: figures.reduce(0) { $0 + $1.predictSeconds })
    record.trainAccuracy = mean(figures.map(\.train.accuracy))
    record.validationAccuracy = mean(validation.map(\.accuracy))
    record.trainLoss = mean(figures.map(\.train.logLoss))
    record.validationLoss = mean(validation.map(\.logLoss))
    record.score = score(figures)
    return record
  }

  private func blob(_ figures: [Figures]) -> [UInt8] {
    let format = PredictionBlob(classCount: classCount)
    return format.bytes(classes: figures.flatMap(\.validationClasses))
      + figures.compactMap(\.validationScores).flatMap {
        format.bytes(classes: [], probabilities: $0)
      }
  }

  private func recordFailure(_ trials: [Int], _ error: any Error, _ outcome: inout Outcome) throws {
    let reason = error as? FitError ?? .failed("\(error)")
    outcome.failure = outcome.failure ?? reason
    var status = CellStatus.failed
    if case .diverged = reason { status = .diverged }
    try onTrials(
      trials.map { trial in
        let failure = Failure(status: status, reason: reason.description)
        return (
          TrialRecord(
            key: piece.key, trial: trial, failure: failure, fitSeconds: 0, predictSeconds: 0), []
        )
      })
  }

  // MARK: The winner

  private func finish(_ outcome: Outcome) throws -> (CellRecord, Predictions?) {
    var outcome = outcome
    guard let winner = outcome.winner else {
      throw outcome.failure
        ?? .failed("no setting has a defined \(plan.measure.rawValue) on the validation rows")
    }
    let variant = winner.trial / models.count
    let index = winner.trial % models.count
    let training = split.finalTraining
    let prepared = try runner.prepared(piece.final[variant])
    let trainingRows = prepared.rows.rows(0..<training.count)
    let learning = runner.learningSamples(
      training, features: trainingRows, layout: prepared.layout,
      random: RandomStream(
        seed: plan.seed,
        "\(piece.stream)/\(winner.fitted == nil ? "final" : "0")/balance"))
    let log = log(from: variantCount * models.count * split.selection.count, fits: 1)
    let trial = winner.trial..<winner.trial + 1
    let start = ContinuousClock.now
    let fit: Fit
    if let fitted = winner.fitted {
      fit = fitted
    } else {
      fit = Fit(
        model: try models[index].fit(learning.samples, in: context("final", of: trial, log)),
        knownClasses: learning.knownClasses, curve: log.curve, keptStep: log.keptStep)
    }
    let model = try models[index].finish(
      fit.model, for: learning.samples, in: context("finish", of: trial, log))
    let fitSeconds = Self.fitSeconds(since: start, log)
    if split.selection.isEmpty {
      try onTrials([try onlyTrial(model, learning, trainingRows, fitSeconds: fitSeconds)])
    }
    outcome.add(log)

    let testStart = prepared.rows.rows - split.test.count
    let predictStart = ContinuousClock.now
    let predictions = model.predictions(
      for: prepared.rows.rows(testStart..<testStart + split.test.count)
    )
    .spread(over: classCount, known: learning.knownClasses)
    guard predictions.probabilities.isFinite else {
      throw FitError.diverged("the predicted probabilities are not finite numbers")
    }
    let predictSeconds = predictStart.secondsAgo
    if plan.isFolds, Kind.watchesValidation {
      outcome.notes.append(Self.deployedWithoutValidation)
    }
    if !plan.isFolds, piece.seedIndex == 0 {
      try runner.save(
        runner.pipeline(
          cell, prepared: prepared, model: model, settings: models[index].settingValues,
          knownClasses: learning.knownClasses), cellName: plan.name(of: cell))
    }
    var record = CellRecord(key: piece.key)
    record.winner = winner.trial
    record.dimensions = prepared.rows.columns
    record.trainingRows = training.count
    record.transformSeconds = outcome.transformSeconds
    record.fitSeconds = split.selection.isEmpty ? 0 : fitSeconds
    record.predictSeconds = predictSeconds
    record.notes = outcome.notes
    record.curve = fit.curve
    record.keptStep = fit.keptStep
    return (record, predictions)
  }

  /// The seconds of a fit, those before a kill included: a training that went on from a checkpoint
  /// logs its earlier epochs again.
  private static func fitSeconds(since start: ContinuousClock.Instant, _ log: FitLog) -> Double {
    max(start.secondsAgo, log.curve.reduce(0) { $0 + ($1.seconds ?? 0) })
  }

  private static var deployedWithoutValidation: String {
    "the model kept for use is trained on all rows, without validation rows to stop by"
  }

  /// The trial of a cell that has nothing to select on.
  private func onlyTrial(
    _ model: Kind.Fitted, _ learning: PieceRunner.LearningSamples, _ rows: Matrix,
    fitSeconds: Double
  ) throws -> (TrialRecord, [UInt8]) {
    let start = ContinuousClock.now
    let train = model.predictions(for: rows)
      .spread(over: classCount, known: learning.knownClasses)
    let evaluation = Evaluation(
      labels: split.finalTraining.map { input.data.labels[$0] }, predictions: train,
      classCount: classCount, ranks: false)
    var record = TrialRecord(
      key: piece.key, trial: 0, fitSeconds: fitSeconds, predictSeconds: start.secondsAgo)
    record.trainAccuracy = evaluation.accuracy
    record.trainLoss = evaluation.logLoss
    return (record, [])
  }
}

extension PieceRunner {
  func pipeline(
    _ cell: Plan.Cell, prepared: Cache.Prepared, model: any FittedModel, settings: JSONNode,
    knownClasses: [Int]
  ) -> FittedPipeline {
    FittedPipeline(
      columns: input.data.columns, picture: input.data.picture, missing: input.data.missing,
      classes: plan.classes,
      knownClasses: knownClasses, preparation: prepared.fitted,
      modelName: plan.models[cell.model].model, settings: settings, model: model)
  }

  /// The models of a cell's column, decoded from their settings.
  func models<Kind: Model>(_ type: Kind.Type, of cell: Plan.Cell) throws -> [Kind] {
    try plan.models[cell.model].variants.map { try Kind(settings: $0.settings) }
  }

  /// Fits one setting, by its number, to all rows, and keeps it.
  func deploy<Kind: Model>(
    _ type: Kind.Type, _ piece: WorkList.DeploymentPiece, trial: Int
  ) throws {
    let cell = plan.cells[piece.cell]
    let models = try models(type, of: cell)
    let model = models[trial % models.count]
    let prepared = try prepared(piece.preparations[trial / models.count])
    let stream = RandomStream(seed: plan.seed, piece.stream)
    let learning = learningSamples(
      Array(input.data.labels.indices), features: prepared.rows, layout: prepared.layout,
      random: stream.derived(0))
    var context = FitContext(
      random: stream.derived(1), threads: piece.threads[trial], deadline: deadline,
      log: FitLog(onProgress: onProgress, onPoint: onPoint))
    context.checkpoint = folder.checkpoints(of: piece.key) / "\(trial).all"
    var fitted = try model.fit(learning.samples, in: context)
    fitted = try model.finish(fitted, for: learning.samples, in: context)
    try save(
      pipeline(
        cell, prepared: prepared, model: fitted, settings: model.settingValues,
        knownClasses: learning.knownClasses), cellName: plan.name(of: cell))
  }
}
