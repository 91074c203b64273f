import AudioFeatures
import FileSystem
import ProgramSupport
import Testing

/// Features that change without a new revision would be taken from old caches.
///
/// `Fixtures/revisions.json` holds each set's revision beside its numbers for a made signal. After a
/// change that is meant, raise the `revision` of the sets that changed and record the file anew with
/// `EXPLORE_RECORD=1 scripts/test --filter FeatureRevisionTests`.
@Suite struct FeatureRevisionTests {
  private static let file = Path(#filePath).folder / "Fixtures" / "revisions.json"

  private func current() throws -> [(name: String, revision: Int, values: [Double])] {
    let samples = Signal.beats.samples(66_149)
    return try FeatureSettings.Mode.allCases.flatMap { mode in
      let extractor = try FeatureSetExtractor(FeatureSettings(mode: mode))
      let numbers = try extractor.features(of: samples, in: FeatureSet.all)
      return zip(FeatureSet.all, numbers).map { set, values in
        // Of a spectrogram some places are enough.
        let step = values.count > 1000 ? 499 : 1
        let some = stride(from: 0, to: values.count, by: step).map { values[$0] }
        return ("\(set.name), \(mode.rawValue)", set.revision, some)
      }
    }
  }

  @Test func featuresChangeWithTheRevisionOnly() throws {
    // As far apart as two processors' results may be.
    let changed = try RecordedRevisions(Self.file).mismatches(of: current()) { old, new in
      abs(old - new) <= 1e-4 * abs(old) + 2e-5
    }
    #expect(
      changed == [], "features and revision no longer belong together; see this file's comment")
  }
}
