import FileSystem
import Learning
import Matrices
import NeuralNetworks
import Synchronization
import Testing

@Suite struct CheckpointTests {
  private let training = clouds(rows: 50, spread: 1.5, seed: 1)
  private let validation = clouds(rows: 40, spread: 1.5, seed: 2)
  private let reference = ReferenceExecutor()

  private func withFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-checkpoint")
    defer { try? folder.remove() }
    try body(folder)
  }

  private func model(_ change: (inout Training) -> Void = { _ in }) -> SmallPerceptron {
    SmallPerceptron.training {
      $0.dropout = 0.2; $0.training.epochs = 8; $0.training.schedule = .plateau
      $0.training.plateauPatience = 2; change(&$0.training)
    }
  }

  private func fit(
    _ model: SmallPerceptron, in folder: Path?, validation: Samples?, log: FitLog = FitLog(),
    by executor: any Executor
  ) throws -> FittedNetwork<SmallPerceptron> {
    var context = context(validation: validation, log: log)
    context.checkpoint = folder
    return try model.fit(training, in: context, by: executor)
  }

  private func withoutSeconds(_ curve: [FitLog.CurvePoint]) -> [FitLog.CurvePoint] {
    curve.map { point in
      var point = point
      point.seconds = nil
      return point
    }
  }

  private func copy(_ folder: Path, to target: Path) throws {
    try target.createFolder()
    for name in try folder.children() {
      if (folder / name).isFolder {
        try copy(folder / name, to: target / name)
      } else {
        try (target / name).writeAtomically(try (folder / name).readBytes())
      }
    }
  }

  typealias Change = @Sendable (inout Training) -> Void

  private static let recipes: [Change] = [
    { _ in }, { $0.keep = .last },
    {
      $0.optimiser = .sgd; $0.momentum = 0.9
    },
    { $0.optimiser = .sgd },
    {
      $0.patience = 2; $0.learningRate = 0.2
    },
  ]

  /// Killed after any epoch, a training ends with the bits and the curve of one that was not.
  @Test(arguments: recipes.indices, TestedExecutor.allCases)
  func aResumedTrainingIsTheSame(
    recipe: Int, on tested: TestedExecutor
  ) throws {
    for watched in [validation, nil] {
      try checkResumption(model(Self.recipes[recipe]), validation: watched, on: tested.executor)
    }
  }

  private func checkResumption(
    _ model: SmallPerceptron, validation watched: Samples?, on reference: any Executor
  ) throws {
    let log = FitLog()
    let undisturbed = try fit(model, in: nil, validation: watched, log: log, by: reference)
    try withFolder { base in
      let folder = base / "running"
      let killed = Mutex<[Path]>([])
      // The progress is told after an epoch, before its checkpoint: what is there is of the one before.
      let copying = FitLog { _ in
        killed.withLock { copies in
          let target = base / "killed-\(copies.count)"
          if folder.isFolder, (try? copy(folder, to: target)) != nil { copies.append(target) }
        }
      }
      let watching = try fit(model, in: folder, validation: watched, log: copying, by: reference)
      #expect(watching.arrays == undisturbed.arrays)
      let copies = killed.withLock { $0 }
      #expect(copies.count >= 2)
      for copy in copies {
        let resumedLog = FitLog()
        let executor = WatchedExecutor(columns: 4, reference)
        let resumed = try fit(model, in: copy, validation: watched, log: resumedLog, by: executor)
        #expect(resumed.arrays == undisturbed.arrays)
        #expect(withoutSeconds(resumedLog.curve) == withoutSeconds(log.curve))
        #expect(executor.seen.steps.first?.number != 1)
        #expect(try copy.children().count == 1)
      }
      // A finished one does not compute anything.
      let executor = WatchedExecutor(columns: 4, reference)
      let again = FitLog()
      let finished = try fit(model, in: folder, validation: watched, log: again, by: executor)
      #expect(finished.arrays == undisturbed.arrays && executor.seen.compiled == 0)
      #expect(withoutSeconds(again.curve) == withoutSeconds(log.curve))
    }
  }

  /// Other settings, another seed, other labels: a checkpoint of one is none of the other.
  @Test func foreignCheckpointsAreNotUsed() throws {
    try withFolder { folder in
      _ = try fit(model(), in: folder, validation: validation, by: reference)
      let other = model { $0.learningRate = 0.02 }
      let log = FitLog()
      let fitted = try fit(other, in: folder, validation: validation, log: log, by: reference)
      #expect(log.notes == ["a checkpoint of another training was not used"])
      #expect(
        fitted.arrays
          == (try fit(other, in: nil, validation: validation, by: reference)).arrays)
    }
  }

  /// Whatever byte is changed or cut off, the training ends as it would have.
  @Test func damagedCheckpointsAreNotUsed() throws {
    let model = model { $0.epochs = 3 }
    let undisturbed = FitLog()
    let expected = try fit(
      model, in: nil, validation: validation, log: undisturbed, by: reference)
    try withFolder { folder in
      _ = try fit(model, in: folder, validation: validation, by: reference)
      var random = RandomStream(seed: 3)
      let kept = folder / "epoch-3"
      for name in ["manifest.json", "weights.safetensors"] {
        let whole = try (kept / name).readBytes()
        for attempt in 0..<60 {
          var bytes = whole
          if attempt % 10 == 0 {
            bytes.removeLast(random.below(bytes.count) + 1)
          } else {
            bytes[random.below(bytes.count)] ^= UInt8(1 + random.below(255))
          }
          try kept.createFolder()
          try (kept / name).writeAtomically(bytes)
          let log = FitLog()
          let fitted = try fit(model, in: folder, validation: validation, log: log, by: reference)
          #expect(fitted.arrays == expected.arrays)
          #expect(withoutSeconds(log.curve) == withoutSeconds(undisturbed.curve))
        }
        try (kept / name).writeAtomically(whole)
      }
      try (kept / "manifest.json").remove()
      let log = FitLog()
      _ = try fit(model, in: folder, validation: validation, log: log, by: reference)
      #expect(log.notes.contains { $0.hasPrefix("a checkpoint was not used: ") })
    }
  }

  @Test func whatAKillLeftHalfWrittenIsRemoved() throws {
    try withFolder { folder in
      try (folder / "epoch-2.partial").createFolder()
      try (folder / "epoch-2.partial" / "weights.safetensors").writeAtomically("half")
      _ = try fit(model { $0.epochs = 1 }, in: folder, validation: validation, by: reference)
      #expect(try folder.children() == ["epoch-1"])
    }
  }

  @Test func trainingGoesOnWhereNothingCanBeKept() throws {
    try withFolder { base in
      let file = base / "file"
      try file.writeAtomically("in the way")
      let log = FitLog()
      let fitted = try fit(model(), in: file, validation: validation, log: log, by: reference)
      #expect(
        fitted.arrays
          == (try fit(model(), in: nil, validation: validation, by: reference)).arrays)
      #expect(log.notes.contains { $0.hasPrefix("no checkpoint could be kept: ") })
    }
  }
}
