import TextFormatting

extension ReportTable {
  /// A table of text; columns whose cells are all numbers are set to the right.
  var markdown: String {
    (caption.map { "**\(markdownText($0))**\n\n" } ?? "")
      + markdownRows(
        header.map { markdownText($0) }, rows.map { row in row.map { markdownText($0) } }
      ) { column in
        rows.allSatisfy { $0[column].isEmpty || HTML.cellClass($0[column]) != nil }
      }
  }
}

/// The lines of a table whose cells are markup.
func markdownRows(
  _ header: [String], _ rows: [[String]], isNumeric: (Int) -> Bool
) -> String {
  ([header, header.indices.map { isNumeric($0) ? "---:" : "---" }] + rows).map {
    "| " + $0.joined(separator: " | ") + " |\n"
  }.joined()
}
