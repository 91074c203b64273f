import DataTables
import TextFormatting

/// The features of a set of sounds, a row a file or segment.
package struct FeatureTable: Equatable, Sendable {
  /// The feature columns.
  package var columns: [String]
  /// Rows × columns, row by row, in the order of the sounds and then of their segments.
  package var values: [Double] = []
  /// As in `blues.00000.wav`, or `blues.00000.3.wav` for the segment 3.
  package var names: [String] = []
  /// The piece of the source that each row is of.
  package var pieces: [Int] = []
  /// The samples of each row's piece, at the rate of the features.
  package var lengths: [Int] = []
  /// Pieces of sound that have no rows.
  package var failures: [Dataset.Omission] = []
  package var findings: [DataFinding] = []
  /// Pieces whose features were computed now; those of the others were known.
  package var computedPieces = 0

  /// A table without rows.
  package init(columns: [String]) { self.columns = columns }

  package var rowCount: Int { names.count }

  /// A row's features.
  package func row(_ index: Int) -> ArraySlice<Double> {
    values[index * columns.count..<(index + 1) * columns.count]
  }

  /// The table with only some of its columns, in the table's order.
  package func keeping(_ patterns: [NamePattern]) -> FeatureTable {
    let kept = columns.indices.filter { index in
      patterns.contains { $0.matches(columns[index]) }
    }
    var table = self
    table.columns = kept.map { columns[$0] }
    table.values = (0..<rowCount).flatMap { index in
      let row = row(index)
      return kept.map { row[row.startIndex + $0] }
    }
    return table
  }

  /// The published form: `filename,length`, the features, `label`.
  ///
  /// - Parameter labels: of each piece; nil leaves the cell empty.
  /// - Returns: the text of a CSV file.
  package func csv(labels: [String?]) -> String {
    var text =
      (["filename", "length"] + columns + ["label"]).map { csvField($0) }
      .joined(separator: ",") + "\n"
    for index in 0..<rowCount {
      let cells =
        [csvField(names[index]), "\(lengths[index])"] + row(index).map { shortest($0) }
        + [csvField(labels[pieces[index]] ?? "")]
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }
}
