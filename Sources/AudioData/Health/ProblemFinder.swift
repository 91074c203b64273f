import Audio
import ContentHashing
import FileSets
import FileSystem
import TextFormatting
import Threads

/// Turns what was measured of the files into problems.
struct ProblemFinder {
  private let catalogue: FileCatalogue
  private let examinations: [TrackExamination]
  private let check: HealthCheck
  private let files: [String]
  private var found: [HealthProblem] = []

  init(_ catalogue: FileCatalogue, _ examinations: [TrackExamination], _ check: HealthCheck) {
    self.catalogue = catalogue
    self.examinations = examinations
    self.check = check
    files = catalogue.tracks.map { catalogue.relativePath($0.path) }
  }

  /// The worst first; of one severity by kind, then by file.
  var problems: [HealthProblem] {
    let kinds = HealthProblem.Kind.allCases
    func order(_ problem: HealthProblem) -> Int { kinds.firstIndex(of: problem.kind) ?? 0 }
    return found.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.severity != b.severity { return a.severity < b.severity }
      if a.kind != b.kind { return order(a) < order(b) }
      if a.file != b.file { return a.file.utf8.lexicographicallyPrecedes(b.file.utf8) }
      return left.offset < right.offset
    }.map(\.element)
  }

  private mutating func add(
    _ index: Int, _ kind: HealthProblem.Kind, _ severity: HealthProblem.Severity, _ detail: String
  ) {
    let track = catalogue.tracks[index]
    found.append(
      HealthProblem(
        path: track.path, file: files[index], label: track.label, kind: kind, severity: severity,
        detail: detail))
  }

  mutating func findAll() {
    for omission in catalogue.omissions {
      let isNameless = [.noClass, .besideClasses].contains(omission.reason)
      found.append(
        HealthProblem(
          path: omission.path, file: catalogue.relativePath(omission.path), label: "",
          kind: isNameless ? .noClass : .unreadable, severity: .warning, detail: omission.words))
    }
    for index in examinations.indices {
      if let error = examinations[index].failure {
        findFailure(index, error)
      } else {
        findLevels(index)
      }
      findExtension(index)
    }
    findLengths()
    findNames()
    findOddOnes(.otherRate, { $0.sampleRate }) { "\($0) Hz" }
    findOddOnes(.otherChannels, { $0.channels }) { counted($0, "channel") }
  }

  // MARK: One file

  private mutating func findFailure(_ index: Int, _ error: AudioError) {
    let examination = examinations[index]
    let before =
      examination.samples > 0
      ? " (after \(fixed(examination.seconds, decimals: 1)) s)" : ""
    switch error.kind {
    case .unreadable(let reason): add(index, .unreadable, .error, reason.description)
    case _ where examination.bytes == 0: add(index, .empty, .error, "the file has no bytes")
    case .noSamples: add(index, .empty, .error, error.reason)
    case .truncated: add(index, .truncated, .error, error.reason)
    case .notFinite: add(index, .notFinite, .error, error.reason)
    default: add(index, .broken, .error, error.reason + before)
    }
  }

  private mutating func findLevels(_ index: Int) {
    let examination = examinations[index]
    if examination.peak < TrackExamination.silenceLevel {
      add(index, .silent, .error, "all samples are below −60 dB of full scale")
    } else if examination.silentShare > HealthCheck.mostlySilentShare {
      add(
        index, .mostlySilent, .warning,
        "\(percentage(examination.silentShare)) of the time is below −60 dB of full scale")
    }
    let share = Double(examination.clippedSamples) / Double(max(1, examination.samples))
    if share > HealthCheck.clippedShare {
      add(
        index, .clipped, .warning,
        "\(fixed(share * 100, decimals: 2)) % of the samples stand at full scale, in "
          + counted(examination.clippedRuns, "run"))
    }
  }

  private mutating func findExtension(_ index: Int) {
    guard let information = examinations[index].information else { return }
    let own = catalogue.tracks[index].path.fileExtension
    let fitting = Self.extensions(of: information.format)
    guard !fitting.isEmpty, !fitting.contains(own) else { return }
    add(
      index, .wrongExtension, .warning,
      "the file is “\(information.format)”; its extension should be .\(fitting[0])")
  }

  /// The extensions that files of a format may have; empty for formats that are not known here.
  private static func extensions(of format: String) -> [String] {
    let known: [(format: String, extensions: [String])] = [
      ("WAV", ["wav", "wave"]), ("RF64", ["wav", "rf64"]), ("W64", ["w64"]),
      ("FLAC", ["flac"]), ("OGG", ["ogg", "oga", "opus"]), ("MPEG", ["mp3"]),
      ("AIFF", ["aiff", "aif", "aifc"]), ("AU", ["au", "snd"]), ("CAF", ["caf"]),
    ]
    return known.first { format.hasPrefix($0.format) }?.extensions ?? []
  }

  // MARK: One file beside the others

  private mutating func findLengths() {
    let usable = examinations.indices.filter { examinations[$0].failure == nil }
    let middle = median(ofSorted: usable.map { examinations[$0].seconds }.sorted())
    for index in usable {
      let seconds = examinations[index].seconds
      if seconds < check.shortest {
        add(
          index, .short, .warning,
          "\(duration(seconds: seconds)), less than \(duration(seconds: check.shortest))")
      } else if seconds < middle * HealthCheck.shorterThanMostShare {
        add(
          index, .shorterThanMost, .note,
          "\(duration(seconds: seconds)); the median is \(duration(seconds: middle))")
      }
    }
  }

  private mutating func findNames() {
    let classes = catalogue.classes
    let lowered = classes.map { Array($0.lowercased().utf8) }
    let usual = catalogue.tracks.map { track in
      FileCatalogue.classNamed(in: track.path.name)?.lowercased() == track.label.lowercased()
    }
    let isRule =
      Double(usual.count { $0 }) >= HealthCheck.ruleShare * Double(max(1, usual.count))
    for (index, track) in catalogue.tracks.enumerated() where !usual[index] {
      let name = Array(track.path.name.lowercased().utf8)
      // The longest class that the name begins with, followed by something that is no letter.
      let named = lowered.indices.filter { place in
        let label = lowered[place]
        guard name.starts(with: label), name.count > label.count else { return false }
        let next = name[label.count]
        return next < 0x80 && !(UInt8(ascii: "a")...UInt8(ascii: "z") ~= next)
      }.max { lowered[$0].count < lowered[$1].count }
      if let named, classes[named] != track.label {
        add(
          index, .wrongName, .warning,
          "its name begins with “\(classes[named])”, but its class is “\(track.label)”")
      } else if isRule {
        add(
          index, .oddName, .note,
          "nearly all other names are <class>.<number>.<extension>")
      }
    }
  }

  private mutating func findOddOnes(
    _ kind: HealthProblem.Kind, _ property: (AudioInformation) -> Int, _ words: (Int) -> String
  ) {
    let usable = examinations.indices.filter { examinations[$0].failure == nil }
    let values = usable.compactMap { examinations[$0].information.map(property) }
    guard let rule = occurrences(values).first,
      Double(rule.files) >= HealthCheck.ruleShare * Double(values.count)
    else { return }
    for index in usable {
      guard let value = examinations[index].information.map(property), value != rule.value else {
        continue
      }
      add(
        index, kind, .warning,
        "\(words(value)); \(rule.files) of the files have \(words(rule.value))")
    }
  }

  // MARK: Copies

  private func isAudible(_ index: Int) -> Bool {
    examinations[index].failure == nil
      && examinations[index].peak >= TrackExamination.silenceLevel
  }

  /// Finds equal samples, then the same recordings among those whose samples differ.
  ///
  /// - Throws: ``MapCancelled``.
  mutating func findCopies(isCancelled: () -> Bool) throws -> HealthReport.Comparison {
    var firsts: [ContentHash: Int] = [:]
    var different: [Int] = []
    for index in examinations.indices where isAudible(index) {
      guard let hash = examinations[index].hash else { continue }
      if let first = firsts[hash] {
        addCopy(index, of: first, .duplicate, "the same samples as")
      } else {
        firsts[hash] = index
        different.append(index)
      }
    }
    let search = try RecordingSearch(
      different.map { examinations[$0].fingerprint }, threads: check.threads,
      isCancelled: isCancelled)
    for pair in nearest(search.pairs, { catalogue.tracks[different[$0]].label }) {
      let (second, first) = (different[pair.second], different[pair.first])
      if pair.difference <= RecordingSearch.certainDifference {
        addCopy(second, of: first, .nearDuplicate, "the same recording as", Self.words(pair))
      } else {
        add(
          second, .similar, .note,
          "perhaps the same recording as \(files[first])\(Self.words(pair)); listen to both")
      }
    }
    let certain = search.pairs.map(\.difference).filter { $0 <= RecordingSearch.certainDifference }
    return HealthReport.Comparison(
      pairs: search.comparedPairs, verified: search.verifiedPairs,
      largestReported: certain.max(),
      nearestOther: search.nearestOther.map {
        (files[different[$0.first]], files[different[$0.second]], $0.difference)
      })
  }

  /// Of the pairs with one second file the nearest of its own label and the nearest of another: of many
  /// copies each is named once.
  private func nearest(
    _ pairs: [SameRecording], _ label: (Int) -> String
  ) -> [SameRecording] {
    var result: [SameRecording] = []
    for pair in pairs.sorted(by: {
      ($0.second, $0.difference, $0.first) < ($1.second, $1.difference, $1.first)
    }) {
      func isOwn(_ pair: SameRecording) -> Bool { label(pair.first) == label(pair.second) }
      if !result.suffix(2).contains(where: { $0.second == pair.second && isOwn($0) == isOwn(pair) })
      {
        result.append(pair)
      }
    }
    return result
  }

  private mutating func addCopy(
    _ index: Int, of first: Int, _ kind: HealthProblem.Kind, _ words: String, _ more: String = ""
  ) {
    let (own, other) = (catalogue.tracks[index].label, catalogue.tracks[first].label)
    add(
      index, kind, own == other ? .warning : .error,
      "\(words) \(files[first])\(own == other ? "" : " under another label, “\(other)”")\(more)")
  }

  private static func words(_ pair: SameRecording) -> String {
    let shift = pair.secondsLater
    let place =
      abs(shift) < 0.05
      ? "" : ", \(fixed(abs(shift), decimals: 2)) s \(shift > 0 ? "later" : "earlier")"
    return "\(place) (\(percentage(pair.difference)) of the fingerprint differs over "
      + "\(duration(seconds: pair.seconds)))"
  }
}
