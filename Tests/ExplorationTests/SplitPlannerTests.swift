import DataTables
import ExploreCommands
import Exploration
import FileSystem
import JSONText
import Learning
import Matrices
import Testing
import TextFormatting

/// A data set of one column, whose rows are all different.
func dataset(
  _ labels: [Int], groups: [Int]? = nil, identicalRows: [[Int]] = [],
  texts: [String: [String]] = [:]
) -> Dataset {
  var set = Dataset(
    source: "test", columns: ["a"],
    features: Matrix(rows: labels.count, columns: 1) { row, span in span[0] = Float(row) },
    labels: labels, classes: (0...(labels.max() ?? 0)).map { "c\($0)" },
    fileRows: Array(labels.indices), fileRowCount: labels.count)
  if let groups {
    set.groupings = [
      .init(name: "song", groups: groups, names: (0...(groups.max() ?? 0)).map { "s\($0)" })
    ]
  }
  set.identicalRows = identicalRows
  set.textColumns = texts
  return set
}

/// The plan of an experiment with a tuned model, unless something else is asked for.
func plan(
  _ data: Dataset, split: String, models: String = #"[{"knn": {"k": [1, 3]}}]"#, rest: String = "",
  only: [String] = []
) throws -> Plan {
  // The text says a table; the rows come from the test.
  let text =
    #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s"}}, "split": "#
    + split + #", "models": "# + models + rest + "}"
  return try Plan(
    experiment(text), datasets: [data], registry: .standard, only: only.map { NamePattern($0) })
}

@Suite struct SplitPlannerTests {
  private let labels = (0..<120).map { $0 % 3 }

  private func isPartition(_ split: Split, of count: Int) -> Bool {
    let learning = split.selection.flatMap { $0.training + $0.validation }
    return (Set(learning + split.finalTraining).sorted() + split.test).sorted() == Array(0..<count)
  }

  @Test func holdoutsAreStratified() throws {
    let split = try plan(dataset(labels), split: #"{"holdout": {"validation": 0.2, "test": 0.3}}"#)
      .protocols[0].divisions[0].splits[0]
    #expect(split.selection[0].training.count == 60)
    #expect(split.selection[0].validation.count == 24 && split.test.count == 36)
    #expect(isPartition(split, of: 120))
    for label in 0..<3 { #expect(split.test.count { labels[$0] == label } == 12) }
  }

  @Test func officialFoldsThatAreIdentifiersAreRefused() {
    let labels = (0..<6000).map { $0 % 2 }
    let error = #expect(throws: PlanError.self) {
      try plan(
        dataset(labels, texts: ["id": (0..<6000).map { "i\($0)" }]),
        split: #"{"folds": {"column": "id"}}"#)
    }
    #expect(
      error?.description
        == "column “id” names 6000 folds; at most 1000 are done; is it an identifier?")
  }

  @Test func classesThatAGivenSplitPutsElsewhere() {
    let labels = (0..<120).map { $0 / 40 }
    let error = #expect(throws: PlanError.self) {
      try plan(
        dataset(labels, texts: ["f": labels.map { "\($0)" }]),
        split: #"{"folds": {"column": "f"}}"#)
    }
    #expect(
      error?.description
        == "class “c0” has no rows in the training part of fold “0”; the split puts all of it (40 rows) elsewhere"
    )
  }

  @Test func noValidationIsCutWhereNothingIsTuned() throws {
    let plan = try plan(dataset(labels), split: #"{"holdout": {}}"#, models: #"["knn"]"#)
    #expect(plan.protocols[0].divisions[0].splits[0].selection.isEmpty)
    #expect(plan.protocols[0].divisions[0].splits[0].finalTraining.count == 102)
  }

  @Test func songsStayTogether() throws {
    let groups = (0..<120).map { $0 / 4 }
    let songLabels = groups.map { $0 % 3 }
    for text in [#"{"holdout": {}}"#, #"{"folds": {"count": 4, "repeats": 2}}"#] {
      let plan = try plan(dataset(songLabels, groups: groups), split: text)
      for split in plan.protocols[0].divisions[0].splits {
        let test = Set(split.test.map { groups[$0] })
        let training = Set(split.selection[0].training.map { groups[$0] })
        let validation = Set(split.selection[0].validation.map { groups[$0] })
        #expect(test.isDisjoint(with: training) && test.isDisjoint(with: validation))
        #expect(training.isDisjoint(with: validation))
      }
      #expect(plan.protocols[0].divisions[0].audit.taint == nil)
      #expect(plan.protocols[0].divisions[0].audit.entries.allSatisfy { $0.shared == 0 })
    }
  }

  @Test func identicalRowsShareAGroup() throws {
    let twins = (0..<40).map { [$0, 119 - $0] }
    var same = labels
    for twin in twins { same[twin[1]] = same[twin[0]] }
    let plan = try plan(dataset(same, identicalRows: twins), split: #"{"folds": {"count": 3}}"#)
    for split in plan.protocols[0].divisions[0].splits {
      let test = Set(split.test)
      for twin in twins { #expect(test.contains(twin[0]) == test.contains(twin[1])) }
    }
    #expect(plan.protocols[0].divisions[0].audit.taint == nil)
  }

  @Test func ungroupedSplitsAreMarked() throws {
    let groups = (0..<120).map { $0 / 12 }
    let songLabels = groups.map { $0 % 3 }
    let plan = try plan(
      dataset(songLabels, groups: groups, identicalRows: [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]),
      split: #"{"holdout": {}, "ungrouped": true}"#)
    let taint = try #require(plan.protocols[0].divisions[0].audit.taint)
    #expect(taint.hasPrefix("ungrouped rows: "))
    #expect(taint.contains("test groups (song)"))
    #expect(plan.protocols[0].divisions[0].audit.entries[0].shared > 5)
    // Intervals still count songs.
    #expect(plan.protocols[0].divisions[0].units == groups)
  }

  @Test func everyRowIsTestedOnceARepeat() throws {
    let plan = try plan(
      dataset(labels), split: #"{"folds": {"count": 5, "repeats": 3, "validation": 0.2}}"#)
    #expect(plan.protocols[0].divisions[0].splits.count == 15)
    for repetition in 0..<3 {
      let own = plan.protocols[0].divisions[0].splits.filter { $0.repetition == repetition }
      #expect(own.map(\.fold) == [0, 1, 2, 3, 4])
      #expect(own.flatMap(\.test).sorted() == Array(0..<120))
      for split in own {
        #expect(split.selection.count == 1 && abs(split.selection[0].validation.count - 24) <= 2)
        #expect(isPartition(split, of: 120))
      }
    }
    #expect(
      plan.protocols[0].divisions[0].splits[0].test != plan.protocols[0].divisions[0].splits[5].test
    )
  }

  @Test func innerFoldsCoverTheRowsOutside() throws {
    let plan = try plan(dataset(labels), split: #"{"folds": {"count": 4, "inner": {"folds": 3}}}"#)
    for split in plan.protocols[0].divisions[0].splits {
      #expect(split.selection.count == 3)
      #expect(split.selection.flatMap(\.validation).sorted() == split.finalTraining)
      #expect((split.finalTraining + split.test).sorted() == Array(0..<120))
    }
  }

  @Test func officialFoldsValidateOnTheNext() throws {
    let folds = (0..<120).map { ["10", "2", "1", "x"][$0 % 4] }.map { $0 == "x" ? "" : $0 }
    let plan = try plan(
      dataset((0..<120).map { $0 / 60 }, texts: ["fold": folds]),
      split: #"{"folds": {"column": "fold"}}"#)
    #expect(plan.protocols[0].divisions[0].splits.map { folds[$0.test[0]] } == ["1", "2", "10"])
    #expect(
      plan.protocols[0].divisions[0].splits.map { folds[$0.selection[0].validation[0]] } == [
        "2", "10", "1",
      ])
    #expect(
      plan.protocols[0].findings.map(\.message).contains(
        "30 rows without a value in “fold” left out"))
  }

  @Test func partsByAColumn() throws {
    let parts = (0..<120).map { ["train", "Valid", "test", ""][$0 % 4] }
    let data = dataset((0..<120).map { $0 / 60 }, texts: ["part": parts])
    let split = try plan(data, split: #"{"parts": {"column": "part"}}"#).protocols[0].divisions[0]
      .splits[0]
    #expect(split.selection[0].training.allSatisfy { parts[$0] == "train" })
    #expect(split.selection[0].validation.count == 30 && split.test.count == 30)
    let without = dataset(
      (0..<120).map { $0 / 60 }, texts: ["part": parts.map { $0 == "Valid" ? "train" : $0 }])
    let cut = try plan(without, split: #"{"parts": {"column": "part"}}"#).protocols[0].divisions[0]
      .splits[0]
    // 15 % of the 90 rows that have a part.
    #expect(cut.selection[0].validation.count == 14 && cut.selection[0].training.count == 46)
  }

  @Test func refittingAddsTheValidationRows() throws {
    let plan = try plan(dataset(labels), split: #"{"holdout": {}}"#, rest: #", "refit": true"#)
    let split = plan.protocols[0].divisions[0].splits[0]
    #expect(
      split.finalTraining == (split.selection[0].training + split.selection[0].validation).sorted())
  }

  @Test func theSeedDecidesTheSplit() throws {
    let a = try plan(dataset(labels), split: #"{"holdout": {}}"#).protocols[0].divisions[0].splits
    #expect(
      try plan(dataset(labels), split: #"{"holdout": {}}"#).protocols[0].divisions[0].splits == a)
    #expect(
      try plan(dataset(labels), split: #"{"holdout": {}}"#, rest: #", "seed": 7"#).protocols[0]
        .divisions[0].splits
        != a)
  }

  @Test(arguments: [
    (
      [0, 0, 0, 0, 1, 1], #"{"holdout": {}}"#,
      "class “c1” has only 2 rows; a holdout needs at least 3 of every class, one for each part"
    ),
    (
      [0, 0, 0, 0, 0, 0, 0, 1], #"{"folds": {"count": 4}}"#,
      "class “c1” has no rows in a fold's training part; it has 1 row, too few for this split"
    ),
    ([0, 1, 0, 1], #"{"folds": {"count": 9}}"#, "there are only 4 rows for 9 folds"),
    (
      [0, 0, 0, 1, 1, 1], #"{"holdout": {"validation": 0}}"#,
      "there are settings to choose among, but “validation” leaves no rows to choose on"
    ),
  ])
  func tooLittleDataIsRefused(labels: [Int], split: String, message: String) throws {
    let models = split.contains("folds") ? #"["knn"]"# : #"[{"knn": {"k": [1, 3]}}]"#
    let error = #expect(throws: PlanError.self) {
      try plan(dataset(labels), split: split, models: models)
    }
    #expect(error?.description == message)
  }

  @Test func groupsAreCountedNotRows() throws {
    let error = #expect(throws: PlanError.self) {
      try plan(
        dataset([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], groups: [0, 1, 2, 3, 4, 5, 6, 6, 7, 7]),
        split: #"{"holdout": {}}"#)
    }
    #expect(error?.description.hasPrefix("class “c1” has only 2 songs") == true)
  }

  @Test func absentTestClassesAreWarnedOf() throws {
    let plan = try plan(
      dataset([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]), split: #"{"folds": {"count": 4}}"#,
      models: #"["knn"]"#)
    #expect(
      plan.protocols[0].findings.count { $0.message.hasSuffix("has no test rows of “c1”") } == 2)
  }
}

@Suite struct SplitFileTests {
  private func split(_ text: String, _ data: Dataset = dataset((0..<12).map { $0 % 2 })) throws
    -> Plan
  {
    let folder = try Path.makeTemporaryFolder("explore-split")
    defer { try? folder.remove() }
    try (folder / "s.json").writeAtomically(text)
    return try plan(data, split: #"{"file": "\#(folder.string)/s.json"}"#)
  }

  @Test func rowsCountTheFile() throws {
    var data = dataset((0..<10).map { $0 % 2 })
    // Rows 3 and 4 of the file were dropped.
    data.fileRows = [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    data.fileRowCount = 12
    let plan = try split(
      #"{"train": [11, 0, 1, 3, 2], "validation": [5, 6], "test": [7, 8]}"#, data)
    #expect(plan.protocols[0].divisions[0].splits[0].selection[0].training == [0, 1, 2, 9])
    #expect(plan.protocols[0].divisions[0].splits[0].test == [5, 6])
    #expect(
      plan.protocols[0].findings.map(\.message) == [
        "1 row of the split file were dropped on loading"
      ])
  }

  @Test(arguments: [
    (
      #"{"train": [0, 12], "test": [1]}"#,
      "line 1, column 15: train[1]: expected a row number from 0 to 11, found 12"
    ),
    (
      #"{"train": [0, -1], "test": [1]}"#,
      "line 1, column 15: train[1]: expected a row number from 0 to 11, found -1"
    ),
    (
      #"{"train": [0, 1.5], "test": [1]}"#,
      "line 1, column 15: train[1]: expected a row number from 0 to 11, found 1.5"
    ),
    (
      #"{"train": [0, 1], "test": [2, 1]}"#,
      "line 1, column 31: test[1]: row 1 stands in “train” already; a row belongs to one part"
    ),
    (
      #"{"train": [0, 0], "test": [2]}"#,
      "line 1, column 15: train[1]: row 0 stands in “train” twice"
    ),
    (#"{"train": [0]}"#, "line 1, column 1: “test” is missing"),
    (
      #"{"train": [0], "tests": []}"#,
      "line 1, column 16: unknown key “tests”; did you mean “test”?"
    ),
    (
      #"{"train": 5, "test": []}"#,
      "line 1, column 11: train: expected a list of row numbers, found 5"
    ),
    (
      "{\"train\": [0],\n",
      "line 2, column 1: expected a name in quotes or “}”, found the end of the file"
    ),
  ])
  func badFilesAreRefused(text: String, message: String) {
    let error = #expect(throws: ExperimentError.self) { try split(text) }
    #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "")")
  }

  @Test func emptyPartsAreRefused() {
    let error = #expect(throws: PlanError.self) {
      try split(#"{"train": [0, 1], "test": []}"#)
    }
    #expect(error?.description.hasSuffix("/s.json has no test rows") == true)
  }
}
