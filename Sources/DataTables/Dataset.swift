import ContentHashing
import Learning
import Matrices

/// Labelled rows of numbers, ready to be split.
package struct Dataset: Sendable {
  /// One way to say which rows belong together.
  package struct Grouping: Codable, Sendable, Equatable {
    package var name: String
    /// For each row its group; groups that differ only in case are one.
    package var groups: [Int]
    /// For each group the text it was first seen with; a row without a value is called by its row.
    package var names: [String]

    package init(name: String, groups: [Int], names: [String]) {
      self.name = name
      self.groups = groups
      self.names = names
    }
  }

  /// Something that was to give rows and gave none, such as a broken file.
  package struct Omission: Equatable, Sendable {
    package var name: String
    package var reason: String

    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// Where the rows came from, for people.
  package var source: String
  /// The feature columns; the pixels of a picture are not among them.
  package var columns: [String]
  /// The size of the picture whose pixels stand before the features; nil where rows have none.
  package var picture: PictureShape?
  /// Rows × pixels and columns; not a number where a value is missing.
  package var features: Matrix
  /// What was subtracted from each column; empty where nothing was.
  package var offsets: [Double] = []
  /// The class of each row.
  package var labels: [Int]
  /// The class names: in numeric order where all are whole numbers, else by their UTF-8 bytes.
  package var classes: [String]
  /// The number of each row in its file, from 0; dropped rows have theirs.
  package var fileRows: [Int]
  /// The number of rows in the file.
  package var fileRowCount: Int
  /// The first is the default.
  package var groupings: [Grouping] = []
  /// Columns of text that splits are made by, such as `fold`.
  package var textColumns: [String: [String]] = [:]
  /// Sets of rows with equal features, each ascending, by their first row.
  package var identicalRows: [[Int]] = []
  package var findings: [DataFinding] = []
  package var omissions: [Omission] = []
  /// The column of official folds that are the split where no other is asked for.
  package var officialFolds: String?

  package init(
    source: String, columns: [String], features: Matrix, labels: [Int], classes: [String],
    fileRows: [Int], fileRowCount: Int
  ) {
    self.source = source
    self.columns = columns
    self.features = features
    self.labels = labels
    self.classes = classes
    self.fileRows = fileRows
    self.fileRowCount = fileRowCount
  }

  package var rowCount: Int { labels.count }

  /// What the columns of a row are.
  package var layout: RowLayout { RowLayout(picture: picture, features: columns.count) }

  /// A name for everything in here that can influence a result, however the rows are divided.
  ///
  /// Groups and columns of text do so only through the splits and units that are made from them.
  package var hash: ContentHash {
    var hasher = ContentHasher()
    hasher.add(features.withBytes { ContentHash(of: $0) })
    hasher.add(features.columns)
    hasher.add(labels)
    hasher.add(fileRows)
    for name in classes + columns { hasher.add(name) }
    if let picture { hasher.add("\(picture)") }
    for offset in offsets { hasher.add("offset \(offset)") }
    return hasher.hash
  }
}

/// Class names in the order every table uses.
func orderedClasses(_ labels: Set<String>) -> [String] {
  let numbers = labels.compactMap { label in Int(label).map { ($0, label) } }
  if numbers.count == labels.count {
    // 1, 01 and +1 are different names of one number.
    return numbers.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.1)
  }
  return labels.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
