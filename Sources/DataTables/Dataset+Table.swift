import FileSystem
import Matrices
import TextFormatting

extension Dataset {
  /// Reads and checks a table.
  ///
  /// - Throws: ``TableError`` for a table that cannot be used as asked, `SystemError` when a file
  ///   cannot be read.
  package init(_ request: TableRequest) throws {
    let bytes = try TableBytes(request.path)
    let roles = try ColumnRoles(request, header: RawTable.header(of: bytes))
    let raw = try RawTable(bytes, isNumber: roles.isFeature, isText: roles.isText)
    var loading = try TableLoading(request: request, raw: raw, roles: roles)
    self = try loading.dataset()
    findings = try labelClues(request, bytes) + findings
  }
}

/// What each column of a table is for.
struct ColumnRoles {
  let request: TableRequest
  /// The side table, and for each of its columns that is new the texts by row.
  let join: JoinedColumns?
  private var notFeatures: Set<String>
  private var texts: Set<String>

  /// - Throws: ``TableError`` for a column that is not there.
  init(_ request: TableRequest, header: [String]) throws {
    self.request = request
    let path = request.path.string
    join = try request.join.map { try JoinedColumns($0, mainColumns: header) }
    let known = header + (join?.columns ?? [])
    func require(_ name: String, _ role: String, among names: [String]) throws {
      guard names.contains(name) else {
        throw TableError(path: path, .unknownColumn(name, role: role, known: names))
      }
    }
    try require(request.label, "“label”", among: header)
    for pattern in request.ignore where !header.contains(where: pattern.matches) {
      throw TableError(path: path, .unknownColumn(pattern.text, role: "“ignore”", known: header))
    }
    if let join = request.join { try require(join.from.column, "“join”", among: header) }
    for group in request.groups {
      try require(group.from.column, "the group “\(group.name)”", among: known)
      if let fallback = group.fallback {
        let groups = request.groups.map(\.name).filter { $0 != group.name }
        try require(fallback, "“missing” of the group “\(group.name)”", among: groups + known)
      }
    }
    for column in request.textColumns { try require(column, "“split”", among: known) }

    texts = Set(
      [request.label] + request.textColumns + request.groups.map(\.from.column)
        + request.groups.compactMap(\.fallback))
    if let join = request.join { texts.insert(join.from.column) }
    notFeatures = texts.union(
      header.filter { name in request.ignore.contains { $0.matches(name) } })
    let candidates = header.filter { !notFeatures.contains($0) }
    let kept = Set(try request.columns.kept(among: candidates, path: path))
    notFeatures.formUnion(candidates.filter { !kept.contains($0) })
  }

  func isFeature(_ column: String) -> Bool { !notFeatures.contains(column) }
  func isText(_ column: String) -> Bool { texts.contains(column) }
}

/// The steps from a raw table to a data set.
struct TableLoading {
  let request: TableRequest
  let raw: RawTable
  let roles: ColumnRoles
  /// For each row the row of the side table that belongs to it.
  private let sideRows: [Int?]
  private var findings: [DataFinding] = []

  init(request: TableRequest, raw: RawTable, roles: ColumnRoles) throws {
    self.request = request
    self.raw = raw
    self.roles = roles
    sideRows = try roles.join?.sideRows(for: raw) ?? []
  }

  private var path: String { raw.path }

  private mutating func find(_ severity: DataFinding.Severity, _ message: String) {
    findings.append(DataFinding(severity, message))
  }

  mutating func dataset() throws -> Dataset {
    for name in raw.unnamedColumns {
      find(.warning, "a column without a name is called “\(name)”")
    }
    let features = try featureColumns()
    var rows = try completeRows(features)
    let numbers =
      features.count == raw.numberColumns.count
      ? raw.numbers : raw.numbers.gathering(columns: features)
    var identical = identicalRows(numbers, among: rows)
    if !identical.isEmpty { rows = try handleDuplicates(rows, &identical, numbers) }
    guard !rows.isEmpty else {
      throw TableError(path: path, .nothingLeft(rule: "incomplete or duplicates"))
    }
    let (labels, classes) = try labels(of: rows)
    let groupings = try groupings(of: rows)
    let texts = try splitColumns(of: rows)
    let kept = rows.count == raw.rowCount ? numbers : numbers.gathering(rows: rows)
    let all = try raw.pictures?.gathering(rows: rows, behind: kept) ?? kept
    var placeOfRow = [Int](repeating: -1, count: raw.rowCount)
    for (place, row) in rows.enumerated() { placeOfRow[row] = place }
    let names = features.map { raw.header[raw.numberColumns[$0]] }
    let offsets = features.map { raw.offsets[$0] }
    checkConstantColumns(kept, names, offsets)
    checkRowNumbers(kept, rows, names)
    var dataset = Dataset(
      source: request.path.name, columns: names, features: all, labels: labels, classes: classes,
      fileRows: rows, fileRowCount: raw.rowCount)
    dataset.picture = raw.pictures?.shape
    if offsets.contains(where: { $0 != 0 }) { dataset.offsets = offsets }
    dataset.groupings = groupings
    dataset.textColumns = texts
    dataset.identicalRows = identical.map { $0.map { placeOfRow[$0] } }
    dataset.findings = findings
    return dataset
  }

  // MARK: Columns

  /// The number columns that are features; those of text or without any value are left out.
  private mutating func featureColumns() throws -> [Int] {
    var features: [Int] = []
    for (index, check) in raw.checks.enumerated() {
      let name = raw.header[raw.numberColumns[index]]
      if let infinite = check.firstInfinite {
        throw TableError(
          path: path, line: infinite.line, .infinite(cell: infinite.text, column: name))
      }
      if let text = check.firstText {
        guard check.numbers == 0 else {
          throw TableError(
            path: path, line: text.line,
            .notANumber(cell: text.text, column: name, others: text.count - 1))
        }
        find(
          .warning,
          "column “\(name)” holds text (line \(text.line): “\(text.text.prefix(40))”) and is no "
            + "feature")
      } else if check.numbers == 0 {
        find(.warning, "column “\(name)” holds no value and is no feature")
      } else {
        features.append(index)
        if raw.offsets[index] != 0 {
          find(
            .note,
            "column “\(name)”: its values are large beside their differences; they are stored less "
              + "\(shortest(raw.offsets[index])), which keeps the digits that single precision would lose"
          )
        }
        if let rounded = check.firstRounded {
          find(
            .warning,
            "column “\(name)”: whole numbers such as \(rounded.text) in line \(rounded.line) have more "
              + "digits than single precision keeps; models see them rounded")
        }
      }
    }
    guard !features.isEmpty || raw.pictures != nil else {
      throw TableError(path: path, .noFeatures)
    }
    return features
  }

  private mutating func checkConstantColumns(
    _ features: Matrix, _ names: [String], _ offsets: [Double]
  ) {
    for column in 0..<features.columns {
      let values = (0..<features.rows).lazy.map { features[$0, column] }.filter { !$0.isNaN }
      guard let first = values.first(where: { _ in true }) else { continue }
      if !values.contains(where: { $0 != first }) {
        find(
          .warning,
          "column “\(names[column])” is constant (\(shortest(Double(first) + offsets[column])))")
      }
    }
  }

  /// A column that counts the rows tells the class wherever the table is sorted.
  private mutating func checkRowNumbers(_ features: Matrix, _ rows: [Int], _ names: [String]) {
    guard rows.count >= 10 else { return }
    for column in 0..<features.columns {
      let start = features[0, column] - Float(rows[0])
      if rows.indices.allSatisfy({ features[$0, column] - Float(rows[$0]) == start }) {
        find(
          .warning,
          "column “\(names[column])” is the row’s number; add it to “ignore” unless that is meant")
      }
    }
  }

  // MARK: Missing values

  /// The rows that may stay, by the rule for missing values.
  private mutating func completeRows(_ features: [Int]) throws -> [Int] {
    let labels = raw.texts[request.label] ?? []
    let unlabelled = labels.indices.filter { labels[$0] == nil }
    if let first = unlabelled.first, request.missing != .drop {
      throw TableError(
        path: path, line: raw.lines[first],
        .missingLabel(column: request.label, others: unlabelled.count - 1))
    }
    let incomplete = features.compactMap { raw.checks[$0].firstMissing?.line }
    if request.missing == .stop, let line = incomplete.min(),
      let index = features.first(where: { raw.checks[$0].firstMissing?.line == line })
    {
      let count = features.reduce(0) { $0 + (raw.checks[$1].firstMissing?.count ?? 0) }
      let name = raw.header[raw.numberColumns[index]]
      throw TableError(path: path, line: line, .missingValue(column: name, others: count - 1))
    }
    for index in features {
      guard let missing = raw.checks[index].firstMissing else { continue }
      let name = raw.header[raw.numberColumns[index]]
      find(
        .warning,
        "column “\(name)”: \(counted(missing.count, "missing value")), first in line \(missing.line); "
          + (request.missing == .drop ? "the rows are dropped" : "filled by the training median"))
    }
    guard request.missing == .drop, !(incomplete.isEmpty && unlabelled.isEmpty) else {
      return Array(0..<raw.rowCount)
    }
    let rows = (0..<raw.rowCount).filter { row in
      labels[row] != nil && !features.contains { raw.numbers[row, $0].isNaN }
    }
    guard !rows.isEmpty else { throw TableError(path: path, .nothingLeft(rule: "incomplete")) }
    find(.warning, "\(counted(raw.rowCount - rows.count, "incomplete row")) dropped")
    return rows
  }

  // MARK: Duplicates

  private func identicalRows(_ features: Matrix, among rows: [Int]) -> [[Int]] {
    EqualRows(
      [features] + [raw.pictures?.pixels].compactMap(\.self), hashes: raw.rowHashes
    ).sets(among: rows)
  }

  /// Reports or drops rows whose features an earlier row has.
  ///
  /// - Returns: the rows that stay.
  private mutating func handleDuplicates(
    _ rows: [Int], _ sets: inout [[Int]], _ features: Matrix
  ) throws -> [Int] {
    let labels = raw.texts[request.label] ?? []
    let surplus = sets.reduce(0) { $0 + $1.count - 1 }
    if request.duplicates == .stop, let set = sets.min(by: { $0[1] < $1[1] }) {
      throw TableError(
        path: path, line: raw.lines[set[1]],
        .duplicateRows(firstLine: raw.lines[set[0]], others: surplus - 1))
    }
    let examples = sets.prefix(3).map { raw.equation(of: $0) }
    find(
      .warning,
      "\(counted(surplus, "row has", plural: "rows have")) the features of an earlier row "
        + "(\(examples.joined(separator: "; "))\(sets.count > 3 ? "; …" : ""))"
        + (request.duplicates == .drop ? "; dropped" : ""))
    let contradictions = sets.filter { set in set.contains { labels[$0] != labels[set[0]] } }
    for set in contradictions.prefix(3) {
      let seen = set.compactMap { row in labels[row].map { "\(raw.place(of: row)): “\($0)”" } }
      find(.warning, "the same features under different labels: \(seen.joined(separator: ", "))")
    }
    if contradictions.count > 3 {
      find(.warning, "\(contradictions.count) sets of equal rows carry different labels")
    }
    guard request.duplicates == .drop else { return rows }
    let dropped = Set(sets.flatMap { $0.dropFirst() })
    sets = []
    return rows.filter { !dropped.contains($0) }
  }

  // MARK: Labels

  private mutating func labels(of rows: [Int]) throws -> ([Int], [String]) {
    let texts = raw.texts[request.label] ?? []
    let own = rows.map { texts[$0] ?? "" }
    let classes = orderedClasses(Set(own))
    guard classes.count > 1 else { throw TableError(path: path, .oneClass(classes.first ?? "")) }
    guard classes.count * 2 <= rows.count || classes.count <= 2 else {
      throw TableError(
        path: path,
        .tooManyClasses(column: request.label, classes: classes.count, rows: rows.count))
    }
    let number = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
    let labels = own.map { number[$0] ?? 0 }
    checkClasses(classes, labels)
    return (labels, classes)
  }

  private mutating func checkClasses(_ classes: [String], _ labels: [Int]) {
    var counts = [Int](repeating: 0, count: classes.count)
    for label in labels { counts[label] += 1 }
    if let smallest = counts.indices.min(by: { counts[$0] < counts[$1] }),
      let largest = counts.indices.max(by: { counts[$0] < counts[$1] }),
      counts[largest] >= 3 * counts[smallest]
    {
      find(
        counts[largest] >= 10 * counts[smallest] ? .warning : .note,
        "classes are unbalanced: \(counts[largest]) rows of “\(classes[largest])”, "
          + "\(counts[smallest]) of “\(classes[smallest])”")
    }
    var numbers: [Double: String] = [:]
    for name in classes {
      guard let number = Double(name.filter { !$0.isWhitespace }) else { continue }
      if let other = numbers[number] {
        find(
          .warning,
          "classes “\(other)” and “\(name)” are one number written in two ways, and count as two "
            + "classes; write them alike unless that is meant")
      }
      numbers[number] = name
    }
    var seen: [String: String] = [:]
    for name in classes {
      let folded = String(name.lowercased().filter { !$0.isWhitespace })
      if let other = seen[folded] {
        find(.warning, "classes “\(other)” and “\(name)” differ only in case or blanks")
      }
      seen[folded] = name
    }
  }

  // MARK: Groups and columns of text

  /// The text of a column for every row of the file, from the table or the one joined to it.
  private func texts(of column: String) -> [String?] {
    raw.texts[column] ?? roles.join?.texts(of: column, at: sideRows) ?? []
  }

  private mutating func groupings(of rows: [Int]) throws -> [Dataset.Grouping] {
    if let join = roles.join {
      let unmatched = rows.count { sideRows[$0] == nil }
      guard unmatched < rows.count else {
        throw TableError(
          path: path, .noMatch(rule: "“join”", column: join.request.from.column, what: join.path))
      }
      if unmatched > 0 {
        find(.warning, "\(counted(unmatched, "row")) without a match in \(join.path)")
      }
      for name in join.hiddenColumns {
        find(.note, "column “\(name)” of \(join.path) is not joined: the table has its own")
      }
    }
    return try request.groups.map { group in
      let grouping = try Groups(request: request, path: path, texts: texts(of:)).grouping(
        group, rows: rows)
      if let pattern = group.from.pattern, grouping.missing == rows.count {
        throw TableError(
          path: path,
          .noMatch(
            rule: "the group “\(group.name)”", column: group.from.column, what: "“\(pattern)”"))
      }
      if grouping.missing > 0 {
        find(
          .warning,
          "group “\(group.name)”: \(counted(grouping.missing, "row")) without a value; "
            + (group.fallback.map { "“\($0)” stands in" } ?? "each is its own group"))
      }
      return grouping.result
    }
  }

  private func splitColumns(of rows: [Int]) throws -> [String: [String]] {
    var columns: [String: [String]] = [:]
    for name in request.textColumns {
      let texts = texts(of: name)
      columns[name] = rows.map { texts[$0] ?? "" }
    }
    return columns
  }
}
