import Exploration
import Learning
import Matrices
import Statistics

/// The cells that are compared with each other: those whose figures are about the same test rows.
package struct Family: Sendable {
  /// One compared cell.
  package struct Member: Sendable {
    /// Its number in `RunResults.cells`.
    package var cell: Int
    /// Its name within the family, as in `pca+knn` or `3s+pca+knn`.
    package var name: String
    /// The same in sentences, without the only transformation, as in `knn`.
    package var shortName: String
    /// Test accuracy as in the table: of all test rows, or the mean over folds.
    package var accuracy: Double
    package var interval: AccuracyInterval?
    /// As in `ab`; empty where there is no comparison.
    ///
    /// Two members share a letter exactly where they are not told apart.
    package var letters: String
    /// This member's accuracy less the best's, with the simultaneous interval; nil for the best itself
    /// and where there is no comparison.
    package var toBest: Comparison.Pair?
  }

  /// The best of all members, and what it would be worth on other test units.
  package struct Correction: Equatable, Sendable {
    /// The best member's accuracy over all test rows.
    package var accuracy: Double
    /// The mean accuracy, over bootstrap draws, of the member that is best on the drawn units, on those
    /// left out (Tsamardinos, Greasidou and Borboudakis 2018).
    package var corrected: Double
  }

  /// The sheets that its cells are of.
  package let sheets: [Plan.Sheet]
  /// What tells it from the run's other families, as in `artists` or `artists, 3s`; empty for the only
  /// one.
  package let name: String
  /// Whether each group is left out once, and the predictions are pooled.
  let isLeaveOneGroupOut: Bool
  /// The compared cells, the best first.
  package let members: [Member]
  /// What the tests used; nil where there is nothing to compare.
  package let evidence: PairedEvidence?
  /// All pairs; its learners are numbered as ``compared`` is.
  package let comparison: Comparison?
  /// The compared cells by their numbers in `RunResults.cells`, in the order of the table.
  package let compared: [Int]
  /// The cells of the sheets with a result that the experiment does not want compared, the most accurate
  /// first; comparisons are of accuracy.
  package let others: [Member]
  /// What settings and the best cell are chosen by.
  let measure: Measure
  /// Why there is no comparison, in words; nil where there is one.
  package let refusal: String?
  /// What the best of so many cells is worth; nil for fewer than two, and where it cannot be said.
  package let correction: Correction?

  /// The most accurate member.
  package var best: Member? { members.first }

  /// The letters of a cell, by its number; nil where it is not compared.
  package func letters(of cell: Int) -> String? {
    guard comparison != nil else { return nil }
    return members.first { $0.cell == cell }?.letters
  }

  /// How a comparison's learner is called.
  package func name(ofLearner learner: Int) -> String {
    members.first { $0.cell == compared[learner] }?.name ?? ""
  }

  /// Compares the `ok` cells of the sheets, or those of them that the experiment wants compared.
  ///
  /// - Parameters:
  ///   - sheets: whose figures are about the same test rows.
  ///   - results: of the run.
  ///   - summaries: of its cells.
  init(_ sheets: [Plan.Sheet], of results: RunResults, _ summaries: [CellSummary?]) {
    let plan = results.plan
    self.sheets = sheets
    isLeaveOneGroupOut = plan.protocols[sheets[0].protocol].isLeaveOneGroupOut
    let name =
      sheets.count == 1 ? plan.name(of: sheets[0]) : plan.protocols[sheets[0].protocol].name
    self.name = name
    measure = plan.measure
    let known = results.cells.indices.filter { index in
      sheets.contains(results.cells[index].sheet) && summaries[index] != nil
    }
    let cells = known.filter { plan.isCompared(plan.cells[$0]) }
    compared = cells
    others = Self.members(known.filter { !cells.contains($0) }, nil, results, summaries)
    var evidence: PairedEvidence?
    var comparison: Comparison?
    var refusal: EvidenceRefusal?
    do throws(EvidenceRefusal) {
      guard cells.count >= 2 else { throw .test(.nothingToCompare) }
      let paired = try PairedEvidence(cells.map { .init(results.cells[$0], of: plan) })
      evidence = paired
      var random = RandomStream(seed: plan.seed, "comparison/\(name)")
      comparison = try paired.comparison(using: &random)
    } catch {
      refusal = error
    }
    self.evidence = evidence
    self.comparison = comparison
    self.refusal = refusal?.description
    correction = evidence.flatMap { Self.correction($0, seed: plan.seed, name: name) }
    members = Self.members(cells, comparison, results, summaries)
  }

  private static func members(
    _ cells: [Int], _ comparison: Comparison?, _ results: RunResults, _ summaries: [CellSummary?]
  ) -> [Member] {
    let accuracies = cells.map { summaries[$0]?.testAccuracy ?? 0 }
    let order =
      comparison?.order
      ?? cells.indices.sorted { (accuracies[$1], $0) < (accuracies[$0], $1) }
    return order.map { place in
      let cell = results.cells[cells[place]]
      let plan = results.plan
      let input = plan.inputs[cell.sheet.input].name
      func joined(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "+")
      }
      return Member(
        cell: cells[place], name: joined([input, cell.transformation, cell.model]),
        shortName: joined(
          [input, plan.transformations.count > 1 ? cell.transformation : "", cell.model]),
        accuracy: accuracies[place], interval: summaries[cells[place]]?.interval,
        letters: comparison?.letters[place] ?? "",
        toBest: place == order[0] ? nil : comparison?.pair(place, order[0]))
    }
  }

  private static func correction(
    _ evidence: PairedEvidence, seed: Int, name: String
  ) -> Correction? {
    let scores = evidence.pooled
    var random = RandomStream(seed: seed, "best cell/\(name)")
    return SelectionCorrection(
      rows: scores.rows, correct: scores.correct, seeds: scores.seeds, using: &random
    ).map { Correction(accuracy: $0.best, corrected: $0.corrected) }
  }
}

extension PairedEvidence {
  /// Compares all pairs.
  ///
  /// - Parameters:
  ///   - level: the family-wise error rate.
  ///   - random: for sign flips that are too many to be counted.
  /// - Returns: all pairs, numbered as the sources are.
  /// - Throws: ``EvidenceRefusal`` where units straddle folds, and for fewer than two cells, 6 units or 2
  ///   folds.
  package func comparison(
    level: Double = 0.05, using random: inout RandomStream
  ) throws(EvidenceRefusal) -> Comparison {
    let evidence = try self.evidence
    do throws(TestRefusal) {
      return try Comparison(evidence, level: level, using: &random)
    } catch {
      if case .fewUnits(let count) = error { throw .fewUnits(count, groupName: groupName) }
      throw .test(error)
    }
  }
}
