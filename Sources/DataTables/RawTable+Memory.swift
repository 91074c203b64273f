import ContentHashing
import Matrices

/// A table that was computed, not read: numbers and texts by column, and what each row is called.
package struct ComputedTable: Sendable {
  /// What the table is called in errors.
  package var name: String
  /// The columns of numbers.
  package var columns: [String]
  /// Rows × columns, row by row.
  package var values: [Double]
  /// The columns of text with one text a row; nil where it is missing.
  package var texts: [(name: String, values: [String?])]
  /// What each row is called in errors and findings, where a file's would have its line.
  package var rowNames: [String]

  package init(
    name: String, columns: [String], values: [Double], texts: [(name: String, values: [String?])],
    rowNames: [String]
  ) {
    precondition(values.count == columns.count * rowNames.count)
    self.name = name
    self.columns = columns
    self.values = values
    self.texts = texts
    self.rowNames = rowNames
  }
}

extension Dataset {
  /// Checks a computed table by the rules of a table that is read.
  ///
  /// - Parameters:
  ///   - table: the rows; its columns of text are no features.
  ///   - request: what the columns are for; its path names the table.
  /// - Throws: ``TableError`` for a table that cannot be used as asked.
  package init(_ table: ComputedTable, _ request: TableRequest) throws {
    let raw = RawTable(table)
    do {
      let roles = try ColumnRoles(request, header: raw.header)
      var loading = try TableLoading(request: request, raw: raw, roles: roles)
      self = try loading.dataset()
    } catch let error as TableError where error.path == raw.path {
      throw error.naming(rows: table.rowNames)
    }
  }
}

extension RawTable {
  init(_ table: ComputedTable) {
    path = table.name
    rowNames = table.rowNames
    header = table.columns + table.texts.map(\.name)
    numberColumns = Array(table.columns.indices)
    lines = table.rowNames.indices.map { $0 + 1 }
    for (name, values) in table.texts { texts[name] = values }
    let columns = table.columns.count
    checks = table.columns.map { _ in ColumnCheck() }
    // Adding zero makes −0 the same bits as 0.
    let values = table.values.map { $0 + 0 }
    for (place, value) in values.enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      if value.isNaN {
        ColumnCheck.note(&checks[column].firstMissing, lines[row]) { "" }
      } else if !Float(value).isFinite {
        ColumnCheck.note(&checks[column].firstInfinite, lines[row]) { "\(value)" }
      } else {
        checks[column].numbers += 1
      }
    }
    rowHashes = table.rowNames.indices.map { row in
      Array(values[row * columns..<(row + 1) * columns]).withUnsafeBytes { shortHash(of: $0) }
    }
    numbers = Matrix(
      rows: table.rowNames.count, columns: columns, elements: values.map { Float($0) })
  }
}
