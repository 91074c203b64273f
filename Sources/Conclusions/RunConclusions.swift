import DataTables
import Exploration
import Statistics

/// What may be concluded from a run: which differences are real, what the choice of the best cost, and
/// what stands in the way of believing the figures.
///
/// The same records always give the same conclusions: what is drawn by chance is drawn from the
/// experiment's seed.
package struct RunConclusions: Sendable {
  package let results: RunResults
  /// By cell; nil for a cell that is not `ok`.
  package let summaries: [CellSummary?]
  /// The cells that are compared with each other, protocol by protocol.
  package let families: [Family]
  /// Votes of groups, by cell; nil for a cell that is not `ok`, and where no grouping can vote.
  package let votes: [GroupVotes?]
  /// What choosing settings cost, by cell; nil for a cell that is not `ok`.
  package let selections: [SettingSelection?]
  /// By cell; nil for a cell that is not `ok` or whose scores are not probabilities.
  package let calibrations: [CellCalibration?]
  /// The gravest first; the reader counts them from 1.
  package private(set) var findings: [Finding] = []

  package var plan: Plan { results.plan }

  /// Draws the conclusions.
  package init(_ results: RunResults) {
    self.results = results
    let plan = results.plan
    let summaries = results.cells.map { CellSummary($0, plan: plan) }
    self.summaries = summaries
    families = plan.rankedSheets.map { Family($0, of: results, summaries) }
    let groupings = plan.inputs.map { GroupVotes.grouping(of: $0.data) }
    votes = results.cells.map { cell in
      groupings[cell.sheet.input].flatMap { GroupVotes(cell, over: $0, of: plan) }
    }
    selections = results.cells.indices.map { index in
      summaries[index].map {
        SettingSelection(
          results.cells[index], plan.cells[index], accuracy: $0.validationAccuracy, of: results)
      }
    }
    calibrations = results.cells.map { CellCalibration($0, of: plan) }
    findings = makeFindings()
  }

  /// The family that a sheet's cells are of.
  package func family(of sheet: Plan.Sheet) -> Family? {
    families.first { $0.sheets.contains(sheet) }
  }

  /// The letters of a cell, by its number; nil where it is not compared.
  package func letters(of cell: Int) -> String? {
    family(of: results.cells[cell].sheet)?.letters(of: cell)
  }
}
