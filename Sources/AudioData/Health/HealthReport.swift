import Audio
import DataTables
import FileSystem
import TextFormatting

/// What a check of a data set of sounds found.
package struct HealthReport: Sendable {
  /// The files of one class, or of all.
  package struct Summary: Equatable, Sendable {
    package var label: String
    package var files: Int
    /// Those that decode from beginning to end.
    package var usable: Int
    /// Sample rates in Hz and channels, each with the number of usable files, most frequent first.
    package var rates: [Count]
    package var channels: [Count]
    /// Of the usable files: shortest, median and longest; nil where there is none.
    package var seconds: (shortest: Double, median: Double, longest: Double)?
    /// Files with an error or a warning.
    package var troubled: Int

    package static func == (left: Summary, right: Summary) -> Bool {
      left.label == right.label && left.files == right.files && left.usable == right.usable
        && left.rates == right.rates && left.channels == right.channels
        && left.troubled == right.troubled && left.seconds?.shortest == right.seconds?.shortest
        && left.seconds?.median == right.seconds?.median
        && left.seconds?.longest == right.seconds?.longest
    }
  }

  package struct Count: Equatable, Sendable {
    package var value: Int
    package var files: Int
  }

  /// How the search for the same recording went.
  package struct Comparison: Equatable, Sendable {
    package var pairs: Int
    package var verified: Int
    /// The largest share of differing bits among the pairs that were reported; nil without any.
    package var largestReported: Double?
    /// The pair that came nearest to being reported, and its share of differing bits.
    package var nearestOther: (first: String, second: String, difference: Double)?

    package static func == (left: Comparison, right: Comparison) -> Bool {
      left.pairs == right.pairs && left.verified == right.verified
        && left.largestReported == right.largestReported
        && left.nearestOther?.first == right.nearestOther?.first
        && left.nearestOther?.second == right.nearestOther?.second
        && left.nearestOther?.difference == right.nearestOther?.difference
    }
  }

  package var source: Path
  /// About the folder as a whole.
  package var findings: [DataFinding]
  /// One a class, sorted by name.
  package var classes: [Summary]
  package var all: Summary
  /// The worst first; of one severity by kind, then by file.
  package var problems: [HealthProblem]
  package var comparison: Comparison

  /// Whether there is an error or a warning; notes alone leave a data set clean.
  package var isClean: Bool { !problems.contains { $0.severity != .note } }

  /// How many problems there are of each kind, in the order of the kinds, without those of none.
  package var counts: [(kind: HealthProblem.Kind, severity: HealthProblem.Severity, count: Int)] {
    HealthProblem.Kind.allCases.compactMap { kind in
      let own = problems.filter { $0.kind == kind }
      return own.map(\.severity).min().map { (kind, $0, own.count) }
    }
  }

  /// A problem of each file that nothing can be computed from.
  package var unusable: [HealthProblem] {
    var seen: Set<Path> = []
    return problems.filter { $0.isUnusable && seen.insert($0.path).inserted }
  }

  /// `file,label,problem,severity,detail`, a line a problem.
  package var csv: String {
    var text = "file,label,problem,severity,detail\n"
    for problem in problems {
      let fields = [
        problem.file, problem.label, problem.kind.rawValue, problem.severity.rawValue,
        problem.detail,
      ]
      text += fields.map { csvField($0) }.joined(separator: ",") + "\n"
    }
    return text
  }
}
