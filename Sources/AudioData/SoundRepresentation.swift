import AudioFeatures
import ContentHashing
import TextFormatting

/// How sound becomes rows of numbers.
package struct SoundRepresentation: Equatable, Sendable {
  package var settings: FeatureSettings
  /// The length of a row's piece of sound; nil for whole files.
  package var segmentSeconds: Double?
  /// The names of the feature sets, in the order of their columns.
  package var sets: [String]

  package init(
    settings: FeatureSettings = .init(), segmentSeconds: Double? = nil,
    sets: [String] = [FeatureSet.gtzan57.name]
  ) {
    self.settings = settings
    self.segmentSeconds = segmentSeconds
    self.sets = sets
  }

  /// The sets that the program has; the reader of experiments lets no other name through.
  package var featureSets: [FeatureSet] { sets.compactMap { FeatureSet.named($0) } }

  /// The columns of each set; what a set has in common with those before it stands in those only.
  package var columnsOfSets: [[String]] {
    var known: Set<String> = []
    return featureSets.map { set in allColumns(of: set).filter { known.insert($0).inserted } }
  }

  package var columns: [String] { columnsOfSets.flatMap(\.self) }

  func allColumns(of set: FeatureSet) -> [String] {
    set.columns(settings, samples: segmentRule?.length)
  }

  /// Says why sound cannot become such rows.
  ///
  /// - Throws: `FeatureError`.
  package func check() throws(FeatureError) {
    try settings.validate()
    for set in featureSets { try set.check(settings, samples: segmentRule?.length) }
  }

  /// How sound is cut; nil for whole files.
  package var segmentRule: SegmentRule? {
    segmentRule(sampleRate: settings.sampleRate)
  }

  /// How sound of a rate is cut; nil for whole files.
  func segmentRule(sampleRate: Int) -> SegmentRule? {
    segmentSeconds.map {
      SegmentRule(seconds: $0, sampleRate: sampleRate, mode: settings.mode)
    }
  }

  /// As in `57 features of 3 s segments`.
  package var words: String {
    let features = counted(columns.count, "feature")
    let pieces = segmentSeconds.map { "\(shortest($0)) s segments" } ?? "whole files"
    return "\(features) of \(pieces)" + (settings.mode == .kaggle ? ", kaggle mode" : "")
  }

  /// Adds to a key all that decides the numbers of one set.
  func addIdentity(of set: FeatureSet, to hasher: inout ContentHasher) {
    hasher.add(set.name)
    hasher.add(set.revision)
    hasher.add(settings.mode.rawValue)
    for number in [
      settings.sampleRate, settings.fftSize, settings.hopLength, segmentRule?.step ?? 0,
    ] {
      hasher.add(number)
    }
    if set.dependsOnBands { hasher.add(settings.bands) }
    addCutting(to: &hasher)
  }

  /// Adds to a key how sound is cut, where that is not the published rule.
  func addCutting(to hasher: inout ContentHasher) {
    guard let segmentSeconds, settings.mode == .modern else { return }
    hasher.add("segments of \(segmentSeconds) s that may end with the sound")
  }
}
