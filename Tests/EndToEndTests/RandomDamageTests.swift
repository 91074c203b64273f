import FileSystem
import Glibc
import Matrices
import ProgramSupport
import Testing

/// Every kind of file that the program writes and reads again, changed by chance: results are the same, computed
/// again or refused in words, never other ones without a word.
///
/// `EXPLORE_DAMAGES` is the number of tries of each kind, 6 by default; with it a table of what happened is printed.
@Suite(.serialized) struct RandomDamageTests {
  enum Outcome: String, CaseIterable {
    case same, again, refused, wrong
  }

  /// What is damaged, and the command that then reads it.
  struct Kind: Sendable, CustomTestStringConvertible {
    var name: String
    /// The files, by the ends of their paths in the workplace.
    var ends: [String]
    var command: [String]
    var isTraining = false
    var testDescription: String { name }
  }

  private static let run = ["run", "e.json", "--out", "run"]
  private static let kinds = [
    Kind(name: "cache: rows", ends: ["rows.f32"], command: run + ["--fresh"]),
    Kind(name: "cache: weights", ends: ["weights.safetensors"], command: run + ["--fresh"]),
    Kind(name: "cache: manifest", ends: ["manifest.json"], command: run + ["--fresh"]),
    Kind(
      name: "model: weights", ends: ["pca+ridge/model/weights.safetensors"],
      command: ["predict", "run", "t.csv", "--cell", "pca+ridge"]),
    Kind(
      name: "model: manifest", ends: ["pca+ridge/model/manifest.json"],
      command: ["predict", "run", "t.csv", "--cell", "pca+ridge"]),
    Kind(name: "model, run again", ends: ["pca+ridge/model/weights.safetensors"], command: run),
    Kind(name: "plan: report", ends: ["run/plan.json"], command: ["report", "run"]),
    Kind(name: "plan: run", ends: ["run/plan.json"], command: run),
    Kind(name: "provenance", ends: ["run/provenance.json"], command: ["report", "run"]),
    Kind(name: "journal: report", ends: [".jsonl"], command: ["report", "run"]),
    Kind(name: "journal: run", ends: [".jsonl"], command: run),
    Kind(name: "predictions: report", ends: [".bin"], command: ["report", "run"]),
    Kind(name: "predictions: run", ends: [".bin"], command: run),
    Kind(
      name: "checkpoint: weights", ends: ["weights.safetensors"], command: run, isTraining: true),
    Kind(name: "checkpoint: manifest", ends: ["manifest.json"], command: run, isTraining: true),
  ]

  private static let tries = getenv("EXPLORE_DAMAGES").flatMap { Int(String(cString: $0)) }

  @Test(arguments: kinds)
  func damageIsNeverBelieved(kind: Kind) throws {
    let place = try Workplace()
    defer { place.remove() }
    try prepare(place, kind)
    let whole = place.folder / "whole"
    let parts = ["run", "cache"]
    for part in parts { try (place.folder / part).copy(to: whole / part) }
    let result = try place.program.run(
      kind.command, in: place.folder, environment: place.environment)
    try #require(result.code == 0, "\(result.errors)")
    let expected = try answer(kind, place, result)
    let files = try Run(whole).files().filter { file in
      kind.ends.contains { file.key.hasSuffix($0) }
        && (kind.isTraining
          ? file.key.contains("/checkpoints/")
          : kind.name.hasPrefix("cache")
            ? file.key.hasPrefix("cache/") : file.key.hasPrefix("run/"))
        && !file.value.isEmpty
    }.sorted { $0.key < $1.key }
    try #require(!files.isEmpty)

    var random = RandomStream(seed: 4)
    var counts: [Outcome: Int] = [:]
    for _ in 0..<(Self.tries ?? 6) {
      for part in parts {
        try (place.folder / part).remove()
        try (whole / part).copy(to: place.folder / part)
      }
      let file = files[random.below(files.count)]
      let (damaged, words) = damage(file.value, &random)
      let path = place.folder / file.key
      try path.writeAtomically(damaged)
      let result = try place.program.run(
        kind.command, in: place.folder, environment: place.environment)
      let outcome = try outcome(kind, place, result, expected, path, damaged)
      counts[outcome, default: 0] += 1
      #expect(
        outcome != .wrong,
        "\(file.key), \(words): exit code \(result.code), \(result.errors)")
    }
    if Self.tries != nil {
      let numbers = Outcome.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }
      print("damage | \(kind.name) | \(numbers.joined(separator: " | "))")
    }
  }

  private func prepare(_ place: Workplace, _ kind: Kind) throws {
    var numbers = SeededNumbers(seed: 8)
    var text = "a,b,c,label\n"
    for row in 0..<120 {
      let values = (0..<3).map { numbers.next() + ($0 == row % 3 ? 0.6 : 0) }
      text += "\(values[0]),\(values[1]),\(values[2]),\"class \(row % 3)\"\n"
    }
    try place.write("t.csv", text)
    let rest = #""data": {"table": "t.csv", "label": "label"}, "scaling": "standard""#
    guard kind.isTraining else {
      try place.run(
        #"""
        {"name": "n", \#(rest), "transformations": ["none", "pca"],
         "models": [{"knn": {"k": [1, 3, 5]}}, "ridge", {"forest": {"trees": [3, 9]}}]}
        """#)
      return
    }
    let kept = place.folder / "run" / "checkpoints"
    // A kill may come too late, or between two checkpoints.
    for _ in 0..<20 {
      try (place.folder / "run").remove()
      try place.write(
        "e.json",
        #"{"name": "n", \#(rest), "models": [{"mlp": {"epochs": 1000, "keep": "last"}}]}"#)
      let running = try place.start("run", "e.json", "--out", "run", "--quiet")
      var hasEnded = false
      while !hasBegun(kept), !hasEnded {
        usleep(1000)
        hasEnded = try running.poll() != nil
      }
      if hasEnded { continue }
      usleep(20_000)
      running.signal(SIGKILL)
      _ = try running.wait()
      // Its workers end with it, but not at once.
      usleep(200_000)
      let files = (try? Run(kept).files()) ?? [:]
      if files.keys.contains(where: { $0.hasSuffix("manifest.json") && !$0.contains("partial") }) {
        return
      }
    }
    Issue.record("no checkpoint was left")
  }

  /// Whether a fit has written a checkpoint.
  private func hasBegun(_ checkpoints: Path) -> Bool {
    guard let key = try? checkpoints.children().first,
      let fit = try? (checkpoints / key).children().first
    else { return false }
    return !((try? (checkpoints / key / fit).children()) ?? []).isEmpty
  }

  /// What the command is run for.
  private func answer(
    _ kind: Kind, _ place: Workplace, _ result: Program.Result
  ) throws -> [String: String] {
    if kind.command[0] == "predict" { return ["predictions": result.output] }
    var contents = try Run(place.folder / "run").reproducibleContents()
    // Notes of a checkpoint that was not used stand there.
    if kind.isTraining { contents["results"] = nil }
    contents["selection"] = try (place.folder / "run" / "tables" / "selection.csv").readText()
    return contents
  }

  private func outcome(
    _ kind: Kind, _ place: Workplace, _ result: Program.Result, _ expected: [String: String],
    _ path: Path, _ damaged: [UInt8]
  ) throws -> Outcome {
    let isSaid = result.errors.contains("damaged") || result.errors.contains("torn")
    guard result.code == 0 else {
      return result.code == 65 && isSaid ? .refused : .wrong
    }
    guard try answer(kind, place, result) == expected else {
      // A report of what is left says what is not.
      return kind.command[0] == "report" && isSaid ? .refused : .wrong
    }
    let isRestored = (try? path.readBytes()) != damaged
    return isSaid || isRestored || kind.isTraining ? .again : .same
  }

  /// A flipped bit, some other bytes, a cut or a tail of zeros.
  private func damage(_ whole: [UInt8], _ random: inout RandomStream) -> ([UInt8], String) {
    while true {
      var bytes = whole
      let place = random.below(bytes.count)
      let words: String
      switch random.below(4) {
      case 0:
        let bit = random.below(8)
        bytes[place] ^= 1 << UInt8(bit)
        words = "bit \(bit) of byte \(place)"
      case 1:
        let end = min(bytes.count, place + 1 + random.below(16))
        for index in place..<end { bytes[index] = UInt8(random.below(256)) }
        words = "other bytes from \(place) to \(end)"
      case 2:
        bytes.removeLast(bytes.count - place)
        words = "cut at \(place)"
      default:
        for index in place..<bytes.count { bytes[index] = 0 }
        words = "zeros from \(place)"
      }
      if bytes != whole { return (bytes, words) }
    }
  }
}
