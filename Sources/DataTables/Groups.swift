import TextFormatting

/// Finds which rows belong together.
struct Groups {
  let request: TableRequest
  let path: String
  let texts: (String) -> [String?]

  /// - Returns: the grouping of the given rows, and how many of them had no value of their own.
  func grouping(
    _ group: TableRequest.Group, rows: [Int]
  ) throws -> (result: Dataset.Grouping, missing: Int) {
    let own = try values(group.from)
    let standIn = try group.fallback.map { try values(fallback: $0, of: group) }
    var numbers: [String: Int] = [:]
    var result = Dataset.Grouping(name: group.name, groups: [], names: [])
    var missing = 0
    for row in rows {
      let key: String
      let name: String
      if let value = own[row] {
        // The prefixes keep an artist apart from a song, or a row, of the same name.
        (key, name) = ("own " + folded(value), value)
      } else {
        missing += 1
        if let value = standIn?[row] {
          (key, name) = ("other " + folded(value), value)
        } else {
          (key, name) = ("row \(row)", "row \(row)")
        }
      }
      let number = numbers[key] ?? numbers.count
      if number == numbers.count {
        numbers[key] = number
        result.names.append(name)
      }
      result.groups.append(number)
    }
    return (result, missing)
  }

  /// Without differences of case: ß is ss, and a final ς is σ.
  private func folded(_ text: String) -> String {
    String(text.uppercased().lowercased().map { $0 == "ς" ? "σ" : $0 })
  }

  /// Another group, or a column: a group may stand in for itself only as a column of its name.
  private func values(
    fallback name: String, of group: TableRequest.Group
  ) throws -> [String?] {
    let other = request.groups.first { $0.name == name && $0.name != group.name }
    return try values(other?.from ?? .init(column: name))
  }

  private func values(_ extract: TableRequest.Extract) throws -> [String?] {
    try extract.values(of: texts(extract.column), path: path)
  }
}

extension TableRequest.Extract {
  /// Seconds that a pattern may take for one text.
  static let mostSeconds = 5

  /// Applies the pattern; a text it does not match is missing.
  ///
  /// - Throws: ``TableError`` for a pattern that is no regular expression.
  func values(of texts: [String?], path: String) throws -> [String?] {
    guard let pattern else { return texts }
    do {
      _ = try Regex(pattern)
    } catch {
      throw TableError(path: path, .badPattern(pattern, reason: "\(error)"))
    }
    var placeOfText: [String: Int] = [:]
    var different: [String] = []
    for case let text? in texts where placeOfText[text] == nil {
      placeOfText[text] = different.count
      different.append(text)
    }
    let found: [String?]
    do {
      found = try PatternSearch(pattern, in: different).found(within: .seconds(Self.mostSeconds))
    } catch {
      throw TableError(path: path, .slowPattern(pattern, text: error.text))
    }
    return texts.map { $0.flatMap { placeOfText[$0] }.flatMap { found[$0] } }
  }
}

/// The columns that a side table adds, looked up by a key.
struct JoinedColumns {
  let request: TableRequest.Join
  let path: String
  /// The side table's columns that the main one does not have.
  let columns: [String]
  /// Those that it has.
  let hiddenColumns: [String]
  private let side: RawTable
  private let rowOfKey: [String: Int]

  /// - Throws: ``TableError`` when the key is not there or stands twice.
  init(_ request: TableRequest.Join, mainColumns: [String]) throws {
    self.request = request
    path = request.table.string
    side = try RawTable(
      TableBytes(request.table), isNumber: { _ in false }, isText: { _ in true })
    guard let keys = side.texts[request.key] else {
      throw TableError(
        path: path, .unknownColumn(request.key, role: "the key of “join”", known: side.header))
    }
    var rowOfKey: [String: Int] = [:]
    for (row, key) in keys.enumerated() {
      guard let key else { continue }
      if let first = rowOfKey[key] {
        throw TableError(
          path: path, line: side.lines[row],
          .repeatedKey(column: request.key, key: key, firstLine: side.lines[first]))
      }
      rowOfKey[key] = row
    }
    self.rowOfKey = rowOfKey
    columns = side.header.filter { !mainColumns.contains($0) }
    hiddenColumns = side.header.filter { mainColumns.contains($0) && $0 != request.key }
  }

  /// For each row of the main table the row of the side table that its key names.
  ///
  /// - Throws: ``TableError`` for a pattern that is no regular expression.
  func sideRows(for raw: RawTable) throws -> [Int?] {
    try request.from.values(of: raw.texts[request.from.column] ?? [], path: path)
      .map { $0.flatMap { rowOfKey[$0] } }
  }

  /// A column's text in each of some rows of the side table.
  func texts(of column: String, at sideRows: [Int?]) -> [String?] {
    guard let texts = side.texts[column] else { return [] }
    return sideRows.map { $0.flatMap { texts[$0] } }
  }
}
