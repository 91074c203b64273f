import FileSystem
import ProgramSupport
import Testing

@Suite struct PredictTests {
  private let table: String = {
    var numbers = SeededNumbers(seed: 8)
    var text = "name,a,b,c,label\n"
    for row in 0..<150 {
      let label = row % 3
      let values = (0..<3).map { numbers.next() + ($0 == label ? 1.5 : 0) }
      text += "row \(row),\(values[0]),\(values[1]),\(values[2]),\"class \(label), \"\"q\"\"\"\n"
    }
    return text
  }()

  private let experiment = #"""
    {"name": "n", "data": {"table": "t.csv", "label": "label"}, "scaling": "standard",
     "transformations": ["none", "pca", {"rbf": {"centers": 12}}, "polynomial", [{"select": {"k": 2}}, "robust"]],
     "models": ["dummy", {"logistic": {"C": [1, 10]}}, {"svm": {"kernel": "rbf", "C": [1, 10]}}, "perceptron", "ridge", "tree", {"forest": {"trees": 9}}, "knn"]}
    """#

  /// Every saved winner gives the run's test predictions bit for bit, from the file on.
  @Test func savedWinnersReproduceTheRun() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table)
    let run = try place.run(experiment)
    let recorded = try run.table("predictions").rows
    for cell in try run.table("results").rows {
      let name = "\(cell["transformation"] ?? "")+\(cell["model"] ?? "")"
      let result = try place.explore("predict", "run", "t.csv", "--cell", name, "--quiet")
      #expect(result.code == 0, "\(result.errors)")
      let rows = ResultTable(text: result.output).rows
      #expect(rows.count == 150)
      let expected = recorded.filter {
        $0["transformation"] == cell["transformation"] && $0["model"] == cell["model"]
      }
      #expect(expected.count > 20)
      for each in expected {
        let own = rows[Int(each["row"] ?? "") ?? 0]
        #expect(own["predicted"] == each["predicted"])
        for (key, value) in own where key.hasPrefix("p_") { #expect(each[key] == value, "\(name)") }
      }
    }
  }

  @Test func theBestOnValidationIsTaken() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table)
    try place.run(experiment, "--only", "none+logistic,none+dummy")
    let result = try place.explore("predict", "run", "t.csv", "-o", "out.csv")
    #expect(result.code == 0)
    #expect(result.errors == "model: none+logistic\n150 rows predicted: out.csv\n")
    let direct = try place.explore("predict", "run/cells/none+logistic/model", "t.csv")
    #expect(try (place.folder / "out.csv").readText() == direct.output)
  }

  /// Class names are data in a file, and only text on a terminal.
  @Test func aTerminalGetsNoControlCharacters() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table.replacingAll("class 1", with: "\u{1B}[31m"))
    try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "models": ["knn"]}"#)
    #expect(try place.explore("predict", "run", "t.csv").output.contains("\u{1B}[31m"))
    let shown = try Program(shell: "exec script -qec \"$*\" /dev/null").run(
      [place.program.path.string, "predict", "run", "t.csv"], in: place.folder,
      environment: place.environment)
    #expect(shown.code == 0 && !shown.output.contains("\u{1B}[31m"))
    #expect(shown.output.contains("\\u{1b}[31m"))
  }

  @Test func nothingIsChosenByTestRows() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table)
    try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "models": ["dummy", "knn"]}"#)
    let result = try place.explore("predict", "run", "t.csv")
    #expect(result.code == 64)
    #expect(
      result.errors.hasPrefix(
        "explore: the run has no validation rows to choose a cell by; name one with --cell: none+dummy, none+knn\n"
      ))
    #expect(try place.explore("predict", "run", "t.csv", "--cell", "none+knn").code == 0)
    let over = try place.explore("predict", "run", "t.csv", "--cell", "none+knn", "-o", "t.csv")
    #expect(over.code == 64 && over.errors.contains("would replace what is read"))
    try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label"}, "models": ["knn"]}"#, out: "one"
    )
    #expect(try place.explore("predict", "one", "t.csv").code == 0)
  }

  @Test func badInputsAreNamed() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table)
    try place.run(experiment, "--only", "none+logistic")
    func error(_ arguments: String...) throws -> (Int32, String) {
      let result = try place.program.run(
        ["predict"] + arguments, in: place.folder, environment: place.environment)
      return (result.code, result.errors)
    }
    try place.write("less.csv", "a,b\n1,2\n")
    #expect(
      try error("run", "less.csv", "--quiet") == (
        65, "explore: less.csv: there is no column “c” for the model; known are a, b\n"
      ))
    try place.write("gap.csv", "a,b,c\n1,2,\n")
    #expect(
      try error("run", "gap.csv", "--quiet").1
        == "explore: gap.csv, line 2, column “c”: the cell is missing; the model needs a number here\n"
    )
    #expect(
      try error("run", "none.csv", "--quiet") == (
        65, "explore: cannot open none.csv: no such file or directory\n"
      ))
    #expect(
      try error("run", "t.csv", "--cell", "none+logistik") == (
        65, "explore: the run has no cell “none+logistik”; did you mean “none+logistic”?\n"
      ))
    #expect(
      try error("run", "t.csv", "--cell", "pca+knn").1.contains("has no saved model (skipped)"))
    #expect(try error(".", "t.csv").1.contains("is neither a run folder nor a model folder"))
    #expect(
      try error("run", "t.csv", "--quiet", "-o", "/dev/full") == (
        1, "explore: cannot write /dev/full: no space left\n"
      ))
    let weights = place.folder / "run/cells/none+logistic/model/weights.safetensors"
    try weights.writeAtomically(Array(try weights.readBytes().dropLast(8)))
    let damaged = try error("run", "t.csv", "--quiet")
    #expect(
      damaged.0 == 65
        && damaged.1.contains(
          "is damaged: its content is no more what was written; run the experiment again")
    )
  }
}
