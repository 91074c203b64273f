import ContentHashing
import Learning
import Matrices
import TextFormatting

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
  /// What stands before the columns of numbers.
  package var pictures: Pictures?

  /// The pictures of rows.
  package struct Pictures: Sendable {
    package var shape: PictureShape
    /// Rows × pixels.
    package var pixels: Matrix
    /// Where a matrix of only some of the rows, or of pixels with numbers behind them, is put together.
    package var scratch: MatrixScratch

    package init(shape: PictureShape, pixels: Matrix, scratch: MatrixScratch) {
      precondition(pixels.columns == shape.count)
      self.shape = shape
      self.pixels = pixels
      self.scratch = scratch
    }

    /// Some of the rows, with numbers behind the pixels.
    func gathering(rows: [Int], behind numbers: Matrix) throws -> Matrix {
      if numbers.columns == 0, rows.count == pixels.rows { return pixels }
      let step = MatrixScratch.blockRows(columns: pixels.columns)
      return try scratch.matrix(columns: pixels.columns + numbers.columns) { take in
        for first in stride(from: 0, to: rows.count, by: step) {
          let block = first..<min(rows.count, first + step)
          try take(
            pixels.gathering(rows: Array(rows[block])).joined(with: numbers.rows(block)))
        }
      }
    }
  }

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
    do {
      var request = request
      // Only what was computed is a feature, whatever patterns say.
      request.ignore += table.texts.map { NamePattern($0.name) }
      let roles = try ColumnRoles(request, header: table.columns + table.texts.map(\.name))
      let raw = RawTable(table, isNumber: roles.isFeature)
      var loading = try TableLoading(request: request, raw: raw, roles: roles)
      self = try loading.dataset()
    } catch let error as TableError where error.path == table.name {
      throw error.naming(rows: table.rowNames)
    }
  }
}

extension RawTable {
  fileprivate init(_ table: ComputedTable, isNumber: (String) -> Bool) {
    path = table.name
    rowNames = table.rowNames
    header = table.columns + table.texts.map(\.name)
    numberColumns = table.columns.indices.filter { isNumber(table.columns[$0]) }
    lines = table.rowNames.indices.map { $0 + 1 }
    for (name, values) in table.texts { texts[name] = values }
    checks = numberColumns.map { _ in ColumnCheck() }
    // The features beside pictures are stored as they are.
    offsets = numberColumns.map { column in
      table.pictures != nil
        ? 0
        : ColumnOffset.offset(
          of: stride(from: column, to: table.values.count, by: table.columns.count).lazy
            .map { table.values[$0] })
    }
    var elements: [Float] = []
    for (row, line) in lines.enumerated() {
      // Adding zero makes −0 the same bits as 0.
      let values = numberColumns.map { table.values[row * table.columns.count + $0] + 0 }
      for (column, value) in values.enumerated() { check(value, column: column, line: line) }
      rowHashes.append(values.withUnsafeBytes { shortHash(of: $0) })
      elements += zip(values, offsets).map { Float($0 - $1) }
    }
    numbers = Matrix(rows: lines.count, columns: numberColumns.count, elements: elements)
    pictures = table.pictures
    if let pixels = table.pictures?.pixels {
      precondition(pixels.rows == lines.count)
      for row in lines.indices {
        let own = pixels.rows(row..<row + 1).withBytes { shortHash(of: $0) }
        rowHashes[row] = numberColumns.isEmpty ? own : rowHashes[row] &* 31 &+ own
      }
    }
  }

  private mutating func check(_ value: Double, column: Int, line: Int) {
    if value.isNaN {
      ColumnCheck.note(&checks[column].firstMissing, line) { "" }
    } else if !Float(value).isFinite {
      ColumnCheck.note(&checks[column].firstInfinite, line) { shortest(value) }
    } else {
      checks[column].numbers += 1
    }
  }
}
