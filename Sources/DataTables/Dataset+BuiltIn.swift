import CTables
import Learning
import Matrices
import TextFormatting

/// A table that is part of the program.
package struct BuiltInTable: Sendable {
  package var name: String
  package var summary: String
  package var source: String
  var columns: [String]
  /// nil where the first line of the file names the classes.
  var classes: [String]?
  /// The picture that all columns together are; nil where they are none.
  var picture: PictureShape?

  /// All of them.
  package static let all = [
    BuiltInTable(
      name: "digits", summary: "1797 pictures of handwritten digits, 8 × 8 grey values, 10 classes",
      source: "UCI, Optical Recognition of Handwritten Digits (Alpaydin and Kaynak 1998)",
      columns: PictureShape(height: 8, width: 8).columnNames,
      classes: (0..<10).map(String.init), picture: PictureShape(height: 8, width: 8)),
    BuiltInTable(
      name: "iris", summary: "150 irises, 4 lengths, 3 species",
      source: "UCI, Iris (Fisher 1936)",
      columns: ["sepal_length", "sepal_width", "petal_length", "petal_width"]),
    BuiltInTable(
      name: "wine", summary: "178 wines, 13 chemical measures, 3 cultivars",
      source: "UCI, Wine (Aeberhard and Forina 1991)",
      columns: [
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols",
        "flavanoids", "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue",
        "od280_od315", "proline",
      ]),
    BuiltInTable(
      name: "breast-cancer", summary: "569 tumours, 30 measures of their cells, 2 classes",
      source: "UCI, Breast Cancer Wisconsin (Street, Wolberg and Mangasarian 1993)",
      columns: ["mean", "error", "worst"].flatMap { statistic in
        [
          "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity",
          "concave_points", "symmetry", "fractal_dimension",
        ].map { "\(statistic)_\($0)" }
      }),
  ]

  /// The table's rows.
  ///
  /// - Parameter patterns: the columns to keep; none for all.
  /// - Returns: all rows with these columns.
  /// - Throws: ``TableError`` for a pattern that no column matches.
  package func dataset(columns patterns: [NamePattern] = []) throws -> Dataset {
    let kept = try patterns.kept(among: columns, path: "built-in \(name)")
    let table = tables_find(name)
    let bytes = try TableBytes(
      Array(UnsafeBufferPointer(start: table.bytes, count: table.count)), path: name)
    return try bytes.withBuffer { buffer in
      var scanner = CSVScanner(buffer, path: name)
      var classes = self.classes ?? []
      if classes.isEmpty, try scanner.nextRecord() {
        classes = scanner.cells.dropFirst(2).map { scanner.text($0) }
      }
      var elements: [Float] = []
      var labels: [Int] = []
      while try scanner.nextRecord() {
        let numbers = scanner.cells.map { Double(scanner.text($0)) ?? .nan }
        guard numbers.count == columns.count + 1,
          let label = numbers.last.flatMap({ Int(exactly: $0) }),
          classes.indices.contains(label)
        else { throw TableError(path: name, line: scanner.recordLine, .damagedArchive) }
        elements += numbers.dropLast().map { Float($0) }
        labels.append(label)
      }
      let ordered = orderedClasses(Set(classes))
      labels = labels.map { label in ordered.firstIndex(of: classes[label]) ?? label }
      classes = ordered
      let all = Matrix(rows: labels.count, columns: columns.count, elements: elements)
      let features =
        kept.count == columns.count
        ? all : all.gathering(columns: kept.compactMap { columns.firstIndex(of: $0) })
      let identical = EqualRows(features).sets(among: Array(0..<labels.count))
      var dataset = Dataset(
        source: "built-in \(name)", columns: kept, features: features, labels: labels,
        classes: classes, fileRows: Array(0..<labels.count),
        fileRowCount: labels.count)
      if let picture, kept == columns {
        dataset.picture = picture
        dataset.columns = []
      }
      dataset.identicalRows = identical
      for set in identical.prefix(3) {
        dataset.findings.append(
          DataFinding(.note, "rows \(set.map(String.init).joined(separator: " = ")) are equal"))
      }
      if identical.count > 3 {
        dataset.findings.append(
          DataFinding(.note, "so are the rows of \(counted(identical.count - 3, "other set"))"))
      }
      return dataset
    }
  }
}
