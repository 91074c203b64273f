import DataTables
import ExploreCommands
import Exploration
import Learning
import Matrices
import Testing
import TextFormatting

/// Songs of three classes cut into segments, two songs an artist.
private func segments(_ countOfSong: Int, songs: Int = 24, without absent: [Int] = []) -> Dataset {
  let kept = (0..<songs).filter { !absent.contains($0) }
  let songOfRow = kept.flatMap { song in (0..<countOfSong).map { _ in song } }
  var set = Dataset(
    source: "songs", columns: ["a"],
    features: Matrix(rows: songOfRow.count, columns: 1) { row, span in span[0] = Float(row) },
    labels: songOfRow.map { $0 % 3 }, classes: ["blues", "jazz", "rock"],
    fileRows: Array(songOfRow.indices), fileRowCount: songs * countOfSong)
  set.groupings = [
    .init(
      name: "song", groups: songOfRow.compactMap { kept.firstIndex(of: $0) },
      names: kept.map { "song \($0)" }),
    .init(
      name: "artist", groups: songOfRow.map { $0 / 2 },
      names: (0..<songs / 2).map { "artist \($0)" }),
  ]
  set.textColumns = ["fold": songOfRow.map { "\($0 / 2 % 4)" }]
  return set
}

/// The plan of an experiment whose inputs are these data sets, whatever its text says of columns.
private func plan(
  _ inputs: KeyValuePairs<String, Dataset>, split: String = #"{"folds": {"count": 4}}"#,
  rest: String = "", only: [String] = []
) throws -> Plan {
  let names = inputs.map { "\"\($0.key)\": {}" }.joined(separator: ", ")
  let text = """
    {"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s", "artist": "a"}},
     "inputs": {\(names)}, "split": \(split), "models": [{"knn": {"k": [1, 3]}}, "dummy"]\(rest)}
    """
  return try Plan(
    experiment(text), datasets: inputs.map(\.value), registry: .standard,
    only: only.map { NamePattern($0) })
}

@Suite struct InputsOfDifferentRowsTests {
  private let short = segments(10)
  private let long = segments(3, without: [5])

  private func songs(_ rows: [Int], _ data: Dataset) -> Set<String> {
    Set(rows.map { data.groupings[0].names[data.groupings[0].groups[$0]] })
  }

  @Test(arguments: [
    #"{"holdout": {"validation": 0.2, "test": 0.25}}"#, #"{"folds": {"count": 4, "repeats": 2}}"#,
    #"{"folds": {"count": 3, "inner": {"folds": 3}}}"#, #"{"folds": {"column": "fold"}}"#,
    #"{"holdout": {"validation": 0.2, "test": 0.25}, "group": "artist"}"#,
    #"{"folds": {"count": 4}, "group": "artist"}"#,
  ])
  func songsAreNeverOnBothSides(split: String) throws {
    let plan = try plan(["3s": short, "10s": long], split: split)
    #expect(!plan.inputsShareRows)
    let (first, second) = (
      plan.protocols[0].divisions[0].splits, plan.protocols[0].divisions[1].splits
    )
    #expect(first.count == second.count)
    for (a, b) in zip(first, second) {
      #expect(songs(a.test, short).subtracting(["song 5"]) == songs(b.test, long))
      #expect(songs(a.learning, short).subtracting(["song 5"]) == songs(b.learning, long))
      #expect(songs(a.test, short).isDisjoint(with: songs(b.learning, long)))
      for (own, other) in zip(a.selection, b.selection) {
        #expect(
          songs(own.training, short).union(songs(other.training, long))
            .isDisjoint(with: songs(own.validation, short).union(songs(other.validation, long))))
      }
      // Every row is somewhere, and once.
      #expect((a.learning + a.test).sorted() == Array(0..<240))
      #expect((b.learning + b.test).sorted() == Array(0..<69))
    }
    for division in plan.protocols[0].divisions {
      #expect(division.audit.taint == nil)
      #expect(division.audit.entries.filter(\.isProtocol).allSatisfy { $0.shared == 0 })
    }
    #expect(
      plan.protocols[0].divisions[1].findings.map(\.message) == [
        "1 of 24 songs is not in this input: “song 5”"
      ])
    #expect(plan.splitFindings.contains { $0.message.hasPrefix("10s: 1 of 24 songs") })
  }

  /// Every class has its share of songs, however many rows they have.
  @Test func songsAreStratified() throws {
    let plan = try plan(["3s": short, "10s": segments(3)], split: #"{"holdout": {"test": 0.25}}"#)
    for (index, rows) in [10, 3].enumerated() {
      for label in 0..<3 {
        let labels = plan.inputs[index].data.labels
        let test = plan.protocols[0].divisions[index].splits[0].test
        #expect(test.count { labels[$0] == label } == 2 * rows)
      }
    }
    #expect(plan.splitWords.hasSuffix("rows of one song kept together, each song counted once"))
  }

  /// What is equal in one input is kept together in all.
  @Test func equalRowsJoinSongs() throws {
    var twins = long
    // Rows of songs 0 and 3, of one class.
    twins.identicalRows = [[0, 9]]
    for seed in 1...5 {
      let plan = try plan(["3s": short, "10s": twins], rest: ", \"seed\": \(seed)")
      for split in plan.protocols[0].divisions[0].splits {
        let tested = songs(split.test, short)
        #expect(tested.contains("song 0") == tested.contains("song 3"))
      }
    }
  }

  @Test func refitJoinsTheRowsOfEachInput() throws {
    let plan = try plan(["3s": short, "10s": long], rest: #", "refit": true"#)
    for division in plan.protocols[0].divisions {
      for split in division.splits {
        #expect(split.finalTraining.count == split.learning.count)
      }
    }
  }

  @Test(arguments: [
    (
      #"{"holdout": {}, "ungrouped": true}"#,
      "the inputs “3s”, “10s” have different rows, which only their groups relate; an “ungrouped” split of them would not be the same"
    ),
    (
      #"{"file": "/s.json"}"#,
      "the inputs “3s”, “10s” have different rows; s.json cannot list the rows of all, divide them by another split"
    ),
  ])
  func whatRowsAreNeededForIsRefused(split: String, message: String) {
    let error = #expect(throws: PlanError.self) {
      try plan(["3s": short, "10s": long], split: split)
    }
    #expect(error?.description == message)
  }

  @Test func inputsWithoutAnythingInCommonAreRefused() {
    var without = long
    without.groupings = []
    let groups = #expect(throws: PlanError.self) { try plan(["3s": short, "10s": without]) }
    #expect(
      groups?.description
        == "the inputs “3s”, “10s” have different rows and no groups; name in “groups” what they are cut from, as in songs"
    )
    var otherClasses = long
    otherClasses.classes = ["blues", "jazz", "metal"]
    let classes = #expect(throws: PlanError.self) { try plan(["3s": short, "10s": otherClasses]) }
    #expect(
      classes?.description
        == "the inputs “3s” and “10s” differ in their classes: only one of them has rows of “metal”, “rock”"
    )
    var moved = long
    moved.textColumns["fold"]?[0] = "2"
    let column = #expect(throws: PlanError.self) {
      try plan(["3s": short, "10s": moved], split: #"{"folds": {"column": "fold"}}"#)
    }
    #expect(
      column?.description
        == "column “fold” says “0” and “2” of “song 0”; inputs of different rows need one value for all of its rows"
    )
  }

  /// An input without a row of the songs that are tested cannot be compared.
  @Test func anEmptyPartIsRefused() {
    let few = segments(3, without: Array(0..<24).filter { $0 / 2 % 4 == 1 })
    let error = #expect(throws: PlanError.self) {
      try plan(["3s": short, "10s": few], split: #"{"folds": {"column": "fold"}}"#)
    }
    #expect(
      error?.description
        == "the input “10s” has no rows in the validation part of fold 0, repeat 0")
  }
}

@Suite struct InputsOfTheSameRowsTests {
  private let wide = dataset((0..<60).map { $0 % 3 })
  private var narrow: Dataset {
    var data = wide
    data.features = Matrix(rows: 60, columns: 1) { row, span in span[0] = Float(row % 50) }
    return data
  }

  private func keys(_ plan: Plan, of input: String) -> [String] {
    plan.pieces.filter { plan.inputs[plan.cells[$0.cell].input].name == input }.map(\.key)
  }

  @Test func addingAnInputRecomputesNothing() throws {
    let alone = try plan(["a": wide])
    let both = try plan(["b": narrow, "a": wide])
    #expect(
      both.inputsShareRows
        && both.protocols[0].divisions[0].splits == alone.protocols[0].divisions[0].splits)
    #expect(keys(alone, of: "a").count == 8)
    #expect(keys(both, of: "a") == keys(alone, of: "a"))
    #expect(Set(keys(both, of: "a")).isDisjoint(with: keys(both, of: "b")))
  }

  /// Songs, once they are what is divided, stay where they are.
  @Test func addingAThirdLengthRecomputesNothing() throws {
    let two = try plan(["3s": segments(10), "10s": segments(3)])
    let three = try plan(["3s": segments(10), "30s": segments(1), "10s": segments(3)])
    for name in ["3s", "10s"] { #expect(keys(two, of: name) == keys(three, of: name)) }
  }

  @Test func equalRowsOfAnyInputAreKeptTogether() throws {
    var twins = narrow
    twins.identicalRows = (0..<10).map { [$0, $0 + 50] }
    // Rows 50 later have other classes, so that only their units hold them together.
    let plan = try plan(["a": wide, "b": twins])
    for division in plan.protocols[0].divisions {
      for split in division.splits {
        for row in 0..<10 { #expect(split.test.contains(row) == split.test.contains(row + 50)) }
      }
      #expect(division.audit.taint == nil)
    }
    // Intervals know the units of their own input alone.
    #expect(
      plan.protocols[0].divisions[0].units == nil && plan.protocols[0].divisions[1].units != nil)
  }

  /// Inputs of one table may leave out different rows.
  @Test func rowsOfOneFileAreKnownByTheirNumbers() throws {
    func dropping(_ rows: Range<Int>) -> Dataset {
      let kept = (0..<60).filter { !rows.contains($0) }
      var data = wide
      data.features = wide.features.gathering(rows: kept)
      data.labels = kept.map { wide.labels[$0] }
      data.fileRows = kept
      return data
    }
    let (a, b) = (dropping(0..<6), dropping(3..<9))
    for split in [#"{"folds": {"count": 4}}"#, #"{"holdout": {"test": 0.3}, "ungrouped": true}"#] {
      let plan = try plan(["a": a, "b": b], split: split)
      for (own, other) in zip(
        plan.protocols[0].divisions[0].splits, plan.protocols[0].divisions[1].splits)
      {
        let (tested, learnt) = (
          Set(own.test.map { a.fileRows[$0] }), Set(other.learning.map { b.fileRows[$0] })
        )
        #expect(!tested.isEmpty && tested.isDisjoint(with: learnt))
      }
      #expect(
        plan.protocols[0].divisions[0].findings[0].message.hasPrefix(
          "3 of 57 rows are not in this input"))
    }
  }

  @Test func whatIsFoundInAllInputsIsSaidOnce() throws {
    var (a, b) = (wide, narrow)
    a.findings = [DataFinding(.warning, "odd labels"), DataFinding(.note, "wide")]
    b.findings = [DataFinding(.warning, "odd labels")]
    #expect(
      try plan(["a": a, "b": b]).dataFindings.map(\.message) == ["odd labels", "a: wide"])
  }

  @Test func patternsMeanOneInputOrAll() throws {
    func open(_ only: [String], rest: String = "") throws -> [String] {
      let plan = try plan(["a": wide, "b": narrow], rest: rest, only: only)
      return plan.cells.filter { $0.skipReason == nil }.map { plan.name(of: $0) }
    }
    #expect(try open([]) == ["a+none+knn", "a+none+dummy", "b+none+knn", "b+none+dummy"])
    #expect(try open(["b+*"]) == ["b+none+knn", "b+none+dummy"])
    #expect(try open(["none+knn"]) == ["a+none+knn", "b+none+knn"])
    #expect(
      try open([], rest: #", "skip": ["none+dummy", "b+none+knn"]"#) == ["a+none+knn"])
    let error = #expect(throws: PlanError.self) { try open(["c+*"]) }
    #expect(error?.description.contains("known are a+none+knn") == true)
  }
}
