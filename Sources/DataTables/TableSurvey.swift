import FileSystem

/// A first look at a table whose label and groups are not known yet.
package struct TableSurvey: Sendable {
  package struct Column: Sendable {
    package var name: String
    /// Whether every cell that is not missing is a number.
    package var isNumeric: Bool
    package var missing: Int
    /// How many different values there are.
    package var distinct: Int
    /// The first value.
    package var example: String
    /// Whether it seems to number the rows, or the folds and parts of a split.
    package var isNumbering: Bool
  }

  package var columns: [Column]
  package var rowCount: Int
  private var texts: [String: [String?]]

  /// - Throws: ``TableError`` for a damaged table, `SystemError` when it cannot be read.
  package init(_ path: Path) throws {
    let raw = try RawTable(TableBytes(path), isNumber: { _ in false }, isText: { _ in true })
    rowCount = raw.rowCount
    texts = raw.texts
    columns = raw.header.map { name in
      let values = (raw.texts[name] ?? []).compactMap { $0 }
      let isNumeric =
        !values.isEmpty
        && values.allSatisfy { value in
          var copy = value
          return copy.withUTF8 { bytes in
            if case .text = CellNumber(UnsafeRawBufferPointer(bytes)) { false } else { true }
          }
        }
      let integers = values.compactMap { Int($0) }
      let isNumbered =
        integers.count == raw.rowCount && raw.rowCount >= 10
        && integers.enumerated().allSatisfy { $0.element == integers[0] + $0.offset }
      let usual = ["fold", "split", "part", "index", "id", "unnamed", "unnamed: 0"]
      let isNumbering =
        isNumbered
        || !values.isEmpty && integers.count == values.count
          && (usual.contains(name.lowercased()) || raw.unnamedColumns.contains(name))
      return Column(
        name: name, isNumeric: isNumeric, missing: raw.rowCount - values.count,
        distinct: Set(values).count, example: values.first ?? "",
        isNumbering: isNumbering)
    }
  }

  /// The column that is most likely the class: one with a usual name, else the last one of text with
  /// few values, else the last one with few values.
  package var likelyLabel: String? {
    let usual = ["label", "class", "target", "genre", "species", "category", "y", "diagnosis"]
    let candidates = columns.filter {
      $0.distinct >= 2 && $0.distinct <= max(2, min(200, rowCount / 2))
    }
    for name in usual {
      if let column = candidates.first(where: { $0.name.lowercased() == name }) {
        return column.name
      }
    }
    return candidates.last { !$0.isNumeric }?.name ?? candidates.last { $0.distinct <= 30 }?.name
  }

  /// A group that rows seem to come in, several rows each: a column of names of which some stand
  /// twice, or the common beginning of file names.
  package func likelyGroup(label: String) -> (name: String, column: String, pattern: String?)? {
    let usual = [
      "song", "track", "artist", "speaker", "subject", "patient", "person", "participant", "user",
      "group", "session", "recording",
    ]
    for column in columns where column.name != label {
      let name = column.name.lowercased()
      guard let word = usual.first(where: { name == $0 || name == $0 + "_id" || name == $0 + "id" })
      else { continue }
      if column.distinct < rowCount { return (word, column.name, nil) }
    }
    for column in columns where column.name != label && !column.isNumeric {
      guard ["filename", "file", "path", "name"].contains(column.name.lowercased()) else {
        continue
      }
      // As in blues.00000.3.wav: the song, then the segment.
      let pattern = "^(.*?[0-9]+)\\.[0-9]+\\.[A-Za-z0-9]+$"
      let extract = TableRequest.Extract(column: column.name, pattern: pattern)
      let found = (try? extract.values(of: texts[column.name] ?? [], path: "")) ?? []
      let matched = found.compactMap { $0 }
      if matched.count > rowCount / 2, Set(matched).count < matched.count {
        return ("song", column.name, pattern)
      }
    }
    for column in columns where column.name != label && !column.isNumbering {
      if case .groups = clue(of: column, label: label) { return (column.name, column.name, nil) }
    }
    return nil
  }

  /// The columns of numbers that tell the class without being measurements, each with why.
  package func giveaways(label: String) -> [(column: String, words: String)] {
    columns.filter { $0.name != label && $0.isNumeric && !$0.isNumbering }.compactMap { column in
      clue(of: column, label: label).map { (column.name, $0.words(on: column.name)) }
    }
  }

  private func clue(of column: Column, label: String) -> LabelClue? {
    var numbers: [String: Int] = [:]
    let rows = (texts[label] ?? []).enumerated().compactMap { row, text -> (Int, Int)? in
      guard let text else { return nil }
      let number = numbers[text] ?? numbers.count
      numbers[text] = number
      return (row, number)
    }
    let own = texts[column.name] ?? []
    let labels = rows.map(\.1)
    return column.isNumeric
      ? LabelClue(
        numbers: rows.map { own[$0.0].flatMap { Double($0) } ?? .nan }, labels: labels,
        classCount: numbers.count)
      : LabelClue(texts: rows.map { own[$0.0] }, labels: labels, classCount: numbers.count)
  }
}
