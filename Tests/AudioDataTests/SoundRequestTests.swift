import Audio
import AudioData
import AudioFeatures
import DataTables
import FileSets
import FileSystem
import Testing

/// From sounds to a data set.
@Suite struct SoundRequestTests {
  private func put(_ files: SoundFiles) throws {
    for (label, base) in [("high", 2000.0), ("low", 200)] {
      for song in 0..<3 {
        try files.put(
          "music/\(label)/\(label).\(song).wav",
          SoundFiles.tone(base + 30 * Double(song), seconds: 1.2))
      }
    }
  }

  private func dataset(
    _ path: Path, segments: Double? = nil, _ change: (inout SoundRequest) -> Void = { _ in }
  ) throws -> Dataset {
    var request = SoundRequest(.files(path), SoundRepresentation(segmentSeconds: segments))
    change(&request)
    return try request.dataset(seed: 1, cache: nil, jobs: 2)
  }

  @Test func segmentsOfAFileStayTogether() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    let data = try dataset(files.folder / "music", segments: 0.5)
    #expect(data.rowCount == 12 && data.classes == ["high", "low"])
    #expect(data.groupings.map(\.name) == ["song"])
    #expect(data.groupings[0].groups == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    #expect(data.groupings[0].names == ["high.0", "high.1", "high.2", "low.0", "low.1", "low.2"])
    #expect(data.source == "music, 57 features of 0.5 s segments")
    #expect(data.columns == PublishedFeatures.names && data.omissions.isEmpty)
  }

  /// What `explore features` writes is the same data.
  @Test func theWrittenTableGivesTheSameFeatures() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    let source = SoundSource(try FileCatalogue(sounds: files.folder / "music"))
    let table = try FeatureExtraction(source, SoundRepresentation(), cache: nil, jobs: 1).table()
    try files.put("t.csv", text: table.csv(labels: source.pieces.map(\.label)))
    var request = TableRequest(path: files.folder / "t.csv", label: "label")
    request.ignore = ["filename", "length"].map { .init($0) }
    let read = try Dataset(request)
    let direct = try dataset(files.folder / "music")
    #expect(read.features == direct.features && read.labels == direct.labels)
    #expect(read.columns == direct.columns)
  }

  @Test func officialFoldsAreTheSplitWhereNoneIsGiven() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    try files.put(
      "music/index.csv",
      text: "file,label,fold,artist\n"
        + ["high", "low"].flatMap { label in
          (0..<3).map { "\(label)/\(label).\($0).wav,\(label),\($0 % 2),artist \($0)\n" }
        }.joined())
    let index = files.folder / "music/index.csv"
    let official = try dataset(index) { $0.takesOfficialFolds = true }
    #expect(official.officialFolds == "fold")
    #expect(official.textColumns["fold"] == ["0", "1", "0", "0", "1", "0"])
    #expect(
      official.findings.contains { $0.message.contains("official folds of the column “fold”") })
    let other = try dataset(index) {
      $0.table.groups = [.init(name: "artist", from: .init(column: "artist"))]
    }
    #expect(other.officialFolds == nil && other.textColumns.isEmpty)
    #expect(other.groupings.map(\.name) == ["artist", "song"])
    #expect(other.groupings[0].groups == [0, 1, 2, 0, 1, 2])
  }

  @Test func sideTablesAreJoinedBySong() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    try files.put("songs.csv", text: "song,artist\nhigh.0,A\nhigh.1,A\nlow.0,B\nlow.1,C\nlow.2,C\n")
    let data = try dataset(files.folder / "music") { request in
      request.table.join = .init(
        table: files.folder / "songs.csv", key: "song", from: .init(column: "song"))
      request.table.groups = [
        .init(name: "artist", from: .init(column: "artist"), fallback: "song")
      ]
    }
    #expect(data.groupings[0].names == ["A", "high.2", "B", "C"])
    #expect(data.findings.contains { $0.message.contains("1 row without a match") })
  }

  /// Segments of one file stay together whatever an index leaves empty.
  @Test func filesWithoutAnArtistOrSongAreGroupsOfTheirOwn() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    try files.put(
      "music/index.csv",
      text: "file,label,artist,song\nhigh/high.0.wav,high,A,\nhigh/high.1.wav,high,,x\n"
        + "low/low.0.wav,low,,x\nlow/low.1.wav,low,A,\nlow/low.2.wav,low,B,y\n")
    let data = try dataset(files.folder / "music/index.csv", segments: 0.5) {
      $0.table.groups = [.init(name: "artist", from: .init(column: "artist"))]
    }
    #expect(data.groupings.map(\.name) == ["artist", "song"])
    #expect(data.groupings[0].groups == [0, 0, 1, 1, 1, 1, 0, 0, 2, 2])
    #expect(data.groupings[1].groups == [0, 0, 1, 1, 1, 1, 2, 2, 3, 3])
    #expect(data.groupings[1].names == ["high.0", "x", "low.1", "y"])
    // A pattern of one's own that some files do not match.
    let own = try dataset(files.folder / "music", segments: 0.5) {
      $0.table.groups = [
        .init(name: "song", from: .init(column: "filename", pattern: "^(high)"))
      ]
    }
    #expect(own.groupings[0].groups == [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3])
  }

  /// The same recording under two names stays on one side of a split, cut or whole.
  @Test(arguments: [nil, 0.5])
  func theSameRecordingUnderTwoNamesIsKnown(segments: Double?) throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    try files.put("music/low/copy.wav", SoundFiles.tone(200, seconds: 1.2))
    let data = try dataset(files.folder / "music", segments: segments)
    let copies = data.identicalRows.map { set in
      set.map { data.groupings[0].names[data.groupings[0].groups[$0]] }
    }
    // A steady tone's own segments may be equal, too; the copy is with the first of them.
    #expect(copies.contains { $0.contains("copy") && $0.contains("low.0") })
    #expect(data.findings.contains { $0.message.contains("the features of an earlier row") })
  }

  @Test func anIndexOfMissingFilesIsAnError() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try files.put("index.csv", text: "file,label\na.wav,x\nb.wav,y\n")
    let error = #expect(throws: CatalogueError.self) { try dataset(files.folder / "index.csv") }
    #expect(error?.description.contains("none of the files that it names can be used") == true)
  }

  @Test func equalFilesAreNamed() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    try files.put("music/low/again.wav", SoundFiles.tone(200, seconds: 1.2))
    let data = try dataset(files.folder / "music")
    #expect(data.identicalRows == [[3, 4]])
    #expect(data.findings.contains { $0.message.contains("(“again.wav” = “low.0.wav”)") })
    let error = #expect(throws: TableError.self) {
      try dataset(files.folder / "music") { $0.table.duplicates = .stop }
    }
    #expect(
      error?.description.contains(
        ", “low.0.wav”: all features are the same as in “again.wav”") == true)
  }

  @Test func brokenFilesAreAFinding() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    for name in ["a", "b", "c", "d"] { try files.put("music/low/\(name).wav", text: "no sound") }
    let data = try dataset(files.folder / "music")
    #expect(data.omissions.map(\.name) == ["a.wav", "b.wav", "c.wav", "d.wav"])
    let words = data.findings.map(\.message).joined(separator: "\n")
    #expect(words.contains("4 of 10 sounds cannot be used: a.wav (") && words.contains("; … ("))
    #expect(data.rowCount == 6)
  }

  @Test func noUsableSoundIsAnError() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try files.put("music/low/a.wav", text: "no sound")
    let error = #expect(throws: CatalogueError.self) { try dataset(files.folder / "music") }
    #expect(
      error?.description.contains("none of its 1 sound can be used; the first is a.wav:") == true)
  }

  @Test func patternsKeepColumns() throws {
    let files = try SoundFiles()
    defer { files.remove() }
    try put(files)
    let name = PublishedFeatures.names[3]
    let data = try dataset(files.folder / "music") { $0.table.columns = [.init(name)] }
    #expect(data.columns == [name])
    #expect(throws: TableError.self) {
      try dataset(files.folder / "music") { $0.table.columns = [.init("filename")] }
    }
  }
}
