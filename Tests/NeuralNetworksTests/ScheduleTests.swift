import Learning
import NeuralNetworks
import Testing

@Suite struct ScheduleTests {
  private func rates(
    _ training: Training, epochs: [Int], step: Int = 0, of steps: Int = 4, measured: [Double] = []
  ) -> [Double] {
    epochs.map { epoch in
      let rate = training.rateSchedule.rate(
        epoch: epoch, step: step, of: steps,
        plateaus: Schedule.plateaus(
          in: Array(measured.prefix(epoch - 1)), patience: training.plateauPatience))
      return (rate * 1e9).rounded() / 1e9
    }
  }

  @Test func constant() {
    #expect(rates(Training(), epochs: [1, 50, 100]) == [1e-3, 1e-3, 1e-3])
  }

  /// A quarter from half time on, as `resnet34` is trained: 17 epochs have 8 before it.
  @Test func stepAtAShareOfTheTraining() {
    let training = Training {
      $0.epochs = 17; $0.learningRate = 5e-4; $0.schedule = .step; $0.stepFactor = 0.25
    }
    #expect(rates(training, epochs: [1, 8, 9, 17]) == [5e-4, 5e-4, 1.25e-4, 1.25e-4])
  }

  @Test func stepAfterEpochs() {
    let training = Training {
      $0.epochs = 10; $0.learningRate = 1; $0.schedule = .step; $0.stepFactor = 0.1
      $0.stepAfter = [3, 0.5]
    }
    #expect(rates(training, epochs: [3, 4, 5, 6, 10]) == [1, 0.1, 0.1, 0.01, 0.01])
  }

  @Test func cosine() {
    let training = Training {
      $0.epochs = 4; $0.learningRate = 2; $0.schedule = .cosine; $0.cosineEnd = 0.1
    }
    // 0.2 + 1.8 · (1 + cos(πt)) / 2 at t = 0, ¼, ½, ¾.
    #expect(
      rates(training, epochs: [1, 2, 3, 4]) == [2, 1.736396103, 1.1, 0.463603897])
    #expect(rates(training, epochs: [2], step: 2) == [1.444415089])
  }

  @Test func cosineBeginsAfterTheWarmup() {
    let training = Training {
      $0.epochs = 6; $0.learningRate = 2; $0.schedule = .cosine; $0.warmupEpochs = 2
      $0.warmupStart = 0.5
    }
    #expect(rates(training, epochs: [1, 2, 3, 5]) == [1, 1.5, 2, 1])
  }

  /// Linear warm-up from 5e-5 over epochs 1–5, 5.55e-4 until 41, 2e-4 until 46, 5e-5 until 50.
  @Test func publishedRecipeOfPieces() throws {
    let training = Training {
      $0.epochs = 50; $0.learningRate = 5.55e-4; $0.schedule = .piecewise
      $0.warmupEpochs = 5; $0.warmupStart = 5e-5 / 5.55e-4
      $0.piecewiseEpochs = [42, 47]; $0.piecewiseRates = [2e-4, 5e-5]
    }
    try training.checkSettings()
    #expect(
      rates(training, epochs: [1, 2, 5, 6, 41, 42, 46, 47, 50]) == [
        5e-5, 1.51e-4, 4.54e-4, 5.55e-4, 5.55e-4, 2e-4, 2e-4, 5e-5, 5e-5,
      ])
    // Half an epoch further on the way.
    #expect(rates(training, epochs: [1], step: 2) == [1.005e-4])
  }

  @Test func plateauHalvesWhenNothingImproves() {
    let training = Training {
      $0.learningRate = 1; $0.schedule = .plateau; $0.plateauPatience = 2
    }
    // Better in epochs 1, 2 and 5 only: an equal value is no improvement.
    let measured = [0.5, 0.6, 0.6, 0.55, 0.7, 0.1, 0.1, 0.1, 0.7]
    #expect(
      rates(training, epochs: Array(1...10), measured: measured)
        == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125])
  }

  typealias Change = @Sendable (inout Training) -> Void

  private static let contradictions: [(String, Change)] = [
    ("“momentum”", { $0.momentum = 0.9 }),
    ("“weight_decay”", { $0.weightDecay = 0.01 }),
    (
      "“weight_decay”",
      {
        $0.weightDecay = 0.01; $0.optimiser = .sgd
      }
    ),
    (
      "warm-up of 5 epochs",
      {
        $0.epochs = 5; $0.warmupEpochs = 5
      }
    ),
    (
      "“step_after”",
      {
        $0.schedule = .step; $0.stepAfter = []
      }
    ),
    (
      "not 2.5",
      {
        $0.schedule = .step; $0.stepAfter = [2.5]
      }
    ),
    (
      "0 and 1",
      {
        $0.schedule = .piecewise; $0.piecewiseEpochs = [3]
      }
    ),
    (
      "ascend",
      {
        $0.schedule = .piecewise; $0.piecewiseEpochs = [4, 3]; $0.piecewiseRates = [1, 2]
      }
    ),
    (
      "within the warm-up",
      {
        $0.schedule = .piecewise; $0.piecewiseEpochs = [3]; $0.piecewiseRates = [1]
        $0.warmupEpochs = 3
      }
    ),
  ]

  @Test(arguments: contradictions)
  func contradictionsAreRefused(words: String, change: Change) throws {
    let error = #expect(throws: FitError.self) { try Training(change).checkSettings() }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func settingsStandFlatInExperimentFiles() throws {
    let model = try SmallPerceptron(settings: [
      "learning_rate": 0.5, "optimiser": "sgd", "momentum": 0.9, "clip_norm": 1, "patience": 4,
      "best_by": "balanced_accuracy", "widths": [3],
    ])
    #expect(model.training.learningRate == 0.5 && model.training.optimiser == .sgd)
    #expect(model.training.clipNorm == 1 && model.training.patience == 4)
    #expect(model.training.bestBy == .balancedAccuracy && model.widths == [3])
    #expect(throws: FitError.self) { try SmallPerceptron(settings: ["momentum": 0.5]) }
  }
}
