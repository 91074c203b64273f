import DataTables
import FileSystem
import TextFormatting

/// A folder or an index of files that cannot be used, and why.
package struct CatalogueError: Error, Equatable, CustomStringConvertible {
  package enum Problem: Equatable, Sendable {
    case unreadable(SystemError)
    /// Neither a folder nor a CSV file.
    case noFolder(FileKind)
    case noFiles(FileKind)
    /// A folder without class folders, a file of which does not tell its class.
    case noClasses(example: String)
    /// An index without a column that is needed; one of the names is expected.
    case missingColumn(names: [String], known: [String])
    case missingCell(column: String)
    case table(TableError)
    /// No file gave a row; what several of them are called.
    case nothingUsable(FileKind, count: Int, first: Dataset.Omission?)
    /// Pictures of so many sizes that most would be left out.
    case manySizes(most: String, count: Int, of: Int)
  }

  package var path: String
  /// Of an index, from 1.
  package var line: Int?
  package var problem: Problem

  package init(_ path: Path, line: Int? = nil, _ problem: Problem) {
    self.path = path.string
    self.line = line
    self.problem = problem
  }

  package var description: String {
    switch problem {
    case .unreadable(let error): error.description
    case .table(let error): error.description
    default: "\(path)\(line.map { ", line \($0)" } ?? ""): \(words)"
    }
  }

  private var words: String {
    switch problem {
    case .unreadable(let error): error.description
    case .table(let error): error.description
    case .noFolder(let kind):
      "this is neither a folder of \(kind.noun) files nor a CSV index of them"
    case .noFiles(let kind):
      "there is no \(kind.noun) file in it; the extensions "
        + "\(kind.extensions.joined(separator: ", ")) are known"
    case .noClasses(let example):
      "the class of “\(example)” is not known: put the files of each class into a folder of its "
        + "own, name them <class>.<number>.<extension>, or name an index, a CSV file with the "
        + "columns “file” and “label”"
    case .missingColumn(let names, let known):
      "there is no column \(names.map { "“\($0)”" }.joined(separator: " or ")); there are "
        + known.map { "“\($0)”" }.joined(separator: ", ")
    case .nothingUsable(_, 0, _): "none of the files that it names can be used"
    case .nothingUsable(let kind, let count, let first):
      "none of its \(counted(count, kind.noun)) can be used"
        + (first.map { "; the first is \($0.name): \($0.reason)" } ?? "")
    case .manySizes(let most, let count, let all):
      "only \(count) of its \(counted(all, "picture")) have one size, \(most); give “size” to resize all"
    case .missingCell(let column): "column “\(column)” is empty"
    }
  }
}
