import Exploration
import Statistics
import TextFormatting

/// The cells of several runs, each on another data set, ranked over the data sets (Demšar 2006).
package struct RunRanking: Sendable {
  /// Why runs cannot be ranked over.
  package enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
    case test(TestRefusal)
    /// Two runs, by their places, are of one data set.
    case sameData(Int, Int)
    /// A run lacks a result of a cell that another one has.
    case missingCell(String, run: Int, reason: String)
    /// A run has several protocols or inputs, whose cells are not of one table.
    case severalTables(Int)

    package var description: String { words(["the first", "the second"]) }

    /// The refusal with what the runs are called.
    package func words(_ names: [String]) -> String {
      func name(_ run: Int) -> String {
        names.indices.contains(run) ? names[run] : "run \(run + 1)"
      }
      switch self {
      case .test(let refusal):
        return refusal.description
          + "; with fewer the smallest p-value that could come out is too large to tell anything"
      case .sameData(let first, let second):
        return
          "\(name(first)) and \(name(second)) are of the same data set: folds, seeds, splits or columns "
          + "of one data set are not independent data sets"
      case .missingCell(let cell, let run, let reason):
        return
          "\(name(run)) has no result of \(cell) (\(reason)): ranks need every cell on every data set; "
          + "--only can narrow them to those that all runs have"
      case .severalTables(let run):
        return
          "\(name(run)) has several protocols or inputs: a data set counts once; --only can narrow the "
          + "cells to those of one of them"
      }
    }
  }

  /// The cells by name, in the order of the first run's table.
  package let cells: [String]
  /// Cells × runs: test accuracies.
  package let accuracies: [[Double]]
  package let comparison: DataSetComparison
  /// Runs, by their places, whose rows have the same classes one by one though their sources differ:
  /// they may be representations of one data set.
  package let alike: [(first: Int, second: Int)]

  /// Ranks the cells of runs.
  ///
  /// - Parameters:
  ///   - runs: each of another data set.
  ///   - only: patterns of the cells to rank; empty for all that are computed in any run.
  /// - Throws: ``Refusal``.
  package init(_ runs: [RunResults], only: [NamePattern] = []) throws(Refusal) {
    for (index, run) in runs.enumerated() {
      if let other = runs[..<index].firstIndex(where: { $0.plan.isOfSameData(as: run.plan) }) {
        throw .sameData(other, index)
      }
    }
    guard runs.count >= DataSetComparison.fewestDataSets else {
      throw .test(.fewDataSets(runs.count))
    }
    let known = runs.map { run in
      zip(run.cells, run.plan.cells).filter { _, planned in
        only.isEmpty || only.contains { run.plan.matches(planned, $0) }
      }.map { (cell: $0.0, summary: CellSummary($0.0, plan: run.plan)) }
    }
    for (index, own) in known.enumerated() {
      let sheets = Set(own.filter { $0.summary != nil }.map(\.cell.sheet))
      if sheets.count > 1 { throw .severalTables(index) }
    }
    var names: [String] = []
    for entry in known.flatMap(\.self) where entry.summary != nil {
      if !names.contains(entry.cell.name) { names.append(entry.cell.name) }
    }
    var accuracies: [[Double]] = []
    for name in names {
      var own: [Double] = []
      for (index, cells) in known.enumerated() {
        let entry = cells.first { $0.cell.name == name }
        guard let summary = entry?.summary else {
          throw .missingCell(
            name, run: index,
            reason: entry.map { $0.cell.status.rawValue } ?? "its experiment does not have it")
        }
        own.append(summary.testAccuracy)
      }
      accuracies.append(own)
    }
    alike = runs.indices.flatMap { second in
      (0..<second).filter { first in
        runs[first].plan.inputs[0].data.hasSameLabels(as: runs[second].plan.inputs[0].data)
      }.map { (first: $0, second: second) }
    }
    cells = names
    self.accuracies = accuracies
    do throws(TestRefusal) {
      comparison = try DataSetComparison(scores: accuracies)
    } catch {
      throw .test(error)
    }
  }

  /// Each cell's mean rank, 1 for always the best.
  package var meanRanks: [Double] { comparison.friedman.meanRanks }
}

extension Plan {
  /// Whether another plan is of the same data set, be it by other columns or another division.
  fileprivate func isOfSameData(as other: Plan) -> Bool {
    inputs.contains { own in
      other.inputs.contains { second in
        own.data.key == second.data.key
          || own.data.source == second.data.source && own.data.hasSameLabels(as: second.data)
      }
    }
  }
}

extension Plan.Data {
  /// Whether row by row the classes are those of other data.
  fileprivate func hasSameLabels(as other: Plan.Data) -> Bool {
    classes == other.classes && labels == other.labels && fileRows == other.fileRows
  }
}
