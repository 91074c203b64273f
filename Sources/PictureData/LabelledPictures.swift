import DataTables
import Learning
import Matrices
import TextFormatting

/// Pictures with the names of their rows and, where there are some, features of the same rows.
package struct LabelledPictures {
  package private(set) var rows: PictureRows
  package private(set) var names: [String]
  /// The features behind the pixels.
  package private(set) var columns: [String] = []
  package private(set) var values: [Double] = []
  package var omissions: [Dataset.Omission]
  package var findings: [DataFinding]

  package init(
    _ rows: PictureRows, names: [String], omissions: [Dataset.Omission], findings: [DataFinding]
  ) {
    self.rows = rows
    self.names = names
    self.omissions = omissions
    self.findings = findings
  }

  /// Puts the numbers of a table behind the pixels of the rows that it names; rows of either side that
  /// the other lacks are left out and listed.
  ///
  /// - Parameters:
  ///   - table: the numbers by name.
  ///   - scratch: where the pixels of fewer rows are put together.
  /// - Throws: `TableError` when no row is in both, `SystemError` when there is no room.
  package mutating func join(_ table: SideFeatures, scratch: MatrixScratch) throws {
    let path = table.request.table
    let places = names.map { table.row(of: $0) }
    guard places.contains(where: { $0 != nil }) else {
      throw TableError(
        path: path.string,
        .noMatch(rule: "“beside”", column: table.request.key, what: "the name of any picture"))
    }
    findings += table.findings
    let strangers = table.namesBeside(names)
    note(strangers, "row", of: "\(path.name) without a picture")
    omissions += strangers.map {
      .init(name: $0, reason: "a row of \(path.name) that no picture is called by")
    }
    let missing = names.indices.filter { places[$0] == nil }.map { names[$0] }
    note(missing, "row", of: "pictures without features in \(path.name)")
    omissions += missing.map { .init(name: $0, reason: "no row of \(path.name) is called so") }
    try join(
      columns: table.columns, places.map { place in place.map { table.values(ofRow: $0) } },
      scratch: scratch)
  }

  /// Puts numbers behind the pixels of the rows that have some, and leaves out the others.
  ///
  /// - Parameters:
  ///   - columns: the names of the numbers.
  ///   - numbers: one list a row; nil for a row to leave out.
  ///   - scratch: where the pixels of fewer rows are put together.
  /// - Throws: `SystemError` when there is no room.
  package mutating func join(
    columns: [String], _ numbers: [[Double]?], scratch: MatrixScratch
  ) throws {
    let kept = numbers.indices.filter { numbers[$0] != nil }
    self.columns = columns
    values = numbers.compactMap(\.self).flatMap(\.self)
    guard kept.count < names.count else { return }
    let all = rows.pixels
    let step = MatrixScratch.blockRows(columns: all.columns)
    rows.pixels = try scratch.matrix(columns: all.columns) { take in
      for first in stride(from: 0, to: kept.count, by: step) {
        try take(all.gathering(rows: Array(kept[first..<min(kept.count, first + step)])))
      }
    }
    rows.pieces = kept.map { rows.pieces[$0] }
    rows.segments = kept.map { rows.segments[$0] }
    names = kept.map { names[$0] }
  }

  private mutating func note(_ names: [String], _ noun: String, of what: String) {
    guard !names.isEmpty else { return }
    findings.append(
      DataFinding(
        .warning,
        "\(counted(names.count, noun)) of \(what): \(names.prefix(3).joined(separator: ", "))"
          + (names.count > 3 ? " … (a run lists all in unused_files.csv)" : "")))
  }

  /// The pixels with some of the features behind them.
  ///
  /// - Parameters:
  ///   - wanted: names of features, all of them known.
  ///   - scratch: where the rows are put together.
  /// - Returns: rows × pixels and the features in the order wanted.
  /// - Throws: `SystemError` when there is no room.
  package func matrix(features wanted: [String], scratch: MatrixScratch) throws -> Matrix {
    let places = wanted.compactMap { columns.firstIndex(of: $0) }
    precondition(places.count == wanted.count)
    if places.isEmpty { return rows.pixels }
    let step = MatrixScratch.blockRows(columns: rows.pixels.columns + places.count)
    return try scratch.matrix(columns: rows.pixels.columns + places.count) { take in
      for first in stride(from: 0, to: names.count, by: step) {
        let block = first..<min(names.count, first + step)
        let numbers = Matrix(rows: block.count, columns: places.count) { row, span in
          let start = (first + row) * columns.count
          for (place, column) in places.enumerated() {
            span[place] = Float(values[start + column])
          }
        }
        try take(rows.pixels.rows(block).joined(with: numbers))
      }
    }
  }

  /// The rows as a table.
  ///
  /// - Parameters:
  ///   - texts: the columns of text, one text a piece.
  ///   - name: what errors call the table.
  ///   - scratch: where rows are put together.
  /// - Returns: pictures, features and texts of all rows.
  package func table(
    texts: [(name: String, values: [String?])], name: String, scratch: MatrixScratch
  ) -> ComputedTable {
    let ofRows = texts.map { text in
      (name: text.name, values: rows.pieces.map { text.values[$0] })
    }
    var table = ComputedTable(
      name: name, columns: columns, values: values,
      texts: [("filename", names.map { Optional($0) })] + ofRows, rowNames: names)
    table.pictures = .init(shape: rows.shape, pixels: rows.pixels, scratch: scratch)
    return table
  }

  /// The rows of picture files.
  func table(of source: PictureSource, scratch: MatrixScratch, _ name: String) -> ComputedTable {
    let song = PictureRequest.songGroup
    // An index may say itself what a song is.
    let own = source.columns.indices.filter { index in
      !["filename", "label"].contains(source.columns[index])
        && !columns.contains(source.columns[index])
    }
    var texts: [(name: String, values: [String?])] = []
    if !own.contains(where: { source.columns[$0] == song }) {
      texts.append((song, source.pieces.map(\.song)))
    }
    texts += own.map { index in
      (
        source.columns[index],
        source.pieces.map { $0.values[index] ?? (source.columns[index] == song ? $0.song : nil) }
      )
    }
    texts.append(("label", source.pieces.map(\.label)))
    return table(texts: texts, name: name, scratch: scratch)
  }
}
