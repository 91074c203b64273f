import ContentHashing
import FileSystem
import Glibc
import Matrices
import TextFormatting

/// A CSV file read once: the columns of numbers, the columns of text that were asked for, and what
/// was odd about the rest.
struct RawTable {
  /// A cell that was not what its column holds.
  struct OddCell {
    var line: Int
    var text: String
    var count: Int
  }

  /// What was seen of a column of numbers.
  struct ColumnCheck {
    var numbers = 0
    var firstMissing: OddCell?
    var firstText: OddCell?
    var firstInfinite: OddCell?
    /// A whole number that single precision does not hold.
    var firstRounded: OddCell?

    static func note(_ odd: inout OddCell?, _ line: Int, _ text: () -> String) {
      if odd == nil { odd = OddCell(line: line, text: text(), count: 0) }
      odd?.count += 1
    }
  }

  let path: String
  /// All names of the first line.
  var header: [String] = []
  /// The columns read as numbers, by their place in the header.
  var numberColumns: [Int] = []
  /// One a number column.
  var checks: [ColumnCheck] = []
  /// Rows × number columns; not a number where there is none.
  var numbers = Matrix(rows: 0, columns: 0, elements: [])
  /// What was subtracted from each number column before it was stored; mostly 0.
  var offsets: [Double] = []
  /// By name, one text a row; nil where it is missing.
  var texts: [String: [String?]] = [:]
  /// The line of each row.
  var lines: [Int] = []
  /// A hash of each row's numbers as they were read, in double precision.
  var rowHashes: [UInt64] = []
  /// What stands before the numbers of a computed table.
  var pictures: ComputedTable.Pictures?
  var unnamedColumns: [String] = []
  /// What each row is called where the table is no file with lines.
  var rowNames: [String] = []

  /// Where a row stands, for findings.
  func place(of row: Int) -> String {
    rowNames.isEmpty ? "line \(lines[row])" : "“\(rowNames[row])”"
  }

  /// As in `lines 3 = 7`.
  func equation(of rows: [Int]) -> String {
    let words = rows.prefix(4).map { rowNames.isEmpty ? "\(lines[$0])" : "“\(rowNames[$0])”" }
    return (rowNames.isEmpty ? "lines " : "") + words.joined(separator: " = ")
      + (rows.count > 4 ? " …" : "")
  }

  var rowCount: Int { lines.count }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - isNumber: given a column's name, whether it is to be read as numbers.
  ///   - isText: given a column's name, whether its text is needed.
  ///   - known: what is subtracted from columns by name; nil to find it from their values.
  /// - Throws: ``TableError`` for a table that is damaged.
  init(
    _ bytes: TableBytes, isNumber: (String) -> Bool, isText: (String) -> Bool,
    offsets known: [String: Double]? = nil
  ) throws {
    path = bytes.path
    try bytes.withBuffer { buffer in
      var scanner = CSVScanner(buffer, path: bytes.path)
      try Self.readFirstRecord(&scanner)
      try readHeader(scanner)
      numberColumns = header.indices.filter { isNumber(header[$0]) }
      checks = numberColumns.map { _ in ColumnCheck() }
      offsets = numberColumns.map { known?[header[$0]] ?? 0 }
      let rows = scanner
      try readRows(
        &scanner, textColumns: header.indices.filter { isText(header[$0]) },
        release: bytes.release, findsOffsets: known == nil)
      if known == nil, offsets.contains(where: { $0 != 0 }) { try storeOffset(rows) }
    }
  }

  /// Reads the numbers again and stores them less their columns' offsets.
  private mutating func storeOffset(_ rows: CSVScanner) throws {
    var (scanner, check) = (rows, ColumnCheck())
    let (before, offsets, numberColumns) = (numbers, self.offsets, self.numberColumns)
    numbers = try Matrix(rows: before.rows, columns: before.columns) { span in
      var place = 0
      while try scanner.nextRecord() {
        for (index, column) in numberColumns.enumerated() {
          span[place] =
            offsets[index] == 0
            ? before[place / before.columns, index]
            : Float(Self.number(scanner.cells[column], scanner, &check) - offsets[index])
          place += 1
        }
      }
    }
    for index in offsets.indices where offsets[index] != 0 { checks[index].firstRounded = nil }
  }

  /// The line of names; what other programs write instead of CSV is told by it.
  private static func readFirstRecord(_ scanner: inout CSVScanner) throws(TableError) {
    guard try scanner.nextRecord() else { throw TableError(path: scanner.path, .empty) }
    try checkNames(scanner)
    guard scanner.cells.count == 1, !scanner.cells[0].isQuoted else { return }
    let line = scanner.text(scanner.cells[0])
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs")] where line.contains(separator) {
      throw TableError(path: scanner.path, .otherSeparator(name))
    }
  }

  /// Refuses a first line of data: numbers that do not ascend as names of columns do, such as years,
  /// frequencies or places.
  private static func checkNames(_ scanner: CSVScanner) throws(TableError) {
    let cells = scanner.cells.map { scanner.text($0) }
    let numbers = cells.compactMap { Double($0) }
    guard numbers.count >= 2, numbers.count * 2 >= cells.count,
      !zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 })
    else { return }
    throw TableError(
      path: scanner.path, line: scanner.recordLine,
      .noHeader(cells.filter { Double($0) != nil }))
  }

  /// The names of the first line alone.
  static func header(of bytes: TableBytes) throws -> [String] {
    try bytes.withBuffer { buffer in
      var scanner = CSVScanner(buffer, path: bytes.path)
      try readFirstRecord(&scanner)
      return scanner.cells.enumerated().map { index, cell in
        let name = scanner.text(cell)
        return name.isEmpty ? "column \(index + 1)" : name
      }
    }
  }

  private mutating func readHeader(_ scanner: CSVScanner) throws {
    var known: Set<String> = []
    for (index, cell) in scanner.cells.enumerated() {
      var name = scanner.text(cell)
      if name.isEmpty {
        name = "column \(index + 1)"
        unnamedColumns.append(name)
      }
      guard known.insert(name).inserted else {
        throw TableError(path: path, line: scanner.recordLine, .repeatedColumn(name))
      }
      header.append(name)
    }
  }

  // `release` is told up to where the file's bytes are not needed for a while.
  private mutating func readRows(
    _ scanner: inout CSVScanner, textColumns: [Int], release: (Int) -> Void,
    findsOffsets: Bool
  ) throws {
    // The rows' number has an upper bound in the line ends, so that the matrix is made once.
    let mostRows = scanner.mostRecordsLeft(release)
    var released = 0
    let columns = numberColumns.count
    var texts = textColumns.map { _ in [String?]() }
    lines.reserveCapacity(mostRows)
    var checks = self.checks
    var lines = self.lines
    var hashes: [UInt64] = []
    hashes.reserveCapacity(mostRows)
    var row = [Double](repeating: 0, count: columns)
    let (path, header, numberColumns) = (self.path, self.header, self.numberColumns)
    let offsets = self.offsets
    let step = 1 + mostRows / ColumnOffset.mostSampledRows
    var sample: [Double] = []
    let all = try Matrix(rows: mostRows, columns: columns) { span in
      while try scanner.nextRecord() {
        guard scanner.cells.count == header.count else {
          throw TableError(
            path: path, line: scanner.recordLine,
            .raggedRow(found: scanner.cells.count, expected: header.count))
        }
        let start = lines.count * columns
        for (index, column) in numberColumns.enumerated() {
          row[index] = Self.number(scanner.cells[column], scanner, &checks[index])
          span[start + index] = Float(row[index] - offsets[index])
        }
        if findsOffsets, lines.count % step == 0 { sample += row }
        hashes.append(row.withUnsafeBytes { shortHash(of: $0) })
        for (index, column) in textColumns.enumerated() {
          let text = scanner.text(scanner.cells[column])
          texts[index].append(isMissingText(text) ? nil : text)
        }
        lines.append(scanner.recordLine)
        if scanner.index - released > 1 << 24 {
          released = scanner.index
          release(released)
        }
      }
    }
    guard !lines.isEmpty else { throw TableError(path: path, .noRows) }
    guard lines.count < Int(UInt32.max) else { throw TableError(path: path, .tooManyRows) }
    if findsOffsets {
      self.offsets = (0..<columns).map { column in
        ColumnOffset.offset(
          of: stride(from: column, to: sample.count, by: columns).lazy.map { sample[$0] })
      }
    }
    self.checks = checks
    self.lines = lines
    rowHashes = hashes
    numbers = all.rows(0..<lines.count)
    for (index, column) in textColumns.enumerated() { self.texts[header[column]] = texts[index] }
  }

  private static func number(
    _ cell: CSVScanner.Cell, _ scanner: CSVScanner, _ check: inout ColumnCheck
  ) -> Double {
    let bytes = UnsafeRawBufferPointer(rebasing: scanner.bytes[cell.range])
    switch CellNumber(bytes) {
    case .number(let number):
      check.numbers += 1
      // Adding zero makes −0 the same bits as 0.
      let value = number + 0
      if Float(value).isFinite {
        if abs(value) > 0x1p24, value == value.rounded(), Double(Float(value)) != value {
          ColumnCheck.note(&check.firstRounded, scanner.recordLine) { scanner.text(cell) }
        }
        return value
      }
      ColumnCheck.note(&check.firstInfinite, scanner.recordLine) { scanner.text(cell) }
    case .missing:
      ColumnCheck.note(&check.firstMissing, scanner.recordLine) { scanner.text(cell) }
    case .text:
      ColumnCheck.note(&check.firstText, scanner.recordLine) { scanner.text(cell) }
    }
    return .nan
  }
}

/// Whether a cell of text says that there is no value; “none” may well be a class.
func isMissingText(_ text: String) -> Bool {
  text.allSatisfy(\.isWhitespace)
    || (text.utf8.count <= 4 && ["na", "n/a", "nan", "null"].contains(text.lowercased()))
}
