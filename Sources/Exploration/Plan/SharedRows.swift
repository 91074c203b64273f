import DataTables
import Learning
import Matrices
import TextFormatting

/// What the inputs of an experiment have in common and a split is planned on, so that their cells
/// can be compared: nothing is learnt from in one input and tested on in another.
///
/// Inputs with the same rows share these. Rows of one file, of which inputs left out different ones,
/// are known by their numbers. Others, such as segments of different lengths, share what they are cut
/// from: the finest of their groups, as in songs; each counts as one row of a class, and the rows of
/// every input follow it.
struct SharedRows {
  /// One row for each thing to be divided; no features.
  let dataset: Dataset
  /// What its rows are, as in `row` or `song`.
  let rowName: String
  private let datasets: [Dataset]
  private let inputs: [String]
  private let request: SplitRequest
  /// What each shared row is called, where inputs have different rows.
  private let names: [String]
  /// For each input and shared row the input's rows of it; nil where all have the same rows.
  private let members: [[[Int]]]?

  /// Finds what data sets have in common.
  ///
  /// - Parameters:
  ///   - datasets: those of the inputs, one at least.
  ///   - inputs: the names of the inputs.
  ///   - request: how the rows are to be divided.
  /// - Throws: ``PlanError`` for inputs of different classes, or whose rows have nothing in common
  ///   that can be divided as asked.
  init(_ datasets: [Dataset], inputs: [String], request: SplitRequest) throws(PlanError) {
    self.datasets = datasets
    self.inputs = inputs
    self.request = request
    try Self.checkClasses(datasets, inputs)
    let first = datasets[0]
    if datasets.allSatisfy({ $0.hasSameRows(as: first) }) {
      var dataset = first
      // Rows that are equal in one input only are kept together in all.
      for other in datasets.dropFirst() where other.identicalRows != first.identicalRows {
        dataset.identicalRows += other.identicalRows
      }
      (self.dataset, rowName, names, members) = (dataset, "row", [], nil)
      return
    }
    let origins: [[String]]
    if datasets.allSatisfy({ $0.isOfSameFile(as: first) }) {
      origins = datasets.map { $0.fileRows.map { "row \($0)" } }
      rowName = "row"
    } else {
      let group = try Self.finestGroup(datasets, inputs, request)
      origins = datasets.map { $0.groupTexts(of: group) }
      rowName = group
    }
    // A group may be spelled otherwise where its first row was left out.
    var placeOfName: [String: Int] = [:]
    var names: [String] = []
    let places = origins.map { texts in
      texts.map { text in
        let place = placeOfName[text.lowercased()] ?? names.count
        if place == names.count {
          placeOfName[text.lowercased()] = place
          names.append(text)
        }
        return place
      }
    }
    self.names = names
    let members = places.map { places in
      var rows = [[Int]](repeating: [], count: names.count)
      for (row, place) in places.enumerated() { rows[place].append(row) }
      return rows
    }
    self.members = members
    dataset = try Self.dataset(datasets, places, members, names, request)
  }

  /// A data set of one row for each place; places share a unit when they do in any input.
  private static func dataset(
    _ datasets: [Dataset], _ places: [[Int]], _ members: [[[Int]]], _ names: [String],
    _ request: SplitRequest
  ) throws(PlanError) -> Dataset {
    // The first row of each place stands for all of them.
    let first = names.indices.compactMap { place in
      members.indices.first { !members[$0][place].isEmpty }
        .map { (input: $0, row: members[$0][place][0]) }
    }
    var dataset = Dataset(
      source: datasets[0].source, columns: [],
      features: Matrix(rows: first.count, columns: 0, elements: []),
      labels: first.map { datasets[$0.input].labels[$0.row] }, classes: datasets[0].classes,
      fileRows: first.map { datasets[$0.input].fileRows[$0.row] },
      fileRowCount: datasets[0].fileRowCount)
    func atPlaces(_ sets: [[Int]], _ input: Int) -> [[Int]] {
      sets.map { distinct($0.map { places[input][$0] }).sorted() }.filter { $0.count > 1 }
    }
    let groupings = datasets.map { SplitPlanner.grouping(of: $0, request) }
    if let name = groupings[0]?.name {
      let together = groupings.enumerated().flatMap { input, grouping in
        grouping.map { atPlaces($0.members, input) } ?? []
      }
      let groups = mergedUnits(rowCount: first.count, groups: nil, identicalRows: together)
      dataset.groupings = [
        .init(name: name, groups: groups ?? Array(first.indices), names: [])
      ]
    }
    dataset.identicalRows = datasets.enumerated().flatMap { atPlaces($1.identicalRows, $0) }
    for column in request.textColumns {
      dataset.textColumns[column] = try texts(of: column, datasets, members, names)
    }
    return dataset
  }

  /// The text that a column has at each place.
  private static func texts(
    of column: String, _ datasets: [Dataset], _ members: [[[Int]]], _ names: [String]
  ) throws(PlanError) -> [String] {
    var texts: [String] = []
    for (place, name) in names.enumerated() {
      let own = distinct(
        members.enumerated().flatMap { input, rows in
          rows[place].map { datasets[input].textColumns[column]?[$0] ?? "" }
        })
      guard own.count < 2 else {
        throw PlanError(
          "column “\(column)” says “\(own[0])” and “\(own[1])” of “\(name)”; inputs of different rows "
            + "need one value for all of its rows")
      }
      texts.append(own.first ?? "")
    }
    return texts
  }

  // MARK: What can be shared

  private static func checkClasses(_ datasets: [Dataset], _ inputs: [String]) throws(PlanError) {
    for (dataset, name) in zip(datasets, inputs) where dataset.classes != datasets[0].classes {
      let different = Set(dataset.classes).symmetricDifference(datasets[0].classes).sorted()
      throw PlanError(
        "the inputs “\(inputs[0])” and “\(name)” differ in their classes: only one of them has rows "
          + "of \(different.prefix(3).map { "“\($0)”" }.joined(separator: ", "))")
    }
  }

  /// The grouping with the most groups, which rows of different inputs are known by.
  private static func finestGroup(
    _ datasets: [Dataset], _ inputs: [String], _ request: SplitRequest
  ) throws(PlanError) -> String {
    let names = inputs.map { "“\($0)”" }.joined(separator: ", ")
    if request.isUngrouped {
      throw PlanError(
        "the inputs \(names) have different rows, which only their groups relate; an “ungrouped” split "
          + "of them would not be the same")
    }
    if case .file(let path, _) = request.kind {
      throw PlanError(
        "the inputs \(names) have different rows; \(path.name) cannot list the rows of all, divide "
          + "them by another split")
    }
    let first = datasets[0].groupings
    let common = first.filter { grouping in
      datasets.allSatisfy { $0.groupings.contains { $0.name == grouping.name } }
    }
    // Of equally fine ones the first.
    guard let finest = common.max(by: { $0.names.count < $1.names.count }),
      let name = common.first(where: { $0.names.count == finest.names.count })?.name
    else {
      throw PlanError(
        "the inputs \(names) have different rows and no groups; name in “groups” what they are cut "
          + "from, as in songs")
    }
    return name
  }

  // MARK: Splits of an input

  /// Shared rows as those of an input, ascending.
  func rows(_ shared: [Int], of input: Int) -> [Int] {
    members.map { members in shared.flatMap { members[input][$0] }.sorted() } ?? shared
  }

  /// Splits of the shared rows as those of an input, and what is to be known of its rows.
  ///
  /// - Throws: ``PlanError`` where a part is left without rows.
  func splits(
    _ shared: [Split], of input: Int
  ) throws(PlanError) -> (splits: [Split], findings: [DataFinding]) {
    guard let members = members?[input] else { return (shared, []) }
    func rows(_ places: [Int]) -> [Int] { self.rows(places, of: input) }
    let splits = shared.map { split in
      Split(
        repetition: split.repetition, fold: split.fold,
        selection: split.selection.map {
          .init(training: rows($0.training), validation: rows($0.validation))
        }, final: split.final.map(rows), test: rows(split.test))
    }
    for (own, split) in zip(splits, shared) {
      func check(_ own: [Int], _ shared: [Int], _ part: String) throws(PlanError) {
        guard own.isEmpty, !shared.isEmpty else { return }
        throw PlanError(
          "the input “\(inputs[input])” has no rows in \(part)"
            + (splits.count > 1 ? " of fold \(split.fold), repeat \(split.repetition)" : ""))
      }
      try check(own.test, split.test, "the test part")
      try check(own.finalTraining, split.finalTraining, "the training part")
      for (ownFit, fit) in zip(own.selection, split.selection) {
        try check(ownFit.training, fit.training, "the training part")
        try check(ownFit.validation, fit.validation, "the validation part")
      }
    }
    return (
      splits, absences(members) + SplitPlanner.classFindings(splits, datasets[input], request)
    )
  }

  private func absences(_ members: [[Int]]) -> [DataFinding] {
    let absent = members.indices.filter { members[$0].isEmpty }
    guard !absent.isEmpty else { return [] }
    return [
      DataFinding(
        .warning,
        "\(absent.count) of \(counted(members.count, rowName)) \(absent.count == 1 ? "is" : "are") not "
          + "in this input: " + absent.prefix(3).map { "“\(names[$0])”" }.joined(separator: ", ")
          + (absent.count > 3 ? " …" : ""))
    ]
  }
}

extension Dataset {
  /// Whether the rows are the same in all but their features.
  fileprivate func hasSameRows(as other: Dataset) -> Bool {
    fileRows == other.fileRows && labels == other.labels && groupings == other.groupings
      && textColumns == other.textColumns
  }

  /// Whether both have rows of one file: those of one number agree in all but their features.
  fileprivate func isOfSameFile(as other: Dataset) -> Bool {
    guard source == other.source, fileRowCount == other.fileRowCount,
      groupings.map(\.name) == other.groupings.map(\.name)
    else { return false }
    let rowOfFileRow = Dictionary(zip(fileRows, fileRows.indices)) { first, _ in first }
    return other.fileRows.enumerated().allSatisfy { row, fileRow in
      guard let own = rowOfFileRow[fileRow] else { return true }
      return labels[own] == other.labels[row]
        && zip(groupings, other.groupings).allSatisfy {
          $0.names[$0.groups[own]].lowercased() == $1.names[$1.groups[row]].lowercased()
        }
    }
  }

  /// The name of each row's group.
  fileprivate func groupTexts(of name: String) -> [String] {
    guard let grouping = groupings.first(where: { $0.name == name }) else { return [] }
    return grouping.groups.map { grouping.names[$0] }
  }
}

extension Dataset.Grouping {
  /// The rows of each group.
  fileprivate var members: [[Int]] {
    var members = [[Int]](repeating: [], count: names.count)
    for (row, group) in groups.enumerated() { members[group].append(row) }
    return members
  }
}

/// Each element once, where it is first met.
func distinct<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
