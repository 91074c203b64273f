import AudioData
import FileSets
import FileSystem
import Glibc
import ProgramSupport
import Testing

@Suite struct QuarantineTests {
  private func lines(_ folder: Path) throws -> [Substring] {
    try (folder / Quarantine.recordName).readText().split(separator: "\n")
  }

  @Test func movesKeepPlacesAndNothingIsOverwritten() throws {
    let set = try SoundSet()
    let away = try Path.makeTemporaryFolder("explore-quarantine")
    defer {
      set.remove()
      try? away.remove()
    }
    try set.put("rock/live/rock.9.wav", [])
    try set.put("rock/rock.8.wav", Array("text".utf8))
    try set.put("rock/rock.7.wav", SoundSet.song(0).wav)
    for text in ["first", "second"] {
      try (away / "rock").createFolder()
      let taken = text == "first" ? "rock/rock.8.wav" : "rock/rock.8 1.wav"
      try (away / taken).writeAtomically(text)
    }
    var quarantine = try Quarantine(away)
    for problem in try set.report().unusable { try quarantine.take(problem) }
    #expect(
      quarantine.moves.map(\.to.string) == [
        "\(away)/rock/rock.8 2.wav", "\(away)/rock/live/rock.9.wav",
      ])
    #expect(try (away / "rock/rock.8 2.wav").readText() == "text")
    #expect(try (away / "rock/rock.8.wav").readText() == "first")
    #expect(try (away / "rock/rock.8 1.wav").readText() == "second")
    #expect(!(set.folder / "rock/rock.8.wav").exists)
    #expect((set.folder / "rock/rock.7.wav").exists, "a copy is usable and stays")
    let record = try lines(away)
    #expect(record.count == 5 && record[0] == "state,file,from,to,problem,detail")
    #expect(
      record[1].hasPrefix(
        "moving,rock/rock.8.wav,\(set.folder)/rock/rock.8.wav,\(away)/rock/rock.8 2.wav,broken,"))
    #expect(record[2].hasPrefix("moved,rock/rock.8.wav,"))
    #expect(try set.report().unusable.isEmpty)
  }

  @Test("A record that was cut off is continued on a new line")
  func continued() throws {
    let set = try SoundSet()
    let away = try Path.makeTemporaryFolder("explore-quarantine")
    defer {
      set.remove()
      try? away.remove()
    }
    try (away / Quarantine.recordName).writeAtomically("state,file\nmoving,a")
    try set.put("rock/rock.9.wav", [])
    var quarantine = try Quarantine(away)
    for problem in try set.report().unusable { try quarantine.take(problem) }
    let record = try lines(away)
    #expect(record.count == 4 && record[1] == "moving,a" && record[3].hasPrefix("moved,"))
  }

  private static let otherFileSystem: Path? = {
    let shared = Path("/dev/shm")
    guard let device = shared.information?.device else { return nil }
    return (try? Path.makeTemporaryFolder("explore-device")).flatMap { folder in
      defer { try? folder.remove() }
      return folder.information?.device == device ? nil : shared
    }
  }()

  @Test(
    "To another file system",
    .enabled(if: otherFileSystem != nil, "/dev/shm is no other file system here"))
  func copying() throws {
    let set = try SoundSet()
    let shared = try #require(Self.otherFileSystem)
    let away = shared / "explore-quarantine-\(getpid())"
    defer {
      set.remove()
      try? away.remove()
    }
    let cut = Array(SoundSet.song(5).wav[..<100_000])
    try set.put("rock/rock.9.wav", cut)
    var quarantine = try Quarantine(away)
    for problem in try set.report().unusable { try quarantine.take(problem) }
    #expect(try (away / "rock/rock.9.wav").readBytes() == cut)
    #expect(!(set.folder / "rock/rock.9.wav").exists)
  }

  @Test("Of a link what it leads to is copied, and only the link goes")
  func links() throws {
    let set = try SoundSet()
    let away = try Path.makeTemporaryFolder("explore-quarantine")
    defer {
      set.remove()
      try? away.remove()
    }
    try (away / "real").writeAtomically("text")
    symlink((away / "real").string, (set.folder / "rock/rock.9.wav").string)
    var quarantine = try Quarantine(away / "bad")
    for problem in try set.report().unusable { try quarantine.take(problem) }
    #expect(try (away / "bad/rock/rock.9.wav").readText() == "text")
    #expect((away / "real").exists && !(set.folder / "rock/rock.9.wav").exists)
  }

  @Test("A file that cannot be moved stays and is written down")
  func failures() throws {
    let set = try SoundSet()
    let away = try Path.makeTemporaryFolder("explore-quarantine")
    defer {
      set.remove()
      try? away.remove()
    }
    try set.put("rock/rock.9.wav", [])
    // A file stands where the folder would be.
    try (away / "rock").writeAtomically("x")
    var quarantine = try Quarantine(away)
    for problem in try set.report().unusable { try quarantine.take(problem) }
    #expect(quarantine.moves.first?.failure != nil)
    #expect((set.folder / "rock/rock.9.wav").exists)
    #expect(
      try lines(away).last?.hasPrefix("failed: ") == true
        || lines(away).last?.hasPrefix("\"failed: ") == true)
  }

  /// An index may name any file of the machine.
  @Test func filesOutsideTheDataSetStay() throws {
    let set = try SoundSet(songs: 0)
    let away = try Path.makeTemporaryFolder("explore-quarantine")
    defer {
      set.remove()
      try? away.remove()
    }
    try set.put("letter.txt", Array("precious".utf8))
    try set.put("other/letter.txt", Array("precious".utf8))
    try set.put("data/a/broken.wav", Array("text".utf8))
    try set.put(
      "data/index.csv",
      Array(
        "file,label\n../letter.txt,a\na/../../other/letter.txt,a\na/../a/broken.wav,a\n/proc/version,a\n"
          .utf8))
    let report = try HealthCheck().report(on: FileCatalogue(sounds: set.folder / "data/index.csv"))
    var quarantine = try Quarantine(away)
    for problem in report.unusable { try quarantine.take(problem) }
    #expect(quarantine.moves.count == 4 && quarantine.moves.count { $0.failure != nil } == 3)
    #expect((set.folder / "letter.txt").exists && (set.folder / "other/letter.txt").exists)
    #expect(!(set.folder / "data/a/broken.wav").exists && (away / "a/broken.wav").exists)
    #expect(try away.children() == ["a", "quarantine.csv"])
  }

  @Test func insides() throws {
    let set = try SoundSet(songs: 0)
    defer { set.remove() }
    let folder = set.folder
    symlink(folder.string, (folder.folder / "\(folder.name)-link").string)
    defer { unlink((folder.folder / "\(folder.name)-link").string) }
    #expect(Quarantine.isInside(folder, folder))
    #expect(Quarantine.isInside(folder / "new/deep", folder))
    #expect(Quarantine.isInside(folder.folder / "\(folder.name)-link/bad", folder))
    #expect(!Quarantine.isInside(folder.folder / "\(folder.name)-bad", folder))
    #expect(!Quarantine.isInside(folder.folder, folder))
  }
}
