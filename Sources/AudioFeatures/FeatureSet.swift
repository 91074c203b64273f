import Spectra

/// A named group of features that experiments ask for.
package struct FeatureSet: Sendable {
  enum Source: Sendable {
    /// What follows from one pass over a clip, which all such sets share.
    case analysis(
      ClipAnalysis.Parts, columns: [String], values: @Sendable (ClipAnalysis) -> [Double])
    /// A picture of the clip, a column a place in it.
    case spectrogram
  }

  /// The name in experiment files, as in `gtzan57`.
  package let name: String
  package let summary: String
  /// Goes up whenever the numbers of the set change: what caches hold of it is then computed anew.
  package let revision: Int
  let source: Source

  /// All of them; columns of the same name are the same numbers in each set.
  package static let all: [FeatureSet] = [gtzan57, audio135, logMel]

  /// The 57 columns of the published GTZAN tables.
  package static let gtzan57 = FeatureSet(
    name: "gtzan57",
    summary: "the 57 columns of the published GTZAN tables, as librosa computes them",
    revision: 2,
    source: .analysis(.separation, columns: PublishedFeatures.names, values: \.publishedFeatures))

  /// Means and deviations of timbre, harmony and spectral shape, and the tempo: ``AudioVector``.
  package static let audio135 = FeatureSet(
    name: "audio135",
    summary: "135 means and deviations of timbre and its changes, harmony and spectral shape",
    revision: 2,
    source: .analysis(.contrast, columns: AudioVector.names, values: \.audioVector))

  /// Mel bands of the power in decibels, bands × frames, for clips of one length only.
  ///
  /// The clip’s largest is 0, the least is −80; there are ``FeatureSettings/bands`` bands.
  package static let logMel = FeatureSet(
    name: "log-mel", summary: "a mel spectrogram in decibels, a column a band and frame",
    revision: 1, source: .spectrogram)

  package static func named(_ name: String) -> FeatureSet? { all.first { $0.name == name } }

  /// Whether ``FeatureSettings/bands`` makes a difference.
  package var dependsOnBands: Bool {
    if case .spectrogram = source { true } else { false }
  }

  /// The columns, in their order.
  ///
  /// - Parameters:
  ///   - settings: how they are computed.
  ///   - samples: of each clip; nil for clips of different lengths, of which there are no spectrograms.
  /// - Returns: their names, as `mel_1_1`, `mel_1_2`, … for band and frame of a spectrogram.
  package func columns(_ settings: FeatureSettings, samples: Int?) -> [String] {
    switch source {
    case .analysis(_, let columns, _): return columns
    case .spectrogram:
      guard let samples else { return [] }
      let frames = settings.frames(ofSamples: samples)
      return (1...settings.bands).flatMap { band in (1...frames).map { "mel_\(band)_\($0)" } }
    }
  }

  private static let mostPlaces = 1_000_000

  /// Says why the set cannot be computed.
  ///
  /// - Parameters: as of ``columns(_:samples:)``.
  /// - Throws: ``FeatureError``.
  package func check(_ settings: FeatureSettings, samples: Int?) throws(FeatureError) {
    switch source {
    case .analysis(let parts, _, _):
      guard parts.contains(.contrast) else { return }
      let lowestRate = 2 * Int(SpectralContrast.highest) + 1
      guard settings.sampleRate >= lowestRate else {
        throw .setting(
          "for \(name) the sample rate", settings.sampleRate, "at least \(lowestRate)")
      }
      // Else there is a band without any bin.
      let leastSize = (settings.sampleRate + 199) / Int(SpectralContrast.lowest)
      guard settings.fftSize >= leastSize else {
        throw .setting("for \(name) the FFT size", settings.fftSize, "at least \(leastSize)")
      }
    case .spectrogram:
      guard let samples else { throw .needsOneLength(name) }
      let frames = settings.frames(ofSamples: samples)
      guard frames <= Self.mostPlaces / settings.bands else {
        throw .tooLarge(bands: settings.bands, frames: frames, most: Self.mostPlaces)
      }
    }
  }
}

/// Computes feature sets of clips, one clip after the other, in one pass over each where they allow it.
///
/// It owns the memory it works in, so a thread needs one of its own.
package final class FeatureSetExtractor {
  private let settings: FeatureSettings
  private let extractor: FeatureExtractor
  private let transform: ShortTimeFourierTransform
  private let bank: MelFilterBank
  private let decibels = Decibels(reference: .maximum)

  /// - Parameters:
  ///   - settings: the same for all clips.
  ///   - isCancelled: asked now and then; yes ends the work on a clip.
  /// - Throws: ``FeatureError`` where a setting is out of range.
  package init(
    _ settings: FeatureSettings, isCancelled: @escaping () -> Bool = { false }
  ) throws(FeatureError) {
    self.settings = settings
    extractor = try FeatureExtractor(settings)
    extractor.isCancelled = isCancelled
    transform = ShortTimeFourierTransform(
      fftSize: settings.fftSize, hopLength: settings.hopLength, padding: settings.padding)
    bank = MelFilterBank(
      sampleRate: settings.sampleRate, fftSize: settings.fftSize, bands: settings.bands)
  }

  /// The features of a clip.
  ///
  /// - Parameters:
  ///   - samples: one channel at the settings’ rate.
  ///   - sets: which have passed ``FeatureSet/check(_:samples:)``.
  /// - Returns: for each set one number a column, or none where the work is cancelled.
  /// - Throws: ``FeatureError`` where there are no samples, or some are not finite or far too large.
  package func features(
    of samples: [Float], in sets: [FeatureSet]
  ) throws(FeatureError) -> [[Double]] {
    var parts: ClipAnalysis.Parts?
    for case .analysis(let own, _, _) in sets.map(\.source) { parts = own.union(parts ?? []) }
    var analysis: ClipAnalysis?
    if let parts {
      analysis = try extractor.analyse(samples.span, finding: parts)
    } else {
      try FeatureExtractor.check(samples.span)
    }
    if extractor.isCancelled() { return sets.map { _ in [] } }
    return sets.map { set in
      switch set.source {
      case .analysis(_, _, let values): analysis.map(values) ?? []
      case .spectrogram: spectrogram(of: samples)
      }
    }
  }

  private func spectrogram(of samples: [Float]) -> [Double] {
    let levels = decibels.ofPower(bank(transform(samples.span).power()))
    return (0..<levels.columns).flatMap { band in
      (0..<levels.rows).map { Double(levels[$0, band]) }
    }
  }
}
