import FileSystem
import JSONText
import ProgramSupport
import Testing

/// `explore compare`: two runs cell by cell, and ranks over the data sets of many.
@Suite struct CompareTests {
  /// Half of the rows are tested, so that there is something to see.
  private static func experiment(
    scaling: String = "minmax", k: String = "[1, 5]", more: String = ""
  ) -> String {
    #"{"name": "n", "data": {"builtin": "wine"}, "scaling": "\#(scaling)", "split": {"holdout": {"validation": 0.15, "test": 0.5}}, "transformations": ["none", "pca"], "models": ["dummy", {"knn": {"k": \#(k)}}, "tree"]\#(more)}"#
  }

  private static func changes(_ result: Program.Result) throws -> [JSONNode] {
    try #require(try JSONNode(parsing: result.output)["changes"]?.elements)
  }

  @Test func aRunAndItsCopyAreTheSame() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(Self.experiment(), out: "a")
    try (place.folder / "a").copy(to: place.folder / "b")
    let result = try place.explore("compare", "a", "b", "--json", "--fail-if-worse", "0pt")
    #expect(result.code == 0 && result.errors.isEmpty)
    let changes = try Self.changes(result)
    #expect(changes.count == 6)
    for change in changes {
      #expect(change["change"]?.number == 0 && change["real"]?.boolean == false)
      #expect(change["basis"]?.string == "paired" && change["p"]?.number == 1)
    }
    let text = try place.explore("compare", "a", "b").output
    #expect(text.contains("Experiment, data and code are the same.\n"))
    #expect(text.contains("No accuracy changed: 6 cells on the same test rows."))
  }

  @Test func otherTestRowsAreNotPaired() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(Self.experiment(), out: "a")
    try place.run(Self.experiment(), "--seed", "9", out: "b")
    let result = try place.explore("compare", "a", "b", "--json")
    #expect(result.code == 0)
    let node = try JSONNode(parsing: result.output)
    let differences = node["differences"]?.elements ?? []
    #expect(differences.compactMap { $0["what"]?.string } == ["seed", "split"])
    #expect(
      differences.first?["before"]?.string == "42" && differences.first?["after"]?.string == "9")
    for change in try Self.changes(result) {
      #expect(change["basis"]?.string == "unpaired" && change["real"]?.boolean == false)
      #expect(change["reason"]?.string == "they were tested on different rows")
      let (low, high) = (change["low"]?.number ?? 1, change["high"]?.number ?? -1)
      let own = change["change"]?.number ?? 2
      #expect(low < own && own < high && high - low < 0.6)
    }
    #expect(try place.explore("compare", "a", "b").output.contains("Not tested: "))
  }

  @Test func realLossesAreFoundAndFail() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(Self.experiment(), out: "a")
    try place.run(Self.experiment(scaling: "none", k: "[30, 40]"), out: "b")
    let result = try place.explore(
      "compare", "a", "b", "--json", "--fail-if-worse", "1pt", "--confident", "--html", "c.html")
    #expect(result.code == 1)
    #expect(
      result.errors.hasPrefix("page: c.html\nexplore: worse than --fail-if-worse 1pt allows: "))
    let worse = try JSONNode(parsing: result.output)["worse"]?.elements?.compactMap(\.string) ?? []
    #expect(worse.contains("none+knn") && !worse.contains("none+dummy"))
    #expect(result.errors.hasSuffix(": \(worse.joined(separator: ", "))\n"))
    let changes = try Self.changes(result)
    #expect(changes[0]["real"]?.boolean == true)
    #expect(changes[0]["cell"]?.string?.hasSuffix("+dummy") == false)
    #expect(
      changes[0]["test"]?.string == "exact McNemar test"
        || changes[0]["test"]?.string == "McNemar test")
    #expect((changes[0]["high"]?.number ?? 0) < -0.01)
    #expect((changes[0]["change"]?.number ?? 0) < -0.1)
    // What cannot be told from chance stands behind what can.
    let real = changes.map { $0["real"]?.boolean ?? false }
    #expect(real == real.sorted { $0 && !$1 })
    let page = try (place.folder / "c.html").readText()
    #expect(page.contains("<svg") && !page.contains("src=\"http") && !page.contains("<link"))
    let text = try place.explore("compare", "a", "b").output
    #expect(text.contains("experiment   scaling     minmax"))
    #expect(text.contains(" of 6 changes on the same test rows "))
    #expect(text.contains("none+knn −"))
    #expect(try place.explore("compare", "a", "b", "--fail-if-worse", "99pt").code == 0)
    #expect(
      try place.explore("compare", "b", "a", "--fail-if-worse", "1pt", "--only", "*+knn").code == 0)
    let only = try place.explore("compare", "a", "b", "--only", "pca+*", "--json")
    #expect(try Self.changes(only).count == 3)
  }

  /// A cell that the second run tried in vain is worse than any margin; one that it does not have is
  /// only listed.
  @Test func cellsWithoutAResultAreListed() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    func experiment(_ models: String) -> String {
      #"{"name": "n", "data": {"builtin": "wine"}, "models": [\#(models)]}"#
    }
    try place.run(experiment(#"{"knn": {"as": "x"}}, "dummy", "tree""#), out: "a")
    try place.write("b.json", experiment(#"{"throwing": {"as": "x"}}, "dummy", "ridge""#))
    #expect(
      try place.explore("run", "b.json", "--out", "b", "--only", "*+x,*+ridge", "--quiet").code == 3
    )
    let result = try place.explore("compare", "a", "b", "--json", "--fail-if-worse", "50pt")
    #expect(result.code == 1 && result.errors.hasSuffix("allows: none+x\n"))
    #expect(try JSONNode(parsing: result.output)["changes"]?.elements?.isEmpty == true)
    let others = try JSONNode(parsing: result.output)["others"]?.elements ?? []
    let reasons = others.compactMap { other in
      other["cell"]?.string.flatMap { name in other["reason"]?.string.map { "\(name): \($0)" } }
    }
    #expect(reasons.count == 4)
    #expect(reasons[0].hasPrefix("none+x: the second is failed: "))
    #expect(
      Array(reasons.dropFirst()) == [
        "none+dummy: the second is skipped: left out by --only", "none+tree: only in the first",
        "none+ridge: only in the second",
      ])
  }

  @Test func wrongThingsAreNamed() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.run(Self.experiment(), out: "a")
    try place.run(
      #"{"name": "n", "data": {"builtin": "wine"}, "models": ["ridge"]}"#, out: "other")
    try (place.folder / "a").copy(to: place.folder / "torn")
    try place.write("torn/plan.json", #"{"format": "explore plan 3", "na"#)
    try (place.folder / "empty").createFolder()
    let cases: [(arguments: [String], code: Int32, message: String)] = [
      (["a", "empty"], 65, "explore: empty is not a run folder (no plan.json)\n"),
      (["a", "a/../a"], 65, "explore: a and a/../a are the same folder\n"),
      (["a", "other"], 65, "explore: a and other: the runs have no cell of the same name\n"),
      (["a", "torn"], 65, "explore: torn/plan.json is damaged: line 1: "),
      (["a", "other", "--only", "x*"], 65, "explore: --only: the pattern “x*” matches no cell; "),
      (
        ["a", "other", "--fail-if-worse", "2%"], 64,
        "explore: --fail-if-worse needs points of accuracy"
      ),
      (["a", "other", "--fail-if-worse", "-1pt"], 64, "explore: --fail-if-worse needs points"),
      (["a", "other", "--confident"], 64, "explore: --confident goes with --fail-if-worse\n"),
      (["a"], 64, "explore: B is missing"),
    ]
    for own in cases {
      let result = try place.program.run(
        ["compare"] + own.arguments, in: place.folder, environment: place.environment)
      #expect(result.code == own.code, "\(own.arguments): \(result.errors)")
      #expect(result.errors.hasPrefix(own.message), "\(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  // MARK: Data sets

  /// Two classes in two columns, further apart for larger numbers.
  private static func table(_ number: Int) -> String {
    var text = "a,b,y\n"
    var random = SeededNumbers(seed: UInt64(number))
    for _ in 0..<80 {
      let label = random.next() < 0.5 ? 0 : 1
      let shift = Double(label) * (0.2 + 0.1 * Double(number))
      text += "\(random.next() + shift),\(random.next() - shift),\(label)\n"
    }
    return text
  }

  private static func experiment(table: Int) -> String {
    #"{"name": "n\#(table)", "data": {"table": "t\#(table).csv", "label": "y"}, "split": {"holdout": {"validation": 0, "test": 0.5}}, "models": ["dummy", {"knn": {"k": 5}}, {"tree": {"depth": 1}}]}"#
  }

  @Test func cellsAreRankedOverDataSets() throws {
    let place = try Workplace()
    defer { place.remove() }
    let names = (0..<7).map { "r\($0)" }
    for number in 0..<7 {
      try place.write("t\(number).csv", Self.table(number))
      try place.run(Self.experiment(table: number), out: names[number])
    }
    func compare(_ arguments: [String]) throws -> Program.Result {
      try place.program.run(
        ["compare"] + arguments, in: place.folder, environment: place.environment)
    }
    let result = try compare(names + ["--json", "--html", "ranks.html"])
    #expect(result.code == 0, "\(result.errors)")
    let node = try JSONNode(parsing: result.output)
    let cells = node["cells"]?.elements ?? []
    #expect(cells.count == 3 && cells.last?["cell"]?.string == "none+dummy")
    #expect(abs(cells.compactMap { $0["mean_rank"]?.number }.reduce(0, +) - 6) < 1e-12)
    #expect((node["friedman"]?["p"]?.number ?? 1) < 0.05)
    // Nemenyi: q(0.05, 3) = 2.343, times √(3 · 4 / (6 · 7)).
    #expect(
      abs((node["critical_difference"]?.number ?? 0) - 2.343 * (12.0 / 42).squareRoot()) < 1e-2)
    for (run, name) in names.enumerated() {
      let knn = try Run(place.folder / name).cell("none", "knn")
      let own = cells.first { $0["cell"]?.string == "none+knn" }
      #expect(own?["accuracies"]?.elements?[run].number == Double(knn["test_accuracy"] ?? ""))
    }
    #expect(try (place.folder / "ranks.html").readText().contains("critical difference"))
    #expect(try compare(names).output.contains("7 data sets, one a run: r0, r1, r2"))

    let few = try compare(Array(names.prefix(5)))
    #expect(few.code == 65 && few.output.isEmpty)
    #expect(
      few.errors.hasPrefix("explore: no ranks: 5 data sets; a test over data sets needs at least 6")
    )
    try place.run(Self.experiment(table: 0), "--seed", "7", out: "again")
    let twice = try compare(names + ["again"])
    #expect(
      twice.code == 65
        && twice.errors.hasPrefix("explore: no ranks: r0 and again are of the same data set: folds")
    )
    try place.write("t8.csv", Self.table(8))
    try place.run(Self.experiment(table: 8), "--only", "*+dummy,*+knn", out: "part")
    let part = try compare(names + ["part"])
    #expect(
      part.code == 65
        && part.errors.hasPrefix("explore: no ranks: part has no result of none+tree (skipped)"))
    #expect(try compare(names + ["part", "--only", "*+dummy,*+knn"]).code == 0)
  }
}
