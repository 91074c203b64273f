import Audio
import DataTables
import FileSets
import FileSystem
import TextFormatting
import Threads

/// Decodes every file of a data set and says what is wrong with it.
///
/// No file ends the check, and none is kept in memory: what stays of a file is its measurements and a
/// fingerprint of 330 bytes a second.
package struct HealthCheck: Sendable {
  /// Below this many seconds a file is reported as short.
  package var shortest = 1.0
  package var threads = 1

  /// More than this share of the time below −60 dB makes a file mostly silent.
  package static let mostlySilentShare = 0.5
  /// A file is clipped when more than this share of its samples stands in runs of at least three at
  /// full scale.
  package static let clippedShare = 0.001
  /// Shorter than this share of the median length is shorter than most.
  package static let shorterThanMostShare = 0.5
  /// A property that at least this share of the files has is the rule, and the others are odd.
  package static let ruleShare = 0.8

  package init() {}

  /// Checks a data set.
  ///
  /// - Throws: ``MapCancelled``.
  package func report(
    on catalogue: FileCatalogue, isCancelled: () -> Bool = { false },
    progress: (MapProgress) -> Void = { _ in }
  ) throws -> HealthReport {
    let examinations = try concurrentMap(
      catalogue.tracks, threads: threads, isCancelled: isCancelled, progress: progress,
      makeState: { TrackExaminer() }
    ) { examiner, track in try examiner.examine(track.path) }
    var findings = ProblemFinder(catalogue, examinations, self)
    findings.findAll()
    let comparison = try findings.findCopies(isCancelled: isCancelled)
    return HealthReport(catalogue, examinations, findings.problems, comparison)
  }
}

extension HealthReport {
  fileprivate init(
    _ catalogue: FileCatalogue, _ examinations: [TrackExamination], _ problems: [HealthProblem],
    _ comparison: Comparison
  ) {
    let troubled = Set(problems.filter { $0.severity != .note }.map(\.file))
    func summary(_ label: String, _ indices: [Int]) -> Summary {
      let usable = indices.filter { examinations[$0].failure == nil }
      let seconds = usable.map { examinations[$0].seconds }.sorted()
      var range: (shortest: Double, median: Double, longest: Double)?
      if let first = seconds.first, let last = seconds.last {
        range = (first, median(ofSorted: seconds), last)
      }
      return Summary(
        label: label, files: indices.count, usable: usable.count,
        rates: occurrences(usable.compactMap { examinations[$0].information?.sampleRate }),
        channels: occurrences(usable.compactMap { examinations[$0].information?.channels }),
        seconds: range,
        troubled: indices.count {
          troubled.contains(catalogue.relativePath(catalogue.tracks[$0].path))
        })
    }
    source = catalogue.source
    findings = catalogue.notes
    classes = catalogue.classes.map { label in
      summary(label, catalogue.tracks.indices.filter { catalogue.tracks[$0].label == label })
    }
    all = summary("all", Array(catalogue.tracks.indices))
    self.problems = problems
    self.comparison = comparison
  }
}

/// Values with their numbers of occurrences, the most frequent first.
func occurrences(_ values: [Int]) -> [HealthReport.Count] {
  var result: [HealthReport.Count] = []
  for value in values.sorted() {
    if let last = result.last, last.value == value {
      result[result.count - 1].files += 1
    } else {
      result.append(HealthReport.Count(value: value, files: 1))
    }
  }
  return result.sorted { ($1.files, $0.value) < ($0.files, $1.value) }
}

/// The middle value; of an even number of them the mean of the two in the middle; 0 of none.
func median(ofSorted values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  return (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
}
