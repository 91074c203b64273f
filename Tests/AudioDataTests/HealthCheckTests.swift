import AudioData
import FileSets
import FileSystem
import Glibc
import ProgramSupport
import Reporting
import Testing

@Suite struct HealthCheckTests {
  /// A file added to clean ones, and what must be said of it; nothing else may be said.
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var file: String
    var bytes: @Sendable () -> [UInt8]
    var kind: HealthProblem.Kind
    var severity: HealthProblem.Severity
    var words: String

    init(
      _ description: String, _ file: String, _ kind: HealthProblem.Kind,
      _ severity: HealthProblem.Severity, _ words: String,
      _ bytes: @escaping @Sendable () -> [UInt8]
    ) {
      testDescription = description
      self.file = file
      self.kind = kind
      self.severity = severity
      self.words = words
      self.bytes = bytes
    }
  }

  private static let new = SoundSet.song(5)
  private static func changed(_ change: (inout [Float]) -> Void) -> Sound {
    var sound = new
    change(&sound.samples)
    return sound
  }

  static let faults: [Fault] = [
    Fault("text", "rock/rock.9.wav", .broken, .error, "format not recognised") {
      Array("No sound, but words.".utf8)
    },
    Fault("cut header", "rock/rock.9.wav", .broken, .error, "data") { Array(new.wav[..<30]) },
    Fault("no bytes", "rock/rock.9.wav", .empty, .error, "no bytes") { [] },
    Fault("header alone", "rock/rock.9.wav", .empty, .error, "no samples") {
      Array(new.wav[..<44])
    },
    Fault("cut", "rock/rock.9.wav", .truncated, .error, "60000 of 132300 samples") {
      Array(new.wav[..<120_044])
    },
    Fault("not a number", "rock/rock.9.wav", .notFinite, .error, "sample 5000 is not") {
      changed { $0[5000] = .nan }.floatWAV
    },
    Fault("infinite", "rock/rock.9.wav", .notFinite, .error, "sample 70000 is not") {
      changed { $0[70000] = -.infinity }.floatWAV
    },
    Fault("zeros", "rock/rock.9.wav", .silent, .error, "below −60 dB") {
      Sound([Float](repeating: 0, count: 132_300)).wav
    },
    Fault("faint", "rock/rock.9.wav", .silent, .error, "below −60 dB") {
      changed { $0 = $0.map { $0 * 0.001 } }.wav
    },
    Fault("late", "rock/rock.9.wav", .mostlySilent, .warning, "70.0 % of the time") {
      changed { for index in 0..<92_610 { $0[index] = 0 } }.wav
    },
    Fault("clipped", "rock/rock.9.wav", .clipped, .warning, "at full scale, in") {
      changed { $0 = $0.map { max(-1, min(1, $0 * 8)) } }.wav
    },
    Fault("short", "rock/rock.9.wav", .short, .warning, "900 ms, less than 1.0 s") {
      changed { $0 = Array($0[..<19_845]) }.wav
    },
    Fault("shorter", "rock/rock.9.wav", .shorterThanMost, .note, "2.0 s; the median is 6.0 s") {
      changed { $0 = Array($0[..<44_100]) }.wav
    },
    Fault("WAV named FLAC", "rock/rock.9.flac", .wrongExtension, .warning, "should be .wav") {
      new.wav
    },
    Fault("named otherwise", "rock/Blues.9.wav", .wrongName, .warning, "begins with “blues”") {
      new.wav
    },
    Fault("oddly named", "rock/bluesy song.wav", .oddName, .note, "<class>.<number>") { new.wav },
    Fault("rate", "rock/rock.9.wav", .otherRate, .warning, "16000 Hz; 4 of the files have 22050") {
      Sound(melody: 6, rate: 16000).wav
    },
    Fault("stereo", "rock/rock.9.wav", .otherChannels, .warning, "2 channels; 4 of") {
      Sound(new.samples.flatMap { [$0, $0 * 0.5] }, channels: 2).wav
    },
    Fault("copy", "rock/rock.9.wav", .duplicate, .warning, "same samples as rock/rock.00001.wav") {
      SoundSet.song(1).wav
    },
    Fault("copy in other bits", "rock/rock.9.wav", .duplicate, .warning, "rock/rock.00001.wav") {
      Sound(SoundSet.song(1).samples.map { ($0 * 32768).rounded() / 32768 }).floatWAV
    },
    Fault("copy under another label", "rock/rock.9.wav", .duplicate, .error, "label, “blues”") {
      SoundSet.song(0).wav
    },
    Fault("half the level", "rock/rock.9.wav", .nearDuplicate, .warning, "as rock/rock.00001.wav (")
    { Sound(SoundSet.song(1).samples.map { $0 / 2 }).wav },
    Fault("begun later", "rock/rock.9.wav", .nearDuplicate, .warning, "00001.wav, 0.5") {
      Sound(Array(SoundSet.song(1).samples[11_700...])).wav
    },
    Fault("2 s of silence before", "rock/rock.9.wav", .nearDuplicate, .warning, "1.99 s later") {
      Sound([Float](repeating: 0, count: 43_900) + SoundSet.song(1).samples).wav
    },
    Fault("quieter under another label", "rock/rock.9.wav", .nearDuplicate, .error, "“blues”") {
      Sound(SoundSet.song(0).samples.map { $0 * 0.3 }).wav
    },
  ]

  @Test func cleanSet() throws {
    let set = try SoundSet()
    defer { set.remove() }
    let report = try set.report()
    #expect(report.isClean && report.problems.isEmpty && report.findings.isEmpty)
    #expect(report.all.files == 4 && report.all.usable == 4 && report.all.troubled == 0)
    #expect(report.classes.map(\.label) == ["blues", "rock"])
    #expect(report.all.seconds?.median == 6)
    #expect(report.all.rates.map(\.value) == [22050] && report.all.rates.map(\.files) == [4])
    #expect(report.comparison.pairs == 6 && report.comparison.largestReported == nil)
    #expect(report.verdict == "4 files of 2 classes, 4 usable: no problem was found")
  }

  @Test("One faulty file among clean ones", arguments: faults)
  func oneFault(fault: Fault) throws {
    let set = try SoundSet()
    defer { set.remove() }
    try set.put(fault.file, fault.bytes())
    let report = try set.report()
    #expect(report.problems.count == 1, "\(report.problems)")
    let problem = try #require(report.problems.first)
    #expect(problem.file == fault.file && problem.label == "rock")
    #expect(problem.kind == fault.kind && problem.severity == fault.severity)
    #expect(problem.detail.contains(fault.words), "\(problem.detail)")
    #expect(report.isClean == (fault.severity == .note))
  }

  @Test("Lossy copies, whole and cut off")
  func ogg() throws {
    let set = try SoundSet()
    defer { set.remove() }
    let song = SoundSet.song(1)
    let path = set.folder / "rock/rock.9.ogg"
    writeOGG(song.samples, rate: song.rate, quality: 0.1, to: path)
    let copied = try set.report().problems
    #expect(copied.map(\.kind) == [.nearDuplicate], "\(copied)")
    let bytes = try path.readBytes()
    try path.writeAtomically(Array(bytes[..<(bytes.count * 3 / 4)]))
    let cut = try set.report().problems
    #expect(cut.first?.kind == .truncated && cut.first?.isUnusable == true, "\(cut)")
  }

  @Test("Of many copies each is named once, the error under another label too")
  func families() throws {
    let set = try SoundSet()
    defer { set.remove() }
    for number in 2...5 {
      try set.put(
        "rock/rock.9\(number).wav",
        Sound(SoundSet.song(0).samples.map { $0 / Float(number) }).wav)
    }
    let problems = try set.report().problems
    #expect(problems.count { $0.severity == .error } == 4)
    #expect(problems.count { $0.severity == .warning } == 3)
  }

  @Test("A file that goes away between listing and decoding")
  func vanished() throws {
    let set = try SoundSet()
    defer { set.remove() }
    let catalogue = try FileCatalogue(sounds: set.folder)
    try (set.folder / "rock/rock.00001.wav").remove()
    let problems = try HealthCheck().report(on: catalogue).problems
    #expect(problems.map(\.kind) == [.unreadable] && problems[0].detail.contains("no such file"))
  }

  @Test("The same report from any number of threads")
  func threads() throws {
    let set = try SoundSet(songs: 5)
    defer { set.remove() }
    for fault in Self.faults.enumerated() {
      try set.put("rock/rock.1\(fault.offset).wav", fault.element.bytes())
    }
    let one = try set.report(threads: 1)
    let many = try set.report(threads: 7)
    #expect(one.csv == many.csv && one.json() == many.json() && one.page() == many.page())
    #expect(one.csv.split(separator: "\n").count > 20)
  }

  @Test("Names with anything in them are only text")
  func oddNames() throws {
    let set = try SoundSet()
    defer { set.remove() }
    let name = "rock/<b>\"a\", ü\n\u{1B}[2J.wav"
    try set.put(name, [])
    let report = try set.report()
    #expect(report.problems.map(\.kind) == [.empty, .oddName])
    #expect(
      report.csv.hasPrefix(
        "file,label,problem,severity,detail\n\"rock/<b>\"\"a\"\", ü\n\u{1B}[2J.wav\",rock,"
          + "empty,error,the file has no bytes\n"))
    #expect(!report.terminalText.contains("\u{1B}"))
    #expect(report.page().contains("rock/&lt;b&gt;&quot;a&quot;, ü"))
    #expect(report.json()["problems"]?.elements?.first?["file"]?.string == name)
  }
}
