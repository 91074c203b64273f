import FileSystem
import JSONText
import Learning
import Matrices

// Testing the winner, and keeping it.

extension CellRun {
  func finish(_ outcome: Outcome) throws -> (CellRecord, Predictions?) {
    var outcome = outcome
    guard let winner = outcome.winner else {
      throw outcome.failure
        ?? .failed("no setting has a defined \(plan.measure.rawValue) on the validation rows")
    }
    let candidate = winner.candidate
    let setting = candidate.model
    let training = split.finalTraining
    let prepared = try runner.prepared(piece.final[candidate.setting.transformation])
    let trainingRows = prepared.rows.rows(0..<training.count)
    let learning = runner.learningSamples(
      training, features: trainingRows, layout: prepared.layout,
      random: RandomStream(
        seed: plan.seed,
        "\(piece.stream)/\(winner.fitted == nil ? "final" : "0")/balance"))
    let log = log(from: outcome.done, weight: 1, since: outcome.start)
    let start = ContinuousClock.now
    let fit: Fit
    if let fitted = winner.fitted {
      fit = fitted
    } else {
      fit = Fit(
        model: try setting.fit(learning.samples, in: context("final", of: [candidate], log)),
        knownClasses: learning.knownClasses, curve: log.curve, keptStep: log.keptStep)
    }
    let model = try setting.finish(
      fit.model, for: learning.samples, in: context("finish", of: [candidate], log))
    let fitSeconds = Self.fitSeconds(since: start, log)
    if split.selection.isEmpty {
      try onTrials([try onlyTrial(model, learning, trainingRows, fitSeconds: fitSeconds)])
    }
    outcome.add(log)

    let testStart = prepared.rows.rows - split.test.count
    let predictStart = ContinuousClock.now
    let predictions = try model.predictions(
      for: prepared.rows.rows(testStart..<testStart + split.test.count)
    )
    .spread(over: classCount, known: learning.knownClasses)
    guard predictions.probabilities.isFinite else {
      throw FitError.diverged("the predicted probabilities are not finite numbers")
    }
    let predictSeconds = predictStart.secondsAgo
    if plan.isFolds(cell), Kind.watchesValidation {
      outcome.notes.append(Self.deployedWithoutValidation)
    }
    if plan.keepsModel(of: piece) {
      try runner.save(
        runner.pipeline(
          cell, prepared: prepared, model: model, settings: setting.settingValues,
          knownClasses: learning.knownClasses), cellName: plan.name(of: cell), key: piece.key)
    }
    var record = CellRecord(key: piece.key)
    record.winner = candidate.trial
    if procedure != .all { record.setting = candidate.setting }
    if procedure != .all || tuner.seconds != nil, !split.selection.isEmpty {
      record.trials = outcome.trials
    }
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
  static func fitSeconds(since start: ContinuousClock.Instant, _ log: FitLog) -> Double {
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
    let train = try model.predictions(for: rows)
      .spread(over: classCount, known: learning.knownClasses)
    guard train.probabilities.isFinite else {
      throw FitError.diverged("the predicted probabilities are not finite numbers")
    }
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
      columns: input.data.columns, offsets: input.data.offsets, picture: input.data.picture,
      missing: input.data.missing,
      classes: plan.classes,
      knownClasses: knownClasses, preparation: prepared.fitted,
      modelName: plan.models[cell.model].model, settings: settings, model: model)
  }

  /// The models of a cell's column, decoded from their settings.
  func models<Kind: Model>(_ type: Kind.Type, of cell: Plan.Cell) throws -> [Kind] {
    try plan.models[cell.model].variants.map { try Kind(settings: $0.settings) }
  }

  /// Fits one setting to all rows, and keeps it.
  func deploy<Kind: Model>(
    _ type: Kind.Type, _ piece: WorkList.DeploymentPiece, _ setting: TrialSetting
  ) throws {
    let cell = plan.cells[piece.cell]
    guard let variant = plan.modelVariant(setting, of: cell),
      piece.preparations.indices.contains(setting.transformation)
    else { throw FitError.failed("the chosen setting is not one of the plan’s") }
    let model = try Kind(settings: variant.settings)
    let prepared = try prepared(piece.preparations[setting.transformation])
    let stream = RandomStream(seed: plan.seed, piece.stream)
    let learning = learningSamples(
      Array(input.data.labels.indices), features: prepared.rows, layout: prepared.layout,
      random: stream.derived(0))
    var context = FitContext(
      random: stream.derived(1), threads: work.threads(of: setting, piece), deadline: deadline,
      log: FitLog(onProgress: onProgress, onPoint: onPoint))
    let number = plan.settings(of: cell).firstIndex(of: setting)
    context.checkpoint =
      folder.checkpoints(of: piece.key) / "\(number.map { "\($0)" } ?? "proposed").all"
    var fitted = try model.fit(learning.samples, in: context)
    fitted = try model.finish(fitted, for: learning.samples, in: context)
    try save(
      pipeline(
        cell, prepared: prepared, model: fitted, settings: model.settingValues,
        knownClasses: learning.knownClasses), cellName: plan.name(of: cell), key: piece.key)
  }
}
