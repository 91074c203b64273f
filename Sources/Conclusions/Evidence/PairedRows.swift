import Exploration

/// The test rows of several cells beside each other: the same rows of the file, in the order that the
/// first cell has.
struct PairedRows {
  /// The class of each test row, split by split.
  let labels: [[Int]]
  /// For each source and split the places of its test rows in the first's order; nil where the order
  /// is the same.
  private(set) var places: [[[Int]?]] = []
  /// The unit of each test row, split by split; numbers from 0 after ``numberUnits()``.
  private(set) var units: [[Int]]
  private(set) var unitCount = 0
  private let splits: [Split]

  /// - Throws: ``EvidenceRefusal`` where the sources' test rows, folds or labels differ.
  init(_ sources: [PairedEvidence.Source]) throws(EvidenceRefusal) {
    let (first, data) = (sources[0], sources[0].data)
    splits = first.division.splits
    labels = splits.map { $0.test.map { data.labels[$0] } }
    units = splits.map(\.test)
    var joined = JoinedRows(count: data.labels.count)
    var known: [(places: [[Int]?], units: [Int]?)] = []
    for source in sources {
      let own = try Self.places(of: source, like: first)
      places.append(own)
      // Cells of one table, or of inputs that agree, join nothing new.
      guard !known.contains(where: { $0.units == source.division.units && $0.places == own }) else {
        continue
      }
      known.append((own, source.division.units))
      guard let unitOfRow = source.division.units else { continue }
      for (index, split) in splits.enumerated() {
        let other = source.division.splits[index].test
        for (place, row) in split.test.enumerated() {
          joined.join(row, asMemberOf: known.count, unitOfRow[other[own[index]?[place] ?? place]])
        }
      }
    }
    for (index, split) in splits.enumerated() {
      units[index] = split.test.map { joined.root($0) }
    }
  }

  /// Where the first's test rows stand among a source's.
  private static func places(
    of source: PairedEvidence.Source, like first: PairedEvidence.Source
  ) throws(EvidenceRefusal) -> [[Int]?] {
    let (splits, own) = (first.division.splits, source.division.splits)
    guard splits.count == own.count,
      zip(splits, own).allSatisfy({ $0.repetition == $1.repetition && $0.fold == $1.fold })
    else { throw .differentFolds }
    let (data, ownData) = (first.data, source.data)
    let isSameData = data.fileRows == ownData.fileRows && data.labels == ownData.labels
    var result: [[Int]?] = []
    for (split, other) in zip(splits, own) {
      if isSameData, split.test == other.test, data.classes == ownData.classes {
        result.append(nil)
        continue
      }
      var placeOfFileRow: [Int: Int] = [:]
      for (place, row) in other.test.enumerated() { placeOfFileRow[ownData.fileRows[row]] = place }
      guard split.test.count == other.test.count else { throw .differentTestRows }
      var places: [Int] = []
      for row in split.test {
        guard let place = placeOfFileRow[data.fileRows[row]] else { throw .differentTestRows }
        guard data.classes == ownData.classes,
          data.labels[row] == ownData.labels[other.test[place]]
        else { throw .differentLabels }
        places.append(place)
      }
      result.append(places)
    }
    return result
  }

  /// Numbers the units by first appearance.
  mutating func numberUnits() {
    var numbers: [Int: Int] = [:]
    for split in units.indices {
      for place in units[split].indices {
        let number = numbers[units[split][place]] ?? numbers.count
        numbers[units[split][place]] = number
        units[split][place] = number
      }
    }
    unitCount = numbers.count
  }

  /// The number of a piece's split.
  func split(of piece: RunResults.Piece) -> Int? {
    splits.firstIndex {
      $0.repetition == piece.split.repetition && $0.fold == piece.split.fold
    }
  }

  /// Units whose rows are test rows of several folds of a repeat.
  var straddlingUnits: Int {
    // The last fold of each repeat in which a unit was seen.
    var folds: [Int: [Int?]] = [:]
    var straddling = Set<Int>()
    for (index, split) in splits.enumerated() {
      var seen = folds[split.repetition] ?? [Int?](repeating: nil, count: unitCount)
      for unit in units[index] {
        if let fold = seen[unit], fold != split.fold { straddling.insert(unit) }
        seen[unit] = split.fold
      }
      folds[split.repetition] = seen
    }
    return straddling.count
  }
}

/// Rows that belong together by any of several groupings.
private struct JoinedRows {
  private var parent: [Int]
  private var firstOfGroup: [[Int]: Int] = [:]

  init(count: Int) { parent = Array(0..<count) }

  mutating func root(_ row: Int) -> Int {
    var row = row
    while parent[row] != row {
      parent[row] = parent[parent[row]]
      row = parent[row]
    }
    return row
  }

  /// Joins a row with all others that were given the same group of the same grouping.
  mutating func join(_ row: Int, asMemberOf grouping: Int, _ group: Int) {
    guard let first = firstOfGroup[[grouping, group]] else {
      firstOfGroup[[grouping, group]] = row
      return
    }
    let (a, b) = (root(first), root(row))
    parent[max(a, b)] = min(a, b)
  }
}
