import FileSystem
import Glibc
import JSONText
import ProgramSupport
import Testing

@Suite struct DataCheckTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for (label, seed) in [("blues", UInt64(1)), ("rock", 2)] {
      try (place.folder / "songs" / label).createFolder()
      try put("\(label)/\(label).1.wav", Sound(melody: seed, seconds: 3).wav)
    }
  }

  private func put(_ name: String, _ bytes: [UInt8]) throws {
    try (place.folder / "songs" / name).writeAtomically(bytes)
  }

  @Test func help() throws {
    let result = try Program.explore.run(["data", "check", "--help"])
    #expect(result.code == 0 && result.errors.isEmpty)
    try expectSnapshot(result.output, "help-data-check.txt")
  }

  @Test("0 for a clean folder, notes or not; 3 for problems")
  func exitCodes() throws {
    defer { place.remove() }
    let clean = try place.explore("data", "check", "songs")
    #expect(clean.code == 0, "\(clean.errors)")
    try expectSnapshot(clean.output, "data-check-clean.txt")
    try put("rock/rock.2.wav", Array("words".utf8))
    try put("blues/blues.2.wav", Sound(melody: 2, seconds: 3).wav)
    try put("blues/cover.png", [1])
    let result = try place.explore(
      "data", "check", "songs", "-o", "page.html", "--csv", "problems.csv", "--jobs", "2")
    #expect(result.code == 3)
    try expectSnapshot(result.output, "data-check-problems.txt")
    #expect(result.errors.contains("page: page.html") && result.errors.contains("problems.csv"))
    let page = try (place.folder / "page.html").readText()
    #expect(page.contains("blues/blues.2.wav") && !page.contains("http"))
    let table = try ResultTable(place.folder / "problems.csv")
    #expect(table.rows.map { $0["problem"] } == ["broken", "duplicate"])
    let json = try place.explore("data", "check", "songs", "--json", "--quiet")
    #expect(json.code == 3 && json.errors.isEmpty)
    let node = try JSONNode(parsing: json.output)
    #expect(node["clean"]?.boolean == false && node["problems"]?.elements?.count == 2)
    let csv = try place.explore("data", "check", "songs", "--csv", "-")
    #expect(csv.output == (try (place.folder / "problems.csv").readText()))
  }

  @Test("65 for folders that cannot be checked, 64 for options that make no sense")
  func unusable() throws {
    defer { place.remove() }
    let missing = try place.explore("data", "check", "nowhere")
    #expect(missing.code == 65 && missing.errors.contains("cannot open nowhere: no such file"))
    try (place.folder / "empty").createFolder()
    let empty = try place.explore("data", "check", "empty")
    #expect(empty.code == 65 && empty.errors.contains("there is no sound file in it"))
    try place.write("index.csv", "file,label\nsongs/rock/rock.1.wav,rock\n,rock\n")
    let index = try place.explore("data", "check", "index.csv")
    #expect(index.code == 65 && index.errors.contains("index.csv, line 3: column “file” is empty"))
    let inside = try place.explore("data", "check", "songs", "--quarantine", "songs/bad")
    #expect(inside.code == 64 && inside.errors.contains("must lie outside the data set"))
    #expect(!(place.folder / "songs/bad").exists)
    let length = try place.explore("data", "check", "songs", "--shortest", "-1")
    #expect(length.code == 64)
  }

  @Test func aPageThatCannotBeWrittenTakesNothingBack() throws {
    defer { place.remove() }
    try put("rock/rock.2.wav", Array("words".utf8))
    let result = try place.explore("data", "check", "songs", "-o", "/dev/full")
    #expect(result.code == 1 && result.errors.contains("cannot write /dev/full: no space left"))
    #expect(result.output.contains("broken  rock/rock.2.wav"))
  }

  @Test func quarantine() throws {
    defer { place.remove() }
    try put("rock/rock.2.wav", Array("words".utf8))
    try put("rock/rock.3.wav", Sound(melody: 2, seconds: 3).wav)
    let first = try place.explore("data", "check", "songs", "--quarantine", "away")
    #expect(first.code == 3 && first.errors.contains("moved to away: 1 file"))
    #expect(try (place.folder / "away/rock/rock.2.wav").readText() == "words")
    #expect(!(place.folder / "songs/rock/rock.2.wav").exists)
    #expect((place.folder / "songs/rock/rock.3.wav").exists)
    let record = try ResultTable(place.folder / "away/quarantine.csv")
    #expect(record.rows.map { $0["state"] } == ["moving", "moved"])
    try (place.folder / "songs/rock/rock.3.wav").remove()
    let second = try place.explore("data", "check", "songs", "--quarantine", "away")
    #expect(second.code == 0 && second.errors.contains("moved to away: 0 files"))
  }

  @Test("Interrupted, it ends soon, moves nothing and says so")
  func interruption() throws {
    defer { place.remove() }
    try put("rock/rock.2.wav", Array("words".utf8))
    try put("rock/rock.3.wav", Sound(melody: 3, seconds: 120).wav)
    for number in 4..<500 {
      link(
        (place.folder / "songs/rock/rock.3.wav").string,
        (place.folder / "songs/rock/rock.\(number).wav").string)
    }
    let running = try place.start(
      "data", "check", "songs", "--jobs", "1", "--quarantine", "away")
    usleep(700_000)
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.code == 130 && result.output.isEmpty)
    #expect(result.errors.contains("interrupted; nothing was written or moved"))
    #expect((place.folder / "songs/rock/rock.2.wav").exists && !(place.folder / "away").exists)
  }
}
