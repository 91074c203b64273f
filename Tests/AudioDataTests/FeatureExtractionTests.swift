import Audio
import AudioData
import AudioFeatures
import BuiltInMusic
import DataTables
import FileSets
import FileSystem
import Matrices
import PictureData
import Testing
import Threads

@Suite struct FeatureExtractionTests {
  private func catalogue(_ files: SoundFiles) throws -> SoundSource {
    SoundSource(try FileCatalogue(sounds: files.folder / "music"))
  }

  private func table(
    _ source: SoundSource, segments: Double? = nil, mode: FeatureSettings.Mode = .modern,
    cache: Path? = nil, jobs: Int = 1
  ) throws -> FeatureTable {
    try cache?.createFolder()
    return try FeatureExtraction(
      source, SoundRepresentation(settings: FeatureSettings(mode: mode), segmentSeconds: segments),
      cache: cache.map { FeatureCache($0) }, jobs: jobs
    ).table()
  }

  private func putThree(_ files: SoundFiles) throws {
    try files.put("music/low/low.0.wav", SoundFiles.tone(200, seconds: 2))
    try files.put("music/low/low.1.wav", SoundFiles.tone(250, seconds: 2.5))
    try files.put("music/high/high.0.wav", SoundFiles.tone(2000, seconds: 1))
  }

  @Test func oneRowAFileInTheCataloguesOrder() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let source = try catalogue(files)
    let found = try table(source)
    #expect(found.names == ["high.0.wav", "low.0.wav", "low.1.wav"])
    #expect(found.lengths == [22050, 44100, 55125] && found.pieces == [0, 1, 2])
    #expect(found.columns == PublishedFeatures.names && found.columns.count == 57)
    let samples = try Waveform(readingFrom: files.folder / "music/low/low.0.wav").samples
    #expect(
      Array(found.row(1)) == (try FeatureExtractor(FeatureSettings()).features(of: samples.span)))
  }

  /// y[L·i : L·i + L − 1], kept where L·(i + 1) < samples.
  @Test func segmentsAreCutAsThePublishedOnes() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    let long = SoundFiles.tone(300, seconds: 2)
    try files.put("music/a/exact.wav", long)
    try files.put(
      "music/a/more.wav", Waveform(samples: long.samples + [0.25], sampleRate: 22050))
    try files.put("music/a/one.wav", SoundFiles.tone(300, seconds: 1))
    let found = try table(try catalogue(files), segments: 1, mode: .kaggle)
    // Exactly two seconds hold one segment only; a sample more makes the second one whole.
    #expect(found.names == ["exact.0.wav", "more.0.wav", "more.1.wav"])
    #expect(found.lengths == [22049, 22049, 22049])
    #expect(
      found.failures.map(\.reason)
        == ["it is not longer than one segment of 1 seconds, as the kaggle mode demands"])
    let samples = try Waveform(readingFrom: files.folder / "music/a/more.wav").samples
    let extractor = try FeatureExtractor(FeatureSettings(mode: .kaggle))
    #expect(
      Array(found.row(2)) == (try extractor.features(of: Array(samples[22050..<44099]).span)))
  }

  /// Of features and of pictures.
  @Test(arguments: [22050, 16000, 44100])
  func segmentsThatFitExactlyCount(rate: Int) throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try files.put("music/a/five.wav", SoundFiles.tone(300, seconds: 5, rate: rate))
    try files.put("music/a/one.wav", SoundFiles.tone(300, seconds: 1, rate: rate))
    let (source, cache) = (try catalogue(files), files.folder / "cache")
    for (seconds, names) in [
      (2.5, ["five.0.wav", "five.1.wav"]), (1, (0..<5).map { "five.\($0).wav" } + ["one.0.wav"]),
      (0.25, (0..<20).map { "five.\($0).wav" } + (0..<4).map { "one.\($0).wav" }),
    ] {
      // Rows of one rule are not those of the other, whichever is there first.
      _ = try table(source, segments: seconds, mode: .kaggle, cache: cache)
      let found = try table(source, segments: seconds, cache: cache)
      #expect(found.names == names)
      let representation = SoundRepresentation(segmentSeconds: seconds, sets: [])
      let pictures = try SoundPictureExtraction(
        source, SoundPictureRecipe(.mel), representation, cache: FeatureCache(cache), jobs: 1
      ).rows(scratch: MatrixScratch(nil))
      #expect(pictures.pieces.count == names.count)
    }
  }

  @Test func threadsChangeNothing() throws {
    let source = SoundSource(SyntheticMusic(genres: 3, songs: 2, seconds: 1, seed: 7))
    let alone = try table(source, jobs: 1)
    let together = try table(source, jobs: 3)
    #expect(alone == together && alone.rowCount == 6)
    #expect(
      alone.csv(labels: source.pieces.map(\.label))
        == together.csv(labels: source.pieces.map(\.label)))
  }

  @Test func onlyWhatChangedIsComputedAgain() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let cache = files.folder / "cache"
    let source = try catalogue(files)
    let first = try table(source, cache: cache)
    #expect(first.computedPieces == 3)
    var second = try table(source, cache: cache)
    #expect(second.computedPieces == 0)
    second.computedPieces = 3
    #expect(first == second)
    // A renamed file is known by its content.
    try (files.folder / "music/low/low.1.wav").rename(to: files.folder / "music/low/other.wav")
    #expect(try table(try catalogue(files), cache: cache).computedPieces == 0)
    try files.put("music/low/low.0.wav", SoundFiles.tone(201, seconds: 2))
    #expect(try table(try catalogue(files), cache: cache).computedPieces == 1)
    #expect(try table(try catalogue(files), segments: 0.5, cache: cache).computedPieces == 3)
  }

  @Test func setsTogetherNameEveryColumnOnce() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    let source = SoundSource(SyntheticMusic(genres: 2, songs: 1, seconds: 2.5, seed: 3))
    func table(_ sets: [FeatureSet], bands: Int = 4) throws -> FeatureTable {
      try FeatureExtraction(
        source,
        SoundRepresentation(
          settings: FeatureSettings(bands: bands), segmentSeconds: 1, sets: sets.map(\.name)),
        cache: FeatureCache(files.folder), jobs: 1
      ).table()
    }
    let all = try table([.gtzan57, .audio135, .logMel])
    #expect(all.columns.count == 57 + (135 - 19) + 4 * 44 && all.rowCount == 4)
    #expect(Set(all.columns).count == all.columns.count)
    #expect(Array(all.columns[..<57]) == PublishedFeatures.names)
    // Each set is kept by itself, and what it shares with others stands in the first.
    for (set, names) in [
      (FeatureSet.gtzan57, PublishedFeatures.names), (.audio135, AudioVector.names),
    ] {
      let alone = try table([set])
      #expect(alone.columns == names && alone.computedPieces == 0)
      for name in names {
        let own = try #require(alone.columns.firstIndex(of: name))
        let other = try #require(all.columns.firstIndex(of: name))
        for row in 0..<4 {
          let values = (Array(alone.row(row))[own], Array(all.row(row))[other])
          #expect(abs(values.0 - values.1) <= 1e-12 * abs(values.0))
        }
      }
    }
    #expect(try table([.logMel]).computedPieces == 0)
    #expect(try table([.logMel], bands: 5).computedPieces == 2)
    #expect(try table([.gtzan57], bands: 5).computedPieces == 0)
  }

  @Test func wholeFilesAreNoSpectrograms() throws {
    let source = SoundSource(SyntheticMusic(genres: 2, songs: 1, seconds: 1, seed: 3))
    #expect(throws: FeatureError.needsOneLength("log-mel")) {
      try FeatureExtraction(
        source, SoundRepresentation(sets: ["log-mel"]), cache: nil, jobs: 1
      ).table()
    }
  }

  @Test func damagedEntriesAreComputedAgain() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let cache = files.folder / "cache"
    let first = try table(try catalogue(files), cache: cache)
    let entries = try cache.children()
    #expect(entries.count == 3)
    for (index, name) in entries.enumerated() {
      var bytes = try (cache / name).readBytes()
      switch index {
      case 0: bytes[100] ^= 1
      case 1: bytes.removeLast(16)
      default: bytes = []
      }
      try (cache / name).writeAtomically(bytes)
    }
    #expect(try table(try catalogue(files), cache: cache) == first)
    #expect(try table(try catalogue(files), cache: cache).computedPieces == 0)
  }

  /// A full disk or a cache that may not be written to costs time, no rows.
  @Test(arguments: [1, 3])
  func aCacheThatCannotBeWrittenIsOneWarning(jobs: Int) throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let source = try catalogue(files)
    let whole = try table(source)
    // Longer than any path may be.
    let folder = Path(files.folder.string + String(repeating: "/.", count: 2500))
    let extraction = FeatureExtraction(
      source, SoundRepresentation(), cache: FeatureCache(folder), jobs: jobs)
    let found = try extraction.table()
    #expect(found.failures.isEmpty && found.values == whole.values && found.names == whole.names)
    #expect(found.findings.map(\.severity) == [.warning])
    #expect(found.findings.first?.message.contains("cannot write to") == true)
  }

  /// What stands in an entry's place and cannot be replaced by it.
  @Test func anEntryThatCannotBeReplacedIsAWarning() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let (source, cache) = (try catalogue(files), files.folder / "cache")
    let whole = try table(source, cache: cache)
    for name in try cache.children() {
      try (cache / name).remove()
      try (cache / name / "folder").createFolder()
    }
    let found = try table(source, cache: cache)
    #expect(found.values == whole.values && found.findings.count == 1)
    #expect(try cache.children().allSatisfy { !$0.hasSuffix(".partial") })
  }

  /// The catalogue was made before.
  @Test func aFileThatDisappearsIsNoted() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let source = try catalogue(files)
    try (files.folder / "music/low/low.0.wav").remove()
    for cache in [nil, files.folder / "cache"] {
      let found = try table(source, cache: cache)
      #expect(found.failures.map(\.name) == ["low.0.wav"] && found.rowCount == 2)
    }
  }

  @Test func brokenFilesAreNotedAndTheRestIsUsed() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    try files.put("music/low/text.wav", text: "this is no sound")
    try files.put("music/low/empty.wav", Waveform(samples: [], sampleRate: 22050))
    try files.put("music/low/short.wav", SoundFiles.tone(300, seconds: 0.4))
    var cut = SoundFiles.wave(SoundFiles.tone(300, seconds: 2))
    cut.removeLast(30_000)
    try (files.folder / "music/low/cut.wav").writeAtomically(cut)
    let found = try table(try catalogue(files), segments: 0.5)
    #expect(found.failures.map(\.name) == ["cut.wav", "empty.wav", "short.wav", "text.wav"])
    #expect(found.failures[0].reason.contains("cut off"))
    #expect(found.failures[1].reason.contains("shorter"))
    #expect(found.failures[2].reason == "it is shorter than one segment of 0.5 seconds")
    #expect(found.failures[3].reason.contains("no sound file"))
    #expect(found.rowCount == 2 + 4 + 5)
  }

  @Test func otherRatesAreAFindingInTheKaggleMode() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try files.put("music/a/a.wav", SoundFiles.tone(300, seconds: 1, rate: 44100))
    let cache = files.folder / "cache"
    try cache.createFolder()
    var settings = FeatureSettings()
    settings.mode = .kaggle
    // What the cache holds tells it, too.
    for _ in 0..<2 {
      let found = try FeatureExtraction(
        try catalogue(files), SoundRepresentation(settings: settings),
        cache: FeatureCache(cache), jobs: 1
      ).table()
      #expect(found.lengths == [22050])
      #expect(found.findings.contains { $0.message.contains("1 file of another rate") })
    }
    #expect(try table(try catalogue(files)).findings.isEmpty)
  }

  @Test func cancellingKeepsWhatIsDone() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    let source = SoundSource(SyntheticMusic(genres: 4, songs: 10, seconds: 4, seed: 1))
    let extraction = FeatureExtraction(
      source, SoundRepresentation(), cache: FeatureCache(files.folder), jobs: 1)
    #expect(throws: MapCancelled.self) { try extraction.table(isCancelled: { true }) }
    let done = try files.folder.children().count
    #expect(done > 0 && done < 40)
    #expect(try extraction.table().computedPieces == 40 - done)
  }

  @Test func columnsCanBeKept() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try putThree(files)
    let found = try table(try catalogue(files))
    let last = try #require(found.columns.last)
    let kept = found.keeping([.init(last)])
    #expect(kept.columns == [last] && kept.values.count == 3)
    #expect(kept.values[2] == found.row(2).last)
  }

  @Test func thePublishedForm() {
    var table = FeatureTable(columns: ["a", "b"])
    table.values = [0.1, 2, -0.5, 1e-7]
    (table.names, table.pieces, table.lengths) = (["x.0.wav", "y, z.wav"], [0, 1], [5, 6])
    #expect(
      table.csv(labels: ["blues", nil])
        == "filename,length,a,b,label\nx.0.wav,5,0.1,2,blues\n\"y, z.wav\",6,-0.5,1e-07,\n")
  }
}
