import Exploration
import Learning
import TextFormatting

extension Report {
  /// Cells whose figures are about the same test rows, so that they may be ranked: those of one
  /// protocol, or where inputs have different rows of one input of it.
  struct Ranking {
    /// Empty for the only one.
    var name: String
    var sheets: [Plan.Sheet]
    var cells: [Cell]
    /// By what the best comes first.
    var measure: Measure

    /// Those with a result, the best on test rows first, those on which the measure is not defined last;
    /// equal ones in the order of the table.
    var best: [Cell] {
      let known = cells.filter { $0.summary != nil }
      let worst = measure.isMinimised ? Double.infinity : -.infinity
      return known.enumerated().sorted {
        let (a, b) = (
          $0.element.summary?.testScore ?? worst, $1.element.summary?.testScore ?? worst
        )
        return a == b ? $0.offset < $1.offset : (a < b) == measure.isMinimised
      }.map(\.element)
    }
  }

  /// In the order of `Plan.rankedSheets`.
  var rankings: [Ranking] {
    plan.rankedSheets.map { sheets in
      Ranking(
        name: plan.inputsShareRows
          ? plan.protocols[sheets[0].protocol].name : plan.name(of: sheets[0]),
        sheets: sheets, cells: cells.filter { sheets.contains($0.result.sheet) },
        measure: plan.measure)
    }
  }

  /// A cell's name among those it is ranked with: what all of them have in common is left out.
  func shortName(of cell: Cell) -> String {
    let input = plan.inputsShareRows ? plan.inputs[cell.result.sheet.input].name : ""
    let transformation = plan.transformations.count > 1 ? cell.result.transformation : ""
    return [input, transformation, cell.result.model].filter { !$0.isEmpty }
      .joined(separator: "+")
  }

  /// When a protocol is what was asked, as in `when no artist is both learnt from and tested`; nil where its rows have no
  /// groups, so that only its name tells.
  func condition(of own: Plan.SplitProtocol) -> String? {
    if own.isUngrouped { return "when rows are split at random" }
    guard let grouping = own.divisions[0].grouping else { return nil }
    return "when no \(plan.inputs[0].data.groupings[grouping].name) is both learnt from and tested"
  }
}
