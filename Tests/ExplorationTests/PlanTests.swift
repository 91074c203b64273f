import ExploreCommands
import Exploration
import FileSystem
import JSONText
import Learning
import TextFormatting
import Testing

@Suite struct PlanTests {
  private let data = dataset((0..<60).map { $0 % 3 })

  @Test func plansSurviveTheirFile() throws {
    let original = try plan(data, split: #"{"folds": {"count": 3}}"#)
    let folder = try Path.makeTemporaryFolder("explore-plan")
    defer { try? folder.remove() }
    let path = folder / "plan.json"
    try path.writeAtomically(JSONNode(encoding: original).compactText)
    let read = try Plan(readingFrom: path)
    #expect(try JSONNode(encoding: read) == JSONNode(encoding: original))
    try path.writeAtomically("{\"format\": \"explore plan 2\"}")
    #expect(throws: DamagedFile.self) { try Plan(readingFrom: path) }
    try path.writeAtomically("{\"format\": \"other\"}")
    #expect(throws: DamagedFile.self) { try Plan(readingFrom: path) }
  }

  @Test func cellsAreSkippedWithAReason() throws {
    let plan = try plan(
      data, split: #"{"holdout": {}}"#, models: #"["knn", "svm", "ridge"]"#,
      rest:
        #", "transformations": ["none", {"polynomial": {"degree": 3}}, "pca"], "skip": ["pca+svm"]"#,
      only: ["*+svm", "*+knn"])
    let reasons = Dictionary(
      uniqueKeysWithValues: plan.cells.map { (plan.name(of: $0), $0.skipReason) })
    #expect(reasons["pca+svm"] == "left out by “skip”")
    #expect(reasons["none+ridge"] == "left out by --only")
    #expect(reasons["none+knn"] == .some(nil))
  }

  @Test func patternsThatMatchNothingAreRefused() {
    let error = #expect(throws: PlanError.self) {
      try plan(data, split: #"{"holdout": {}}"#, only: ["pca+knn"])
    }
    #expect(
      error?.description == "--only: the pattern “pca+knn” matches no cell; known is none+knn")
  }

  @Test func whatDoesNotFitIsRefusedWithNumbers() throws {
    let rows = dataset((0..<6000).map { $0 % 2 })
    let plan = try plan(
      rows, split: #"{"holdout": {}}"#, models: #"["svm", "knn"]"#,
      rest: #", "limits": {"cell_memory_mb": 60}"#)
    #expect(plan.cells[0].skipReason?.hasPrefix("needs about 312") == true)
    #expect(plan.cells[0].skipReason?.hasSuffix("more than limits.cell_memory_mb = 60") == true)
    #expect(plan.cells[1].skipReason == nil)
  }

  // MARK: Keys

  private func keys(
    _ rest: String = "", models: String = #"[{"forest": {"trees": 5}}, {"knn": {"k": [1, 3]}}]"#
  ) throws -> [String] {
    try plan(data, split: #"{"holdout": {}}"#, models: models, rest: rest).pieces.map(\.key)
  }

  @Test func equalExperimentsHaveEqualKeys() throws {
    #expect(try keys() == keys())
    // Limits, and settings at their defaults, determine no result.
    #expect(try keys(#", "limits": {"cell_seconds": 5}"#) == keys())
    #expect(
      try keys(
        models:
          #"[{"forest": {"trees": 5, "depth": "unlimited"}}, {"knn": {"k": [1, 3], "weights": "uniform"}}]"#
      ) == keys())
  }

  @Test(arguments: [
    #", "seed": 1"#, #", "scaling": "minmax""#, #", "measure": "f1_macro""#,
    #", "balance": "weights""#,
    #", "refit": true"#,
  ])
  func whatDeterminesAResultChangesItsKey(rest: String) throws {
    #expect(Set(try keys(rest)).isDisjoint(with: try keys()))
  }

  @Test func settingsChangeTheirOwnCellOnly() throws {
    let changed = try keys(models: #"[{"forest": {"trees": 6}}, {"knn": {"k": [1, 3]}}]"#)
    let known = try keys()
    #expect(changed[0] != known[0] && changed[1] == known[1])
  }

  @Test func seedsRepeatWhatUsesChance() throws {
    let plan = try plan(
      data, split: #"{"holdout": {}}"#, models: #"["forest", "ridge"]"#,
      rest: #", "seeds": 3, "transformations": ["none", {"rbf": {"centers": 5}}]"#)
    let counts = plan.cells.indices.map { cell in plan.pieces.count { $0.cell == cell } }
    // none+forest, none+ridge, rbf+forest, rbf+ridge.
    #expect(counts == [3, 1, 3, 3])
  }
}

@Suite struct SchemaTests {
  @Test func everySettingIsInTheSchema() throws {
    let text = ExperimentSchema(.standard).schema.compactText
    for model in Registry.standard.models {
      #expect(text.contains("\"\(model.name)\""))
      for setting in model.settings { #expect(text.contains(quotedJSON(setting.help))) }
    }
  }

  /// The file that the experiments name is the one `explore schema` prints.
  @Test func theCommittedSchemaIsCurrent() throws {
    let file = Path(#filePath).folder.folder.folder / "experiments" / "experiment.schema.json"
    #expect(
      try file.readText() == ExperimentSchema(.standard).schema.indentedText,
      "make it anew: scripts/explore schema > experiments/experiment.schema.json")
  }

  @Test func everyCommittedExperimentIsRead() throws {
    let folder = Path(#filePath).folder.folder.folder / "experiments"
    for name in try folder.children() where name.hasSuffix(".json") && !name.contains("schema") {
      let text = try (folder / name).readText()
      // Outside data may be absent: the file must be right all the same.
      let local = text.split(separator: "$EXPLORE_DATA").joined(separator: "data")
      _ = try Experiment(text: local, file: folder / name, registry: .standard)
      #expect(text.contains("\"$schema\": \"experiment.schema.json\""), "\(name)")
    }
  }
}
