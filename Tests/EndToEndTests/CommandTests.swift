import FileSystem
import JSONText
import ProgramSupport
import Testing

/// What the smaller commands print, kept as snapshots.
@Suite struct CommandTests {
  @Test(arguments: [
    "run", "plan", "report", "compare", "merge", "verify", "list", "describe", "schema", "new",
    "predict", "features",
  ])
  func helpScreens(command: String) throws {
    let result = try Program.explore.run([command, "--help"])
    #expect(result.code == 0 && result.errors.isEmpty)
    try expectSnapshot(result.output, "help-\(command).txt")
    #expect(
      try Program.explore.run([command, "--version"]).output
        == Program.explore.run(["--version"]).output)
  }

  @Test func overview() throws {
    let help = try Program.explore.run(["--help"])
    #expect(help.code == 0)
    try expectSnapshot(help.output, "help.txt")
    let nothing = try Program.explore.run([])
    #expect(nothing.code == 64 && nothing.output == help.output)
  }

  @Test func lists() throws {
    try expectSnapshot(try Program.explore.run(["list"]).output, "list.txt")
    let json = try JSONNode(parsing: Program.explore.run(["list", "models", "--json"]).output)
    #expect(json["models"]?.elements?.count == 12)
  }

  @Test(arguments: [
    "svm", "tree", "mlp", "resnet34", "pca", "polynomial", "digits", "auc_macro", "minmax",
    "synthetic", "log-mel",
  ])
  func descriptions(name: String) throws {
    try expectSnapshot(try Program.explore.run(["describe", name]).output, "describe-\(name).txt")
  }

  @Test func plans() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", smallGrid)
    let plan = try place.explore("plan", "e.json")
    #expect(plan.code == 0)
    #expect(plan.output.contains("wine: 178 rows, 13 columns, 3 classes"))
    #expect(plan.output.contains("holdout, 15.0 % validation, 15.0 % test, stratified by class"))
    #expect(plan.output.contains("24 cells to compute"))
    #expect(!(place.folder / "reports").exists)
    try place.run(smallGrid, "--only", "none+*", out: "run")
    let after = try JSONNode(
      parsing: place.explore("plan", "e.json", "--out", "run", "--json").output)
    let states = (after["cells"]?.elements ?? []).compactMap { $0["state"]?.string }
    #expect(states.count { $0 == "done" } == 8 && states.count { $0 == "to do" } == 16)
  }

  /// A starting file for a table that was never seen is an experiment that runs.
  @Test func newExperimentsRun() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "filename,note,tempo,energy,genre\n"
    var numbers = SeededNumbers(seed: 2)
    for row in 0..<120 {
      let genre = ["blues", "rock", "jazz"][row / 40]
      text +=
        "\(genre).\(row / 4 % 10).\(row % 4).wav,x\(row),\(numbers.next() + Double(row / 40)),\(row % 9 == 0 ? "" : "\(numbers.next())"),\(genre)\n"
    }
    try place.write("songs.csv", text)
    let made = try place.explore("new", "songs.csv")
    #expect(made.code == 0 && made.output == "songs.json\n")
    let file = try (place.folder / "songs.json").readText()
    #expect(file.contains(#""label": "genre""#) && file.contains(#""ignore": ["note"]"#))
    #expect(
      file.contains(#""groups": { "song": {"column":"filename""#)
        && file.contains(#""missing": "median""#))
    let again = try place.explore("new", "songs.csv")
    #expect(again.code == 65 && again.errors.contains("songs.json exists already"))
    let printed = try place.explore("new", "songs.csv", "-o", "-")
    #expect(printed.code == 0 && printed.output == file)
    let run = try place.explore("run", "songs.json", "--quiet", "--only", "*+ridge,*+knn")
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test func columnsThatNumberRowsAreNoFeatures() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = ",fold,nr,a,y\n"
    for row in 0..<30 { text += "\(row),\(row % 5),\(row + 7),\(row * row % 17),\(row / 10)\n" }
    try place.write("t.csv", text)
    let made = try place.explore("new", "t.csv", "--label", "y")
    #expect(
      made.errors.hasPrefix(
        "ignored, as they seem to number rows or parts: “column 1”, “fold”, “nr”\n"))
    #expect(
      try (place.folder / "t.json").readText().contains(
        #""ignore": ["column 1","fold","nr"]"#))
    try place.write(
      "e.json", #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "models": ["knn"]}"#)
    let plan = try place.explore("plan", "e.json")
    for name in ["column 1", "nr"] {
      #expect(plan.output.contains("warning: column “\(name)” is the row’s number; add it"))
    }
    #expect(!plan.output.contains("column “a” is the row’s number"))
  }

  /// What tells the class without being a measurement is not offered, and rows of one file are a group.
  @Test func columnsThatTellTheClassAreNotOffered() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "file_of,number,class_id,a,class\n"
    for place in 0..<120 {
      let row = place * 37 % 120
      text +=
        "song\(row / 5),\(700 + row),\(row / 40 + 1),\(Double(row * row % 17) + Double(row) / 1000),\(["x", "y", "z"][row / 40])\n"
    }
    try place.write("t.csv", text)
    let made = try place.explore("new", "t.csv")
    #expect(made.errors.contains("ignored: column “number” gives the class away"))
    #expect(made.errors.contains("ignored: column “class_id” is the class under another name"))
    #expect(made.errors.contains("rows of one file_of stay together"))
    let file = try (place.folder / "t.json").readText()
    #expect(file.contains(#""ignore": ["number","class_id"]"#))
    #expect(file.contains(#""groups": { "file_of": {"column":"file_of"} }"#))
    let silent = try place.explore("plan", "t.json")
    #expect(silent.code == 0 && !silent.output.contains("warning"), "\(silent.output)")
    try place.write(
      "e.json",
      #"{"name": "n", "data": {"table": "t.csv", "label": "class"}, "models": ["knn"], "split": {"holdout": {"test": 0.3}}}"#
    )
    let plan = try place.explore("plan", "e.json")
    for words in [
      "column “number” gives the class away", "column “class_id” is the class under another name",
      "“file_of” has 24 values in 120 rows",
    ] {
      #expect(plan.output.contains("warning: \(words)"))
    }
    let run = try place.explore("run", "e.json", "--out", "run")
    #expect(run.errors.contains("column “number” gives the class away"))
    let findings = try ResultTable(place.folder / "run" / "tables" / "findings.csv").rows
    #expect(findings.contains { $0["seen"]?.contains("“number” gives the class away") == true })
  }

  @Test func longNamesAreCut() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "a,y\n"
    let name = String(repeating: "x", count: 3000)
    for row in 0..<30 { text += "\(row * row % 17),\(row % 2 == 0 ? name : "short")\n" }
    try place.write("t.csv", text)
    try place.write(
      "e.json", #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "models": ["knn"]}"#)
    let plan = try place.explore("plan", "e.json")
    #expect(
      plan.output.split(separator: "\n").filter { $0.hasPrefix("x") || $0.hasPrefix("short") }
        .allSatisfy { $0.count < 100 })
  }

  @Test func helpNamesACommand() throws {
    #expect(
      try Program.explore.run(["help", "run"]).output
        == Program.explore.run(["run", "--help"]).output)
  }

  /// A picture of a run without chance or arithmetic that another processor could do otherwise.
  @Test func pictures() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "picture <1>", "data": {"builtin": "iris"}, "transformations": ["none", {"select": {"k": 2}}], "models": ["dummy", {"knn": {"k": [1, 3], "as": "neighbours & co"}}]}"#
    )
    for (name, snapshot) in [
      ("accuracy.svg", "accuracy.svg"), ("curves/none+neighbours%20%26%20co.svg", "curve.svg"),
      ("confusion/select+dummy.svg", "confusion.svg"),
    ] {
      try expectSnapshot(try (run.folder / "figures" / name).readText(), snapshot)
    }
    try expectSnapshot(try (run.folder / "tables" / "accuracy.csv").readText(), "accuracy.csv")
    try expectSnapshot(try (run.folder / "tables" / "per_class.csv").readText(), "per_class.csv")
  }
}
