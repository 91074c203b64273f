import Audio
import AudioData
import FileSets
import FileSystem
import Glibc
import ProgramSupport
import Testing

/// Real songs, clean and with planted faults.
@Suite(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
struct RealSongsTests {
  private func check(_ folder: Path) throws -> HealthReport {
    var check = HealthCheck()
    check.threads = 2
    return try check.report(on: FileCatalogue(sounds: folder))
  }

  @Test("Fifty different songs raise no alarm, by a wide margin")
  func clean() throws {
    let data = try #require(OutsideData.folder)
    let report = try check(data / "gtzan/audio")
    #expect(report.isClean && report.problems.isEmpty, "\(report.problems)")
    #expect(report.comparison.pairs == 1225)
    #expect((report.comparison.nearestOther?.difference ?? 1) > 0.4)
  }

  @Test func plantedFaults() throws {
    let data = try #require(OutsideData.folder)
    let folder = try Path.makeTemporaryFolder("explore-songs")
    defer { try? folder.remove() }
    let songs = data / "gtzan/audio"
    for name in try songs.children() { symlink((songs / name).string, (folder / name).string) }
    func wave(_ name: String) throws -> Waveform {
      try Waveform(readingFrom: songs / "\(name).flac")
    }
    func put(_ name: String, _ bytes: [UInt8]) throws { try (folder / name).writeAtomically(bytes) }
    try put("blues.90.wav", Array("Only words.".utf8))
    let whole = try (songs / "disco.00001.flac").readBytes()
    try put("disco.90.flac", Array(whole[..<(whole.count * 6 / 10)]))
    try put("pop.90.wav", Sound([Float](repeating: 0, count: 330_750)).wav)
    try put("rock.90.wav", Sound(try wave("rock.00001").samples.map { $0 / 2 }).wav)
    let metal = try wave("metal.00001").samples
    try put("metal.90.wav", Sound(Array(metal[(22_050 * 5 / 4)...])).wav)
    try put("metal.91.wav", Sound([Float](repeating: 0, count: 11_000) + metal).wav)
    writeOGG(
      try wave("reggae.00001").samples, rate: 22050, quality: 0.1, to: folder / "reggae.90.ogg")
    try put("classical.90.wav", Sound(try wave("country.00001").samples).wav)
    let report = try check(folder)
    let found = report.problems.map { "\($0.file) \($0.kind.rawValue) \($0.severity.rawValue)" }
    #expect(
      found == [
        "blues.90.wav broken error", "disco.90.flac truncated error", "pop.90.wav silent error",
        "country.00001.flac duplicate error", "metal.90.wav near duplicate warning",
        "metal.91.wav near duplicate warning", "reggae.90.ogg near duplicate warning",
        "rock.90.wav near duplicate warning",
      ])
    #expect((report.comparison.largestReported ?? 1) < 0.15)
    #expect((report.comparison.nearestOther?.difference ?? 1) > 0.4)
  }

  /// Two pairs of clips in ESC-10, each under two source numbers, one of them in two folds.
  @Test func knownCopies() throws {
    let data = try #require(OutsideData.folder)
    let report = try check(data / "esc10/index.csv")
    func files(_ kind: HealthProblem.Kind) -> [String] {
      report.problems.filter { $0.kind == kind }.map(\.file)
    }
    #expect(
      files(.nearDuplicate) == ["baby_cry/5-151085-A.ogg", "fire_crackling/2-30322-A.ogg"])
    #expect(files(.similar) == ["fire_crackling/2-30322-B.ogg"])
    #expect(!report.problems.contains { $0.severity == .error })
  }
}
