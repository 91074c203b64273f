import FileSystem
import JSONText
import ProgramSupport
import Testing

/// What the table, the page and `report.md` say of a run.
@Suite struct ReportTests {
  /// Rows of groups of five; the columns follow the label.
  private func groupedTable(rows: Int) -> String {
    var random = SeededNumbers(seed: 9)
    var text = "s,a,b,label\n"
    for row in 0..<rows {
      text +=
        "group\(row / 5),\(random.next() + Double(row / 5 % 2)),\(random.next()),\(row / 5 % 2)\n"
    }
    return text
  }

  @Test func aTaintStandsAtEveryTableOfAccuracies() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", groupedTable(rows: 200))
    try place.write(
      "e.json",
      #"{"name": "n", "data": {"table": "t.csv", "label": "label", "groups": {"s": {"column": "s"}}}, "split": {"holdout": {"test": 0.2}, "ungrouped": true}, "models": [{"knn": {"k": [1, 3]}}]}"#
    )
    let result = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(result.code == 0 && result.errors.isEmpty)
    let last = try #require(result.output.split(separator: "\n").last)
    #expect(last.hasPrefix("Too optimistic: ungrouped rows: "))
    // The plural is of “group”: a name of the user's is left as it is.
    #expect(last.contains(" test groups (s) also have rows to learn from."))
    #expect(try place.explore("report", "run", "--quiet").output == result.output)
    let run = Run(place.folder / "run")
    let markdown = try (run.folder / "report.md").readText()
    let page = try (run.folder / "index.html").readText()
    // Accuracy, all cells, classes of the cell, its trials.
    #expect(markdown.split(separator: "\n").count { $0.hasPrefix("**Too optimistic: ") } == 4)
    #expect(
      page.split(separator: "\n").count { $0.hasPrefix("<caption") || $0.contains("><caption") }
        == 4)
    #expect(try run.cell("none", "knn")["reason"]?.hasPrefix("ungrouped rows: ") == true)
    let plan = try place.explore("plan", "e.json").output
    #expect(
      plan.contains("rows (groups: s)") && plan.contains("test groups (s) with rows to learn"))
  }

  @Test func theMarkdownSaysWhatThePageSays() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "seeds": 2, "data": {"builtin": "wine"}, "models": [{"forest": {"trees": [2, 4], "as": "a forest"}}, "dummy"], "skip": ["none+dummy"]}"#
    )
    let markdown = try (run.folder / "report.md").readText()
    let page = try (run.folder / "index.html").readText()
    for title in [
      "Accuracy", "All cells", "Accuracy against time", "Cell by cell", "Data", "Split",
      "How to read the numbers", "Experiment", "Provenance",
    ] {
      #expect(markdown.contains("\n## \(title)\n\n"), "\(title)")
      #expect(page.contains("<h2>\(title)</h2>"), "\(title)")
    }
    #expect(markdown.contains(" ± ") && page.contains("± "))
    #expect(markdown.contains("| class | precision | recall | F1 | rows |"))
    #expect(markdown.contains("| class\\_0 | "))
    #expect(markdown.contains("| trial | settings |") && markdown.contains(" | chosen |\n"))
    #expect(markdown.contains("| class | training | validation | test |"))
    #expect(markdown.contains("Leakage audit"))
    #expect(markdown.contains("```\n{\"name\": \"n\""))
    #expect(markdown.contains("| started | version | processor |"))
    // A file name's % is written as links write it.
    #expect(markdown.contains("(figures/confusion/none+a%2520forest.svg)"))
    #expect((run.folder / "figures" / "confusion" / "none+a%20forest.svg").exists)
    #expect(page.contains("<title>Confusion matrix of none+a forest</title>"))
    // One cell is skipped, so that the status is worth a column.
    #expect(page.contains(">status</button>"))
  }

  /// The plan counts the machine as the run does, and the page names what a container limits.
  @Test func theMachineIsOnRecord() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(#"{"name": "n", "data": {"builtin": "iris"}, "models": ["dummy"]}"#)
    let file = run.folder / "provenance.json"
    let start = try #require(JSONNode(parsing: file.readBytes())["starts"]?.elements?.first)
    let plan = try JSONNode(parsing: place.explore("plan", "e.json", "--json").output)
    let cores = try #require(start["cores"]?.integer)
    #expect(cores >= 1 && plan["machine"]?["cores"]?.integer == cores)
    let megabytes = try #require(start["memory_mb"]?.integer)
    #expect(megabytes > 0 && plan["machine"]?["memory_mb"]?.integer == megabytes)
    try file.writeAtomically(
      #"{"starts": [{"cores": 3, "cores_from": "/sys/fs/cgroup/cpu.max", "jobs": 2}]}"#)
    #expect(try place.explore("report", "run", "--quiet").code == 0)
    #expect(try (run.folder / "report.md").readText().contains(" | 3 (cpu.max) | 2 | "))
  }

  /// Columns that say nothing are left out, and a setting without words is called the default.
  @Test func aPlainRunHasAPlainPage() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(#"{"name": "n", "data": {"builtin": "iris"}, "models": ["ridge"]}"#)
    let page = try (run.folder / "index.html").readText()
    #expect(!page.contains(">status</button>") && !page.contains(">remarks</button>"))
    #expect(page.contains("<title>default: ") && !page.contains("<title>: "))
  }

  @Test func narrowIntervalsHaveDecimals() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", groupedTable(rows: 30000))
    func table(_ data: String) throws -> [Substring] {
      try place.write("e.json", #"{"name": "n", \#(data), "models": ["dummy", "ridge"]}"#)
      let result = try place.explore("run", "e.json", "--out", "run", "--quiet", "--fresh")
      return result.output.split(separator: "\n")
    }
    let narrow = try table(
      #""data": {"table": "t.csv", "label": "label", "ignore": ["s"]}, "split": {"holdout": {"test": 0.5}}"#
    )
    #expect(
      try narrow[1].contains(Regex(#"[0-9]\.[0-9] \[[0-9]+\.[0-9]–[0-9]+\.[0-9]\]( [a-z]+)?$"#)))
    let wide = try table(#""data": {"builtin": "iris"}"#)
    #expect(try wide[1].contains(Regex(#"[0-9]\.[0-9] +\[[0-9]+–[0-9]+\]( [a-z]+)?$"#)))
    // The points of the accuracies stand below each other.
    let points = wide.dropFirst().map { $0.firstIndex(of: ".")?.utf16Offset(in: $0) }
    #expect(Set(points).count == 1 && points.count == 2)
  }

  /// Networks have loops of their own, which the words on all cells do not tell.
  @Test(.enabled(if: Processor.hasAVX2)) func networksOfDifferentInstructionsAreNamed() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write(
      "e.json",
      #"{"name": "n", "data": {"builtin": "iris"}, "transformations": ["none", "pca"], "models": [{"mlp": {"epochs": 1}}]}"#
    )
    for (path, only) in [("portable", "none+mlp"), ("avx2", "pca+mlp")] {
      let result = try place.explore(
        "run", "e.json", "--out", "run", "--quiet", "--only", only,
        environment: ["EXPLORE_CPU_PATH": path])
      try #require(result.code == 0)
    }
    let markdown = try (place.folder / "run" / "report.md").readText()
    #expect(
      markdown.contains("etworks portable, oneDNN sse4.1: none+mlp"), "\(markdown.prefix(900))")
  }

  @Test func cellsOfDifferentArithmeticAreNamed() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "n", "data": {"builtin": "iris"}, "models": ["dummy", "ridge"]}"#)
    for (core, only) in [("Prescott", "none+dummy"), ("Nehalem", "none+*")] {
      let result = try place.explore(
        "run", "e.json", "--out", "run", "--quiet", "--only", only,
        environment: ["OPENBLAS_CORETYPE": core])
      try #require(result.code == 0)
    }
    let markdown = try (place.folder / "run" / "report.md").readText()
    #expect(markdown.contains("Nehalem: none+ridge; "), "\(markdown.prefix(600))")
    #expect(markdown.contains("Prescott: none+dummy"))
    let page = try (place.folder / "run" / "index.html").readText()
    #expect(page.contains("Nehalem: none+ridge"))
  }
}
