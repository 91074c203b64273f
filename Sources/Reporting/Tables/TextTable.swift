import Exploration
import TextFormatting

extension Report {
  /// The accuracy table for a terminal: models × transformations with 95 % intervals.
  ///
  /// - Parameter emphasis: wraps the highest test accuracy.
  /// - Returns: a line a model.
  package func terminalTable(emphasis: (String) -> String = { $0 }) -> String {
    let best = bestByTest?.name
    var rows = [["test accuracy, %"] + plan.transformations.map { terminalText($0.name) }]
    var marked: Set<[Int]> = []
    for (model, choice) in plan.models.enumerated() {
      var row = [terminalText(choice.name)]
      for transformation in plan.transformations.indices {
        let cell = cell(transformation: transformation, model: model)
        if cell.name == best { marked.insert([rows.count, row.count]) }
        row.append(text(of: cell))
      }
      rows.append(row)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        let padded = column == 0 ? text + padding : padding + text
        return marked.contains([index, column]) ? emphasis(padded) : padded
      }.joined(separator: "   ") + "\n"
    }.joined()
  }

  private func text(of cell: Cell) -> String {
    guard let summary = cell.summary else { return cell.result.status.rawValue }
    let accuracy = fixed(summary.testAccuracy * 100, decimals: 1)
    guard let interval = summary.interval else { return accuracy }
    return accuracy
      + " [\(fixed(interval.low * 100, decimals: 0))–\(fixed(interval.high * 100, decimals: 0))]"
  }
}
