import FileSystem
import JSONText
import ProgramSupport
import Testing

/// `explore merge`: parts of an experiment become the run of the whole.
@Suite struct MergeTests {
  /// Folds, so that there are models of all rows; a model and a transformation that use chance.
  private static let whole = #"""
    {"name": "n", "data": {"builtin": "wine"}, "scaling": "minmax", "seeds": 2,
     "protocols": {"once": {"holdout": {"validation": 0.15, "test": 0.3}},
                   "folds": {"folds": {"count": 3, "repeats": 2}}},
     "transformations": ["none", {"rbf": {"centers": 5}}],
     "models": ["dummy", {"knn": {"k": [1, 5]}}, {"forest": {"trees": [3, 6]}}]}
    """#

  private static func compareContents(_ first: Run, _ second: Run) throws {
    let contents = try (first.reproducibleContents(), second.reproducibleContents())
    #expect(contents.0.keys.sorted() == contents.1.keys.sorted())
    for (name, text) in contents.0 { #expect(contents.1[name] == text, "\(name) differs") }
  }

  @Test func partsOfOneFileBecomeTheWhole() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(Self.whole, out: "whole")
    let parts = [
      try place.run(Self.whole, "--only", "*+knn", out: "a"),
      try place.run(Self.whole, "--only", "*+dummy,rbf+knn", out: "b"),
      try place.run(Self.whole, "--only", "*+forest", out: "c"),
    ]
    let before = try parts.map { try $0.files() }
    let result = try place.explore("merge", "merged", "a", "b", "c", "--json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(!result.errors.contains("disagree"))
    #expect(try JSONNode(parsing: result.output)["cells"]?.elements?.count == 12)
    for (part, files) in zip(parts, before) { #expect(try part.files() == files) }
    let merged = Run(place.folder / "merged")
    try Self.compareContents(run, merged)
    // Going on has nothing left to do.
    let journals = try merged.files(under: "journal")
    #expect(try place.explore("run", "e.json", "--out", "merged", "--quiet").code == 0)
    #expect(try merged.files(under: "journal") == journals)
    for model in ["once+none+knn", "folds+rbf+forest"] {
      #expect((merged.folder / "cells" / model / "model" / "manifest.json").exists)
    }
    let verified = try place.explore("verify", "merged", "--share", "0.2")
    #expect(verified.code == 0 && verified.output.hasSuffix("every bit is the same\n"))
    let provenance = try JSONNode(parsing: (merged.folder / "provenance.json").readBytes())
    #expect(provenance["starts"]?.elements?.count == 4)
    let runs = provenance["merges"]?.elements?.first?["runs"]?.elements ?? []
    #expect(runs.compactMap { $0["folder"]?.string } == ["a", "b", "c"])
  }

  /// Runs of other files of the experiment: other protocols, other models.
  @Test func partsOfSeveralFilesBecomeTheWhole() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(Self.whole, out: "whole")
    let node = try JSONNode(parsing: Self.whole)
    func part(_ protocols: [String], _ models: Range<Int>) -> String {
      JSONNode(
        .object(
          (node.members ?? []).map { member in
            switch member.name {
            case "protocols":
              .init(
                member.name,
                JSONNode(
                  .object((member.value.members ?? []).filter { protocols.contains($0.name) })))
            case "models":
              .init(member.name, JSONNode(Array((member.value.elements ?? [])[models])))
            default: member
            }
          })
      ).compactText
    }
    try place.run(part(["once"], 0..<2), out: "a")
    try place.run(part(["folds"], 0..<2), out: "b")
    try place.run(part(["once", "folds"], 2..<3), out: "c")
    #expect(try place.explore("merge", "merged", "a", "b", "c", "--quiet").code == 0)
    let merged = Run(place.folder / "merged")
    try Self.compareContents(run, merged)
    let text = try (merged.folder / "experiment.json").readBytes()
    #expect(try JSONNode(parsing: text) == node)
    try place.write("whole.json", Self.whole)
    let journals = try merged.files(under: "journal")
    #expect(try place.explore("run", "whole.json", "--out", "merged", "--quiet").code == 0)
    #expect(try merged.files(under: "journal") == journals)
    // What no part has is skipped, and says so.
    #expect(try place.explore("merge", "less", "a", "c", "--quiet").code == 0)
    let less = try Run(place.folder / "less").table("results").rows
    #expect(less.count == 12 && less.count { $0["reason"] == "in none of the merged runs" } == 4)
  }

  @Test func othersAreRefused() throws {
    let place = try Workplace()
    defer { place.remove() }
    let small =
      #"{"name": "n", "data": {"builtin": "iris"}, "models": ["dummy", {"knn": {"k": 3}}]}"#
    try place.run(small, out: "a")
    try place.run(small, "--seed", "5", out: "seed")
    try place.run(
      #"{"name": "n", "data": {"builtin": "iris"}, "models": ["dummy", {"knn": {"k": 4}}]}"#,
      out: "settings")
    try place.run(
      #"{"name": "n", "data": {"builtin": "iris", "columns": ["sepal*"]}, "models": ["dummy"]}"#,
      out: "data")
    try place.run(
      #"{"name": "n", "data": {"builtin": "iris"}, "protocols": {"p": {"holdout": {}}}, "models": ["dummy"]}"#,
      out: "protocol")
    let before = try Run(place.folder).files(under: "a")
    let cases: [(arguments: [String], code: Int32, message: String)] = [
      (
        ["out", "a", "seed"], 65,
        "explore: a and seed are not parts of one experiment: experiment, seed: 42 and 5; "
      ),
      (
        ["out", "a", "settings"], 65,
        "explore: a and settings are not parts of one experiment: experiment, model knn: {\"k\":3} and {\"k\":4}\n"
      ),
      (
        ["out", "a", "data"], 65, "explore: a and data are not parts of one experiment: "
      ),
      (
        ["out", "a", "protocol"], 65,
        "explore: the runs are not parts of one experiment: some name their protocols (p)"
      ),
      (["a", "a", "seed"], 65, "explore: a and seed are not parts"),
      (["out", "a", "a"], 65, "explore: a and a are the same folder\n"),
      (["out", "a", "nowhere"], 65, "explore: nowhere is not a run folder (no plan.json)\n"),
      (["out", "a"], 64, "explore: two runs at least can be merged\n"),
    ]
    for own in cases {
      let result = try place.program.run(
        ["merge"] + own.arguments, in: place.folder, environment: place.environment)
      #expect(result.code == own.code, "\(own.arguments): \(result.errors)")
      #expect(result.errors.hasPrefix(own.message), "\(result.errors)")
      if own.arguments.contains("data") { #expect(result.errors.contains("; data, key: ")) }
      #expect(!(place.folder / "out").exists && !(place.folder / "out.partial").exists)
    }
    try (place.folder / "a").copy(to: place.folder / "b")
    let full = try place.explore("merge", "seed", "a", "b")
    #expect(
      full.code == 1 && full.errors == "explore: seed is not empty; merged runs need a new folder\n"
    )
    #expect(try Run(place.folder).files(under: "a") == before)
  }

  /// What was torn in a part is said once, and taken from another part or computed anew.
  @Test func damageInPartsIsSurvived() throws {
    let place = try Workplace()
    defer { place.remove() }
    let small =
      #"{"name": "n", "data": {"builtin": "iris"}, "models": ["dummy", {"knn": {"k": 3}}]}"#
    let run = try place.run(small, out: "a")
    try (place.folder / "a").copy(to: place.folder / "b")
    let journals = place.folder / "a" / "journal"
    for name in try journals.children() where name.hasSuffix(".bin") {
      var bytes = try (journals / name).readBytes()
      for index in bytes.indices { bytes[index] ^= 1 }
      try (journals / name).writeAtomically(bytes)
    }
    let line = try #require(try journals.children().first { $0.hasSuffix(".jsonl") })
    let text = try (journals / line).readText()
    try (journals / line).writeAtomically(text + #"{"kind":"tri"#)
    let whole = try place.explore("merge", "merged", "a", "b")
    #expect(whole.code == 0)
    #expect(whole.errors.contains("a: \(line): the last line was torn and is cut off\n"))
    #expect(whole.errors.contains("2 pieces of work have damaged predictions"))
    let merged = Run(place.folder / "merged")
    #expect(try merged.table("results").rows.allSatisfy { $0["status"] == "ok" })
    #expect(try merged.table("predictions") == Run(place.folder / "b").table("predictions"))
    #expect(try place.explore("report", "merged").errors.contains("journal:") == false)
    try (journals.folder / "plan.json").writeAtomically("{")
    let torn = try place.explore("merge", "other", "a", "b")
    #expect(torn.code == 65 && torn.errors.hasPrefix("explore: a/plan.json is damaged: "))
    #expect(torn.errors.split(separator: "\n").count == 1)
    withExtendedLifetime(run) {}
  }
}
