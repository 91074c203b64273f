import FileSystem
import Glibc
import Matrices
import ProgramSupport
import Testing

/// Experiments that cross representations of the data with transformations and models.
@Suite struct InputTests {
  private func experiment(
    _ inputs: String = #"{"all": {}, "petal": {"columns": ["petal*"]}}"#,
    split: String = #"{"folds": {"count": 3}}"#
  ) -> String {
    #"""
    {"name": "n", "seed": 3, "data": {"builtin": "iris"}, "scaling": "minmax", "inputs": \#(inputs),
     "split": \#(split), "transformations": ["none", {"rbf": {"centers": 9}}],
     "models": ["dummy", {"logistic": {"C": [0.1, 10]}}, {"forest": {"trees": [3, 5]}}], "skip": ["rbf+dummy"]}
    """#
  }

  @Test func tablesStartWithTheInput() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment())
    for name in ["accuracy", "results", "trials", "per_class", "predictions"] {
      let table = try run.table(name)
      #expect(table.header.first == "input", "\(name)")
      #expect(Set(table.rows.map { $0["input"] }) == ["all", "petal"], "\(name)")
    }
    let accuracy = try run.table("accuracy")
    #expect(accuracy.header == ["input", "model", "none", "rbf"])
    #expect(
      accuracy.rows.map { $0["model"] } == ["dummy", "logistic", "forest"] + [
        "dummy", "logistic", "forest",
      ])
    let results = try run.table("results").rows
    #expect(
      results.map { $0["dimensions"] } == [
        "4", "4", "4", "", "9", "9", "2", "2", "2", "", "9", "9",
      ])
    #expect(results[3]["reason"] == "left out by “skip”" && results[9]["status"] == "skipped")
    // Both inputs test the same rows.
    let rows = try run.table("predictions").rows(where: "model", "forest")
    func tested(_ input: String) -> [String?] {
      rows.filter { $0["input"] == input }.map { "\($0["fold"] ?? "") \($0["row"] ?? "")" }
    }
    #expect(tested("all").count == 300 && tested("all") == tested("petal"))
    for name in ["all+none+forest", "petal+rbf+logistic"] {
      for file in [
        "cells/\(name)/model/manifest.json", "curves/\(name).csv", "confusion/\(name).csv",
        "figures/confusion/\(name).svg",
      ] {
        #expect((run.folder / file).exists, "\(file)")
      }
    }
  }

  /// An input's cells are those that it has on its own.
  @Test func anInputDoesNotKnowTheOthers() throws {
    let place = try Workplace()
    defer { place.remove() }
    // No rows are equal in these columns, so that both are divided as one would be.
    func wine(_ inputs: String) -> String {
      #"{"name": "n", "data": {"builtin": "wine"}, "scaling": "standard", "inputs": \#(inputs), "models": [{"forest": {"trees": [3, 5]}}, {"knn": {"k": [1, 5]}}]}"#
    }
    let alone = try place.run(wine(#"{"all": {}}"#), out: "alone")
    let both = try place.run(
      wine(#"{"few": {"columns": ["a*", "proline"]}, "all": {}}"#), out: "both")
    func predictions(_ run: Run) throws -> [[String: String]] {
      try run.table("predictions").rows(where: "input", "all")
    }
    #expect(try predictions(alone) == predictions(both))
    // Adding it to a run computes its cells alone, and no word is said of a change.
    try place.write("e.json", wine(#"{"few": {"columns": ["a*", "proline"]}, "all": {}}"#))
    let added = try place.explore("run", "e.json", "--out", "alone")
    #expect(added.code == 0 && !added.errors.contains("computed anew"))
    #expect(try alone.journalLines(of: "cell").count == 4)
    #expect(try alone.reproducibleContents() == both.reproducibleContents())
    // Another input of the same name is another matter.
    try place.write(
      "e.json", wine(#"{"few": {"columns": ["hue"]}, "all": {"columns": ["proline", "ash"]}}"#))
    let changed = try place.explore("run", "e.json", "--out", "alone")
    #expect(changed.errors.contains("other than in the last run of alone: data"))
  }

  @Test func onlyTakesPatternsOfOneInputOrAll() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment(), "--only", "petal+none+*")
    func computed() throws -> [String] {
      try run.table("results").rows(where: "status", "ok").map {
        "\($0["input"] ?? "")+\($0["transformation"] ?? "")+\($0["model"] ?? "")"
      }
    }
    #expect(try computed() == ["petal+none+dummy", "petal+none+logistic", "petal+none+forest"])
    try place.run(experiment(), "--only", "none+logistic")
    #expect(
      try computed() == ["all+none+logistic"]
        + ["petal+none+dummy", "petal+none+logistic", "petal+none+forest"])
    #expect(try run.journalLines(of: "cell").count == 4 * 3)
    let undisturbed = try place.run(experiment(), out: "undisturbed")
    try place.run(experiment())
    #expect(try run.reproducibleContents() == undisturbed.reproducibleContents())
  }

  @Test func killsAndAnEmptyCacheChangeNothing() throws {
    let place = try Workplace()
    defer { place.remove() }
    let undisturbed = try place.run(experiment(), "--jobs", "1", out: "undisturbed")
    try (place.folder / "cache").remove()
    var random = RandomStream(seed: UInt64(getpid()))
    for _ in 0..<8 {
      let running = try place.start("run", "e.json", "--out", "run", "--quiet")
      usleep(UInt32(5000 + random.below(90_000)))
      // Workers ask for the table of their piece's input again.
      if random.below(2) == 0 { try? (place.folder / "cache" / "entries").remove() }
      running.signal(SIGKILL)
      _ = try running.wait()
    }
    let run = try place.run(experiment())
    #expect(try run.reproducibleContents() == undisturbed.reproducibleContents())
  }

  @Test func reportsAreTheSameBytesAndShowTheInputs() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(experiment(split: #"{"holdout": {}}"#))
    let files = try run.files()
    let again = try place.explore("report", "run", "--quiet")
    #expect(again.code == 0)
    #expect(try run.files() == files)
    let lines = again.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("input   test accuracy, %"))
    #expect(lines[1].hasPrefix("all     dummy") && lines[2].hasPrefix("        logistic"))
    #expect(lines[4].hasPrefix("petal   dummy"))
    let page = try (run.folder / "index.html").readText()
    #expect(
      page.contains("2 inputs × 2 transformations × 3 models on built-in iris, 3 classes; all: "))
    #expect(page.split(separator: "scope=\"rowgroup\"").count == 3)
    #expect(!page.contains("different rows"))
    let markdown = try (run.folder / "report.md").readText()
    #expect(markdown.contains("\n| input |  | none | rbf |\n"))
    #expect(markdown.contains("\n| petal | forest | "))
    let svg = try (run.folder / "figures" / "accuracy.svg").readText()
    #expect(svg.contains(">petal: 150 rows, 2 columns<"))
    let json = try place.explore("report", "run", "--json").output
    #expect(json.contains("\"input\": \"petal\""))
    let plan = try place.explore("plan", "e.json").output
    #expect(plan.contains("\ninput    petal: 150 rows, 2 columns\n"))
    #expect(plan.contains("\npetal+rbf+forest "))
    let planJSON = try place.explore("plan", "e.json", "--json").output
    #expect(planJSON.contains("\"inputs\": [") && planJSON.contains("\"petal+rbf+forest\""))
  }

  /// Rows that some inputs leave out: figures are about other rows, and nobody ranks them.
  @Test func inputsOfDifferentRowsAreNotRanked() throws {
    let place = try Workplace()
    defer { place.remove() }
    var random = SeededNumbers(seed: 4)
    var text = "a,b,label\n"
    for row in 0..<120 {
      let b = row % 7 == 0 ? "" : "\(random.next() + Double(row % 2))"
      text += "\(random.next() + Double(row % 2)),\(b),\(row % 2)\n"
    }
    try place.write("t.csv", text)
    let run = try place.run(
      #"""
      {"name": "n", "data": {"table": "t.csv", "label": "label", "missing": "drop"},
       "inputs": {"a": {"columns": ["a"]}, "both": {}}, "models": [{"knn": {"k": [1, 5]}}, "ridge"]}
      """#)
    let sentence =
      "inputs have different rows (a: 18 test rows; both: "
    for file in ["index.html", "report.md", "figures/accuracy.svg"] {
      #expect(
        try (run.folder / file).readText().contains("he inputs have different rows"), "\(file)")
    }
    let report = try place.explore("report", "run")
    #expect(report.errors.contains(sentence))
    #expect(report.errors.contains("best on validation rows: a+none+"))
    #expect(report.errors.contains("best on validation rows: both+none+"))
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("Chosen on validation rows of a: "))
    #expect(page.contains("Chosen on validation rows of both: "))
    // No row is learnt from in one input and tested on in the other.
    let predictions = try run.table("predictions").rows(where: "model", "ridge")
    func tested(_ input: String) -> Set<String> {
      Set(predictions.filter { $0["input"] == input }.compactMap { $0["row"] })
    }
    #expect(tested("both").isSubset(of: tested("a")) && tested("both").count > 10)
    let refused = try place.explore("predict", "run", "t.csv")
    #expect(refused.code == 64)
    #expect(refused.errors.contains("each has its best cell; name one with --cell: a+none+"))
  }

  @Test func predictUsesTheColumnsOfTheWinnersInput() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(experiment(split: #"{"holdout": {}}"#), "--only", "petal+none+logistic")
    try place.write("new.csv", "petal_width,petal_length\n0.2,1.4\n2.1,5.8\n")
    let best = try place.explore("predict", "run", "new.csv")
    #expect(best.code == 0 && best.errors == "model: petal+none+logistic\n")
    #expect(ResultTable(text: best.output).rows.map { $0["predicted"] } == ["setosa", "virginica"])
    let named = try place.explore("predict", "run", "new.csv", "--cell", "petal+none+logistic")
    #expect(named.output == best.output)
  }
}
