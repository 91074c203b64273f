import FileSystem
import Glibc
import ProgramSupport
import Testing

/// Sound files that are cut off, wrapped in other bytes, or hours long.
@Suite struct OddSoundTests {
  /// Frames of an MP3 file, silent, at 44,100 Hz.
  private static func frames(_ count: Int, rate: UInt8) -> [UInt8] {
    let size = rate == 1 ? 104 : 417
    return (0..<count).flatMap { _ in
      [0xFF, 0xFB, rate << 4, 0xC4] + [UInt8](repeating: 0, count: size - 4)
    }
  }

  @Test func mp3() throws {
    let place = try Workplace()
    defer { place.remove() }
    let song = Self.frames(50, rate: 1) + Self.frames(50, rate: 9)
    let zeros = [UInt8](repeating: 0, count: 5000)
    let files: [(name: String, bytes: [UInt8])] = [
      ("a/cut.mp3", Array(song.prefix(song.count * 2 / 5))), ("a/late.mp3", zeros + song),
      ("a/whole.mp3", song),
    ]
    for (name, bytes) in files {
      try (place.folder / "set" / "a").createFolder()
      try (place.folder / "set" / name).writeAtomically(bytes)
    }
    let made = try place.explore("features", "set", "--columns", "tempo")
    #expect(made.code == 3)
    #expect(
      made.output == """
        filename,length,tempo,label
        late.mp3,57600,0,a
        whole.mp3,57600,0,a

        """)
    // Decoders say nothing of their own.
    #expect(
      made.errors == """
        cut.mp3: the file is cut off: its end is missing after 71424 samples
        to find and move such files: explore data check set

        """)
    let check = try place.explore("data", "check", "set", "--csv", "-", "--quiet")
    #expect(check.errors.isEmpty && check.output.contains("a/cut.mp3,a,truncated,error,"))
  }

  /// Ten hours of silence, of which only the header is on the disk.
  private func tenHours(_ place: Workplace) throws {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let bytes = 8000 * 2 * 36_000
    let header =
      Array("RIFF".utf8) + little(bytes + 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + little(1, 2) + little(1, 2) + little(8000, 4) + little(16_000, 4) + little(2, 2)
      + little(16, 2) + Array("data".utf8) + little(bytes, 4)
    let path = place.folder / "set" / "a" / "long.wav"
    try path.folder.createFolder()
    try path.writeAtomically(header)
    #expect(truncate(path.string, bytes + 44) == 0)
  }

  @Test(
    arguments: [["features", "set"], ["data", "check", "set"]], [[SIGINT], [SIGTERM, SIGINT]])
  func signalsInsideALongFile(command: [String], signals: [Int32]) throws {
    let place = try Workplace()
    defer { place.remove() }
    try tenHours(place)
    let running = try place.program.start(
      command + ["--quiet"], in: place.folder, environment: place.environment)
    usleep(1_500_000)
    let start = ContinuousClock.now
    for number in signals {
      running.signal(number)
      usleep(1000)
    }
    let result = try running.wait()
    #expect(result.code == 130, "\(result.errors)")
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
