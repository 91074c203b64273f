import AudioFeatures
import FileSystem
import Glibc
import JSONText
import Testing

/// Features that change without a new revision would be taken from old caches.
///
/// `Fixtures/revision.json` holds the revision beside the features of a made signal. After a change
/// that is meant, raise the set's `revision` and record the file anew with
/// `EXPLORE_RECORD=1 scripts/test --filter FeatureRevisionTests`.
@Suite struct FeatureRevisionTests {
  private static let file = Path(#filePath).folder / "Fixtures" / "revision.json"

  private func current() throws -> [(name: String, values: [Double])] {
    try FeatureSettings.Mode.allCases.map { mode in
      let extractor = try FeatureExtractor(FeatureSettings(mode: mode))
      return (mode.rawValue, try extractor.features(of: Signal.beats.samples(66_149)))
    }
  }

  @Test func featuresChangeWithTheRevisionOnly() throws {
    let revision = try #require(FeatureSet.named("gtzan57")).revision
    let current = try current()
    if getenv("EXPLORE_RECORD") != nil {
      let values = current.map { name, values in
        JSONNode.Member(name, JSONNode(values.map { JSONNode($0) }))
      }
      let node = JSONNode(.object([.init("revision", JSONNode(revision))] + values))
      try Self.file.writeAtomically(node.indentedText)
    }
    let recorded = try JSONNode(parsing: Self.file.readBytes())
    var deviations = Deviations()
    for (name, values) in current {
      let known = recorded[name]?.elements?.compactMap(\.number) ?? []
      try #require(known.count == values.count)
      deviations.add(values, expected: known, clip: name)
    }
    #expect(
      deviations.excesses == [] && recorded["revision"]?.integer == revision,
      "features and revision no longer belong together; see the comment in this file")
  }
}
