import FileSystem
import Glibc
import ProgramSupport
import Testing

/// Limits on memory, from inside and from the shell, and signals.
@Suite struct LimitTests {
  private static let models =
    #"["dummy", "logistic", "svm", {"svm": {"kernel": "rbf", "as": "rbf-svm"}}, "perceptron", "ridge", "tree", {"forest": {"trees": 5}}, "knn", {"mlp": {"epochs": 2}}]"#

  private func experiment(megabytes: Int) -> String {
    #"""
    {"name": "m", "data": {"builtin": "iris"}, "transformations": ["none", "pca"], "models": \#(Self.models),
     "limits": {"cell_memory_mb": \#(megabytes), "cell_seconds": 60}}
    """#
  }

  /// The buffer of the library for linear algebra does not count against a cell.
  @Test(arguments: [50, 80])
  func smallLimitsOfCellsAreEnoughForSmallData(megabytes: Int) throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment(megabytes: megabytes))
    #expect(try run.table("results").rows.allSatisfy { $0["status"] == "ok" })
  }

  @Test(arguments: ["-d 20000", "-d 60000", "-d 100000", "-d 130000", "-v 200000"])
  func whatCannotComputeSaysSoAtOnce(limit: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", experiment(megabytes: 4000))
    try place.write("t.csv", "a\n1\n")
    for arguments in [["run", "e.json", "--out", "run"], ["predict", "run", "t.csv"]] {
      let result = try Program(shell: "ulimit \(limit); exec timeout 60 \"$@\"").run(
        [place.program.path.string] + arguments, in: place.folder, environment: place.environment)
      #expect(result.code == 1, "\(arguments): \(result.code) \(result.errors)")
      #expect(result.errors.hasPrefix("explore: ulimit \(limit.prefix(2)) allows this program "))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func aLargerLimitOfTheShellIsEnough() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", experiment(megabytes: 4000))
    let result = try Program(shell: "ulimit -d 300000; exec \"$@\"").run(
      [place.program.path.string, "run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: place.environment)
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func whatTheShellRefusesIsSaidSo() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "n", "data": {"builtin": "iris"}, "models": ["gluttonous"]}"#)
    let result = try Program(shell: "ulimit -d 400000; exec \"$@\"").run(
      [place.program.path.string, "run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: place.environment)
    #expect(result.code == 3, "\(result.errors)")
    let cell = try Run(place.folder / "run").cell("none", "gluttonous")
    #expect(cell["status"] == "memory")
    #expect(cell["reason"]?.hasPrefix("was refused memory: ulimit -d allows 410 MB") == true)
  }

  /// Fits that grow while they work are stopped soon after they reach the limit, each of them.
  @Test(arguments: [0.5, 4])
  func whatOutgrowsItsLimitIsStopped(megabytesAMillisecond: Double) throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"""
      {"name": "n", "data": {"builtin": "iris"}, "split": {"folds": {"count": 5, "repeats": 5}},
       "models": [{"growing": {"pace": \#(megabytesAMillisecond)}}],
       "limits": {"cell_memory_mb": 100, "cell_seconds": 100}}
      """#)
    let log = place.folder / "log"
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", environment: ["GROWING_LOG": log.string])
    #expect(result.code == 3)
    let run = Run(place.folder / "run")
    let ends = try run.journalLines(of: "cell")
    #expect(ends.count == 25)
    #expect(
      ends.allSatisfy {
        $0.contains("\"status\":\"memory\"")
          && $0.contains("needed more than limits.cell_memory_mb = 100")
      })
    var most: [Substring: Double] = [:]
    for line in try log.readText().split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let held = Double(words[1]) else { continue }
      most[words[0]] = max(most[words[0]] ?? 0, held)
    }
    #expect(most.count == 25 && most.values.allSatisfy { $0 > 40 && $0 <= 200 })
    if getenv("EXPLORE_DAMAGES") != nil {
      print("memory | \(megabytesAMillisecond) MB/ms | \(most.values.sorted())")
    }
  }

  // MARK: Signals

  private static let slow =
    #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"talkative": {"milliseconds": 1500}}]}"#

  /// As `nohup` has it.
  @Test(arguments: ["HUP", "INT", "TERM"])
  func ignoredSignalsStayIgnored(name: String) throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write("e.json", Self.slow)
    let running = try Program(shell: "trap '' \(name); exec \"$@\"").start(
      [place.program.path.string, "run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: place.environment)
    usleep(700_000)
    running.signal(name == "HUP" ? SIGHUP : name == "INT" ? SIGINT : SIGTERM)
    #expect(try running.wait().code == 0)
  }

  // MARK: What is deleted during a run

  @Test func theCacheIsMadeAgain() throws {
    let place = try Workplace()
    defer { place.remove() }
    let expected = try place.run(smallGrid, out: "undisturbed").reproducibleContents()
    let running = try place.start("run", "e.json", "--out", "run", "--quiet", "--jobs", "1")
    for _ in 0..<20 {
      usleep(15_000)
      try? (place.folder / "cache").remove()
    }
    let result = try running.wait()
    #expect(result.code == 0, "\(result.errors)")
    #expect(try Run(place.folder / "run").reproducibleContents() == expected)
  }

  @Test func aDeletedJournalIsAnError() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write("e.json", Self.slow)
    let running = try place.start("run", "e.json", "--out", "run", "--quiet")
    usleep(700_000)
    try (place.folder / "run" / "journal").remove()
    let result = try running.wait()
    #expect(result.code == 1)
    #expect(result.errors.contains("was deleted while the run wrote it"))
    #expect(try place.explore("run", "e.json", "--out", "run", "--quiet").code == 0)
  }

  @Test func aJournalThatIsNoFileIsNotRead() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(#"{"name": "n", "data": {"builtin": "iris"}, "models": ["ridge"]}"#)
    let link = run.folder / "journal" / "000009-worker.jsonl"
    try #require(symlink("/dev/zero", link.string) == 0)
    let result = try place.explore("report", "run")
    #expect(result.code == 0)
    #expect(result.errors.contains("000009-worker.jsonl: is no plain file and is not read"))
  }

  // MARK: Predictions

  @Test func rowsThatAreNotFiniteAreNoAnswer() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "a,b,label\n"
    for row in 0..<60 { text += "\(row % 2 * 3).\(row % 7)e-3,\(row % 5)e-3,c\(row % 2)\n" }
    try place.write("t.csv", text)
    try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "scaling": "standard", "transformations": ["none", "pca"], "models": ["logistic", "svm", "ridge", "knn", "tree", {"mlp": {"epochs": 2}}]}"#
    )
    try place.write("far.csv", "a,b\n0.001,0.002\n3e38,-3e38\n0.002,0.001\n")
    for cell in ["none+logistic", "none+knn", "none+tree", "none+mlp", "pca+mlp", "pca+svm"] {
      let result = try place.explore("predict", "run", "far.csv", "--cell", cell, "--quiet")
      let rows = ResultTable(text: result.output).rows
      #expect(rows.count == 3 && rows[0]["predicted"] != "" && rows[2]["predicted"] != "")
      #expect(!result.output.contains("nan"))
      #expect(result.code == 3 && rows[1]["predicted"] == "", "\(cell): \(result.output)")
      #expect(
        result.errors.hasPrefix("explore: 1 row without a prediction, ")
          && result.errors.hasSuffix("row 1\n"))
    }
  }
}
