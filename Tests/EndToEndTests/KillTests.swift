import FileSystem
import Glibc
import Matrices
import ProgramSupport
import Testing

/// Whatever is killed and whenever, the tables end up the same.
@Suite struct KillTests {
  @Test func twentyKillsChangeNothing() throws {
    let place = try Workplace()
    defer { place.remove() }
    let experiment = smallGrid.replacingFirst(
      #""data""#, with: #""split": {"folds": {"count": 4}}, "data""#)
    let undisturbed = try place.run(experiment, out: "undisturbed")
    try (place.folder / "cache").remove()

    var random = RandomStream(seed: UInt64(getpid()))
    var kills = 0
    var running = try place.start("run", "e.json", "--out", "run", "--quiet")
    while kills < 20 {
      usleep(UInt32(5000 + random.below(120_000)))
      if let result = try running.poll() {
        #expect(result.code == 0, "\(result.errors)")
        // It was through before all kills were dealt: lose a journal and go on.
        let journals = place.folder / "run" / "journal"
        let names = try journals.children()
        try (journals / names[random.below(names.count)]).remove()
        running = try place.start("run", "e.json", "--out", "run", "--quiet")
        continue
      }
      let workers = running.children
      if workers.isEmpty || random.below(2) == 0 {
        running.signal(SIGKILL)
        _ = try running.wait()
        running = try place.start("run", "e.json", "--out", "run", "--quiet")
      } else {
        kill(workers[random.below(workers.count)], SIGKILL)
      }
      kills += 1
    }
    #expect(try running.wait().code == 0)
    let result = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(result.code == 0, "\(result.errors)")
    let (expected, found) = (
      try undisturbed.reproducibleContents(), try Run(place.folder / "run").reproducibleContents()
    )
    #expect(expected.keys.sorted() == found.keys.sorted())
    for (name, contents) in expected { #expect(found[name] == contents, "\(name) differs") }
  }

  @Test func noWorkerOutlivesItsCoordinator() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "slow", "data": {"builtin": "iris"}, "models": ["sleeping"]}"#)
    let running = try place.start("run", "e.json", "--out", "run")
    var workers: [pid_t] = []
    waitUntil {
      workers = running.children
      return !workers.isEmpty
    }
    try #require(!workers.isEmpty)
    usleep(200_000)
    running.signal(SIGKILL)
    _ = try running.wait()
    waitUntil { workers.allSatisfy { kill($0, 0) != 0 } }
    #expect(workers.allSatisfy { kill($0, 0) != 0 })
  }

  @Test func damagedJournalsAreComputedAgain() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    let expected = try run.reproducibleContents()
    let journals = run.folder / "journal"
    for name in try journals.children() {
      var bytes = try (journals / name).readBytes()
      guard bytes.count > 2000 else { continue }
      bytes[bytes.count / 2] ^= 0x15
      if name.hasSuffix(".jsonl") { bytes.removeLast(30) }
      try (journals / name).writeAtomically(bytes)
    }
    let result = try place.explore("run", "e.json", "--out", "run")
    #expect(result.code == 0)
    #expect(result.errors.contains("damaged; the record is not used"))
    #expect(result.errors.contains("the last line was torn and is cut off"))
    #expect(try run.reproducibleContents() == expected)
  }

  @Test func theCacheMayVanishAtAnyTime() throws {
    let place = try Workplace()
    defer { place.remove() }
    let expected = try place.run(smallGrid, out: "undisturbed").reproducibleContents()
    let running = try place.start("run", "e.json", "--out", "run", "--quiet", "--jobs", "1")
    for _ in 0..<30 {
      usleep(10_000)
      try? (place.folder / "cache" / "entries").remove()
      try? (place.folder / "cache" / "entries").createFolder()
    }
    let result = try running.wait()
    #expect(result.code == 0, "\(result.errors)")
    #expect(try Run(place.folder / "run").reproducibleContents() == expected)
  }

  /// Entries whose matrix lost its end: as after a full disk or a file system's repair.
  @Test func damagedCacheEntriesAreReplaced() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    let expected = try run.reproducibleContents()
    let entries = place.folder / "cache" / "entries"
    let whole = try entries.children().map { try (entries / $0 / "rows.f32").readBytes() }
    for name in try entries.children() {
      let file = entries / name / "rows.f32"
      try file.writeAtomically(Array(try file.readBytes().dropLast()))
    }
    let start = ContinuousClock.now
    try place.run(smallGrid, "--fresh")
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(try run.reproducibleContents() == expected)
    #expect(try entries.children().map { try (entries / $0 / "rows.f32").readBytes() } == whole)
  }

  @Test func aTornModelIsMadeAgain() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid, "--only", "none+ridge,none+knn")
    let models = try run.files(under: "cells")
    let weights = run.folder / "cells" / "none+ridge" / "model" / "weights.safetensors"
    try weights.writeAtomically("xx")
    try place.run(smallGrid, "--only", "none+ridge,none+knn")
    #expect(try run.files(under: "cells") == models)
    #expect(try run.journalLines(of: "cell").count == 3)
  }
}
