import TextFormatting

/// A table for a paper, which needs the package `booktabs` and nothing else.
package struct LaTeXTable: Sendable {
  /// Plain text; says what the figures mean.
  package var caption: String
  /// What the text refers to it by, after `tab:`; letters, digits and `-`.
  package var label: String
  /// How many columns at the left are words; those after them are figures, set to the right.
  package var wordColumns: Int
  /// Markup: what is plain text went through `latexText`.
  package var header: [String]
  /// Groups of rows of markup, with a thin line between two.
  package var groups: [[[String]]]

  package init(
    caption: String, label: String, wordColumns: Int, header: [String], groups: [[[String]]]
  ) {
    self.caption = caption
    self.label = label
    self.wordColumns = wordColumns
    self.header = header
    self.groups = groups
  }

  package var text: String {
    let columns = header.indices.map { $0 < wordColumns ? "l" : "r" }.joined()
    func row(_ cells: [String]) -> String { "    \(cells.joined(separator: " & ")) \\\\\n" }
    let body = groups.map { $0.map(row).joined() }.joined(separator: "    \\midrule\n")
    return """
      % needs \\usepackage{booktabs}
      \\begin{table}
        \\centering
        \\caption{\(latexText(caption))}
        \\label{tab:\(label)}
        \\begin{tabular}{@{}\(columns)@{}}
          \\toprule

      """ + row(header) + "    \\midrule\n" + body
        + """
            \\bottomrule
          \\end{tabular}
        \\end{table}

        """
  }
}
