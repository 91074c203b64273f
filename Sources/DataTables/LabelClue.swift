import FileSystem
import Glibc
import TextFormatting

/// What a column tells of the class without being a measurement: a number of rows, of a class, or of something
/// that several rows belong to.
enum LabelClue: Equatable {
  /// Each class has one value, and no other class has it.
  case isClass
  /// Each class has a range for itself.
  case ordersClasses
  /// The column rises from row to row, and the rows of a class stand together.
  case risesWithClasses
  /// Values repeat, each with rows of one class alone; so many values, of so many rows.
  case groups(values: Int, rows: Int)

  /// Above this share of all tables without such a column, chance would do the same.
  private static let mostByChance = 1e-6

  /// Looks at a column of numbers; one that is merely a good feature is none of these.
  ///
  /// - Parameters:
  ///   - values: of each row; not a number where it is missing.
  ///   - labels: the class of each row.
  ///   - classCount: more than any label.
  init?(numbers values: [Double], labels: [Int], classCount: Int) {
    guard Self.isWorthALook(values, labels) else { return nil }
    var lows = [Double](repeating: .infinity, count: classCount)
    var highs = [Double](repeating: -.infinity, count: classCount)
    var counts = [Int](repeating: 0, count: classCount)
    var (isWhole, isRising) = (true, true)
    var last = -Double.infinity
    for (value, label) in zip(values, labels) where !value.isNaN {
      lows[label] = min(lows[label], value)
      highs[label] = max(highs[label], value)
      counts[label] += 1
      isWhole = isWhole && value == value.rounded()
      isRising = isRising && value > last
      last = value
    }
    let classes = counts.indices.filter { counts[$0] > 0 }.sorted { lows[$0] < lows[$1] }
    let rows = counts.reduce(0, +)
    guard rows * 2 > values.count, classes.count > 1 else { return nil }
    let isApart = zip(classes, classes.dropFirst()).allSatisfy { highs[$0] < lows[$1] }
    if isApart, Self.chanceOfOrder(counts) < Self.mostByChance {
      if classes.allSatisfy({ lows[$0] == highs[$0] }) {
        self = .isClass
        return
      }
      if isWhole || isRising {
        self = .ordersClasses
        return
      }
    }
    guard isWhole else { return nil }
    if isRising {
      let known = values.indices.filter { !values[$0].isNaN }.map { labels[$0] }
      let changes = zip(known, known.dropFirst()).count { $0 != $1 }
      let pairs = counts.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rows * rows)
      guard rows >= 20, Double(changes) < 0.25 * (1 - pairs) * Double(rows - 1) else { return nil }
      self = .risesWithClasses
      return
    }
    guard
      let groups = Self.groups(
        values.map { $0.isNaN ? nil : $0 }, labels: labels, classCount: classCount)
    else { return nil }
    self = groups
  }

  /// Whether the first rows leave any of the clues possible; of measurements they do not.
  private static func isWorthALook(_ values: [Double], _ labels: [Int]) -> Bool {
    let first = values.prefix(64).filter { !$0.isNaN }
    if first.allSatisfy({ $0 == $0.rounded() }) { return true }
    if zip(first, first.dropFirst()).allSatisfy({ $0 < $1 }) { return true }
    var valueOfClass: [Int: Double] = [:]
    for (value, label) in zip(values.prefix(64), labels) where !value.isNaN {
      if let known = valueOfClass[label], known != value { return false }
      valueOfClass[label] = value
    }
    return true
  }

  /// Looks at a column of text, which is no feature; only groups matter.
  ///
  /// - Parameters:
  ///   - texts: of each row; nil where it is missing.
  ///   - labels: the class of each row.
  ///   - classCount: more than any label.
  init?(texts: [String?], labels: [Int], classCount: Int) {
    guard let groups = Self.groups(texts, labels: labels, classCount: classCount) else {
      return nil
    }
    self = groups
  }

  /// Values of which each class has at least two, mostly several rows each, all of one class.
  private static func groups<Value: Hashable>(
    _ values: [Value?], labels: [Int], classCount: Int
  ) -> LabelClue? {
    var labelOfValue: [Value: Int] = [:]
    var counts = [Int](repeating: 0, count: classCount)
    for (value, label) in zip(values, labels) {
      guard let value else { continue }
      counts[label] += 1
      let known = labelOfValue[value]
      guard known == nil || known == label else { return nil }
      labelOfValue[value] = label
    }
    let rows = counts.reduce(0, +)
    let distinct = labelOfValue.count
    guard rows * 2 > values.count, distinct * 3 <= rows * 2 else { return nil }
    var valuesOfClass = [Int](repeating: 0, count: classCount)
    for label in labelOfValue.values { valuesOfClass[label] += 1 }
    guard counts.indices.allSatisfy({ counts[$0] == 0 || valuesOfClass[$0] > 1 }) else {
      return nil
    }
    let pairs = counts.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rows * rows)
    guard pairs < 1, Double(rows - distinct) * log(pairs) < log(mostByChance) else { return nil }
    return .groups(values: distinct, rows: rows)
  }

  /// How often a column of chance has the rows of each class beside each other when it is sorted.
  private static func chanceOfOrder(_ counts: [Int]) -> Double {
    let present = counts.filter { $0 > 0 }
    let rows = present.reduce(0, +)
    func logFactorial(_ count: Int) -> Double { lgamma(Double(count) + 1) }
    return exp(
      logFactorial(present.count) + present.reduce(0) { $0 + logFactorial($1) }
        - logFactorial(rows))
  }

  /// A warning on the column.
  ///
  /// - Parameter column: its name.
  /// - Returns: what was seen and what can be done.
  func words(on column: String) -> String {
    switch self {
    case .isClass:
      "column “\(column)” is the class under another name: each class has one value; add it to “ignore”"
    case .ordersClasses:
      "column “\(column)” gives the class away: each class has a range for itself; add it to “ignore” "
        + "unless it is measured on new rows too"
    case .risesWithClasses:
      "column “\(column)” rises from row to row, and rows of a class stand together: it tells the class; "
        + "add it to “ignore”"
    case .groups(let values, let rows):
      "“\(column)” has \(values) values in \(rows) rows, each with rows of one class alone: rows that belong "
        + "together are learnt from and tested; say so with \"groups\": {\"\(column)\": "
        + "\"\(column)\"}"
    }
  }
}

extension Dataset {
  /// Warnings on columns that tell the class without being a measurement, and, where no groups are given,
  /// on those whose values rows belong together by.
  ///
  /// - Throws: ``TableError`` or `SystemError` when the table can no longer be read.
  func labelClues(_ request: TableRequest, _ bytes: TableBytes) throws -> [DataFinding] {
    let pixels = features.columns - columns.count
    var found: [DataFinding] = columns.enumerated().compactMap { column, name in
      let values = (0..<rowCount).map { Double(features[$0, pixels + column]) }
      // What counts the rows one by one has a warning of its own.
      let counts = zip(values, fileRows).allSatisfy {
        $0 - Double($1) == values[0] - Double(fileRows[0])
      }
      guard !counts,
        let clue = LabelClue(numbers: values, labels: labels, classCount: classes.count)
      else { return nil }
      if case .groups = clue, !request.groups.isEmpty { return nil }
      return DataFinding(.warning, clue.words(on: name))
    }
    guard request.groups.isEmpty else { return found }
    let others = Set(try RawTable.header(of: bytes)).subtracting(columns + [request.label])
    guard !others.isEmpty else { return found }
    let raw = try RawTable(bytes, isNumber: { _ in false }, isText: others.contains)
    for name in raw.header where others.contains(name) {
      let texts = raw.texts[name] ?? []
      if let clue = LabelClue(
        texts: fileRows.map { texts[$0] }, labels: labels, classCount: classes.count)
      {
        found.append(DataFinding(.warning, clue.words(on: name)))
      }
    }
    return found
  }
}
