import AudioData
import DataTables
import FileSets
import FileSystem
import Glibc
import ProgramSupport
import Testing

@Suite struct CatalogueTests {
  private let folder: Path

  init() throws { folder = try Path.makeTemporaryFolder("explore-catalogue") }

  private func put(_ names: String...) throws {
    for name in names {
      let path = folder / name
      try path.folder.createFolder()
      try path.writeAtomically("x")
    }
  }

  private func catalogue(_ name: String = ".") throws -> FileCatalogue {
    defer { try? folder.remove() }
    return try FileCatalogue(sounds: name == "." ? folder : folder / name)
  }

  @Test func classFolders() throws {
    try put(
      "rock/b.wav", "rock/live/a.FLAC", "rock/.hidden.wav", "rock/notes.txt", "blues/b.wav",
      "images/a.png", "index.csv", "loose.wav", "notes")
    let found = try catalogue()
    #expect(found.tracks.map(\.label) == ["blues", "rock", "rock"])
    #expect(found.tracks.map(\.name) == ["blues/b.wav", "rock/b.wav", "a.FLAC"])
    #expect(found.classes == ["blues", "rock"])
    #expect(found.omissions.map(\.reason) == [.besideClasses])
    let words = found.findings.map(\.message).joined(separator: "\n")
    #expect(words.contains("index.csv is not used"))
    #expect(words.contains("4 files of other kinds (1 without extension, 1 .csv, 1 .png, 1 .txt)"))
    #expect(
      words.contains("1 hidden sound file\n") && words.contains("without sound files (images)"))
  }

  @Test("Sorted by bytes, whatever the folders are called")
  func order() throws {
    try put("a/2.wav", "a.b/1.wav", "ä/1.wav", "B/1.wav", "a b\nc/“x”.wav")
    let found = try catalogue()
    #expect(found.tracks.map(\.label) == ["B", "a b\nc", "a.b", "a", "ä"])
  }

  @Test("The published archive: genres_original with tables and pictures beside")
  func publishedArchive() throws {
    try put(
      "genres_original/blues/blues.00000.wav", "genres_original/jazz/jazz.00001.wav",
      "images_original/blues/blues00000.png", "features_30_sec.csv", "other/x.wav")
    let found = try catalogue()
    #expect(found.tracks.map(\.name) == ["blues.00000.wav", "jazz.00001.wav"])
    #expect(found.tracks.map(\.label) == ["blues", "jazz"])
  }

  @Test func flatFolder() throws {
    try put("hip.hop.00001.au", "blues.00001.flac", "blues.00000.flac", "Readme.wav")
    let found = try catalogue()
    #expect(found.tracks.map(\.label) == ["blues", "blues", "hip.hop"])
    #expect(found.omissions.map(\.path.name) == ["Readme.wav"])
    #expect(found.omissions.map(\.reason) == [.noClass])
  }

  @Test(
    "Names that tell a class",
    arguments: zip(
      ["a.0.wav", "a.b.12.wav", "a.wav", "a.x.wav", ".1.wav", "a..wav", "a.٣.wav"],
      ["a", "a.b", nil, nil, nil, nil, nil]))
  func classNames(name: String, label: String?) {
    #expect(FileCatalogue.classNamed(in: name) == label)
  }

  @Test func index() throws {
    try put("x/a.wav", "x/b, \"c\".wav", "z/a.wav")
    try (folder / "my.csv").writeAtomically(
      "fold,Path,genre,artist\n1,z/a.wav,rock,\"Me, \"\"myself\"\"\nand I\"\n"
        + "2,\"x/b, \"\"c\"\".wav\",blues,\n3,gone.wav,blues,\n4,z/a.wav,rock,\n5,x,rock,\n")
    let found = try catalogue("my.csv")
    #expect(found.columns == ["fold", "artist"])
    #expect(found.tracks.map(\.name) == ["a.wav", "b, \"c\".wav"])
    #expect(found.tracks.map(\.label) == ["rock", "blues"])
    #expect(found.tracks.map(\.values) == [["1", "Me, \"myself\"\nand I"], ["2", ""]])
    #expect(
      found.omissions.map(\.reason) == [
        .missing(line: 5), .repeated(line: 6, firstLine: 2), .noPlainFile,
      ])
    #expect(found.findings.count == 3)
  }

  /// Another spelling of its path, a link to it: one recording must not stand on both sides of a split.
  @Test func anIndexThatNamesAFileTwice() throws {
    try put("x/a.wav", "x/b.wav")
    symlink("a.wav", (folder / "x/link.wav").string)
    try (folder / "my.csv").writeAtomically(
      "file,label,fold\nx/a.wav,rock,1\nx//a.wav,rock,2\nx/../x/a.wav,rock,3\n./x/b.wav,pop,1\n"
        + "x/link.wav,pop,2\n\(folder)/x/b.wav,pop,2\n")
    let found = try catalogue("my.csv")
    #expect(found.tracks.map(\.name) == ["a.wav", "b.wav"])
    #expect(
      found.omissions.map(\.reason) == [
        .repeated(line: 3, firstLine: 2), .repeated(line: 4, firstLine: 2),
        .repeated(line: 6, firstLine: 2), .repeated(line: 7, firstLine: 5),
      ])
    #expect(found.findings.count == 1)
    let words = found.findings.first?.message ?? ""
    #expect(words.hasPrefix("4 lines of the index name a file again and are left out: "))
    #expect(words.contains("a.wav (line 3), ") && words.hasSuffix("(line 6) …"))
  }

  @Test func manyMissingFilesAreOneFinding() throws {
    try put("a.wav")
    try (folder / "index.csv").writeAtomically(
      "file,label\na.wav,x\n" + (0..<2000).map { "gone\($0).wav,x\n" }.joined())
    let found = try catalogue("index.csv")
    #expect(found.tracks.count == 1 && found.omissions.count == 2000)
    #expect(
      found.findings.map(\.message) == [
        "2000 files that the index names are not there: \(folder)/gone0.wav (line 3), "
          + "\(folder)/gone1.wav (line 4), \(folder)/gone2.wav (line 5) …"
      ])
  }

  /// A name in another coding cannot be opened; a class of that name is not lost without a word.
  @Test func foldersWhoseNamesAreNotUTF8AreFindings() throws {
    try put("a/1.wav", "b/1.wav")
    let odd = Array(folder.string.utf8CString.dropLast()) + [0x2F, 0x6D, -4, 0]
    mkdir(odd, 0o700)
    defer { rmdir(odd) }
    let found = try FileCatalogue(sounds: folder)
    #expect(found.omissions.map(\.reason) == [.unreachable] && found.tracks.count == 2)
    rmdir(odd)
    try folder.remove()
  }

  @Test(
    "What is wrong with an index, with its line",
    arguments: zip(
      [
        "name,label\na,b\n", "file,kind\na,b\n", "file,label\na.wav,x\nb.wav,\n", "file,label\n",
        "file,label\na\n", "", "file,label\n\"a,b\n",
      ],
      [
        "line 1: there is no column “file” or “filename” or “path”; there are “name”, “label”",
        "line 1: there is no column “label” or", "line 3: column “label” is empty",
        "there is no row", "line 2: 1 cell, expected 2", "the file is empty", "line 2: a quoted",
      ]))
  func badIndex(text: String, words: String) throws {
    try (folder / "index.csv").writeAtomically(text)
    let error = #expect(throws: CatalogueError.self) { try catalogue("index.csv") }
    #expect(error.map { "\($0)".contains(words) } == true, "\(error.map { "\($0)" } ?? "none")")
  }

  @Test("Links in a circle, links to nowhere, unreadable folders and pipes are findings")
  func oddFolders() throws {
    try put("a/1.wav", "b/locked/2.wav")
    symlink("..", (folder / "a/up").string)
    symlink("nowhere.wav", (folder / "a/dead.wav").string)
    symlink("a", (folder / "c").string)
    mkfifo((folder / "b/pipe.wav").string, 0o600)
    chmod((folder / "b/locked").string, 0)
    defer { chmod((folder / "b/locked").string, 0o700) }
    let isRoot = geteuid() == 0
    let found = try FileCatalogue(sounds: folder)
    #expect(found.tracks.map(\.name) == (isRoot ? ["1.wav", "2.wav"] : ["1.wav"]))
    let reasons = found.omissions.map(\.reason)
    #expect(reasons.contains(.unreachable) && reasons.contains(.noPlainFile))
    #expect(isRoot || reasons.count == 3)
    #expect(found.findings.count { $0.message.contains("not followed") } == 2)
    chmod((folder / "b/locked").string, 0o700)
    try folder.remove()
  }

  @Test("Folders that hold no data set")
  func unusable() throws {
    #expect(throws: CatalogueError.self) { try FileCatalogue(sounds: folder / "none") }
    try put("notes.txt")
    let empty = #expect(throws: CatalogueError.self) { try FileCatalogue(sounds: folder) }
    #expect(empty.map { "\($0)".contains("there is no sound file in it") } == true)
    #expect(throws: CatalogueError.self) { try FileCatalogue(sounds: folder / "notes.txt") }
    try put("a.wav", "b.wav", "c.0.wav")
    let vague = #expect(throws: CatalogueError.self) { try catalogue() }
    #expect(vague.map { "\($0)".contains("the class of “a.wav” is not known") } == true)
  }

  @Test(
    "The sounds of the outside data",
    .enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func outsideData() throws {
    let data = try #require(OutsideData.folder)
    let songs = try FileCatalogue(sounds: data / "gtzan/audio")
    #expect(songs.tracks.count == 50 && songs.classes.count == 10)
    let sounds = try FileCatalogue(sounds: data / "esc10/index.csv")
    #expect(sounds.tracks.count == 400 && sounds.columns == ["fold", "source_clip", "take"])
    let folders = try FileCatalogue(sounds: data / "esc10")
    #expect(folders.tracks.count == 400 && folders.columns.isEmpty)
    #expect(folders.findings.contains { $0.message.contains("name it instead") })
  }
}
