import DataTables
import JSONText
import Learning
import Matrices
import TextFormatting

/// Divides the rows of a data set as an experiment asks.
struct SplitPlanner {
  let dataset: Dataset
  let request: SplitRequest
  /// Whether any cell has settings to choose among, or stops by validation rows.
  let needsValidation: Bool
  /// Whether a split without validation rows would not do: there are settings to choose among.
  let mustValidate: Bool
  let seed: Int
  /// What a row of the data set is, as in `row` or `song`.
  let rowName: String

  /// The unit of each row, for splitting; nil when each row is its own.
  let units: [Int]?
  private(set) var findings: [DataFinding] = []

  init(
    dataset: Dataset, request: SplitRequest, needsValidation: Bool, mustValidate: Bool = true,
    seed: Int, rowName: String = "row"
  ) {
    self.dataset = dataset
    self.request = request
    self.needsValidation = needsValidation
    self.mustValidate = mustValidate
    self.seed = seed
    self.rowName = rowName
    units = Self.units(of: dataset, request)
  }

  /// The unit of each row that a split keeps together; nil when each row is its own.
  static func units(of dataset: Dataset, _ request: SplitRequest) -> [Int]? {
    if request.isUngrouped { return nil }
    return mergedUnits(
      rowCount: dataset.rowCount, groups: grouping(of: dataset, request)?.groups,
      identicalRows: dataset.identicalRows)
  }

  /// The grouping a split keeps together: the one it names, else the data's first.
  static func grouping(of dataset: Dataset, _ request: SplitRequest) -> Dataset.Grouping? {
    guard let name = request.group else { return dataset.groupings.first }
    return dataset.groupings.first { $0.name == name }
  }

  /// Where the parts of a given split are told.
  private var givenBy: String {
    switch request.kind {
    case .file(let path, _): path.string
    case .parts(let column, _): "\(dataset.source), column “\(column)”: the split"
    default: "the split"
    }
  }

  private var unitName: String { Self.grouping(of: dataset, request)?.name ?? rowName }

  /// The units of a class in words; equal rows are one.
  private func units(_ count: Int, of label: Int) -> String {
    let rows = dataset.labels.count { $0 == label }
    guard rows > count, Self.grouping(of: dataset, request) == nil else {
      return counted(count, unitName)
    }
    return
      "\(count) different \(count == 1 ? unitName : unitName + "s") (\(rows) in all, and equal ones "
      + "stay together)"
  }

  /// - Throws: ``PlanError`` when a class or a part is too small, ``ExperimentError`` for a bad split
  ///   file.
  mutating func splits() throws -> [Split] {
    let splits: [Split]
    switch request.kind {
    case .holdout(let validation, let test):
      splits = try holdout(validation: validation, test: test)
    case .folds(let count, let repeats, let selection):
      splits = try folds(count, repeats: repeats, selection)
    case .leaveOneGroupOut(let selection): splits = try leaveOneGroupOut(selection)
    case .officialFolds(let column): splits = try officialFolds(column)
    case .parts(let column, let validation): splits = try parts(column, validation: validation)
    case .file(let path, let validation):
      let parts = try SplitFile(path, dataset: dataset)
      if parts.droppedRows > 0 {
        findings.append(
          DataFinding(
            .note, "\(counted(parts.droppedRows, "row")) of the split file were dropped on loading")
        )
      }
      splits = [
        try predefined(
          training: parts.training, validation: parts.validation, test: parts.test,
          share: validation)
      ]
    }
    findings += Self.classFindings(splits, dataset, request)
    return splits
  }

  // MARK: Kinds of splits

  private func assign(_ rows: [Int], _ shares: [Double], _ stream: String) -> [[Int]] {
    let labels =
      request.isStratified ? dataset.labels : [Int](repeating: 0, count: dataset.rowCount)
    return StratifiedAssignment.parts(
      of: rows, labels: labels, units: units, shares: shares,
      random: RandomStream(seed: seed, "split/\(stream)"))
  }

  private func holdout(validation: Double, test: Double) throws -> [Split] {
    for (label, count) in unitsByClass().enumerated() where count < 3 {
      throw PlanError(
        "class “\(dataset.classes[label])” has only \(units(count, of: label)); a "
          + "holdout needs at least 3 of every class, one for each part")
    }
    let rows = Array(0..<dataset.rowCount)
    guard needsValidation else {
      let parts = assign(rows, [1 - test, test], "holdout")
      try checkTraining(parts[0], "the training part")
      return [Split(selection: [], final: parts[0], test: parts[1])]
    }
    guard validation > 0 else { throw noValidation }
    let parts = assign(rows, [1 - validation - test, validation, test], "holdout")
    try checkTraining(parts[0], "the training part")
    guard !parts[1].isEmpty, !parts[2].isEmpty else {
      throw PlanError("\(counted(rows.count, "row")) are too few for three parts")
    }
    return [Split(selection: [.init(training: parts[0], validation: parts[1])], test: parts[2])]
  }

  private var noValidation: PlanError {
    PlanError("there are settings to choose among, but “validation” leaves no rows to choose on")
  }

  private func folds(
    _ count: Int, repeats: Int, _ selection: SplitRequest.FoldSelection
  ) throws -> [Split] {
    let unitCount = units.map { Set($0).count } ?? dataset.rowCount
    guard unitCount >= count else {
      throw PlanError("there are only \(counted(unitCount, unitName)) for \(count) folds")
    }
    return try (0..<repeats).flatMap { repetition in
      let parts = assign(
        Array(0..<dataset.rowCount), [Double](repeating: 1 / Double(count), count: count),
        "folds \(repetition)")
      return try parts.indices.map { fold in
        let rest = parts.indices.filter { $0 != fold }.flatMap { parts[$0] }.sorted()
        var split = try self.split(rest, selection, "folds \(repetition) \(fold)")
        (split.repetition, split.fold, split.test) = (repetition, fold, parts[fold])
        return split
      }
    }
  }

  /// Each unit is the test part once.
  private mutating func leaveOneGroupOut(_ selection: SplitRequest.FoldSelection) throws -> [Split]
  {
    guard let grouping = Self.grouping(of: dataset, request), let units else {
      throw PlanError("there is no group to leave out; name one in “groups” of the data")
    }
    let count = 1 + (units.max() ?? 0)
    let groupCount = Set(grouping.groups).count
    guard count > 1 else {
      throw PlanError("there is only \(counted(count, unitName)); leaving it out leaves no rows")
    }
    var fits = count
    if needsValidation, case .inner(let folds) = selection { fits *= folds }
    guard fits <= Experiment.mostFits else {
      throw PlanError(
        "leaving out each of \(counted(count, unitName)) takes \(fits) fits; at most "
          + "\(Experiment.mostFits) are done; divide them into “folds”")
    }
    if count < groupCount {
      findings.append(
        DataFinding(
          .note,
          "\(counted(groupCount, unitName)) with equal rows among them are left out as \(count)"))
    }
    var members = [[Int]](repeating: [], count: count)
    for (row, unit) in units.enumerated() { members[unit].append(row) }
    let unitsOfClass = unitsByClass()
    for (unit, rows) in members.enumerated() {
      for label in Set(rows.map { dataset.labels[$0] }).sorted() where unitsOfClass[label] < 2 {
        let name = grouping.names.isEmpty ? "" : " “\(grouping.names[grouping.groups[rows[0]]])”"
        throw PlanError(
          "class “\(dataset.classes[label])” has rows of one \(unitName) only\(name); without it there "
            + "is nothing to learn the class from")
      }
      if members[unit].count == dataset.rowCount {
        throw PlanError("there is nothing to learn from without one \(unitName)")
      }
    }
    return try members.enumerated().map { fold, test in
      let rest = dataset.labels.indices.filter { units[$0] != fold }
      var split = try self.split(rest, selection, "leave out \(fold)")
      (split.fold, split.test) = (fold, test)
      return split
    }
  }

  /// Divides the rows outside a test fold.
  private func split(
    _ rest: [Int], _ selection: SplitRequest.FoldSelection, _ stream: String
  ) throws -> Split {
    guard needsValidation else {
      try checkTraining(rest, "a fold's training part")
      return Split(selection: [], final: rest, test: [])
    }
    switch selection {
    case .validation(let share):
      guard share > 0 else { throw noValidation }
      return Split(
        selection: [
          try cutValidation(
            from: rest, share: share * Double(dataset.rowCount) / Double(rest.count), stream)
        ], test: [])
    case .inner(let count):
      let inner = assign(rest, [Double](repeating: 1 / Double(count), count: count), stream)
      let fits = try inner.indices.map { fold in
        let training = inner.indices.filter { $0 != fold }.flatMap { inner[$0] }.sorted()
        try checkTraining(training, "an inner fold's training part")
        guard !inner[fold].isEmpty else {
          throw PlanError("there are too few rows outside a fold for \(count) inner folds")
        }
        return Split.Fit(training: training, validation: inner[fold])
      }
      return Split(selection: fits, final: rest, test: [])
    }
  }

  /// Moves a share of the training rows to a validation part.
  private func cutValidation(
    from rows: [Int], share: Double, _ stream: String
  ) throws -> Split.Fit {
    guard share <= 0.9 else {
      throw PlanError(
        "“validation” would take \(share < 1 ? "more than nine tenths" : "all") of the rows that "
          + "are not for testing; ask for a smaller share")
    }
    let parts = assign(rows, [1 - share, share], stream)
    try checkTraining(parts[0], "the training part")
    guard !parts[1].isEmpty else {
      throw PlanError("there are too few training rows to cut a validation part from them")
    }
    return .init(training: parts[0], validation: parts[1])
  }

  /// Each official fold is the test part once; the next one, cyclically, is the validation part.
  private mutating func officialFolds(_ column: String) throws -> [Split] {
    let values = dataset.textColumns[column] ?? []
    let names = Set(values.filter { !$0.isEmpty })
    let ordered =
      names.allSatisfy { Int($0) != nil }
      ? names.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
      : names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let validates = needsValidation && (mustValidate || ordered.count > 2)
    let needed = validates ? 3 : 2
    guard ordered.count >= needed else {
      throw PlanError(
        "column “\(column)” names \(counted(ordered.count, "fold")); at least "
          + "\(needed) are needed")
    }
    guard ordered.count <= Experiment.mostFits else {
      throw PlanError(
        "column “\(column)” names \(ordered.count) folds; at most \(Experiment.mostFits) are done; "
          + "is it an identifier?")
    }
    let number = Dictionary(uniqueKeysWithValues: zip(ordered, ordered.indices))
    var folds = [[Int]](repeating: [], count: ordered.count)
    for (row, value) in values.enumerated() {
      if let fold = number[value] { folds[fold].append(row) }
    }
    let unassigned = values.count { $0.isEmpty }
    if unassigned > 0 {
      findings.append(
        DataFinding(
          .warning, "\(counted(unassigned, rowName)) without a value in “\(column)” left out"))
    }
    return try ordered.indices.map { fold in
      let next = (fold + 1) % ordered.count
      let training = folds.indices.filter { $0 != fold && !(validates && $0 == next) }
        .flatMap { folds[$0] }.sorted()
      try checkTraining(training, "the training part of fold “\(ordered[fold])”")
      return validates
        ? Split(
          fold: fold, selection: [.init(training: training, validation: folds[next])],
          test: folds[fold])
        : Split(fold: fold, selection: [], final: training, test: folds[fold])
    }
  }

  private mutating func parts(_ column: String, validation: Double) throws -> [Split] {
    let names = [
      "train": 0, "training": 0, "valid": 1, "validation": 1, "val": 1, "dev": 1, "test": 2,
    ]
    var parts: [[Int]] = [[], [], []]
    var unassigned = 0
    for (row, value) in (dataset.textColumns[column] ?? []).enumerated() {
      if value.isEmpty {
        unassigned += 1
        continue
      }
      guard let part = names[value.lowercased()] else {
        throw PlanError(
          "\(dataset.source), column “\(column)”: “\(value)” (row \(dataset.fileRows[row]), counted "
            + "from 0) is no part; expected train, validation or test, or an empty cell")
      }
      parts[part].append(row)
    }
    if unassigned > 0 {
      findings.append(
        DataFinding(
          .warning, "\(counted(unassigned, rowName)) without a part in “\(column)” left out"))
    }
    return [
      try predefined(training: parts[0], validation: parts[1], test: parts[2], share: validation)
    ]
  }

  /// A partition that is given; without a validation part one is cut where it is needed.
  private func predefined(
    training: [Int], validation: [Int], test: [Int], share: Double
  ) throws -> Split {
    guard !training.isEmpty else { throw PlanError("\(givenBy) has no training rows") }
    guard !test.isEmpty else { throw PlanError("\(givenBy) has no test rows") }
    if !validation.isEmpty {
      return Split(selection: [.init(training: training, validation: validation)], test: test)
    }
    guard needsValidation else { return Split(selection: [], final: training, test: test) }
    guard share > 0 else { throw noValidation }
    return Split(
      selection: [
        try cutValidation(
          from: training,
          share: share * Double(training.count + test.count) / Double(training.count), "validation")
      ], test: test)
  }

  // MARK: Checks

  private func unitsByClass() -> [Int] {
    guard let units else {
      var counts = [Int](repeating: 0, count: dataset.classes.count)
      for label in dataset.labels { counts[label] += 1 }
      return counts
    }
    var seen = [Set<Int>](repeating: [], count: dataset.classes.count)
    for (row, label) in dataset.labels.enumerated() { seen[label].insert(units[row]) }
    return seen.map(\.count)
  }

  private func checkTraining(_ rows: [Int], _ part: String) throws {
    let present = Set(rows.map { dataset.labels[$0] })
    guard let absent = dataset.classes.indices.first(where: { !present.contains($0) }) else {
      return
    }
    let count = units(unitsByClass()[absent], of: absent)
    let reason: String
    switch request.kind {
    case .holdout, .folds, .leaveOneGroupOut:
      reason = "it has \(count), too few for this split"
    default: reason = "the split puts all of it (\(count)) elsewhere"
    }
    throw PlanError("class “\(dataset.classes[absent])” has no rows in \(part); \(reason)")
  }

  /// The classes that lack rows to test on or to learn from; a group that is left out needs no more than
  /// one.
  static func classFindings(
    _ splits: [Split], _ dataset: Dataset, _ request: SplitRequest
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    for split in splits where !request.kind.isLeaveOneGroupOut {
      let present = Set(split.test.map { dataset.labels[$0] })
      let absent = dataset.classes.indices.filter { !present.contains($0) }
      guard !absent.isEmpty else { continue }
      let place =
        splits.count == 1 ? "the test part" : "fold \(split.fold) of repeat \(split.repetition)"
      let names = absent.prefix(5).map { "“\(dataset.classes[$0])”" }.joined(separator: ", ")
      findings.append(
        DataFinding(
          .warning,
          "\(place) has no test rows of \(names)\(absent.count > 5 ? " and \(absent.count - 5) more classes" : "")"
        ))
    }
    for split in splits {
      let present = Set(split.finalTraining.map { dataset.labels[$0] })
      let absent = dataset.classes.indices.filter { !present.contains($0) }
      for label in absent.prefix(3) {
        findings.append(
          DataFinding(.warning, "class “\(dataset.classes[label])” has no training rows"))
      }
    }
    return findings
  }
}
