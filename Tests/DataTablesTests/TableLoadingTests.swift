import DataTables
import FileSystem
import Matrices
import TextFormatting
import Testing

/// A table written to a temporary file, read as a data set.
struct TemporaryTable {
  let folder: Path

  init() throws { folder = try Path.makeTemporaryFolder("explore-table") }

  func remove() { try? folder.remove() }

  func request(_ text: String, name: String = "t.csv", label: String = "label") throws
    -> TableRequest
  {
    try (folder / name).writeAtomically(text)
    return TableRequest(path: folder / name, label: label)
  }
}

func load(
  _ text: String, _ change: (inout TableRequest) -> Void = { _ in }
) throws -> Dataset {
  let table = try TemporaryTable()
  defer { table.remove() }
  var request = try table.request(text)
  change(&request)
  return try Dataset(request)
}

/// The problem that loading ends with, and its line.
func problem(
  _ text: String, _ change: (inout TableRequest) -> Void = { _ in }
) throws -> (problem: TableError.Problem, line: Int?) {
  let error = try #require(throws: TableError.self) { try load(text, change) }
  return (error.problem, error.line)
}

private let small = "a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n"

@Suite struct TableLoadingTests {
  @Test func numbersLabelsAndRows() throws {
    let data = try load(small)
    #expect(data.columns == ["a", "b"])
    #expect(data.features == Matrix([[1, 2], [3, 4], [5, 6], [7, 8]]))
    #expect(data.classes == ["x", "y"] && data.labels == [0, 1, 0, 1])
    #expect(data.fileRows == [0, 1, 2, 3] && data.findings.isEmpty)
    #expect(data.source == "t.csv")
  }

  @Test func columnsAreKeptByPatternInTheTablesOrder() throws {
    let text = "a,b1,b2,c,label\n1,2,3,u,x\n4,5,6,v,y\n7,8,9,w,x\n0,0,0,z,y\n"
    let data = try load(text) { $0.columns = [NamePattern("b*"), NamePattern("a")] }
    #expect(data.columns == ["a", "b1", "b2"])
    // A column of text that is not asked for is not worth a word.
    #expect(data.findings.isEmpty)
    let one = try load(text) {
      $0.columns = [NamePattern("b?")]
      $0.ignore = [NamePattern("b1")]
    }
    #expect(one.columns == ["b2"] && one.features == Matrix([[3], [6], [9], [0]]))
    // The label is no feature, and what is ignored cannot be kept.
    for pattern in ["lab*", "d*"] {
      let found = try problem(text) { $0.columns = [NamePattern("a"), NamePattern(pattern)] }
      #expect(
        found.problem
          == .unknownColumn(pattern, role: "“columns”", known: ["a", "b1", "b2", "c"]))
    }
  }

  /// Rows may be equal in the columns that are kept.
  @Test func duplicatesAreThoseOfTheKeptColumns() throws {
    let text = "a,b,label\n1,1,x\n1,2,y\n2,3,x\n3,4,y\n"
    #expect(try load(text).identicalRows.isEmpty)
    let data = try load(text) { $0.columns = [NamePattern("a")] }
    #expect(data.identicalRows == [[0, 1]])
  }

  @Test func quotesLineEndsAndByteOrderMark() throws {
    let data = try load(
      "\u{FEFF}\"a\",\"b, c\",label\r\n\"1\",2,\"say \"\"x\"\"\"\r\n3,4,\"two\nlines\"\r\n5,6,\"say \"\"x\"\"\"\r\n\r\n7,8,\"two\nlines\""
    )
    #expect(data.columns == ["a", "b, c"])
    #expect(data.classes == ["say \"x\"", "two\nlines"])
    #expect(data.features.rows == 4)
  }

  @Test(arguments: [
    "1", "+1", " 1 ", "1.0", "1e0", "10e-1", "0.1e1", "1.", "0001", "100000000000000000000e-20",
  ])
  func waysToWriteOne(text: String) throws {
    let data = try load("a,label\n\(text),x\n2,y\n3,x\n4,y\n")
    #expect(data.features[0, 0] == 1)
  }

  @Test(arguments: [
    "0.1", "-2.5e-8", "123456.789", "1784.165849538755", "9007199254740993", "5e-324",
    "3.4028234e38",
    "0.08875656872987747", "-113.57064819335938", "1e-45", "12345678901234567890.123",
  ])
  func numbersAreCorrectlyRounded(text: String) throws {
    let data = try load("a,label\n\(text),x\n2,y\n3,x\n4,y\n")
    #expect(data.features[0, 0] == Float(Double(text) ?? .nan))
  }

  @Test func classesAreOrderedAsNumbersOrBytes() throws {
    #expect(try load("a,label\n1,10\n2,9\n3,-1\n4,10\n5,9\n6,-1\n").classes == ["-1", "9", "10"])
    #expect(try load("a,label\n1,10\n2,9\n3,b\n4,10\n5,9\n6,b\n").classes == ["10", "9", "b"])
    #expect(try load("a,label\n1,ä\n2,z\n3,Z\n4,ä\n5,z\n6,Z\n").classes == ["Z", "z", "ä"])
  }

  @Test func ignoredAndTextColumnsAreNoFeatures() throws {
    let text = "id,name,a,b1,b2,label\n1,u,1,2,3,x\n2,v,3,4,5,y\n3,w,5,6,7,x\n4,q,7,8,9,y\n"
    let data = try load(text) { $0.ignore = [NamePattern("id"), NamePattern("b*")] }
    #expect(data.columns == ["a"])
    #expect(
      data.findings.map(\.message) == ["column “name” holds text (line 2: “u”) and is no feature"])
  }

  @Test func constantAndUnbalancedColumnsAreReported() throws {
    let rows = (0..<24).map { "\($0),7,\($0 < 22 ? "many" : "few")" }.joined(separator: "\n")
    let messages = try load("a,b,label\n\(rows)\n").findings.map(\.message)
    #expect(messages.contains("column “b” is constant (7)"))
    #expect(messages.contains("classes are unbalanced: 22 rows of “many”, 2 of “few”"))
  }

  @Test func classesThatDifferOnlyInCaseAreReported() throws {
    let data = try load("a,label\n1,Rock\n2,rock \n3,Rock\n4,rock \n")
    #expect(
      data.findings.map(\.message) == ["classes “Rock” and “rock ” differ only in case or blanks"])
  }

  @Test func gzipIsUnpacked() throws {
    // printf 'a,label\n1,x\n2,y\n3,x\n4,y\n' | gzip -9n
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x4b, 0xd4, 0xc9, 0x49, 0x4c,
      0x4a, 0xcd,
      0xe1, 0x32, 0xd4, 0xa9, 0xe0, 0x32, 0xd2, 0xa9, 0xe4, 0x32, 0x06, 0xd2, 0x26, 0x40, 0x1a,
      0x00, 0xf0,
      0x27, 0x9b, 0xbe, 0x18, 0x00, 0x00, 0x00,
    ]
    let table = try TemporaryTable()
    defer { table.remove() }
    let path = table.folder / "t.csv.gz"
    try path.writeAtomically(packed)
    #expect(try Dataset(TableRequest(path: path, label: "label")).features.rows == 4)
    try path.writeAtomically(Array(packed.dropLast(12)))
    let error = #expect(throws: TableError.self) {
      try Dataset(TableRequest(path: path, label: "label"))
    }
    #expect(error?.problem == .damagedArchive)
  }

  // MARK: Missing values

  private let gaps = "a,b,label\n1,2,x\n,4,y\n5,NA,x\n7,8,y\n9,10,x\n11,12,y\n"

  @Test func missingValuesStopByDefault() throws {
    let (found, line) = try problem(gaps)
    #expect(found == .missingValue(column: "a", others: 1) && line == 3)
  }

  @Test func droppedRowsKeepTheirNumbers() throws {
    let data = try load(gaps) { $0.missing = .drop }
    #expect(data.fileRows == [0, 3, 4, 5])
    #expect(data.fileRowCount == 6)
    #expect(data.findings.map(\.message).contains("2 incomplete rows dropped"))
  }

  @Test func medianKeepsTheGapsForTraining() throws {
    let data = try load(gaps) { $0.missing = .median }
    #expect(data.features[1, 0].isNaN && data.features[2, 1].isNaN && data.features.rows == 6)
  }

  @Test(arguments: ["", " ", "NA", "n/a", "NaN", "null", "None", "?"])
  func waysToWriteNothing(text: String) throws {
    let (found, _) = try problem("a,label\n1,x\n\(text),y\n3,x\n4,y\n")
    #expect(found == .missingValue(column: "a", others: 0))
  }

  @Test func missingLabels() throws {
    let text = "a,label\n1,x\n2,\n3,y\n4,x\n5,y\n"
    #expect(try problem(text).problem == .missingLabel(column: "label", others: 0))
    #expect(
      try problem(text) { $0.missing = .median }.problem
        == .missingLabel(column: "label", others: 0))
    #expect(try load(text) { $0.missing = .drop }.fileRows == [0, 2, 3, 4])
  }

  // MARK: Duplicates

  private let twins = "a,b,label\n1,2,x\n3,4,y\n1,2,x\n3,4,x\n5,6,y\n0,0,x\n-0,0,x\n"

  @Test func duplicatesAreReportedAndKept() throws {
    let data = try load(twins)
    #expect(data.identicalRows == [[0, 2], [1, 3], [5, 6]])
    #expect(
      data.findings.map(\.message) == [
        "3 rows have the features of an earlier row (lines 2 = 4; lines 3 = 5; lines 7 = 8)",
        "the same features under different labels: line 3: “y”, line 5: “x”",
      ])
  }

  @Test func duplicatesAreDroppedOrStop() throws {
    let data = try load(twins) { $0.duplicates = .drop }
    #expect(data.fileRows == [0, 1, 4, 5] && data.identicalRows.isEmpty)
    let (found, line) = try problem(twins) { $0.duplicates = .stop }
    #expect(found == .duplicateRows(firstLine: 2, others: 2) && line == 4)
  }

  // MARK: Groups

  private let songs =
    "file,artist,a,label\nblues.0.au,Bo,1,x\nBLUES.0.wav,,2,x\nrock.1.au,bo,3,y\nrock.2.au,Al,4,y\nodd,,5,x\n"

  private func grouped(_ groups: [TableRequest.Group]) throws -> Dataset {
    try load(songs) { $0.groups = groups }
  }

  @Test func patternsAndCase() throws {
    let song = TableRequest.Group(
      name: "song", from: .init(column: "file", pattern: "^([A-Za-z]+\\.[0-9]+)"))
    let data = try grouped([song])
    #expect(data.groupings[0].groups == [0, 0, 1, 2, 3])
    #expect(data.groupings[0].names == ["blues.0", "rock.1", "rock.2", "row 4"])
    #expect(data.columns == ["a"])
  }

  @Test func missingGroupsFallBack() throws {
    let song = TableRequest.Group(
      name: "song", from: .init(column: "file", pattern: "^([A-Za-z]+\\.[0-9]+)"))
    let artist = TableRequest.Group(name: "artist", from: .init(column: "artist"), fallback: "song")
    let data = try grouped([song, artist])
    // Bo and bo are one; row 1 falls back to its song, row 4 to itself.
    #expect(data.groupings[1].groups == [0, 1, 0, 2, 3])
    #expect(data.groupings[1].names == ["Bo", "BLUES.0", "Al", "row 4"])
  }

  @Test func aFallbackIsNotMistakenForAValue() throws {
    let text = "file,artist,a,label\nBo,,1,x\nq,Bo,2,x\nr,C,3,y\ns,D,4,y\n"
    let data = try load(text) {
      $0.groups = [.init(name: "artist", from: .init(column: "artist"), fallback: "file")]
      $0.ignore = [NamePattern("file")]
    }
    #expect(data.groupings[0].groups == [0, 1, 2, 3])
  }

  @Test func joinedColumnsAreNeverFeatures() throws {
    let table = try TemporaryTable()
    defer { table.remove() }
    var request = try table.request(
      "file,a,label\ns1.wav,1,x\ns2.wav,2,y\ns3.wav,3,x\ns4.wav,4,y\n")
    _ = try table.request(
      "song,label,artist,year\ns1,q,Bo,1999\ns2,q,Bo,2001\ns3,q,Al,2002\n", name: "side.csv")
    request.join = .init(
      table: table.folder / "side.csv", key: "song",
      from: .init(column: "file", pattern: "^(.*)\\.wav$"))
    request.groups = [.init(name: "artist", from: .init(column: "artist"))]
    let data = try Dataset(request)
    #expect(data.columns == ["a"])
    #expect(data.groupings[0].groups == [0, 0, 1, 2])
    #expect(data.classes == ["x", "y"])
    #expect(data.findings.map(\.message).contains { $0.hasPrefix("1 row without a match in") })
    _ = try table.request("song,artist\ns1,Bo\ns1,Al\n", name: "side.csv")
    let error = #expect(throws: TableError.self) { try Dataset(request) }
    #expect(error?.problem == .repeatedKey(column: "song", key: "s1", firstLine: 2))
  }
}

@Suite struct BadTableTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int?
    var problem: TableError.Problem
    var testDescription: String { "\(problem)" }
  }

  @Test(arguments: [
    Case(text: "", line: nil, problem: .empty),
    Case(text: "a,label\n", line: nil, problem: .noRows),
    Case(text: "a,label\n1,x\n2\n", line: 3, problem: .raggedRow(found: 1, expected: 2)),
    Case(text: "a,label\n1,x\n2,y,3\n", line: 3, problem: .raggedRow(found: 3, expected: 2)),
    Case(text: "a,label\n1,x\n2,\"y\n3,x\n", line: 3, problem: .openQuote),
    Case(text: "a,label\n1,\"x\"y\n", line: 2, problem: .textAfterQuote),
    Case(text: "a,a,label\n1,2,x\n", line: 1, problem: .repeatedColumn("a")),
    Case(text: "a,label\n1,x\ninf,y\n", line: 3, problem: .infinite(cell: "inf", column: "a")),
    Case(text: "a,label\n1,x\n1e39,y\n", line: 3, problem: .infinite(cell: "1e39", column: "a")),
    Case(
      text: "a,label\n1,x\n-1e999,y\n", line: 3, problem: .infinite(cell: "-1e999", column: "a")),
    Case(
      text: "a,label\n1,x\nfast,y\n1,5,x\n", line: 4, problem: .raggedRow(found: 3, expected: 2)),
    Case(
      text: "a,label\n1,x\nfast,y\nslow,x\n", line: 3,
      problem: .notANumber(cell: "fast", column: "a", others: 1)),
    Case(
      text: "a,label\n1,x\n0x10,y\n", line: 3,
      problem: .notANumber(cell: "0x10", column: "a", others: 0)),
    Case(text: "a,label\n1,x\n2,x\n", line: nil, problem: .oneClass("x")),
    Case(
      text: "a,label\n1,x\n2,y\n3,z\n", line: nil,
      problem: .tooManyClasses(column: "label", classes: 3, rows: 3)),
    Case(text: "a,label\nu,x\nv,y\n", line: nil, problem: .noFeatures),
    Case(
      text: "a,Label\n1,x\n", line: nil,
      problem: .unknownColumn("label", role: "“label”", known: ["a", "Label"])),
  ])
  func problems(each: Case) throws {
    let (found, line) = try problem(each.text)
    #expect(found == each.problem && line == each.line)
  }

  @Test func unknownColumnsAreNamedWithTheirRole() throws {
    let text = "tempo,label\n1,x\n2,y\n3,x\n4,y\n"
    #expect(
      try problem(text) { $0.ignore = [NamePattern("temp")] }.problem
        == .unknownColumn("temp", role: "“ignore”", known: ["tempo", "label"]))
    #expect(
      try problem(text) { $0.groups = [.init(name: "song", from: .init(column: "file"))] }.problem
        == .unknownColumn("file", role: "the group “song”", known: ["tempo", "label"]))
    #expect(
      try problem(text) { $0.textColumns = ["fold"] }.problem
        == .unknownColumn("fold", role: "“split”", known: ["tempo", "label"]))
  }

  @Test(arguments: [
    (
      TableError(path: "f.csv", line: 5, .notANumber(cell: "fast", column: "tempo", others: 2)),
      "f.csv, line 5, column “tempo”: “fast” is not a number (and 2 other cells like it); correct it, or add “tempo” to “ignore”"
    ),
    (
      TableError(path: "f.csv", .unknownColumn("lable", role: "“label”", known: ["a", "label"])),
      "f.csv: there is no column “lable” for “label”; did you mean “label”?"
    ),
    (
      TableError(path: "f.csv", line: 9, .raggedRow(found: 1, expected: 60)),
      "f.csv, line 9: 1 cell, expected 60 as in the first line; the file may be cut off"
    ),
    (
      TableError(path: "f.csv", line: 3, .missingValue(column: "a\u{1B}[31m", others: 0)),
      "f.csv, line 3, column “a\\u{1b}[31m”: the cell is missing; set “missing” to “drop” or “median”, or fill it"
    ),
  ])
  func messages(error: TableError, text: String) {
    #expect(error.description == text)
  }
}

@Suite struct BuiltInTableTests {
  @Test(arguments: [
    ("digits", 1797, 64, 10), ("iris", 150, 4, 3), ("wine", 178, 13, 3),
    ("breast-cancer", 569, 30, 2),
  ])
  func shapes(name: String, rows: Int, columns: Int, classes: Int) throws {
    let data = try #require(BuiltInTable.all.first { $0.name == name }).dataset()
    #expect(data.features.rows == rows && data.features.columns == columns)
    #expect(data.layout.columns == columns && data.classes.count == classes)
  }

  @Test func irisHasItsTwins() throws {
    let data = try #require(BuiltInTable.all.first { $0.name == "iris" }).dataset()
    #expect(data.identicalRows == [[101, 142]])
    #expect(data.classes == ["setosa", "versicolor", "virginica"])
  }

  @Test func theirColumnsCanBeChosen() throws {
    let iris = try #require(BuiltInTable.all.first { $0.name == "iris" })
    let (all, some) = (try iris.dataset(), try iris.dataset(columns: [NamePattern("*_width")]))
    #expect(some.columns == ["sepal_width", "petal_width"])
    #expect(some.features == all.features.gathering(columns: [1, 3]))
    #expect(some.labels == all.labels && some.identicalRows.count > 1)
    #expect(throws: TableError.self) { try iris.dataset(columns: [NamePattern("stem*")]) }
  }
}

/// Random and damaged tables: loading answers or throws, it never traps.
@Suite struct TableFuzzTests {
  @Test func damagedTablesNeverTrap() throws {
    let table = try TemporaryTable()
    defer { table.remove() }
    let original = Array(
      "id,\"na\"\"me\",a,b,label\r\n1,\"x, y\",0.5,-1e3,u\n2,z,7,8,v\n3,\"two\nlines\",9,1,u\n4,q,3,2,v\n"
        .utf8)
    var random = RandomStream(seed: 12)
    var loaded = 0
    let path = table.folder / "t.csv"
    for round in 0..<6000 {
      var bytes = original
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(Array("\",\n\r;".utf8)[random.below(5)], at: place)
        case 3: bytes.insert(contentsOf: Array("nan".utf8), at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [10] }
      }
      try path.writeAtomically(bytes)
      var request = TableRequest(path: path, label: "label")
      request.missing = round % 2 == 0 ? .drop : .median
      if (try? Dataset(request)) != nil { loaded += 1 }
    }
    #expect(loaded > 300)
  }
}

@Suite struct TableSurveyTests {
  private func survey(_ text: String) throws -> TableSurvey {
    let table = try TemporaryTable()
    defer { table.remove() }
    return try TableSurvey(table.request(text).path)
  }

  @Test func usualNamesAreLabels() throws {
    #expect(try survey("genre,a,b\nx,1,2\ny,3,4\nx,5,6\ny,7,8\n").likelyLabel == "genre")
    #expect(try survey("a,kind,b\n1,x,2\n3,y,4\n5,x,6\n7,y,8\n").likelyLabel == "kind")
    #expect(try survey("a,b,z\n1,5,0\n3,6,1\n5,7,0\n7,8,1\n").likelyLabel == "z")
    #expect(try survey("a,b\n1,5\n3,6\n5,7\n7,8\n").likelyLabel == nil)
  }

  @Test func segmentsComeInSongs() throws {
    let rows = (0..<8).map { "rock.\($0 / 4).\($0 % 4).wav,\($0),\($0 % 2)" }.joined(
      separator: "\n")
    let group = try survey("filename,a,label\n\(rows)\n").likelyGroup(label: "label")
    #expect(group?.name == "song" && group?.column == "filename")
    let speakers = try survey("speaker_id,a,label\n1,2,x\n1,3,y\n2,4,x\n2,5,y\n").likelyGroup(
      label: "label")
    #expect(speakers?.name == "speaker" && speakers?.pattern == nil)
  }
}
