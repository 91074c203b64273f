import FileSystem
import Matrices
import TextFormatting

/// The columns of numbers of a side table, which stand behind pictures as their features: looked up by
/// the names of the rows, never by position.
package struct SideFeatures: Sendable {
  /// What to read.
  package struct Request: Equatable, Sendable {
    package var table: Path
    /// The column of names, with or without the extension of a file.
    package var key: String
    /// The column of segment numbers, where the key names only the whole file.
    package var segment: String?
    /// Patterns of the columns to take; empty for all.
    package var columns: [NamePattern] = []
    /// Patterns of columns to leave.
    package var ignore: [NamePattern] = []

    package init(table: Path, key: String) {
      self.table = table
      self.key = key
    }
  }

  package let request: Request
  /// The columns.
  package let columns: [String]
  /// What is odd about the table.
  package private(set) var findings: [DataFinding] = []
  private let numbers: Matrix
  private let offsets: [Double]
  /// The names as they stand in the table, in its order.
  private let names: [String]
  private let rowOfName: [String: Int]

  /// Reads the table.
  ///
  /// - Parameter request: what to read.
  /// - Throws: ``TableError`` for a column that is not there, a name that stands twice or a cell that is no
  ///   number; `SystemError` when the file cannot be read.
  package init(_ request: Request) throws {
    self.request = request
    let path = request.table.string
    let bytes = try TableBytes(request.table)
    let header = try RawTable.header(of: bytes)
    let texts = [request.key] + [request.segment].compactMap(\.self)
    for name in texts where !header.contains(name) {
      throw TableError(path: path, .unknownColumn(name, role: "“beside”", known: header))
    }
    for pattern in request.ignore where !header.contains(where: pattern.matches) {
      throw TableError(path: path, .unknownColumn(pattern.text, role: "“ignore”", known: header))
    }
    let candidates = header.filter { name in
      !texts.contains(name) && !request.ignore.contains { $0.matches(name) }
    }
    let wanted = Set(try request.columns.kept(among: candidates, path: path))
    let raw = try RawTable(
      bytes, isNumber: { wanted.contains($0) }, isText: { texts.contains($0) })
    var kept: [Int] = []
    for (index, check) in raw.checks.enumerated() {
      let name = raw.header[raw.numberColumns[index]]
      if let cell = check.firstInfinite {
        throw TableError(path: path, line: cell.line, .infinite(cell: cell.text, column: name))
      }
      if let cell = check.firstText {
        guard check.numbers == 0 else {
          throw TableError(
            path: path, line: cell.line,
            .notANumber(cell: cell.text, column: name, others: cell.count - 1))
        }
        findings.append(
          DataFinding(
            .note, "column “\(name)” of \(request.table.name) holds text and is no feature"))
        continue
      }
      if let cell = check.firstMissing {
        throw TableError(
          path: path, line: cell.line, .missingValue(column: name, others: cell.count - 1))
      }
      kept.append(index)
    }
    guard !kept.isEmpty else { throw TableError(path: path, .noFeatures) }
    columns = kept.map { raw.header[raw.numberColumns[$0]] }
    numbers = raw.numbers.gathering(columns: kept)
    offsets = kept.map { raw.offsets[$0] }
    let keys = raw.texts[request.key] ?? []
    let segments = request.segment.flatMap { raw.texts[$0] }
    names = keys.indices.map { row in
      let stem = (keys[row] ?? "").stem
      return segments.map { "\(stem).\($0[row] ?? "")" } ?? stem
    }
    var rowOfName: [String: Int] = [:]
    for (row, name) in names.enumerated() {
      if let first = rowOfName[name] {
        throw TableError(
          path: path, line: raw.lines[row],
          .repeatedKey(column: request.key, key: name, firstLine: raw.lines[first]))
      }
      rowOfName[name] = row
    }
    self.rowOfName = rowOfName
  }

  /// The row of the table that has a name, whatever extension it carries.
  package func row(of name: String) -> Int? { rowOfName[name.stem] }

  /// The numbers of a row.
  package func values(ofRow row: Int) -> [Double] {
    zip(numbers.rowElements(row), offsets).map { Double($0) + $1 }
  }

  /// The names of rows that none of some names asks for, in the table's order.
  package func namesBeside(_ used: [String]) -> [String] {
    let used = Set(used.map(\.stem))
    return names.filter { !used.contains($0) }
  }
}
