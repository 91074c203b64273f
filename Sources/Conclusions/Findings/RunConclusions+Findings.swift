import Exploration
import Learning

extension RunConclusions {
  /// All findings, the gravest first, equally grave ones in the order of the rules.
  func makeFindings() -> [Finding] {
    let all =
      leakage + failedCells + worseThanDummy + validationLeakage + tooLittleData + edgesOfRanges
      + notConverged
      + neverPredicted + unusualFolds + badCalibration + trainingGaps + otherGroups
      + differentRows + mixedArithmetic + dataWarnings
    return Finding.Gravity.allCases.flatMap { gravity in all.filter { $0.gravity == gravity } }
  }

  /// The cells that have figures, with their numbers and summaries.
  var computed: [(index: Int, cell: RunResults.Cell, summary: CellSummary)] {
    results.cells.indices.compactMap { index in
      summaries[index].map { (index, results.cells[index], $0) }
    }
  }

  /// Whether a cell's model looks at no column.
  func isDummy(_ cell: Int) -> Bool { plan.models[plan.cells[cell].model].model == "dummy" }

  /// In front of what is found in one family of several.
  func prefix(_ family: Family) -> String { family.name.isEmpty ? "" : "\(family.name): " }
}
