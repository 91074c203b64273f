import DataTables
import TextFormatting

/// What stands on both sides of a split: groups of any kind, and rows with equal features.
package struct LeakageAudit: Codable, Equatable, Sendable {
  package struct Entry: Codable, Equatable, Sendable {
    /// The grouping, or `identical rows`.
    package var kind: String
    /// Test groups that also have rows to learn from, and all test groups, over all splits.
    package var shared: Int
    package var total: Int
    /// Whether the split was meant to keep these apart.
    package var isProtocol: Bool
  }

  package var entries: [Entry] = []

  /// Why every figure of this run is too optimistic; nil when nothing leaks that was to be kept
  /// apart.
  package var taint: String?

  init(dataset: Dataset, request: SplitRequest, splits: [Split]) {
    let own = SplitPlanner.grouping(of: dataset, request)
    for grouping in dataset.groupings {
      entries.append(
        Self.entry(grouping.name, grouping.groups, splits, isProtocol: grouping.name == own?.name))
    }
    if !dataset.identicalRows.isEmpty {
      entries.append(Self.identicalRows(dataset, splits))
    }
    let leaks = entries.filter { $0.isProtocol && $0.shared > 0 }
    if !leaks.isEmpty {
      taint =
        (request.isUngrouped ? "ungrouped rows: " : "leakage: ")
        + leaks.map { entry in
          entry.kind == "identical rows"
            ? "\(counted(entry.shared, "test row equals", plural: "test rows equal")) a row learnt from"
            : "\(entry.shared) of \(counted(entry.total, "test group")) (\(entry.kind)) also "
              + (entry.shared == 1 ? "has" : "have") + " rows to learn from"
        }.joined(separator: "; ")
    }
  }

  /// What makes the choice of settings too optimistic, though not the test figures: units that a
  /// split was meant to keep apart, on both sides of training and validation.
  static func selectionFindings(
    _ dataset: Dataset, _ request: SplitRequest, _ splits: [Split], units: [Int]?
  ) -> [DataFinding] {
    guard let units, !request.isUngrouped else { return [] }
    var (shared, total) = (0, 0)
    for fit in splits.flatMap(\.selection) {
      let learnt = Set(fit.training.map { units[$0] })
      let validated = Set(fit.validation.map { units[$0] })
      total += validated.count
      shared += validated.count { learnt.contains($0) }
    }
    guard shared > 0 else { return [] }
    let kind = SplitPlanner.grouping(of: dataset, request)?.name ?? "equal rows"
    return [
      DataFinding(
        .warning,
        "\(shared) of \(counted(total, "validation group")) (\(kind)) also "
          + "\(shared == 1 ? "has" : "have") training rows: validation figures are too optimistic, and settings are chosen by them"
      )
    ]
  }

  /// Test rows that equal a row learnt from, of all test rows.
  private static func identicalRows(_ dataset: Dataset, _ splits: [Split]) -> Entry {
    var setOfRow = [Int?](repeating: nil, count: dataset.rowCount)
    for (index, set) in dataset.identicalRows.enumerated() {
      for row in set { setOfRow[row] = index }
    }
    var entry = Entry(kind: "identical rows", shared: 0, total: 0, isProtocol: true)
    for split in splits {
      let learnt = Set(split.learning.compactMap { setOfRow[$0] })
      entry.total += split.test.count
      entry.shared += split.test.count { setOfRow[$0].map(learnt.contains) ?? false }
    }
    return entry
  }

  private static func entry(
    _ kind: String, _ groups: [Int], _ splits: [Split], isProtocol: Bool
  ) -> Entry {
    var entry = Entry(kind: kind, shared: 0, total: 0, isProtocol: isProtocol)
    for split in splits {
      let learnt = Set(split.learning.map { groups[$0] })
      let tested = Set(split.test.map { groups[$0] })
      entry.total += tested.count
      entry.shared += tested.count { learnt.contains($0) }
    }
    return entry
  }
}
