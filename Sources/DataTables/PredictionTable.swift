import FileSystem
import Matrices

/// The columns of a table that a trained model needs, without a label.
package struct PredictionTable: Sendable {
  /// Rows × the model's columns; not a number where a value is missing.
  package var features: Matrix
  /// Rows that lack a value.
  package var incompleteRows: [Int]
  /// What the column `filename` calls the rows, as tables of sound do; nil where there is none.
  package var fileNames: [String]?

  private static let nameColumn = "filename"

  /// Rows that were computed, with the names of what they are of.
  package init(features: Matrix, names: [String]) {
    precondition(features.rows == names.count)
    self.features = features
    incompleteRows = []
    fileNames = names
  }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: the CSV file.
  ///   - columns: the model's columns, by name; others are passed over.
  ///   - offsets: what the model's table had subtracted from each column; nil for nothing.
  ///   - allowsMissing: whether a missing value is fine; otherwise it is an error.
  /// - Throws: ``TableError``, or `SystemError` when the file cannot be read.
  package init(
    _ path: Path, columns: [String], offsets: [Double]? = nil, allowsMissing: Bool
  ) throws {
    let bytes = try TableBytes(path)
    let header = try RawTable.header(of: bytes)
    for column in columns where !header.contains(column) {
      throw TableError(
        path: path.string, .unknownColumn(column, role: "the model", known: header))
    }
    let wanted = Set(columns)
    let raw = try RawTable(
      bytes, isNumber: { wanted.contains($0) }, isText: { $0 == Self.nameColumn },
      offsets: Dictionary(zip(columns, offsets ?? [])) { first, _ in first })
    fileNames = raw.texts[Self.nameColumn].map { names in names.map { $0 ?? "" } }
    for (index, check) in raw.checks.enumerated() {
      let name = raw.header[raw.numberColumns[index]]
      if let cell = check.firstInfinite {
        throw TableError(
          path: path.string, line: cell.line, .infinite(cell: cell.text, column: name))
      }
      if let cell = check.firstText {
        throw TableError(
          path: path.string, line: cell.line,
          .unusable(cell: cell.text, column: name, others: cell.count - 1))
      }
      if let cell = check.firstMissing, !allowsMissing {
        throw TableError(
          path: path.string, line: cell.line,
          .unusable(cell: "", column: name, others: cell.count - 1))
      }
    }
    let names = raw.numberColumns.map { raw.header[$0] }
    features = raw.numbers.gathering(columns: columns.compactMap { names.firstIndex(of: $0) })
    let all = features
    incompleteRows = (0..<all.rows).filter { row in
      (0..<all.columns).contains { all[row, $0].isNaN }
    }
  }
}
