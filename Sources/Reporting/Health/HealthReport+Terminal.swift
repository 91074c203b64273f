import AudioData
import TextFormatting

extension HealthReport {
  /// For a terminal: a line a class, a line a problem, and the verdict.
  package var terminalText: String {
    var table = classTable
    table.rows = table.rows.map { row in row.map { terminalName($0) } }
    var text = Self.aligned([table.header] + table.rows)
    let lines = problems.map { problem in
      [
        problem.severity.rawValue, problem.kind.rawValue, TextFormatting.terminalText(problem.file),
        TextFormatting.terminalText(problem.detail),
      ]
    }
    if !lines.isEmpty { text += "\n" + Self.aligned(lines, leftAligned: true) }
    text += "\n"
    for finding in findings {
      text += "\(finding.severity.rawValue): \(TextFormatting.terminalText(finding.message))\n"
    }
    return text + "copies: \(TextFormatting.terminalText(comparisonWords))\n\(verdict)\n"
  }

  /// Columns as wide as their widest cell; only the first is set to the left, or all of them.
  private static func aligned(_ rows: [[String]], leftAligned: Bool = false) -> String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let line = row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
        return column == 0 || leftAligned ? text + padding : padding + text
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
