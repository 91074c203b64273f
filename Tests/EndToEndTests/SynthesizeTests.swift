import Audio
import BuiltInMusic
import FileSystem
import ProgramSupport
import Testing

/// `explore data synthesize`, as a user runs it.
@Suite struct SynthesizeTests {
  @Test func helpScreen() throws {
    let result = try Program.explore.run(["data", "synthesize", "--help"])
    #expect(result.code == 0 && result.errors.isEmpty)
    try expectSnapshot(result.output, "help-data-synthesize.txt")
  }

  /// The files hold exactly the samples that an experiment on the built-in music gets.
  @Test func files() throws {
    let place = try Workplace()
    defer { place.remove() }
    let result = try place.explore(
      "data", "synthesize", "deep/music", "--genres", "3", "--songs", "2", "--seconds", "1.5",
      "--seed", "5")
    #expect(result.code == 0 && result.output == "deep/music\n")
    #expect(result.errors.contains("6 songs of 1.5 s in 3 styles"))
    let music = SyntheticMusic(genres: 3, songs: 2, seconds: 1.5, seed: 5)
    let folder = place.folder / "deep" / "music"
    #expect(
      try folder.children().filter { !$0.hasPrefix(".") }
        == SyntheticMusic.styles.prefix(3)
        .sorted())
    for index in 0..<music.trackCount {
      let (name, style, _) = music.track(index)
      let wave = try Waveform(readingFrom: folder / style / name)
      #expect(wave == music.waveform(index))
    }
  }

  /// A second use of the folder leaves nothing of the first, and what is not its own stays.
  @Test func again() throws {
    let place = try Workplace()
    defer { place.remove() }
    func synthesize(_ options: String...) throws -> Program.Result {
      try place.program.run(
        ["data", "synthesize", "music", "--seconds", "1", "--quiet"] + options, in: place.folder)
    }
    #expect(try synthesize("--genres", "3", "--songs", "3").code == 0)
    try place.write("music/waltz/notes.txt", "mine")
    let second = try synthesize("--genres", "2", "--songs", "1", "--seed", "6")
    #expect(second.code == 0 && second.errors.isEmpty)
    let folder = place.folder / "music"
    #expect(try (folder / "waltz").children() == ["notes.txt", "waltz.00000.wav"])
    #expect(try (folder / "techno").children() == ["techno.00000.wav"])
    #expect(!(folder / "swing").exists)
  }

  @Test func refusals() throws {
    let place = try Workplace()
    defer { place.remove() }
    try (place.folder / "full").createFolder()
    try place.write("full/thesis.txt", "years of work")
    let full = try place.explore("data", "synthesize", "full")
    #expect(full.code == 65)
    #expect(
      full.errors
        == "explore: full holds other files (such as “thesis.txt”); name a new or empty folder\n")
    #expect(try (place.folder / "full").children() == ["thesis.txt"])
    let file = try place.explore("data", "synthesize", "full/thesis.txt")
    #expect(file.code == 65 && file.errors.contains("is a file"))
    for options in [
      ["--genres", "1"], ["--genres", "11"], ["--songs", "0"], ["--seconds", "0.5"],
      ["--seconds", "nan"], ["--seed", "-1"], ["--tempo", "120"],
    ] {
      let result = try place.program.run(["data", "synthesize", "new"] + options, in: place.folder)
      #expect(result.code == 64 && result.errors.contains(options[0]))
    }
    #expect(try place.explore("data", "synthesize").code == 64)
    #expect(try place.explore("data", "synthesize", "").code == 64)
    #expect(!(place.folder / "new").exists)
  }

  @Test func unwritableFolder() throws {
    let result = try Program.explore.run(["data", "synthesize", "/proc/music", "--songs", "1"])
    #expect(result.code == 1 && result.errors.contains("/proc/music"))
  }
}
