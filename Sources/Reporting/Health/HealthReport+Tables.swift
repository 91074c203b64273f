import AudioData
import TextFormatting

extension HealthReport {
  /// A row a class, and one for all.
  var classTable: ReportTable {
    ReportTable(
      header: [
        "class", "files", "usable", "with problems", "rate, Hz", "channels", "shortest, s",
        "median, s", "longest, s",
      ],
      rows: (classes + [all]).map { summary in
        func seconds(_ value: Double?) -> String { value.map { fixed($0, decimals: 1) } ?? "" }
        return [
          summary.label, "\(summary.files)", "\(summary.usable)",
          summary.troubled > 0 ? "\(summary.troubled)" : "", Self.words(summary.rates),
          Self.words(summary.channels), seconds(summary.seconds?.shortest),
          seconds(summary.seconds?.median), seconds(summary.seconds?.longest),
        ]
      })
  }

  /// As in `22050`, or `22050 ×48, 44100 ×2` where the files differ.
  private static func words(_ counts: [Count]) -> String {
    guard counts.count > 1 else { return counts.first.map { "\($0.value)" } ?? "" }
    return counts.map { "\($0.value) ×\($0.files)" }.joined(separator: ", ")
  }

  /// A row a kind of problem.
  var kindTable: ReportTable {
    ReportTable(
      header: ["problem", "worst", "count", "meaning"],
      rows: counts.map { [$0.kind.rawValue, $0.severity.rawValue, "\($0.count)", $0.kind.meaning] })
  }

  /// A row a problem.
  var problemTable: ReportTable {
    ReportTable(
      header: ["severity", "problem", "class", "file", "detail"],
      rows: problems.map {
        [$0.severity.rawValue, $0.kind.rawValue, $0.label, $0.file, $0.detail]
      })
  }

  /// The result in one sentence.
  package var verdict: String {
    let counts = HealthProblem.Severity.allCases.compactMap { severity in
      let count = problems.count { $0.severity == severity }
      return count > 0 ? counted(count, severity.rawValue) : nil
    }
    let found = counts.isEmpty ? "no problem was found" : counts.joined(separator: ", ")
    return "\(counted(all.files, "file")) of "
      + "\(counted(classes.count, "class", plural: "classes")), \(all.usable) usable: \(found)"
  }

  /// How many pairs were compared, and how far those that were not reported were from it.
  package var comparisonWords: String {
    var text =
      "\(counted(comparison.pairs, "pair")) compared, \(comparison.verified) of them closely"
    if let largest = comparison.largestReported {
      text += "; fingerprints of the copies differ by at most \(percentage(largest))"
    }
    if let other = comparison.nearestOther {
      text +=
        "; the nearest of the others differ by \(percentage(other.difference)) "
        + "(\(other.first) and \(other.second))"
    }
    return text
      + "; a difference of up to \(percentage(RecordingSearch.certainDifference)) counts as a copy, up to "
      + "\(percentage(RecordingSearch.largestDifference)) as similar"
  }
}

extension HealthProblem.Kind {
  /// What the problem means, with its limits, in a few words.
  var meaning: String {
    switch self {
    case .broken: "the file does not open or decode"
    case .truncated: "it ends before what its header announces"
    case .empty: "no bytes, or no samples"
    case .notFinite: "a sample is infinite or not a number"
    case .unreadable: "it is not there or may not be read"
    case .noClass: "neither its folder nor its name tells a class"
    case .silent: "all samples are below −60 dB of full scale"
    case .mostlySilent:
      "more than \(fixed(HealthCheck.mostlySilentShare * 100, decimals: 0)) % of the time is below −60 dB"
    case .clipped:
      "more than \(percentage(HealthCheck.clippedShare)) of the samples stand at full scale, three or "
        + "more in a row"
    case .short: "it is shorter than asked for"
    case .shorterThanMost:
      "it is shorter than \(fixed(HealthCheck.shorterThanMostShare * 100, decimals: 0)) % of the median"
    case .wrongExtension: "its contents are of another format than its extension says"
    case .wrongName: "its name begins with another class than its own"
    case .oddName: "its name is built unlike nearly all others"
    case .otherRate: "its sample rate is not that of nearly all others"
    case .otherChannels: "it has not as many channels as nearly all others"
    case .duplicate: "it holds the same samples as another file; an error under another label"
    case .nearDuplicate:
      "it holds the same recording as another file, at another level, start or coding; an error "
        + "under another label"
    case .similar:
      "it may hold the same recording as another file, or music of the same making: listen to both"
    }
  }
}
