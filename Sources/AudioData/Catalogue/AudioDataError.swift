import DataTables
import FileSystem
import TextFormatting

/// A folder or an index of sound files that cannot be used, and why.
package struct AudioDataError: Error, Equatable, CustomStringConvertible {
  package enum Problem: Equatable, Sendable {
    case unreadable(SystemError)
    /// Neither a folder nor a CSV file.
    case noFolder
    case noSounds(extensions: [String])
    /// A folder without class folders, a file of which does not tell its class.
    case noClasses(example: String)
    /// An index without a column that is needed; one of the names is expected.
    case missingColumn(names: [String], known: [String])
    case missingCell(column: String)
    case table(TableError)
    /// No piece of sound gave a row.
    case nothingUsable(count: Int, first: Dataset.Omission?)
  }

  package var path: String
  /// Of an index, from 1.
  package var line: Int?
  package var problem: Problem

  init(_ path: Path, line: Int? = nil, _ problem: Problem) {
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
    case .noFolder: "this is neither a folder of sound files nor a CSV index of them"
    case .noSounds(let extensions):
      "there is no sound file in it; the extensions \(extensions.joined(separator: ", ")) are known"
    case .noClasses(let example):
      "the class of “\(example)” is not known: put the files of each class into a folder of its "
        + "own, name them <class>.<number>.<extension>, or name an index, a CSV file with the "
        + "columns “file” and “label”"
    case .missingColumn(let names, let known):
      "there is no column \(names.map { "“\($0)”" }.joined(separator: " or ")); there are "
        + known.map { "“\($0)”" }.joined(separator: ", ")
    case .nothingUsable(0, _): "none of the files that it names can be used"
    case .nothingUsable(let count, let first):
      "none of its \(counted(count, "sound")) can be used"
        + (first.map { "; the first is \($0.name): \($0.reason)" } ?? "")
    case .missingCell(let column): "column “\(column)” is empty"
    }
  }
}
