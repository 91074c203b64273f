import DataTables
import ExploreCommands
import Exploration
import FileSystem
import JSONText
import Learning
import Matrices
import Statistics
import Testing
import TextFormatting

/// Segments of songs of artists: three classes, two songs an artist unless said otherwise, no two rows
/// equal.
func music(
  artists: Int = 18, songsOfArtist: Int = 2, segments: Int = 3,
  classOfArtist: (Int) -> Int = { $0 % 3 }
) -> Dataset {
  let rows = artists * songsOfArtist * segments
  let songs = (0..<rows).map { $0 / segments }
  var set = dataset(songs.map { classOfArtist($0 / songsOfArtist) }, groups: songs)
  let artistOfRow = songs.map { $0 / songsOfArtist }
  set.groupings.append(
    .init(name: "artist", groups: artistOfRow, names: (0..<artists).map { "artist \($0)" }))
  set.textColumns = [
    "fold": artistOfRow.map { "\($0 / 3 % 4)" },
    "part": artistOfRow.map {
      ["train", "train", "train", "validation", "test", "test"][$0 / 3 % 6]
    },
  ]
  return set
}

/// The plan of an experiment with these protocols, or with one split.
func protocolPlan(
  _ data: Dataset = music(), _ protocols: String? = nil, split: String? = nil,
  models: String = #"[{"knn": {"k": [1, 3]}}, "forest"]"#, rest: String = "", only: [String] = []
) throws -> Plan {
  let division =
    protocols.map { "\"protocols\": \($0)" } ?? "\"split\": \(split ?? #"{"holdout": {}}"#)"
  let text = """
    {"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s", "artist": "a"}},
     \(division), "models": \(models)\(rest)}
    """
  return try Plan(
    experiment(text), datasets: [data], registry: .standard, only: only.map { NamePattern($0) })
}

/// What a run would have left whose pieces predicted these classes; nil for a piece that failed.
func results(
  of plan: Plan, classes: (Plan.Piece, Split) -> [Int]?
) throws -> RunResults {
  let folder = try Path.makeTemporaryFolder("explore-results")
  defer { try? folder.remove() }
  let writer = try JournalWriter(folder, name: "000001-worker")
  let format = PredictionBlob(classCount: plan.classes.count)
  for piece in plan.pieces {
    let split = plan.split(piece.split, of: plan.cells[piece.cell])
    guard let classes = classes(piece, split) else {
      let failure = Failure(status: .crashed, reason: "it fell over")
      try writer.append([.cell(CellRecord(key: piece.key, failure: failure))])
      continue
    }
    let probabilities = Matrix(rows: classes.count, columns: plan.classes.count) { row, span in
      for label in 0..<span.count { span[label] = classes[row] == label ? 0.75 : 0.25 }
    }
    var record = CellRecord(key: piece.key)
    record.winner = 0
    record.trainingRows = split.finalTraining.count
    record.predictions = try writer.add(
      format.bytes(classes: classes, probabilities: probabilities))
    try writer.append([.cell(record)])
  }
  return RunResults(plan, journal: try Journal(reading: folder, repairing: false))
}

@Suite struct ProtocolPlanTests {
  private let three = #"""
    {"rows": {"folds": {"count": 3}, "ungrouped": true}, "songs": {"folds": {"count": 3}},
     "artists": {"folds": {"count": 3}, "group": "artist"}}
    """#

  private func keys(_ plan: Plan, of name: String) -> [String] {
    plan.pieces.filter { plan.protocols[plan.cells[$0.cell].protocol].name == name }.map(\.key)
  }

  @Test func eachProtocolKeepsItsGroupsTogether() throws {
    let plan = try protocolPlan(music(), three)
    #expect(plan.protocols.map(\.name) == ["rows", "songs", "artists"])
    #expect(plan.sheets.map { plan.name(of: $0) } == ["rows", "songs", "artists"])
    #expect(
      plan.cells.map { plan.name(of: $0) }.prefix(3) == [
        "rows+none+knn", "rows+none+forest", "songs+none+knn",
      ])
    #expect(plan.protocols.map(\.isUngrouped) == [true, false, false])
    let shared = plan.protocols.map { own in
      own.divisions[0].audit.entries.map { $0.shared > 0 }
    }
    // Songs, artists, as far as they stand on both sides.
    #expect(shared == [[true, true], [false, true], [false, false]])
    #expect(plan.grouping(of: .init(protocol: 2, input: 0))?.name == "artist")
    #expect(plan.taint?.hasPrefix("rows: ungrouped rows: ") == true)
    #expect(plan.rankedSheets.count == 3)
  }

  /// Whatever a protocol is called, and beside whichever others it stands, its records are those of the
  /// same split alone.
  @Test func recordsAreTheSameUnderAnyName() throws {
    let alone = try protocolPlan(split: #"{"folds": {"count": 3}, "group": "artist"}"#)
    let all = try protocolPlan(music(), three)
    #expect(keys(alone, of: "").count == 6 && keys(all, of: "artists") == keys(alone, of: ""))
    let renamed = try protocolPlan(
      music(),
      #"{"bands": {"folds": {"count": 3}, "group": "artist"}, "pieces": {"folds": {"count": 3}}}"#)
    #expect(keys(renamed, of: "bands") == keys(all, of: "artists"))
    #expect(keys(renamed, of: "pieces") == keys(all, of: "songs"))
    #expect(Set(all.pieces.map(\.key)).count == 18)
  }

  /// The keys of runs that are in people's folders, since knn has revision 2.
  @Test func keysOfOneSplitAreThoseOfEarlierVersions() throws {
    let plan = try protocolPlan(split: #"{"folds": {"count": 3}, "group": "artist"}"#)
    #expect(plan.pieces.prefix(2).map(\.key) == Self.recordedKeys)
  }

  static let recordedKeys = [
    "2ca66a84185df1114105a86cadcca515", "f40ba513cfbfa5596dfcf0ef2c57701e",
  ]

  @Test func protocolsThatDivideAlikeHaveRecordsOfTheirOwn() throws {
    let twins = #"{"a": {"folds": {"count": 3}}, "b": {"folds": {"count": 3, "repeats": 2}}}"#
    let both = try protocolPlan(music(), twins)
    #expect(
      both.protocols[0].divisions[0].splits
        == Array(both.protocols[1].divisions[0].splits.prefix(3)))
    #expect(Set(both.pieces.map(\.key)).count == 6 + 12)
    // What is left out this time changes no key.
    let only = try protocolPlan(music(), twins, only: ["b+*"])
    #expect(only.pieces == both.pieces)
    let work = WorkList(only, registry: .standard)
    #expect(work.cells.map(\.key) == keys(both, of: "b"))
    let renamed = try protocolPlan(music(), twins.replacing("\"b\"", with: "\"c\""))
    #expect(keys(renamed, of: "c") == keys(both, of: "b"))
  }

  /// Rows that are divided alike are prepared once, whatever the protocol.
  @Test func preparationsAreShared() throws {
    let twins = #"{"a": {"folds": {"count": 3}}, "b": {"folds": {"count": 3}}}"#
    func count(_ protocols: String) throws -> Int {
      let plan = try protocolPlan(
        music(), protocols, rest: #", "scaling": "standard", "transformations": ["none", "pca"]"#)
      return WorkList(plan, registry: .standard).preparations.count
    }
    #expect(try count(twins) == count(#"{"a": {"folds": {"count": 3}}}"#))
    #expect(try count(three) == 3 * count(#"{"a": {"folds": {"count": 3}}}"#))
  }

  @Test func everyKindOfSplitMayStandBesideTheOthers() throws {
    let plan = try protocolPlan(
      music(),
      #"""
      {"held": {"holdout": {}}, "official": {"folds": {"column": "fold"}},
       "given": {"parts": {"column": "part"}}, "repeated": {"folds": {"count": 3, "repeats": 2}},
       "inner": {"folds": {"count": 3, "inner": {"folds": 2}}}, "left": {"leave_one_group_out": {}, "group": "artist"}}
      """#)
    #expect(plan.protocols.map { $0.divisions[0].splits.count } == [1, 4, 1, 6, 3, 18])
    #expect(plan.protocols.map(\.isFolds) == [false, true, false, true, true, true])
    #expect(plan.protocols.map(\.isLeaveOneGroupOut) == [false, false, false, false, false, true])
    #expect(
      plan.protocols.map(\.words) == [
        "holdout, 15.0 % validation, 15.0 % test, stratified by class, rows of one song kept together",
        "official folds by column “fold”, units: song", "parts by column “part”, units: song",
        "3 folds × 2 repeats, 15.0 % validation in each, stratified by class, rows of one song kept together",
        "3 folds, settings chosen by 2 inner folds, stratified by class, rows of one song kept together",
        "each artist left out once, 15.0 % validation in each",
      ])
    let pieces = plan.cells.indices.map { cell in plan.pieces.count { $0.cell == cell } }
    #expect(pieces == [1, 1, 4, 4, 1, 1, 6, 6, 3, 3, 18, 18])
    // What only one protocol finds is said with its name.
    #expect(
      plan.splitFindings.allSatisfy { finding in
        plan.protocols.contains { finding.message.hasPrefix($0.name + ": ") }
      })
  }

  @Test func patternsMeanOneProtocolOrAll() throws {
    func open(_ only: [String] = [], rest: String = "") throws -> [String] {
      let plan = try protocolPlan(music(), three, rest: rest, only: only)
      return plan.cells.filter { $0.skipReason == nil }.map { plan.name(of: $0) }
    }
    #expect(try open(["artists+*"]) == ["artists+none+knn", "artists+none+forest"])
    #expect(
      try open(["none+knn"]) == ["rows+none+knn", "songs+none+knn", "artists+none+knn"])
    #expect(
      try open(rest: #", "skip": ["none+forest", "rows+*"]"#)
        == ["songs+none+knn", "artists+none+knn"])
    let error = #expect(throws: PlanError.self) { try open(["artist+*"]) }
    #expect(
      error?.description.hasPrefix("--only: the pattern “artist+*” matches no cell") == true)
  }

  @Test func comparedCellsAreMarked() throws {
    func compared(_ rest: String) throws -> [String] {
      let plan = try protocolPlan(music(), three, rest: rest)
      return plan.cells.filter { plan.isCompared($0) }.map { plan.name(of: $0) }
    }
    #expect(try compared("").count == 6)
    #expect(
      try compared(#", "compare": ["artists+*"]"#) == ["artists+none+knn", "artists+none+forest"])
    #expect(try compared(#", "compare": ["none+knn"]"#).count == 3)
    // It says what is concluded, not what is computed.
    #expect(
      try protocolPlan(music(), three, rest: #", "compare": ["none+knn"]"#).pieces
        == protocolPlan(music(), three).pieces)
  }

  @Test func plansOfProtocolsSurviveTheirFile() throws {
    let original = try protocolPlan(
      music(), three, rest: #", "compare": ["none+*"], "learning_curve": [0.5, 1]"#)
    let folder = try Path.makeTemporaryFolder("explore-plan")
    defer { try? folder.remove() }
    try (folder / "plan.json").writeAtomically(JSONNode(encoding: original).compactText)
    let read = try Plan(readingFrom: folder / "plan.json")
    #expect(try JSONNode(encoding: read) == JSONNode(encoding: original))
    #expect(
      WorkList(read, registry: .standard).cells.map(\.key)
        == WorkList(original, registry: .standard).cells.map(\.key))
  }
}

@Suite struct LeaveOneGroupOutTests {
  @Test(arguments: [#"{}"#, #"{"validation": 0.3}"#, #"{"inner": {"folds": 3}}"#])
  func eachGroupIsTheTestPartOnce(request: String) throws {
    let data = music()
    for group in ["song", "artist"] {
      let plan = try protocolPlan(
        data, split: #"{"leave_one_group_out": \#(request), "group": "\#(group)"}"#)
      let grouping = try #require(data.groupings.first { $0.name == group })
      let splits = plan.protocols[0].divisions[0].splits
      #expect(splits.map(\.fold) == Array(grouping.names.indices))
      #expect(splits.allSatisfy { $0.repetition == 0 })
      for (number, split) in splits.enumerated() {
        #expect(split.test == data.labels.indices.filter { grouping.groups[$0] == number })
        #expect((split.learning + split.test).sorted() == Array(data.labels.indices))
        for fit in split.selection {
          let learnt = Set(fit.training.map { grouping.groups[$0] })
          #expect(!fit.validation.isEmpty)
          #expect(learnt.isDisjoint(with: fit.validation.map { grouping.groups[$0] }))
        }
      }
      #expect(plan.protocols[0].divisions[0].audit.taint == nil)
    }
  }

  @Test func nothingIsValidatedWhereNothingIsTuned() throws {
    let plan = try protocolPlan(split: #"{"leave_one_group_out": {}}"#, models: #"["knn"]"#)
    #expect(plan.protocols[0].divisions[0].splits.allSatisfy { $0.selection.isEmpty })
    #expect(plan.protocols[0].words == "each song left out once")
  }

  /// Groups with equal rows among them are one unit.
  @Test func groupsWithEqualRowsAreLeftOutTogether() throws {
    var data = music()
    data.identicalRows = [[0, 5]]
    let plan = try protocolPlan(data, split: #"{"leave_one_group_out": {}}"#)
    #expect(plan.protocols[0].divisions[0].splits.count == 35)
    #expect(plan.protocols[0].divisions[0].splits[0].test == [0, 1, 2, 3, 4, 5])
    #expect(
      plan.protocols[0].findings[0].message
        == "36 songs with equal rows among them are left out as 35")
  }

  @Test func whatCannotBeLeftOutIsRefused() throws {
    let named = #expect(throws: PlanError.self) {
      try protocolPlan(
        music(artists: 2),
        #"{"a": {"holdout": {}}, "b": {"folds": {"count": 9}, "group": "artist"}}"#)
    }
    #expect(named?.description.hasPrefix("the protocol “a”: class “c0” has only 2 songs") == true)
    func message(_ data: Dataset, _ split: String = #"{"leave_one_group_out": {}}"#) -> String? {
      let error = #expect(throws: PlanError.self) { try protocolPlan(data, split: split) }
      return error?.description
    }
    #expect(
      message(dataset((0..<30).map { $0 % 3 }))
        == "there is no group to leave out; name one in “groups” of the data")
    #expect(
      message(dataset([0, 1, 0, 1], groups: [0, 0, 0, 0]))
        == "there is only 1 song; leaving it out leaves no rows")
    #expect(
      message(music(artists: 600))
        == "leaving out each of 1200 songs takes 1200 fits; at most 1000 are done; divide them into “folds”"
    )
    #expect(
      message(
        music(artists: 200), #"{"leave_one_group_out": {"inner": {"folds": 3}}}"#)
        == "leaving out each of 400 songs takes 1200 fits; at most 1000 are done; divide them into “folds”"
    )
    #expect(
      message(
        music(classOfArtist: { $0 == 4 ? 2 : $0 % 2 }),
        #"{"leave_one_group_out": {}, "group": "artist"}"#)
        == "class “c2” has rows of one artist only “artist 4”; without it there is nothing to learn the class from"
    )
  }

  /// Accuracy, counts and interval are those of all test predictions together.
  @Test func figuresArePooled() throws {
    // Groups of 1, 2, … rows: a mean over groups is another figure.
    let groups = (0..<12).flatMap { group in [Int](repeating: group, count: group + 1) }
    let data = dataset(groups.map { $0 % 2 }, groups: groups)
    let plan = try protocolPlan(
      data, split: #"{"leave_one_group_out": {}}"#, models: #"["forest"]"#, rest: #", "seeds": 2"#)
    let results = try results(of: plan) { piece, split in
      // Right in the first row of a group, and with one seed in all.
      split.test.enumerated().map { place, row in
        place == 0 || piece.seedIndex == 1 ? data.labels[row] : 1 - data.labels[row]
      }
    }
    let cell = results.cells[0]
    let summary = try #require(CellSummary(cell, plan: plan))
    #expect(abs(summary.testAccuracy - (1 + 12.0 / 78) / 2) < 1e-12)
    #expect(summary.accuracyBySeed == [12.0 / 78, 1])
    #expect(summary.confusion.accuracy == summary.testAccuracy)
    #expect(summary.confusion.support(0) + summary.confusion.support(1) == 78)
    // Single groups are of one class and have no curve; all together have one.
    #expect(cell.pieces.allSatisfy { $0.evaluation?.auc == nil } && summary.auc != nil)
    let units = (0..<12).map { group in
      AccuracyInterval.Unit(correct: (1 + Double(group + 1)) / 2, rows: group + 1)
    }
    #expect(summary.interval == AccuracyInterval.oneTestSet(units))
  }
}
