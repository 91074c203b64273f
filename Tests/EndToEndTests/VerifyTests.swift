import ContentHashing
import FileSystem
import JSONText
import ProgramSupport
import Testing

/// `explore verify`: a run computed again is the same run, and what is not is found.
@Suite struct VerifyTests {
  @Test(arguments: [
    // Folds with inner ones and repeats, seeds, a transformation and models that use chance.
    #""data": {"builtin": "wine"}, "seeds": 2, "split": {"folds": {"count": 3, "repeats": 2, "inner": {"folds": 2}}}, "transformations": ["none", {"rbf": {"centers": [3, 6]}}], "models": [{"forest": {"trees": [3, 5]}}, {"svm": {"C": [1, 10]}}]"#,
    // Inputs and protocols, refitted and balanced.
    #""data": {"builtin": "wine"}, "scaling": "standard", "inputs": {"all": {}, "some": {"columns": ["a*"]}}, "protocols": {"one": {"holdout": {}}, "two": {"folds": {"count": 3}}}, "refit": true, "balance": "oversample", "models": [{"logistic": {"C": [0.1, 1]}}, {"tree": {"depth": [2, 4]}}]"#,
    // A network and a learning curve.
    #""data": {"builtin": "iris"}, "seeds": 2, "learning_curve": [0.5, 1], "models": [{"mlp": {"epochs": 3}}, {"knn": {"k": 3}}]"#,
    // A tuner that draws settings, and one that drops most of them early.
    #""data": {"builtin": "wine"}, "tuner": {"tpe": {"trials": 12}}, "models": [{"logistic": {"C": {"from": 0.01, "to": 100, "scale": "log"}}}]"#,
    #""data": {"builtin": "wine"}, "tuner": {"hyperband": {"trials": 10}}, "models": [{"forest": {"trees": 27, "depth": [1, 2, 4, 8]}}]"#,
  ])
  func everyKindOfRunIsTheSame(experiment: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run("{\"name\": \"n\", \(experiment)}")
    let before = try run.files()
    let all = try place.explore("verify", "run", "--all", "--json")
    #expect(all.code == 0, "\(all.errors)\(all.output)")
    let node = try JSONNode(parsing: all.output)
    #expect(node["pieces"]?.integer == node["of"]?.integer)
    #expect(node["exact"]?.integer == node["pieces"]?.integer)
    let some = try place.explore("verify", "run", "--seed", "3")
    #expect(some.code == 0)
    let count = node["of"]?.integer ?? 0
    #expect(
      some.output
        == "\((count + 9) / 10) of \(count == 1 ? "1 piece" : "\(count) pieces") of work computed again (seed 3): every bit is the same\n"
    )
    #expect(try run.files() == before)
  }

  private static let small = #"""
    {"name": "n", "data": {"table": "t.csv", "label": "y"},
     "models": [{"forest": {"trees": [3, 5]}}, {"knn": {"k": [1, 3]}}]}
    """#

  private static func table(_ seed: UInt64) -> String {
    var text = "a,b,y\n"
    var random = SeededNumbers(seed: seed)
    for row in 0..<60 {
      text += "\(random.next() + Double(row % 2) / 2),\(random.next()),\(row % 2)\n"
    }
    return text
  }

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write("t.csv", Self.table(1))
    try place.run(Self.small)
    return place
  }

  @Test func aFlippedByteIsFound() throws {
    let place = try place()
    defer { place.remove() }
    let journals = place.folder / "run" / "journal"
    for name in try journals.children() where name.hasSuffix(".bin") {
      var bytes = try (journals / name).readBytes()
      guard let last = bytes.indices.last else { continue }
      bytes[last] ^= 1
      try (journals / name).writeAtomically(bytes)
    }
    let result = try place.explore("verify", "run", "--seed", "1")
    #expect(result.code == 1)
    #expect(result.output.contains("test predictions"))
    #expect(result.output.contains("damaged: the bytes do not fit their check"))
    let node = try JSONNode(parsing: place.explore("verify", "run", "--all", "--json").output)
    let found = node["findings"]?.elements ?? []
    #expect(!found.isEmpty && found.allSatisfy { $0["what"]?.string == "test predictions" })
  }

  @Test func aDamagedLineIsFound() throws {
    let place = try place()
    defer { place.remove() }
    let journals = place.folder / "run" / "journal"
    let name = try #require(try journals.children().first { $0.hasSuffix(".jsonl") })
    var bytes = try (journals / name).readBytes()
    bytes[bytes.count / 2] ^= 1
    try (journals / name).writeAtomically(bytes)
    let result = try place.explore("verify", "run")
    #expect(result.code == 1 && result.output.contains("damaged; the record is not used"))
  }

  /// A run whose plan has another seed than the one it was computed with.
  @Test func otherResultsAreFound() throws {
    let place = try place()
    defer { place.remove() }
    let path = place.folder / "run" / "plan.json"
    let plan = try path.readText().withoutCheck
    try path.writeAtomically(plan.replacing("\"seed\":42", with: "\"seed\":43"))
    let result = try place.explore("verify", "run", "--all")
    #expect(result.code == 1)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("cell") == true)
    #expect(
      lines.contains { $0.hasPrefix("none+forest") && $0.contains("probabilities differ by up to") }
    )
    #expect(!lines.contains { $0.hasPrefix("none+knn") })
    #expect(result.output.contains("2 pieces have other keys in this program"))
  }

  @Test func otherDataAreRefused() throws {
    let place = try place()
    defer { place.remove() }
    try place.write("t.csv", Self.table(2))
    let changed = try place.explore("verify", "run")
    #expect(changed.code == 65 && changed.output.isEmpty)
    #expect(
      changed.errors.hasPrefix("explore: the data are no more those of the run: their key was "))
    try (place.folder / "t.csv").remove()
    let gone = try place.explore("verify", "run")
    #expect(gone.code == 65)
    #expect(gone.errors.hasPrefix("explore: the data of the run are not to be had: cannot open "))
    #expect(gone.errors.hasSuffix("; --experiment can name the file that says where they are\n"))
    try (place.folder / "moved").createFolder()
    try place.write("moved/t.csv", Self.table(1))
    try place.write("moved/e.json", Self.small)
    let found = try place.explore("verify", "run", "--experiment", "moved/e.json")
    #expect(found.code == 0, "\(found.errors)")
    let nowhere = try place.explore("verify", "run", "--experiment", "no.json")
    #expect(nowhere.code == 65)
  }

  /// Relative paths begin where the experiment file was, whatever folder the program is called in.
  @Test func dataAreFoundFromAnywhere() throws {
    let place = try Workplace()
    defer { place.remove() }
    try (place.folder / "questions").createFolder()
    try (place.folder / "elsewhere").createFolder()
    try place.write("questions/t.csv", Self.table(1))
    try place.write("questions/e.json", Self.small)
    #expect(try place.explore("run", "questions/e.json", "--out", "r", "--quiet").code == 0)
    let result = try place.program.run(
      ["verify", "../r"], in: place.folder / "elsewhere", environment: place.environment)
    #expect(result.code == 0, "\(result.errors)")
    // Moved as a whole, it is found from where it is called.
    try (place.folder / "questions").rename(to: place.folder / "elsewhere" / "questions")
    let moved = try place.program.run(
      ["verify", "../r"], in: place.folder / "elsewhere", environment: place.environment)
    #expect(moved.code == 0, "\(moved.errors)")
  }

  /// Changes a run's records as if they had been computed elsewhere, the checks of their lines as well.
  private func forge(_ run: Run, arithmetic: String, addingToLosses change: Double) throws {
    let journals = run.folder / "journal"
    for name in try journals.children() where name.hasSuffix(".jsonl") {
      let lines = try (journals / name).readText().split(separator: "\n").map { line in
        var members = try JSONNode(parsing: String(line)).members ?? []
        members.removeAll { $0.name == "check" }
        for place in members.indices {
          switch members[place].name {
          case "arithmetic": members[place].value = JSONNode(arithmetic)
          case "trainLoss":
            members[place].value = JSONNode((members[place].value.number ?? 0) + change)
          default: break
          }
        }
        let text = JSONNode(.object(members)).compactText.dropLast()
        let digits = String(Array(text.utf8).withUnsafeBytes { shortHash(of: $0) }, radix: 16)
        let check = String(repeating: "0", count: 16 - digits.count) + digits
        return "\(text),\"check\":\"\(check)\"}\n"
      }
      try (journals / name).writeAtomically(lines.joined())
    }
  }

  /// Other loops may give other last digits, which are told and allowed; larger differences are found.
  @Test func otherArithmeticIsToldAndAllowed() throws {
    let place = try Workplace()
    defer { place.remove() }
    let experiment =
      #"{"name": "n", "data": {"builtin": "wine"}, "models": [{"ridge": {"alpha": [0.1, 1]}}]}"#
    let run = try place.run(experiment)
    try forge(run, arithmetic: "made up", addingToLosses: 5e-5)
    let near = try place.explore("verify", "run")
    #expect(near.code == 0, "\(near.output)")
    #expect(
      near.output.contains("all agree (0 pieces to the bit, 1 by other arithmetic within 0.0001)"))
    #expect(near.output.contains("other arithmetic: made up, now "))

    try forge(run, arithmetic: "made up", addingToLosses: 1e-4)
    let far = try place.explore("verify", "run")
    #expect(far.code == 1 && far.output.contains("training loss of trial 0"), "\(far.output)")
    #expect(far.output.contains("other arithmetic: made up, now "))
  }

  /// By the same arithmetic even the last digit counts.
  @Test func theSameArithmeticMustGiveTheSameBits() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "data": {"builtin": "wine"}, "models": [{"ridge": {"alpha": [0.1, 1]}}]}"#)
    let cell = try #require(try run.journalLines(of: "cell").first)
    let arithmetic = try #require(try JSONNode(parsing: cell)["arithmetic"]?.string)
    try forge(run, arithmetic: arithmetic, addingToLosses: 0)
    #expect(try place.explore("verify", "run").code == 0)
    try forge(run, arithmetic: arithmetic, addingToLosses: 1e-15)
    let result = try place.explore("verify", "run")
    #expect(result.code == 1 && result.output.contains("training loss of trial 0"))
  }

  @Test func wrongThingsAreNamed() throws {
    let place = try place()
    defer { place.remove() }
    try (place.folder / "run").copy(to: place.folder / "empty")
    try (place.folder / "empty" / "journal").remove()
    for (arguments, code, message) in [
      (["empty"], 65, "explore: empty: no cell of the run is finished\n"),
      (["cache"], 65, "explore: cache is not a run folder (no plan.json)\n"),
      (["run", "--all", "--share", "0.5"], 64, "explore: --all and --share exclude each other\n"),
      (
        ["run", "--share", "2"], 64, "explore: --share needs a number from 0.0 to 1.0, found “2”\n"
      ),
    ] as [([String], Int32, String)] {
      let result = try place.program.run(
        ["verify"] + arguments, in: place.folder, environment: place.environment)
      #expect(result.code == code && result.errors.hasPrefix(message), "\(result.errors)")
    }
  }
}
