import FileSystem

/// Something wrong with one file of a data set.
package struct HealthProblem: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// It does not open or decode; the detail is the decoder's reason.
    case broken
    /// It ends before what its header announces.
    case truncated
    /// No bytes, or no samples.
    case empty
    /// A sample that is infinite or not a number.
    case notFinite = "not finite"
    /// Not there any more, named by an index only, or not to be read.
    case unreadable
    /// A file without a class.
    case noClass = "no class"
    case silent
    case mostlySilent = "mostly silent"
    case clipped
    /// Shorter than asked for.
    case short
    /// Less than half as long as the median.
    case shorterThanMost = "shorter than most"
    /// Its contents are of another format than its extension says.
    case wrongExtension = "wrong extension"
    /// Its name begins with another class than its own.
    case wrongName = "wrong name"
    /// Its name does not begin with its class and a number, as those of nearly all others do.
    case oddName = "odd name"
    case otherRate = "other rate"
    case otherChannels = "other channels"
    /// The same samples as another file.
    case duplicate
    /// The same recording as another file.
    case nearDuplicate = "near duplicate"
    /// Perhaps the same recording as another file, perhaps only music of the same making.
    case similar
  }

  package enum Severity: String, CaseIterable, Comparable, Sendable {
    /// It cannot be used, or teaches something wrong.
    case error
    /// It should be looked at.
    case warning
    /// Good to know.
    case note

    package static func < (left: Severity, right: Severity) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  package var path: Path
  /// Below the root of the data set.
  package var file: String
  package var label: String
  package var kind: Kind
  package var severity: Severity
  package var detail: String

  /// Whether `--quarantine` moves the file away: nothing can be computed from it.
  package var isUnusable: Bool {
    [.broken, .truncated, .empty, .notFinite].contains(kind)
  }
}
