import FileSystem
import Glibc
import ProgramSupport
import Testing

/// Models that learn by epochs: their checkpoints, threads, curves and tables.
@Suite struct EpochTests {
  private func experiment(_ settings: String, _ rest: String = "") -> String {
    #"{"name": "steps", "data": {"builtin": "iris"}, "models": [{"stepwise": {\#(settings)}}]\#(rest)}"#
  }

  private func place() throws -> Workplace { try Workplace(.faulty) }

  private func environment(_ place: Workplace) -> [String: String] {
    place.environment.merging(["STEPWISE_LOG": (place.folder / "log").string]) { $1 }
  }

  private func start(_ place: Workplace) throws -> RunningProgram {
    try place.program.start(
      ["run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: environment(place))
  }

  /// The epochs that were computed, each as often as it was.
  private func epochs(_ place: Workplace) -> [String] {
    let text = (try? (place.folder / "log").readText()) ?? ""
    return text.split(separator: "\n").compactMap { line in
      line.firstRange(of: "epoch ").map { String(line[$0.upperBound...]) }
    }
  }

  // MARK: Kills

  /// The whole run is killed, then a worker: nothing is trained twice but the epoch in hand.
  @Test func aKilledTrainingGoesOn() throws {
    let place = try place()
    defer { place.remove() }
    let experiment = experiment(#""epochs": 40, "milliseconds": 25, "start": [0, 1]"#)
    let undisturbed = try place.run(experiment, out: "undisturbed")

    func waitForEpochs(_ count: Int) {
      waitUntil { epochs(place).count >= count }
    }
    var running = try start(place)
    waitForEpochs(15)
    running.signal(SIGKILL)
    _ = try running.wait()
    #expect((place.folder / "run" / "checkpoints").exists)
    running = try start(place)
    waitForEpochs(60)
    for worker in running.children { kill(worker, SIGKILL) }
    let result = try running.wait()
    #expect(result.code == 0, "\(result.errors)")

    let computed = epochs(place)
    #expect(Set(computed).count == 80)
    #expect(computed.count <= 82, "the killed epochs are begun again, no others")
    let run = Run(place.folder / "run")
    #expect(try run.reproducibleContents() == undisturbed.reproducibleContents())
    #expect(try run.cell("none", "stepwise")["reason"]?.contains("it ends with") == true)
    #expect(!(run.folder / "checkpoints").exists)
    // 80 epochs of 25 ms, also those before the kills.
    let seconds = try #require(try run.cell("none", "stepwise")["fit_seconds"].flatMap(Double.init))
    #expect(seconds >= 2)
  }

  /// The same with a network, killed in its second trial.
  @Test func aKilledNetworkGoesOn() throws {
    let place = try place()
    defer { place.remove() }
    let experiment = #"""
      {"name": "network", "data": {"builtin": "digits"}, "scaling": "standard",
       "models": [{"mlp": {"epochs": [10, 60], "best_by": "loss"}}]}
      """#
    let undisturbed = try place.run(experiment, out: "undisturbed")
    var running = try start(place)
    let kept = place.folder / "run" / "checkpoints"
    func hasBegunSecondTrial() -> Bool {
      guard let key = try? kept.children().first,
        let files = try? (kept / key / "1.0").children()
      else { return false }
      return !files.isEmpty
    }
    waitUntil { hasBegunSecondTrial() }
    #expect(hasBegunSecondTrial())
    running.signal(SIGKILL)
    _ = try running.wait()
    running = try start(place)
    let result = try running.wait()
    #expect(result.code == 0, "\(result.errors)")
    let run = Run(place.folder / "run")
    #expect(try run.reproducibleContents() == undisturbed.reproducibleContents())
    #expect(try run.files(under: "cells") == undisturbed.files(under: "cells"))
    #expect(try run.cell("none", "mlp")["reason"] == "")
    #expect(!kept.exists)
  }

  @Test func aRaisedLimitGoesOnWhereTheLowerOneStopped() throws {
    let place = try place()
    defer { place.remove() }
    try place.write(
      "e.json",
      experiment(#""epochs": 100, "milliseconds": 20"#, #", "limits": {"cell_seconds": 1}"#))
    #expect(try start(place).wait().code == 3)
    let stopped = try Run(place.folder / "run").cell("none", "stepwise")
    #expect(stopped["status"] == "timeout")
    #expect(
      stopped["reason"]?.hasSuffix("; with more it goes on from its last checkpoint") == true)
    try place.write(
      "e.json",
      experiment(#""epochs": 100, "milliseconds": 20"#, #", "limits": {"cell_seconds": 60}"#))
    let result = try start(place).wait()
    #expect(result.code == 0, "\(result.errors)")
    let computed = epochs(place)
    #expect(Set(computed).count == 100 && computed.count <= 101)
    #expect(!(place.folder / "run" / "checkpoints").exists)
  }

  @Test func checkpointsOfWhatIsNotPlannedAnyMoreAreRemoved() throws {
    let place = try place()
    defer { place.remove() }
    let left = place.folder / "run" / "checkpoints" / "0123" / "0.0"
    let run = try place.run(experiment(#""epochs": 2"#))
    try left.createFolder()
    try place.run(experiment(#""epochs": 2"#))
    #expect(!(run.folder / "checkpoints").exists)
  }

  @Test func everyTrialDivergedIsDiverged() throws {
    let place = try place()
    defer { place.remove() }
    try place.write("e.json", experiment(#""epochs": 3, "milliseconds": 0, "end": [2, 3]"#))
    #expect(try start(place).wait().code == 3)
    let run = Run(place.folder / "run")
    let cell = try run.cell("none", "stepwise")
    #expect(cell["status"] == "diverged")
    #expect(cell["reason"] == "the loss is not a number after epoch 2")
    #expect(try run.table("trials").rows.map { $0["status"] } == ["diverged", "diverged"])
    #expect(try (run.folder / "index.html").readText().contains("diverged"))
    #expect(!(run.folder / "checkpoints").exists)
    // One that converges is the winner.
    let better = try place.run(
      experiment(#""epochs": 3, "milliseconds": 0, "end": [2, "none"]"#), out: "better")
    #expect(
      try better.cell("none", "stepwise")["reason"]?.hasPrefix(
        "1 of 2 trials failed: the loss is not a number after epoch 2") == true)
  }

  // MARK: Threads

  @Test func resultsDoNotDependOnTheJobs() throws {
    let place = try place()
    defer { place.remove() }
    let two = experiment(
      #""epochs": 5, "wanted": 2, "start": [0, 1]"#,
      #", "limits": {"cell_threads": 2}, "split": {"folds": {"count": 3}}"#)
    let one = try place.run(two, "--jobs", "1", out: "one").reproducibleContents()
    #expect(try place.run(two, "--jobs", "2", out: "two").reproducibleContents() == one)
    let other = try place.run(
      two.replacingFirst(#""cell_threads": 2"#, with: #""cell_threads": 1"#), out: "other")
    #expect(try other.reproducibleContents() != one)
  }

  /// With two jobs, what wants two threads runs alone and what wants one runs beside another.
  @Test(arguments: [1, 2])
  func neverMoreCoresThanJobs(threads: Int) throws {
    let place = try place()
    defer { place.remove() }
    try place.write(
      "e.json",
      experiment(
        #""epochs": 8, "wanted": 2"#,
        #", "limits": {"cell_threads": \#(threads)}, "split": {"folds": {"count": 4}}"#))
    let result = try place.program.run(
      ["run", "e.json", "--out", "run", "--quiet", "--jobs", "2"], in: place.folder,
      environment: environment(place))
    #expect(result.code == 0, "\(result.errors)")
    var (busy, most) = (0, 0)
    for line in try (place.folder / "log").readText().split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let count = Int(words[2]) else { continue }
      if words[1] == "begin" { busy += count }
      if words[1] == "end" { busy -= count }
      most = max(most, busy)
    }
    #expect(most <= 2 && busy == 0)
  }

  @Test func workersInheritNothingThatChangesThreads() throws {
    let place = try place()
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "n", "data": {"builtin": "iris"}, "models": ["fastidious"]}"#)
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet",
      environment: [
        "OMP_DYNAMIC": "true", "OMP_THREAD_LIMIT": "1", "GOMP_CPU_AFFINITY": "0",
        "OMP_PROC_BIND": "true",
      ])
    #expect(result.code == 0, "\(result.output)")
  }

  // MARK: Curves

  @Test func curvesAreTheWinnersEpochs() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(experiment(#""epochs": 30, "milliseconds": 1, "start": [0, 1]"#))
    let curve = try ResultTable(run.folder / "curves" / "none+stepwise.csv").rows
    #expect(curve.map { $0["step"] } == (1...30).map { "\($0)" })
    #expect(curve[3]["train_loss"] == "0.25" && curve[3]["validation_accuracy"] == "0.5")
    let epochs = try run.table("epochs").rows
    #expect(epochs.count == 30)
    #expect(epochs[0]["model"] == "stepwise" && epochs[0]["repeat"] == "0")
    #expect(epochs[0]["seconds"] == "0.0010" && epochs[29]["learning_rate"] == "0.001")
    let picture = try (run.folder / "figures" / "curves" / "none+stepwise.svg").readText()
    #expect(picture.contains("ringed: kept, epoch 20"))
    #expect(picture.contains("learning rate 0.01"))
    #expect(!picture.contains("means of"))
    let all = try (run.folder / "figures" / "epochs.svg").readText()
    #expect(all.contains("ringed: the epoch that is kept"))
  }

  @Test func aCurveSaysOfHowManyTrainingsItIsTheMean() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(
      experiment(
        #""epochs": 3"#, #", "split": {"folds": {"count": 2, "validation": 0.2}}, "seeds": 2"#))
    let picture = try (run.folder / "figures" / "curves" / "none+stepwise.svg").readText()
    #expect(picture.contains("means of 4 trainings"))
  }

  @Test func tablesOfEpochsAreForThoseThatHaveThem() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(experiment(#""epochs": 2"#))
    #expect((run.folder / "tables" / "epochs.csv").exists)
    let words = "keeps the weights of the epoch that is best"
    #expect(try (run.folder / "report.md").readText().contains(words))
    try place.run(#"{"name": "steps", "data": {"builtin": "iris"}, "models": ["knn"]}"#)
    #expect(!(run.folder / "tables" / "epochs.csv").exists)
    #expect(try !(run.folder / "report.md").readText().contains(words))
  }

  // MARK: Refitting

  @Test func whatStopsByValidationRowsIsNotRefitted() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(
      #"""
      {"name": "n", "data": {"builtin": "wine"}, "refit": true,
       "models": [{"stepwise": {"epochs": 3}}, {"knn": {"k": [1, 3]}}]}
      """#)
    #expect(try run.cell("none", "stepwise")["training_rows"] == "125")
    #expect(try run.cell("none", "knn")["training_rows"] == "152")
    #expect(
      try run.cell("none", "stepwise")["reason"]?.contains("without validation rows") == false)
    #expect(
      try (run.folder / "report.md").readText().contains(
        "models that stop by validation rows are not fitted again"))
  }

  @Test func aModelOfAllRowsSaysThatNothingStoppedIt() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(experiment(#""epochs": 3"#, #", "split": {"folds": {"count": 3}}"#))
    #expect(
      try run.cell("none", "stepwise")["reason"]?.contains(
        "the model kept for use is trained on all rows, without validation rows to stop by")
        == true)
  }
}
