import FileSystem
import TextFormatting

/// What to read from a table and how.
package struct TableRequest: Sendable, Equatable {
  /// What to do with rows that lack a value.
  package enum Missing: String, CaseIterable, Sendable {
    case stop, drop, median
  }

  /// What to do with rows that have the features of an earlier one.
  package enum Duplicates: String, CaseIterable, Sendable {
    case keep, drop, stop
  }

  /// Text taken from a column: all of it, or what a pattern finds.
  package struct Extract: Sendable, Equatable {
    package var column: String
    /// A regular expression; its first capture counts, else the whole match.
    package var pattern: String?

    package init(column: String, pattern: String? = nil) {
      self.column = column
      self.pattern = pattern
    }
  }

  /// Which rows belong together.
  package struct Group: Sendable, Equatable {
    package var name: String
    package var from: Extract
    /// The group or column that stands in where the text is missing.
    package var fallback: String?

    package init(name: String, from: Extract, fallback: String? = nil) {
      self.name = name
      self.from = from
      self.fallback = fallback
    }
  }

  /// A side table whose columns are added, never as features.
  package struct Join: Sendable, Equatable {
    package var table: Path
    /// The side table's column to look up.
    package var key: String
    /// What to look up.
    package var from: Extract

    package init(table: Path, key: String, from: Extract) {
      self.table = table
      self.key = key
      self.from = from
    }
  }

  package var path: Path
  package var label: String
  /// Patterns of the columns that may be features; empty for all.
  package var columns: [NamePattern] = []
  /// Patterns of columns that are no features.
  package var ignore: [NamePattern] = []
  package var missing = Missing.stop
  package var duplicates = Duplicates.keep
  package var join: Join?
  package var groups: [Group] = []
  /// Columns of text that splits are made by.
  package var textColumns: [String] = []

  package init(path: Path, label: String) {
    self.path = path
    self.label = label
  }
}

extension TableRequest {
  /// Rows of one file stay together: it is a group, and stands in where another has no value.
  ///
  /// - Parameter name: the group and the column of text that it is.
  package mutating func keepTogether(_ name: String) {
    if !groups.contains(where: { $0.name == name }) {
      groups.append(.init(name: name, from: .init(column: name)))
    }
    for index in groups.indices where groups[index].fallback == nil {
      groups[index].fallback = name
    }
  }
}
