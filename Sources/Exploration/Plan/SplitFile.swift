import DataTables
import FileSystem
import JSONText
import TextFormatting

/// The rows of a split file, `{"train": […], "validation": […], "test": […]}`, as rows of the data
/// set; rows count from 0 without the header, dropped ones included.
struct SplitFile {
  private(set) var training: [Int] = []
  private(set) var validation: [Int] = []
  private(set) var test: [Int] = []
  private(set) var droppedRows = 0

  /// - Throws: ``ExperimentError`` for a file that is not a split of this table, `SystemError` when
  ///   it cannot be read.
  init(_ path: Path, dataset: Dataset) throws {
    let text = try path.readExperimentText()
    let root: ExperimentNode
    do {
      root = ExperimentNode(node: try JSONNode(parsing: text), path: "", file: path.string)
    } catch {
      throw ExperimentError(
        file: path.string, position: error.position, path: "", .syntax(error.message))
    }
    let members = try root.members(
      ["train", "validation", "test"], expected: "an object with “train”, “validation” and “test”")
    for key in ["train", "test"] where members[key] == nil { throw root.error(.missingKey(key)) }
    var placeOfRow: [Int: Int] = [:]
    for (place, row) in dataset.fileRows.enumerated() { placeOfRow[row] = place }
    var partOfRow = [String?](repeating: nil, count: dataset.fileRowCount)
    for part in ["train", "validation", "test"] {
      guard let list = members[part] else { continue }
      guard let elements = list.node.elements else {
        throw list.unexpected("a list of row numbers")
      }
      var rows: [Int] = []
      for (index, element) in elements.enumerated() {
        let node = ExperimentNode(node: element, path: "\(part)[\(index)]", file: path.string)
        guard let row = element.integer, partOfRow.indices.contains(row) else {
          throw node.unexpected("a row number from 0 to \(dataset.fileRowCount - 1)")
        }
        if let other = partOfRow[row] {
          throw node.error(
            .notTogether(
              other == part
                ? "row \(row) stands in “\(part)” twice"
                : "row \(row) stands in “\(other)” already; a row belongs to one part"))
        }
        partOfRow[row] = part
        if let place = placeOfRow[row] { rows.append(place) } else { droppedRows += 1 }
      }
      switch part {
      case "train": training = rows.sorted()
      case "validation": validation = rows.sorted()
      default: test = rows.sorted()
      }
    }
  }
}
