import Audio
import AudioData
import BuiltInMusic
import Exploration
import FileSystem
import JSONText
import Learning
import TextFormatting
import Threads

/// `explore data synthesize`: writes the built-in music as files, a folder a style.
enum SynthesizeCommand: Command {
  static let specification = CommandSpecification(
    "data synthesize", "makes the built-in music: songs in up to ten styles, a folder a style",
    positionals: [
      .init("DIR", "the folder to write; must be new, empty, or written by this command")
    ],
    options: [
      .init(
        "--genres", value: "N",
        "styles, the first of \(SyntheticMusic.styles.joined(separator: ", ")) (default: 10)"),
      .init("--songs", value: "N", "songs in each style (default: 20)"),
      .init("--seconds", value: "N", "length of each song (default: 10)"),
      .init("--seed", value: "N", "another seed gives other songs (default: 42)"),
      .init("--quiet", "shows no progress and no remarks"),
    ], example: "explore data synthesize music --genres 4 --seconds 5")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    var music = SyntheticMusic()
    music.genres = try arguments.number("--genres", in: SyntheticMusic.genreRange) ?? music.genres
    music.songs = try arguments.number("--songs", in: SyntheticMusic.songRange) ?? music.songs
    music.seconds =
      try arguments.number("--seconds", in: SyntheticMusic.secondsRange) ?? music.seconds
    music.seed = try arguments.number("--seed", in: 0...1_000_000_000_000_000) ?? music.seed
    let folder = Path(arguments.positional(0) ?? "")
    guard !folder.string.isEmpty else { throw arguments.error("DIR needs the name of a folder") }

    try prepare(folder, for: music)
    try write(music, to: folder, terminal)
    Terminal.printOutput("\(folder.string)\n")
    terminal.remark(
      "\(counted(music.trackCount, "song")) of \(duration(seconds: music.seconds)) in "
        + "\(music.genres) styles; look at them with: explore data check \(folder.string)")
    return .success
  }

  /// Tells a folder of this command from others, and what is in it; hidden, as it is no music.
  private static let mark = ".explore-music.json"

  /// Makes the folders, without what an earlier use of the command left.
  private static func prepare(_ folder: Path, for music: SyntheticMusic) throws {
    if folder.exists, !folder.isFolder {
      throw BadInput("\(folder.string) is a file; name a folder to write to")
    }
    let children = folder.exists ? try folder.children() : []
    if !children.isEmpty, !children.contains(mark) {
      throw BadInput(
        "\(folder.string) holds other files (such as “\(children[0])”); name a new or empty folder")
    }
    for style in SyntheticMusic.styles where children.contains(style) {
      for name in try (folder / style).children() where isTrack(name, of: style) {
        try (folder / style / name).remove()
      }
      if try (folder / style).children().isEmpty { try (folder / style).remove() }
    }
    try folder.createFolder()
    try (folder / mark).writeAtomically(
      JSONNode(
        .object([
          .init("genres", JSONNode(music.genres)), .init("songs", JSONNode(music.songs)),
          .init("seconds", JSONNode(music.seconds)), .init("seed", JSONNode(music.seed)),
          .init("revision", JSONNode(SyntheticMusic.revision)),
        ])
      ).indentedText)
    for style in SyntheticMusic.styles.prefix(music.genres) {
      try (folder / style).createFolder()
    }
  }

  private static func isTrack(_ name: String, of style: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0] == style && parts[2] == "wav"
      && parts[1].utf8.count >= 5 && parts[1].allSatisfy { "0123456789".contains($0) }
  }

  private static func write(
    _ music: SyntheticMusic, to folder: Path, _ terminal: Terminal
  ) throws {
    _ = try terminal.showing("playing", of: "song") { isCancelled, onProgress in
      try concurrentMap(
        Array(0..<music.trackCount), threads: Machine.cores, isCancelled: isCancelled,
        progress: onProgress
      ) { index in
        let (name, style, _) = music.track(index)
        try music.waveform(index).write(to: folder / style / name)
      }
    }
  }
}
