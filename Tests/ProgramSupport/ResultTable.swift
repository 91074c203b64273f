import FileSystem

/// A CSV table that the program wrote: rows of values by their columns' names.
package struct ResultTable: Equatable, Sendable {
  package var header: [String] = []
  package var rows: [[String: String]] = []

  package init(_ path: Path) throws { self.init(text: try path.readText()) }

  package init(text: String) {
    var records: [[String]] = [[]]
    var field = ""
    var isQuoted = false
    var characters = Array(text)[...]
    while let character = characters.popFirst() {
      switch (character, isQuoted) {
      case ("\"", true) where characters.first == "\"":
        field.append("\"")
        characters.removeFirst()
      case ("\"", _): isQuoted.toggle()
      case (",", false):
        records[records.count - 1].append(field)
        field = ""
      case ("\n", false):
        records[records.count - 1].append(field)
        field = ""
        records.append([])
      default: field.append(character)
      }
    }
    records.removeLast()
    header = records.first ?? []
    rows = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
  }

  /// The rows in which a column has a value.
  package func rows(where column: String, _ value: String) -> [[String: String]] {
    rows.filter { $0[column] == value }
  }

  /// Without the columns that the machine decides: times and memory.
  package var reproducible: [[String: String]] {
    rows.map { row in
      row.filter { !$0.key.hasSuffix("_seconds") && $0.key != "peak_memory_mb" }
    }
  }
}
