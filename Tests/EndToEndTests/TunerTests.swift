import FileSystem
import Glibc
import JSONText
import ProgramSupport
import Testing

/// Runs whose settings are drawn or proposed.
@Suite struct TunerTests {
  private static let tuners = [
    #"{"random": {"trials": 6}}"#, #"{"halving": {"trials": 9, "minimum": 0.1}}"#,
    #"{"hyperband": {"minimum": 0.3}}"#, #"{"tpe": {"trials": 9, "startup": 4}}"#,
  ]

  private func experiment(_ tuner: String, _ rest: String = "") -> String {
    #"""
    {"name": "tuned", "seed": 3, "data": {"builtin": "wine"}, "scaling": "standard", "tuner": \#(tuner),
     "split": {"folds": {"count": 2}},
     "transformations": ["none", {"rbf": {"centers": 15, "gamma": {"from": 0.001, "to": 1, "scale": "log"}}}],
     "models": [{"svm": {"kernel": ["linear", "rbf"], "C": {"from": 0.01, "to": 100, "scale": "log"}}},
       {"knn": {"k": {"from": 1, "to": 15}}}, {"forest": {"trees": 12, "depth": [1, 2, 3, 4, 5]}}, "dummy"]\#(rest)}
    """#
  }

  private func contents(_ run: Run) throws -> [String: String] {
    var contents = try run.reproducibleContents()
    contents["history"] = try run.table("history").reproducible.map { row in
      row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "|")
    }.joined(separator: "\n")
    for (name, bytes) in try run.files(under: "cells") {
      contents[name] = "\(bytes.count) \(bytes.reduce(5381) { ($0 &* 33) ^ Int($1) })"
    }
    return contents
  }

  @Test(arguments: tuners)
  func anyNumberOfWorkersGivesTheSame(tuner: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    let one = try contents(place.run(experiment(tuner), "--jobs", "1", out: "one"))
    try (place.folder / "cache").remove()
    let two = try contents(place.run(experiment(tuner), "--jobs", "2", out: "two"))
    #expect(one.keys.sorted() == two.keys.sorted())
    for (name, text) in one { #expect(two[name] == text, "\(name) differs") }
  }

  @Test(arguments: tuners)
  func aKilledRunGoesOn(tuner: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    let undisturbed = try contents(place.run(experiment(tuner), out: "undisturbed"))
    var random = RandomNumbers(seed: UInt64(getpid()))
    for _ in 0..<6 {
      let running = try place.start("run", "e.json", "--out", "run", "--quiet")
      usleep(UInt32(20_000 + random.next() % 150_000))
      running.signal(SIGKILL)
      _ = try running.wait()
    }
    let run = try place.run(experiment(tuner))
    let found = try contents(run)
    for (name, text) in undisturbed { #expect(found[name] == text, "\(name) differs") }
    // Everything is there: nothing is computed again.
    let before = try run.journalLines(of: "trial").count
    try place.run(experiment(tuner))
    #expect(try run.journalLines(of: "trial").count == before)
    // The fits to all rows are made again from what the journal says was chosen.
    let models = try run.files(under: "cells")
    try (run.folder / "cells").remove()
    try place.run(experiment(tuner))
    let again = try run.files(under: "cells")
    #expect(again.keys.sorted() == models.keys.sorted())
    for (name, bytes) in models { #expect(again[name] == bytes, "\(name) differs") }
  }

  private struct RandomNumbers {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }

  @Test func everyTrialIsStored() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment(Self.tuners[1]))
    let history = try run.table("history").rows.filter {
      $0["transformation"] == "none" && $0["model"] == "svm" && $0["fold"] == "0"
    }
    // 9 settings with a ninth of the rows, 3 with a third, 1 with all.
    #expect(history.count == 13)
    #expect(history.map { $0["trial"] } == (0..<13).map { "\($0)" })
    let budgets = history.compactMap { $0["budget"].flatMap { Double($0) } }
    #expect(budgets.count { abs($0 - 1.0 / 9) < 1e-9 } == 9)
    #expect(budgets.count { abs($0 - 1.0 / 3) < 1e-9 } == 3)
    #expect(budgets.last == 1)
    #expect(history.prefix(12).allSatisfy { $0["best"] == "" })
    #expect(history.last?["best"] == history.last?["score"])
    // The table of trials has all of them too, and only one with all rows can be chosen.
    let trials = try run.table("trials").rows.filter {
      $0["transformation"] == "none" && $0["model"] == "svm" && $0["fold"] == "0"
    }
    #expect(trials.count == 13 && trials.allSatisfy { $0["status"] == "ok" })
    #expect(trials.last?["settings"] == history.last?["settings"])
    #expect(
      try run.journalLines(of: "trial").count { $0.contains("\"predictions\":") }
        == run.table("trials").rows.count)
  }

  @Test func proposalsCarryTheirSettings() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment(Self.tuners[3]))
    let trials = try run.table("trials").rows.filter {
      $0["transformation"] == "rbf" && $0["model"] == "svm" && $0["fold"] == "1"
    }
    #expect(trials.count == 9)
    let settings = trials.compactMap { $0["settings"] }
    #expect(Set(settings).count == 9)
    #expect(settings.allSatisfy { $0.contains("rbf.gamma=") && $0.contains("kernel=") })
    let cell = try run.cell("rbf", "svm")
    #expect(cell["status"] == "ok" && cell["trials"] == "9")
    let chosen = try #require(cell["settings"]?.split(separator: "(").first)
    #expect(
      try run.table("trials").rows.contains {
        ($0["settings"] ?? "") + " " == chosen || $0["settings"] == String(chosen)
      })
  }

  @Test func secondsEndTheSearch() throws {
    let place = try Workplace()
    defer { place.remove() }
    let start = ContinuousClock.now
    let run = try place.run(
      #"""
      {"name": "timed", "data": {"builtin": "wine"}, "tuner": {"hyperband": {"seconds": 0.2}},
       "models": [{"logistic": {"C": {"from": 0.001, "to": 1000, "scale": "log"}}}]}
      """#)
    #expect(ContinuousClock.now - start < .seconds(30))
    let cell = try run.cell("none", "logistic")
    #expect(cell["status"] == "ok")
    let trials = try run.table("trials").rows
    #expect(cell["trials"] == "\(trials.count)")
    if cell["reason"]?.contains("depends on the machine") == true { #expect(trials.count < 1400) }
    // Finished is finished, however many there were.
    try place.run(try (place.folder / "e.json").readText())
    #expect(try run.table("trials").rows.count == trials.count)
  }

  @Test func thePlanTellsTunerAndTrials() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", experiment(#"{"tpe": {"trials": 9, "startup": 4}}"#))
    let plan = try place.explore("plan", "e.json")
    #expect(plan.output.contains("tuner    tpe, 9 settings, the first 4 by chance\n"))
    let json = try place.explore("plan", "e.json", "--json")
    #expect(json.output.contains("\"tuner\": \"tpe\""))
    let cells = try JSONNode(parsing: json.output)["cells"]?.elements ?? []
    #expect(cells.map { $0["trials"]?.integer } == [9, 9, 9, 1, 9, 9, 9, 9])
  }
}
