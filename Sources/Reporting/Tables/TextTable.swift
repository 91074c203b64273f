import Exploration
import TextFormatting

extension Report {
  /// The accuracy table for a terminal: models × transformations with 95 % intervals, and below it
  /// what taints its figures.
  ///
  /// - Parameter emphasis: wraps the highest test accuracy.
  /// - Returns: a line a model.
  package func terminalTable(emphasis: (String) -> String = { $0 }) -> String {
    // Whole per cents are enough, unless intervals are so narrow that their ends would be one number.
    let isNarrow = cells.contains { cell in
      cell.summary?.interval.map { $0.high - $0.low < 0.02 } ?? false
    }
    var columns = [["test accuracy, %"] + plan.models.map { terminalName($0.name) }]
    for (transformation, choice) in plan.transformations.enumerated() {
      let cells = plan.models.indices.map { cell(transformation: transformation, model: $0) }
      let intervals = aligned(
        cells.map { cell in
          cell.summary?.interval.map { "[\($0.percents(decimals: isNarrow ? 1 : 0))]" } ?? ""
        })
      let texts = zip(cells, intervals).map { cell, interval in
        guard let summary = cell.summary else { return cell.result.status.rawValue }
        let accuracy = fixed(summary.testAccuracy * 100, decimals: 1)
        return interval.isEmpty ? accuracy : "\(accuracy) \(interval)"
      }
      columns.append(aligned([terminalName(choice.name)] + texts))
    }
    columns[0] = aligned(columns[0], toTheLeft: true)
    let best = bestByTest?.name
    let lines = columns[0].indices.map { row in
      columns.enumerated().map { column, texts in
        let isBest =
          row > 0 && column > 0
          && cell(transformation: column - 1, model: row - 1).name == best
        return isBest ? emphasis(texts[row]) : texts[row]
      }.joined(separator: "   ") + "\n"
    }
    return lines.joined() + (taintWords.map { terminalText($0) + "\n" } ?? "")
  }

  /// Texts filled with blanks to one width.
  private func aligned(_ texts: [String], toTheLeft: Bool = false) -> [String] {
    let width = texts.map(\.count).max() ?? 0
    return texts.map { text in
      let padding = String(repeating: " ", count: width - text.count)
      return toTheLeft ? text + padding : padding + text
    }
  }
}
