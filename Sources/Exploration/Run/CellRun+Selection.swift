import FileSystem
import Learning
import Matrices
import Statistics

// Fitting the settings on the selection rows, and choosing among them.

extension CellRun {
  /// Fits candidates of one budget: those of a variant of the transformation together where the model can,
  /// but one by one where the time may run out between them.
  func fit(_ candidates: [Candidate], _ outcome: inout Outcome) throws {
    if Kind.listFitting == .separate || tuner.seconds != nil {
      for candidate in candidates where mayBegin(outcome) {
        try trySeparately(candidate, &outcome)
      }
    } else {
      for variant in 0..<variantCount {
        let own = candidates.filter { $0.setting.transformation == variant }
        if !own.isEmpty { try tryTogether(own, &outcome) }
      }
    }
  }

  /// What a fit of some candidates may use; all have the same random numbers.
  func context(
    _ fit: String, of candidates: [Candidate], _ log: FitLog, validation: Samples? = nil
  ) -> FitContext {
    var context = FitContext(
      random: RandomStream(seed: plan.seed, "\(piece.stream)/\(fit)"),
      threads: candidates.map(\.threads).max() ?? 1, validation: validation,
      deadline: runner.deadline, log: log)
    let first = candidates.first?.trial ?? 0
    let last = candidates.last?.trial ?? 0
    let name = candidates.count == 1 ? "\(first)" : "\(first)-\(last + 1)"
    context.checkpoint = runner.folder.checkpoints(of: piece.key) / "\(name).\(fit)"
    return context
  }

  func trySeparately(_ candidate: Candidate, _ outcome: inout Outcome) throws {
    do {
      let setting = try reduced(candidate)
      var figures: [Figures] = []
      var fitted: Fit?
      for fit in split.selection.indices {
        let part = try SelectionPart(self, candidate, fit: fit)
        let log = log(of: fit, [candidate], outcome)
        // What a small share of the budget brings about is not to be said of the cell.
        defer { if candidate.budget == 1 { outcome.add(log) } }
        let start = ContinuousClock.now
        let model = try setting.fit(
          part.learning.samples,
          in: context("\(fit)", of: [candidate], log, validation: part.watched))
        let fitSeconds = Self.fitSeconds(since: start, log)
        figures += try score([model], part, fitSeconds: fitSeconds)
        fitted = Fit(
          model: model, knownClasses: part.learning.knownClasses, curve: log.curve,
          keptStep: log.keptStep)
      }
      try record([(candidate, figures, fitted)], &outcome)
    } catch let error as SystemError {
      throw error
    } catch {
      try recordFailure(of: candidate, error, &outcome)
    }
    outcome.done += candidate.budget * Double(split.selection.count)
  }

  /// All of one variant of the transformation.
  private func tryTogether(_ candidates: [Candidate], _ outcome: inout Outcome) throws {
    do {
      let settings = try candidates.map { try reduced($0) }
      var figures = candidates.map { _ in [Figures]() }
      var fitted: [Kind.Fitted] = []
      var known: [Int] = []
      for fit in split.selection.indices {
        let part = try SelectionPart(self, candidates[0], fit: fit)
        let log = log(of: fit, candidates, outcome)
        defer { if candidates[0].budget == 1 { outcome.add(log) } }
        let start = ContinuousClock.now
        fitted = try Kind.fit(
          settings, to: part.learning.samples,
          in: context("\(fit)", of: candidates, log, validation: part.watched))
        let fitSeconds = start.secondsAgo / Double(candidates.count)
        for (index, own) in try score(fitted, part, fitSeconds: fitSeconds).enumerated() {
          figures[index].append(own)
        }
        known = part.learning.knownClasses
      }
      try record(
        candidates.indices.map { index in
          (
            candidates[index], figures[index],
            Fit(model: fitted[index], knownClasses: known)
          )
        }, &outcome)
      outcome.done +=
        candidates.reduce(0) { $0 + $1.budget } * Double(split.selection.count)
    } catch let error as SystemError {
      throw error
    } catch {
      // One setting's failure is not that of the others.
      for candidate in candidates { try trySeparately(candidate, &outcome) }
    }
  }

  /// The log of one selection fit, which tells the share of the whole piece that is done.
  private func log(of fit: Int, _ candidates: [Candidate], _ outcome: Outcome) -> FitLog {
    let weight = candidates.reduce(0) { $0 + $1.budget }
    return log(from: outcome.done + Double(fit) * weight, weight: weight, since: outcome.start)
  }

  /// The log of a fit that takes as long as so many full ones.
  func log(
    from done: Double, weight: Double, since start: ContinuousClock.Instant
  ) -> FitLog {
    let total =
      procedure.fits(settings: settings.count).budget * Double(split.selection.count)
      + (split.final == nil ? 0 : 1)
    let onProgress = runner.onProgress
    let seconds = tuner.seconds
    return FitLog(
      onProgress: { share in
        let passed = seconds.map { start.secondsAgo / $0 } ?? 0
        onProgress(min(1, max((done + share * weight) / max(1, total), passed)))
      },
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

    init(_ run: CellRun, _ candidate: Candidate, fit: Int) throws {
      var rows = run.split.selection[fit]
      let whole = try run.runner.prepared(
        run.piece.selection[candidate.setting.transformation][fit])
      let prepared = whole.rows
      let labels = run.input.data.labels
      validation = prepared.rows(
        rows.training.count..<rows.training.count + rows.validation.count)
      if candidate.budget < 1, Kind.budgetSetting == nil {
        let kept = NestedSubsets(
          of: Array(rows.training.indices), labels: rows.training.map { labels[$0] },
          units: run.runner.units(of: rows.training),
          random: RandomStream(seed: run.plan.seed, "\(run.piece.stream)/\(fit)/budget")
        ).rows(share: candidate.budget, leastUnits: 2)
        training = prepared.gathering(rows: kept)
        rows.training = kept.map { rows.training[$0] }
      } else {
        training = prepared.rows(0..<rows.training.count)
      }
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
    _ trials: [(candidate: Candidate, figures: [Figures], fitted: Fit?)],
    _ outcome: inout Outcome
  ) throws {
    try onTrials(trials.map { (trialRecord($0.candidate, $0.figures), blob($0.figures)) })
    outcome.trials += trials.count
    for (candidate, figures, fitted) in trials {
      guard let score = score(figures) else { continue }
      outcome.scores[candidate.trial] = score
      let isFinal =
        split.final == nil && split.selection.count == 1 && candidate.budget == 1
      let own = Winner(candidate: candidate, score: score, fitted: isFinal ? fitted : nil)
      if candidate.budget < 1 {
        outcome.bestReduced = better(own, outcome.bestReduced)
      } else {
        outcome.winner = better(own, outcome.winner)
      }
    }
  }

  /// What has more of the budget, else the better score.
  private func better(_ new: Winner, _ best: Winner?) -> Winner {
    guard let best, new.candidate.budget <= best.candidate.budget else { return new }
    return plan.measure.isBetter(new.score, than: best.score) ? new : best
  }

  /// The mean of the measure over the selection fits; nil where it is not defined.
  private func score(_ figures: [Figures]) -> Double? {
    let scores = figures.compactMap { $0.validation?[plan.measure] }
    return scores.count == figures.count && !scores.isEmpty ? mean(scores) : nil
  }

  private func trialRecord(_ candidate: Candidate, _ figures: [Figures]) -> TrialRecord {
    let validation = figures.compactMap(\.validation)
    var record = emptyRecord(of: candidate)
    record.fitSeconds = figures.reduce(0) { $0 + $1.fitSeconds }
    record.predictSeconds = figures.reduce(0) { $0 + $1.predictSeconds }
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

  private func emptyRecord(of candidate: Candidate) -> TrialRecord {
    var record = TrialRecord(
      key: piece.key, trial: candidate.trial, fitSeconds: 0, predictSeconds: 0)
    record.setting = procedure == .all ? nil : candidate.setting
    record.budget = candidate.budget < 1 ? candidate.budget : nil
    return record
  }

  func recordFailure(
    of candidate: Candidate, _ error: any Error, _ outcome: inout Outcome
  ) throws {
    let reason = error as? FitError ?? .failed("\(error)")
    outcome.failure = outcome.failure ?? reason
    var status = CellStatus.failed
    if case .diverged = reason { status = .diverged }
    var record = emptyRecord(of: candidate)
    record.failure = Failure(status: status, reason: reason.description)
    try onTrials([(record, [])])
    outcome.trials += 1
  }
}
