import DataTables
import FileSystem
import Testing

/// Files that are no tables, or whose numbers and letters need care.
@Suite struct OddFileTests {
  private func error(_ bytes: [UInt8], name: String = "t.csv") throws -> TableError {
    let table = try TemporaryTable()
    defer { table.remove() }
    try (table.folder / name).writeAtomically(bytes)
    let request = TableRequest(path: table.folder / name, label: "label")
    return try #require(throws: TableError.self) { try Dataset(request) }
  }

  @Test(
    arguments: [
      ("windows-1251", [0xF0, 0xEE, 0xEA]), ("windows-1252", [0x50, 0xF6, 0x70]),
      ("GBK", [0xC1, 0xF7, 0xD0, 0xD0]), ("SHIFT-JIS", [0x83, 0x8D, 0x83, 0x62, 0x83, 0x4E]),
    ] as [(String, [UInt8])])
  func otherEncodingsAreNamedWithTheirLine(encoding: String, label: [UInt8]) throws {
    let error = try error(Array("a,label\n1,x\n2,".utf8) + label + Array("\n3,x\n".utf8))
    #expect(error.line == 3)
    #expect("\(error)".contains("iconv -f \(encoding) -t UTF-8"))
  }

  @Test func utf16IsToldWithAndWithoutItsMark() throws {
    let text = Array("a,label\n1,x\n2,y\n".utf16)
    let little = text.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect("\(try error([0xFF, 0xFE] + little))".contains("iconv -f UTF-16 "))
    #expect("\(try error(little))".contains("iconv -f UTF-16LE"))
  }

  @Test func otherFormatsAreToldByTheirFirstBytes() throws {
    for (start, noun) in [
      ("PK\u{3}\u{4} xl/workbook.xml", "Excel"), ("PAR1", "Parquet"), ("%PDF-1.4", "PDF"),
      ("SQLite format 3\0", "SQLite"), ("{\"a\": 1}", "JSON"), ("@relation r", "ARFF"),
      ("RIFF1234WAVEfmt ", "sound"), ("BZh91", "bzip2"),
    ] {
      #expect("\(try error(Array(start.utf8)))".contains(noun))
    }
  }

  @Test func aFirstLineOfNumbersIsNoHeader() throws {
    let found = try problem("5.1,3.5,1.4,setosa\n4.9,3.0,1.4,setosa\n")
    #expect(found.problem == .noHeader(["5.1", "3.5", "1.4"]) && found.line == 1)
    // Places, years and frequencies ascend.
    #expect(try load("0,1,2,label\n1,2,3,x\n3,4,5,y\n").columns == ["0", "1", "2"])
  }

  @Test func largeValuesKeepTheirSmallDifferences() throws {
    let rows = (0..<40).map {
      "\(1_735_689_600 + 60 * ($0 % 2)).\(10 + $0),\($0 % 2 == 0 ? "a" : "b")"
    }
    let data = try load("time,label\n" + rows.joined(separator: "\n") + "\n")
    let offset = try #require(data.offsets.first)
    #expect(abs(offset - 1_735_689_600) < 61)
    #expect(Set((0..<40).map { data.features[$0, 0] }).count == 40)
    let row = Double(data.features[3, 0]) + offset
    #expect(abs(row - 1_735_689_660.13) < 1e-4)
    #expect(data.findings.contains { $0.message.contains("less") })
    // Ordinary columns stay as they were.
    #expect(try load("a,label\n1.5,x\n2.25,y\n").offsets.isEmpty)
  }

  @Test func oneNumberWrittenTwiceIsRemarked() throws {
    let data = try load("a,label\n1,01\n2,1\n3,01\n4,1\n")
    #expect(data.classes == ["01", "1"])
    #expect(data.findings.contains { $0.message.contains("one number written in two ways") })
  }

  @Test func aPatternThatRunsAwayIsGivenUp() throws {
    let text = "a,name,label\n1,\(String(repeating: "a", count: 40))!,x\n2,aa,y\n"
    let found = try problem(text) {
      $0.groups = [.init(name: "g", from: .init(column: "name", pattern: "^(a+)+$"))]
    }
    guard case .slowPattern("^(a+)+$", _) = found.problem else {
      Issue.record("\(found.problem)")
      return
    }
  }

  @Test func onlyKnownExtensionsAreCut() {
    #expect("St. Point a0".stem == "St. Point a0" && "blues.00000.3.wav".stem == "blues.00000.3")
    #expect("No. x a1.MP3".stem == "No. x a1" && "blues.00000.3".stem == "blues.00000.3")
  }
}
