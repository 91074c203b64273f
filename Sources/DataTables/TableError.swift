import FileSystem
import TextFormatting

/// What is wrong with a table, and where.
package struct TableError: Error, Equatable, CustomStringConvertible {
  package enum Problem: Equatable, Sendable {
    case empty
    case noRows
    case openQuote
    case textAfterQuote
    case raggedRow(found: Int, expected: Int)
    case repeatedColumn(String)
    case unknownColumn(String, role: String, known: [String])
    case noFeatures
    case notANumber(cell: String, column: String, others: Int)
    case infinite(cell: String, column: String)
    case missingValue(column: String, others: Int)
    case missingLabel(column: String, others: Int)
    case oneClass(String)
    case tooManyClasses(column: String, classes: Int, rows: Int)
    case duplicateRows(firstLine: Int, others: Int)
    case nothingLeft(rule: String)
    case repeatedKey(column: String, key: String, firstLine: Int)
    case badPattern(String, reason: String)
    /// A pattern or a key that no row has.
    case noMatch(rule: String, column: String, what: String)
    /// A cell that a fitted model cannot take.
    case unusable(cell: String, column: String, others: Int)
    /// Bytes that are not UTF-8.
    case otherEncoding(ForeignText)
    case otherFormat(FileFormat)
    /// A pipe or a device.
    case noPlainFile
    /// More bytes unpacked, or in one line, than a table has.
    case tooLargeUnpacked(megabytes: Int)
    case longLine(megabytes: Int)
    case tooManyColumns(Int)
    /// A first line of numbers.
    case noHeader([String])
    case slowPattern(String, text: String)
    case otherSeparator(String)
    case damagedArchive
    case tooManyRows
  }

  package var path: String
  /// From 1; nil where the whole file is meant.
  package var line: Int?
  package var problem: Problem
  /// What lines are called where the table is no file that has them.
  private var rowNames: [Int: String] = [:]

  package init(path: String, line: Int? = nil, _ problem: Problem) {
    self.path = path
    self.line = line
    self.problem = problem
  }

  package var description: String {
    let place = terminalText(path) + (line.map { ", \(row(at: $0))" } ?? "")
    return "\(place)\(words)"
  }

  private func row(at line: Int) -> String {
    rowNames[line].map { "“\(terminalText($0))”" } ?? "line \(line)"
  }

  /// The same for a computed table, whose rows have names instead of lines.
  func naming(rows names: [String]) -> TableError {
    var error = self
    var lines = [line].compactMap { $0 }
    switch problem {
    case .duplicateRows(let firstLine, _), .repeatedKey(_, _, let firstLine):
      lines.append(firstLine)
    default: break
    }
    for line in lines where names.indices.contains(line - 1) {
      error.rowNames[line] = names[line - 1]
    }
    return error
  }

  private func quoted(_ text: String) -> String {
    "“" + terminalText(text.count > 40 ? text.prefix(40) + "…" : text) + "”"
  }

  private func column(_ name: String) -> String { ", column \(quoted(name)): " }

  private func more(_ others: Int) -> String {
    others == 0 ? "" : " (and \(counted(others, "other cell")) like it)"
  }

  private var words: String {
    switch problem {
    case .empty:
      ": the file is empty; expected a line of column names"
    case .noRows:
      ": there is no row below the column names"
    case .openQuote:
      ": a quoted cell starts here and has no closing quote; the file may be cut off"
    case .textAfterQuote:
      ": text follows the closing quote of a cell; a quote inside a cell is written twice"
    case .raggedRow(let found, let expected):
      ": \(counted(found, "cell")), expected \(expected) as in the first line; "
        + "the file may be cut off"
    case .repeatedColumn(let name):
      ": two columns are called \(quoted(name)); rename one"
    case .unknownColumn(let name, let role, let known):
      ": there is no column \(quoted(name)) for \(role); \(suggestion(for: name, among: known))"
    case .noFeatures:
      ": no column of numbers is left as a feature"
    case .notANumber(let cell, let name, let others):
      column(name) + "\(quoted(cell)) is not a number\(more(others)); correct it, or add "
        + "“\(terminalText(name))” to “ignore”"
    case .infinite(let cell, let name):
      column(name) + "\(quoted(cell)) is infinite or beyond single precision; correct or remove it"
    case .missingValue(let name, let others):
      column(name) + "the cell is missing\(more(others)); set “missing” to “drop” or “median”, "
        + "or fill it"
    case .missingLabel(let name, let others):
      column(name) + "the label is missing\(more(others)); set “missing” to “drop”, or fill it"
    case .oneClass(let name):
      ": all rows have the label \(quoted(name)); at least two classes are needed"
    case .tooManyClasses(let name, let classes, let rows):
      column(name) + "\(classes) different labels in \(counted(rows, "row")); "
        + "is this a number to predict, or an identifier?"
    case .duplicateRows(let firstLine, let others):
      ": all features are the same as in \(row(at: firstLine))"
        + (others == 0 ? "" : " (and \(counted(others, "other row")) like it)")
        + "; set “duplicates” to “keep” or “drop”"
    case .nothingLeft(let rule):
      ": no row is left after dropping those that are \(rule)"
    case .repeatedKey(let name, let key, let firstLine):
      column(name) + "the key \(quoted(key)) stands in line \(firstLine) already"
    case .badPattern(let pattern, let reason):
      ": the pattern \(quoted(pattern)) is not a regular expression: \(reason)"
    case .noMatch(let rule, let name, let what):
      column(name) + "no row matches \(what) of \(rule)"
    case .unusable(let cell, let name, let others):
      column(name)
        + (cell.isEmpty ? "the cell is missing" : "\(quoted(cell)) is not a number")
        + "\(more(others)); the model needs a number here"
    case .otherEncoding(let text):
      ": " + terminalText(text.words(for: Path(path)))
    case .otherFormat(let format):
      ": this is \(format.noun), not a CSV table; \(format.remedy)"
    case .noPlainFile:
      ": this is a pipe or a device; a table is read more than once, write it to a file first"
    case .tooLargeUnpacked(let megabytes):
      ": more than \(megabytes) MB unpacked; unpack it first (gunzip), plain files need less memory"
    case .longLine(let megabytes):
      ": a row of more than \(megabytes) MB; this is no table of rows"
    case .tooManyColumns(let most):
      ": more than \(most) columns; this is no table of rows"
    case .noHeader(let cells):
      ": the first line is no line of column names: "
        + cells.prefix(3).map(quoted).joined(separator: ", ")
        + " are numbers; put a line of names above it"
    case .slowPattern(let pattern, let text):
      ": the pattern \(quoted(pattern)) takes longer than \(TableRequest.Extract.mostSeconds) s on "
        + "\(quoted(text)); write it without repetitions of repetitions, such as (a+)+"
    case .otherSeparator(let name):
      ": the first line has \(name) and no comma; save the table with commas between its cells"
    case .damagedArchive:
      ": the compressed file is damaged or cut off"
    case .tooManyRows:
      ": more than four billion rows"
    }
  }
}

/// Something about the data that the reader of the tables must know; kept in the report.
package struct DataFinding: Codable, Equatable, Sendable {
  package enum Severity: String, Codable, Sendable {
    case note, warning
  }

  package var severity: Severity
  package var message: String

  package init(_ severity: Severity, _ message: String) {
    self.severity = severity
    self.message = message
  }
}
