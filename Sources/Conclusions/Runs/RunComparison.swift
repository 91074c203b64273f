import Exploration
import Matrices
import Statistics
import TextFormatting

/// Two runs cell by cell: what each cell changed by, and which changes are real.
///
/// Cells are paired by name. Where both runs tested a cell on the same rows, the change is tested as
/// cells of one run are; Holm's adjustment over all tested changes decides which are real, and their
/// intervals are simultaneous over the same changes (Bonferroni).
package struct RunComparison: Sendable {
  /// A cell that both runs have.
  package struct Change: Sendable {
    /// How the change and its interval were found.
    package enum Basis: Sendable, Equatable {
      /// On the same test rows.
      case paired(Comparison.Test)
      /// On other test rows, with the reason; the interval is that of two independent samples.
      case unpaired(String)
      /// There is no interval, with the reason.
      case refused(String)
    }

    package var name: String
    /// Test accuracies.
    package var before: Double
    package var after: Double
    package var basis: Basis
    /// The interval of ``difference``, simultaneous over all paired changes; 95 % of each alone where
    /// test rows differ.
    package var low: Double?
    package var high: Double?
    /// The two-sided p-value of this change alone, and after Holm's adjustment; nil where it is not
    /// paired.
    package var p: Double?
    package var adjustedP: Double?
    /// Whether the adjusted p-value is at most 5 %.
    package var isReal = false

    /// The second's accuracy less the first's.
    package var difference: Double { after - before }

    /// Whether the change is worse by more than a margin, as a share: by itself, or with all of its
    /// interval.
    package func isWorse(by margin: Double, confidently: Bool) -> Bool {
      // Accuracies are fractions of rows: a loss of the margin itself is not more than it.
      guard confidently else { return difference < -margin - 1e-12 }
      return high.map { $0 < -margin - 1e-12 } ?? false
    }
  }

  /// A cell that only one of the runs has a result of.
  package struct Lonely: Sendable, Equatable {
    package var name: String
    /// Its test accuracy where the other run has none; nil where neither has.
    package var before: Double?
    package var after: Double?
    /// Why the other has none.
    package var reason: String
    /// Whether the first run has a result and the second tried in vain.
    package var isLost = false
  }

  package let plans: (before: Plan, after: Plan)
  /// The real ones first, the larger change first.
  package let changes: [Change]
  package let lonely: [Lonely]
  package let differences: [RunDifference]

  /// Compares the cells of two runs.
  ///
  /// - Parameters:
  ///   - before: the first run.
  ///   - after: the second.
  ///   - differences: what the runs have otherwise.
  ///   - only: patterns of the cells to compare; empty for all.
  /// - Throws: ``NoCommonCell`` where no cell is in both.
  package init(
    _ before: RunResults, _ after: RunResults, differences: [RunDifference],
    only: [NamePattern] = []
  ) throws(NoCommonCell) {
    plans = (before.plan, after.plan)
    self.differences = differences
    let first = Self.cells(of: before, only)
    let second = Self.cells(of: after, only)
    let common = first.compactMap { own in
      second.first { $0.cell.name == own.cell.name }.map { (own, $0) }
    }
    guard !common.isEmpty else { throw NoCommonCell(isNarrowed: !only.isEmpty) }
    var changes: [Change] = []
    var paired: [(change: Int, evidence: PairedEvidence)] = []
    var lonely: [Lonely] = []
    for (own, other) in common {
      guard let a = own.summary, let b = other.summary else {
        lonely.append(Self.lonely(own, other))
        continue
      }
      var change = Change(
        name: own.cell.name, before: a.testAccuracy, after: b.testAccuracy, basis: .refused(""))
      do throws(EvidenceRefusal) {
        let evidence = try PairedEvidence([
          .init(own.cell, of: before.plan), .init(other.cell, of: after.plan),
        ])
        // Whether there will be a test is known before the family is.
        var random = RandomStream(seed: 0, "")
        _ = try evidence.comparison(using: &random)
        paired.append((changes.count, evidence))
      } catch {
        change.judge(error, a.interval, b.interval)
      }
      changes.append(change)
    }
    Self.test(paired, &changes, seed: before.plan.seed)
    for own in first where !common.contains(where: { $0.0.cell.name == own.cell.name }) {
      lonely.append(
        Lonely(
          name: own.cell.name, before: own.summary?.testAccuracy, after: nil,
          reason: "only in the first"))
    }
    for own in second where !common.contains(where: { $0.1.cell.name == own.cell.name }) {
      lonely.append(
        Lonely(
          name: own.cell.name, before: nil, after: own.summary?.testAccuracy,
          reason: "only in the second"))
    }
    self.lonely = lonely
    self.changes = changes.enumerated().sorted {
      let (a, b) = ($0.element, $1.element)
      if a.isReal != b.isReal { return a.isReal }
      let (c, d) = (abs(a.difference), abs(b.difference))
      return c == d ? $0.offset < $1.offset : c > d
    }.map(\.element)
  }

  private typealias Known = (cell: RunResults.Cell, summary: CellSummary?)

  private static func cells(of results: RunResults, _ only: [NamePattern]) -> [Known] {
    zip(results.cells, results.plan.cells).filter { _, planned in
      only.isEmpty || only.contains { results.plan.matches(planned, $0) }
    }.map { cell, _ in (cell, CellSummary(cell, plan: results.plan)) }
  }

  private static func lonely(_ own: Known, _ other: Known) -> Lonely {
    func words(_ known: Known, _ place: String) -> String? {
      guard known.summary == nil else { return nil }
      return "\(place) \(known.cell.status.rawValue)"
        + (known.cell.reason.isEmpty ? "" : ": \(known.cell.reason)")
    }
    return Lonely(
      name: own.cell.name, before: own.summary?.testAccuracy, after: other.summary?.testAccuracy,
      reason: [words(own, "the first is"), words(other, "the second is")].compactMap { $0 }
        .joined(separator: "; "),
      isLost: own.summary != nil && ![.ok, .skipped].contains(other.cell.status))
  }

  /// Tests all pairs as one family.
  private static func test(
    _ paired: [(change: Int, evidence: PairedEvidence)], _ changes: inout [Change], seed: Int
  ) {
    let level = 0.05
    for (index, evidence) in paired {
      var random = RandomStream(seed: seed, "compare/\(changes[index].name)")
      guard
        let comparison = try? evidence.comparison(
          level: level / Double(paired.count), using: &random)
      else { continue }
      let pair = comparison.pair(1, 0)
      changes[index].before = comparison.accuracies[0]
      changes[index].after = comparison.accuracies[1]
      changes[index].basis = .paired(pair.test)
      (changes[index].low, changes[index].high) = (pair.low, pair.high)
      changes[index].p = pair.p
    }
    for ((index, _), adjusted) in zip(paired, holm(paired.map { changes[$0.change].p ?? 1 })) {
      changes[index].adjustedP = adjusted
      changes[index].isReal = adjusted <= level
    }
  }
}

/// Two runs without a cell of the same name.
package struct NoCommonCell: Error, Equatable, Sendable, CustomStringConvertible {
  /// Whether a pattern left cells out.
  package var isNarrowed: Bool

  package var description: String {
    isNarrowed
      ? "no cell that matches is in both runs" : "the runs have no cell of the same name"
  }
}

extension RunComparison.Change {
  /// What is left where there is no paired test: two independent samples, whose interval comes from
  /// those of both (Zou and Donner 2008), or none.
  fileprivate mutating func judge(
    _ refusal: EvidenceRefusal, _ first: AccuracyInterval?, _ second: AccuracyInterval?
  ) {
    switch refusal {
    case .differentTestRows, .differentFolds, .differentLabels:
      basis = .unpaired(refusal.description)
      guard let first, let second else { return }
      func distance(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
      low = max(-1, difference - distance(after - second.low, first.high - before))
      high = min(1, difference + distance(second.high - after, before - first.low))
    case .notComputed, .unitsStraddleFolds, .fewUnits, .test:
      basis = .refused(refusal.description)
    }
  }
}
