import Exploration
import TextFormatting

extension Report {
  /// The accuracy table for a terminal: models × transformations with 95 % intervals, and below it
  /// what taints its figures.
  ///
  /// - Parameter emphasis: wraps the highest test accuracy.
  /// - Returns: a line a model, of each protocol and input where there are several.
  package func terminalTable(emphasis: (String) -> String = { $0 }) -> String {
    // Whole per cents are enough, unless intervals are so narrow that their ends would be one number.
    let isNarrow = cells.contains { cell in
      cell.summary?.interval.map { $0.high - $0.low < 0.02 } ?? false
    }
    let groups = plan.sheets.flatMap { sheet in plan.models.indices.map { (sheet, $0) } }
    var columns = [
      ["test accuracy, %"] + groups.map { terminalName(plan.models[$0.1].name) }
    ]
    for (place, column) in plan.sheetColumns.enumerated() {
      columns.insert(
        [column] + groups.map { $0.1 == 0 ? terminalName(plan.names(of: $0.0)[place]) : "" },
        at: place)
    }
    let heads = columns.count
    for (transformation, choice) in plan.transformations.enumerated() {
      let cells = groups.map { cell($0.0, transformation: transformation, model: $0.1) }
      let intervals = aligned(
        cells.map { cell in
          cell.summary?.interval.map { "[\($0.percents(decimals: isNarrow ? 1 : 0))]" } ?? ""
        })
      let letters = aligned(cells.map { terminalLetters(of: $0) }, toTheLeft: true)
      let texts = cells.indices.map { place in
        guard let summary = cells[place].summary else { return cells[place].result.status.rawValue }
        let accuracy = fixed(summary.testAccuracy * 100, decimals: 1)
        return [accuracy, intervals[place], letters[place]].filter { !$0.isEmpty }
          .joined(separator: " ")
      }
      columns.append(aligned([terminalName(choice.name)] + texts))
    }
    for head in 0..<heads { columns[head] = aligned(columns[head], toTheLeft: true) }
    let best = bestByTest.map(\.name)
    let lines = columns[0].indices.map { row in
      columns.enumerated().map { column, texts in
        let isBest =
          row > 0 && column >= heads
          && best.contains(
            cell(
              groups[row - 1].0, transformation: column - heads, model: groups[row - 1].1
            ).name)
        return isBest ? emphasis(texts[row]) : texts[row]
      }.joined(separator: "   ") + "\n"
    }
    return lines.joined() + (taintWords.map { terminalText($0) + "\n" } ?? "")
  }
}

/// Rows of text in columns for a terminal, the first of them the heads; names from outside are only
/// text in it, and cells that are numbers are set to the right.
///
/// - Parameter rows: each with as many texts.
/// - Returns: a line a row.
package func alignedTable(_ rows: [[String]]) -> String {
  guard let first = rows.first else { return "" }
  let columns = first.indices.map { column in
    let texts = rows.map { terminalText($0[column]) }
    let isNumeric = texts.dropFirst().allSatisfy { text in
      text.allSatisfy { $0.isNumber || "+-−.,% […]–".contains($0) }
    }
    return aligned(texts, toTheLeft: !isNumeric)
  }
  return rows.indices.map { row in
    var line = columns.map { $0[row] }.joined(separator: "   ")
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }.joined()
}

/// Texts filled with blanks to one width.
private func aligned(_ texts: [String], toTheLeft: Bool = false) -> [String] {
  let width = texts.map(\.count).max() ?? 0
  return texts.map { text in
    let padding = String(repeating: " ", count: width - text.count)
    return toTheLeft ? text + padding : padding + text
  }
}
