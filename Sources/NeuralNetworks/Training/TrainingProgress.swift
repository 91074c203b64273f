import Learning
import Matrices

/// What was measured after an epoch.
struct EpochFigures: Codable, Equatable {
  var point: FitLog.CurvePoint
  /// What the best epoch is best in, the larger the better.
  var value: Double
}

/// How far a training is: all that the next epoch depends on, beside the seed and the samples.
struct TrainingProgress {
  /// After each epoch.
  var figures: [EpochFigures] = []
  /// The numbers after the last epoch; nil when training is over and they are not the ones kept.
  var state: [ShapedArray]?
  /// The optimiser's numbers after the last epoch.
  var moments: [[ShapedArray]] = []
  /// The numbers after the best epoch where it is not the last one.
  var best: [ShapedArray]?

  /// The epochs that are done.
  var epochs: Int { figures.count }

  /// The epoch with the largest value, the first of equal ones; 0 before the first.
  var bestEpoch: Int {
    var best = 0
    for (index, figures) in figures.enumerated()
    where best == 0 || figures.value > self.figures[best - 1].value { best = index + 1 }
    return best
  }

  /// Whether nothing is left to do.
  func isFinished(_ training: Training) -> Bool {
    epochs >= training.epochs || epochs > 0 && epochs - bestEpoch >= training.patience ?? .max
  }
}

extension Training {
  /// What the best epoch is best in, the larger the better.
  func value(of evaluation: Evaluation) -> Double {
    switch bestBy {
    case .accuracy: evaluation.accuracy
    case .loss: -evaluation.logLoss
    case .balancedAccuracy: evaluation[.balancedAccuracy] ?? 0
    case .f1Macro: evaluation[.f1Macro] ?? 0
    }
  }

  /// How many plateaus some epochs had, on validation rows, or else on training rows.
  func plateaus(after figures: [EpochFigures]) -> Int {
    guard schedule == .plateau else { return 0 }
    let measured = figures.map { figures in
      let point = figures.point
      return switch plateauBy {
      case .accuracy: point.validationAccuracy ?? point.trainAccuracy ?? 0
      case .loss: -(point.validationLoss ?? point.trainLoss ?? 0)
      }
    }
    return Schedule.plateaus(in: measured, patience: plateauPatience)
  }
}
