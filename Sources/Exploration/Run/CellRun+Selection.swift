import FileSystem
import Learning
import Matrices
import Statistics

// Fitting the settings on the selection rows, and choosing among them.

extension CellRun {
  func select(_ variant: Int, _ outcome: inout Outcome) throws {
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
  func context(
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
  func log(of fit: Int, trials: Range<Int>) -> FitLog {
    log(
      from: trials.lowerBound * split.selection.count + fit * trials.count, fits: trials.count)
  }

  func log(from done: Int, fits: Int) -> FitLog {
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
}
