import Audio
import AudioFeatures
import FileSystem
import Glibc
import ProgramSupport
import Testing

/// Our features beside librosa’s and the published ones, on real music.
///
/// With EXPLORE_PRINT_DEVIATIONS=1 the worst difference of each column is printed.
@Suite(
  "Features of the GTZAN songs", .enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
struct PublishedTableTests {
  private static func table(_ path: Path) throws -> [(name: String, values: [Double])] {
    let lines = try path.readText().split(whereSeparator: \.isNewline).dropFirst()
    return lines.map { line in
      let cells = line.split(separator: ",").map(String.init)
      return (cells[0], cells[2..<2 + PublishedFeatures.names.count].compactMap(Double.init))
    }
  }

  /// `blues.00000.3` of `blues.00000.3.wav`.
  private static func stem(_ name: String) -> [Substring] {
    name.split(separator: ".").dropLast()
  }

  private func show(_ deviations: Deviations, _ title: String) {
    if getenv("EXPLORE_PRINT_DEVIATIONS") != nil { print("\(title)\n\(deviations)") }
    #expect(deviations.excesses == [])
  }

  private func song(_ name: some Sequence<Substring>) throws -> Waveform {
    let folder = try #require(OutsideData.folder)
    return try Waveform(
      readingFrom: folder / "gtzan" / "audio" / (name.joined(separator: ".") + ".flac"))
  }

  @Test("Whole songs", arguments: FeatureSettings.Mode.allCases)
  func songs(mode: FeatureSettings.Mode) throws {
    let folder = try #require(OutsideData.folder) / "gtzan"
    let extractor = try FeatureExtractor(FeatureSettings(mode: mode))
    let published = try Self.table(folder / "features_30_sec.csv")
    var golden = Deviations()
    var table = Deviations()
    let rows = try Self.table(folder / "golden" / "golden_30s_\(mode.rawValue).csv")
    #expect(rows.count == 10)
    for row in rows {
      let values = try extractor.features(of: song(Self.stem(row.name)).samples)
      golden.add(values, expected: row.values, clip: row.name)
      guard mode == .kaggle else { continue }
      let own = published.first { Self.stem($0.name) == Self.stem(row.name) }
      table.add(values, expected: try #require(own).values, clip: row.name)
    }
    show(golden, "golden_30s_\(mode.rawValue)")
    if mode == .kaggle { show(table, "features_30_sec") }
  }

  @Test("Segments of three seconds", arguments: FeatureSettings.Mode.allCases)
  func segments(mode: FeatureSettings.Mode) throws {
    let folder = try #require(OutsideData.folder) / "gtzan"
    let extractor = try FeatureExtractor(FeatureSettings(mode: mode))
    let rule = SegmentRule(seconds: 3, sampleRate: 22_050, mode: mode)
    var deviations = Deviations()
    let rows = try Self.table(folder / "golden" / "golden_3s_\(mode.rawValue).csv")
    #expect(rows.count == 313)
    var held: (name: [Substring], samples: [Float]) = ([], [])
    for row in rows {
      let stem = Self.stem(row.name)
      let name = Array(stem.dropLast())
      if held.name != name { held = (name, try song(name).samples) }
      let index = try #require(stem.last.flatMap { Int($0) })
      let values = try extractor.features(of: Array(held.samples[rule.range(index)]))
      deviations.add(values, expected: row.values, clip: row.name)
    }
    show(deviations, "golden_3s_\(mode.rawValue)")
  }
}
