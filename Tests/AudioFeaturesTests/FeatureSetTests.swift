import Audio
import AudioFeatures
import Testing

@Suite struct FeatureSetTests {
  private let samples = Signal.beats.samples(66_149)

  @Test func asksForEachSetByItsName() {
    #expect(FeatureSet.all.map(\.name) == ["gtzan57", "audio135", "log-mel"])
    for set in FeatureSet.all { #expect(FeatureSet.named(set.name)?.name == set.name) }
    #expect(FeatureSet.named("audio") == nil)
  }

  /// What one set asks of the pass over the clip changes nothing of another.
  @Test(arguments: FeatureSettings.Mode.allCases)
  func setsTogetherAreAsAlone(mode: FeatureSettings.Mode) throws {
    let extractor = try FeatureSetExtractor(FeatureSettings(mode: mode))
    let together = try extractor.features(of: samples, in: FeatureSet.all)
    for (index, set) in FeatureSet.all.enumerated() {
      #expect(try extractor.features(of: samples, in: [set]) == [together[index]])
      #expect(
        together[index].count
          == set.columns(FeatureSettings(mode: mode), samples: samples.count).count)
    }
    #expect(
      together[0] == (try FeatureExtractor(FeatureSettings(mode: mode)).features(of: samples)))
  }

  @Test func columnsOfOneNameAreTheSameNumbers() throws {
    let values = try FeatureSetExtractor(FeatureSettings()).features(
      of: samples, in: [.gtzan57, .audio135])
    let published = zip(PublishedFeatures.names, values[0])
    var common = 0
    for (name, value) in zip(AudioVector.names, values[1]) {
      guard let other = published.first(where: { $0.0 == name }) else { continue }
      #expect(abs(other.1 - value) <= 1e-12 * abs(value), "\(name)")
      common += 1
    }
    #expect(common == 13 + 5 + 1)
  }

  // MARK: Spectrograms as features

  @Test func aColumnABandAndFrame() throws {
    let settings = FeatureSettings(bands: 3)
    let columns = FeatureSet.logMel.columns(settings, samples: 1024)
    #expect(columns == (1...3).flatMap { band in (1...3).map { "mel_\(band)_\($0)" } })
    #expect(FeatureSet.logMel.columns(FeatureSettings(), samples: 66_149).count == 64 * 130)
  }

  @Test(arguments: FeatureSettings.Mode.allCases)
  func isTheSpectrogramBandByBand(mode: FeatureSettings.Mode) throws {
    let settings = FeatureSettings(
      mode: mode, sampleRate: 16_000, fftSize: 1024, hopLength: 300, bands: 20)
    let values = try FeatureSetExtractor(settings).features(of: samples, in: [.logMel])[0]
    let recipe = SpectrogramRecipe(
      sampleRate: 16_000, fftSize: 1024, hopLength: 300,
      padding: mode == .kaggle ? .reflect : .zeros, bands: 20)
    let expected = recipe.values(of: Waveform(samples: samples, sampleRate: 16_000))
    #expect(values.count == expected.rows * 20 && expected.columns == 20)
    for band in 0..<20 {
      for frame in 0..<expected.rows {
        #expect(values[band * expected.rows + frame] == Double(expected[frame, band]))
      }
    }
    #expect(values.max() == 0 && values.allSatisfy { $0 >= -80 })
  }

  @Test func oddSpectrograms() throws {
    let extractor = try FeatureSetExtractor(FeatureSettings())
    for count in [1, 2, 512, 2048] {
      let silence = try extractor.features(of: Signal.silence.samples(count), in: [.logMel])[0]
      #expect(silence == [Double](repeating: 0, count: 64 * (1 + count / 512)))
      let noise = try extractor.features(of: Signal.noise.samples(count), in: [.logMel])[0]
      #expect(noise.allSatisfy { $0.isFinite && $0 >= -80 && $0 <= 0 })
    }
    #expect(throws: FeatureError.noSamples) { try extractor.features(of: [], in: [.logMel]) }
    #expect(throws: FeatureError.notFinite) { try extractor.features(of: [.nan], in: [.logMel]) }
  }

  // MARK: What cannot be

  @Test func demandsOfTheSets() throws {
    func fault(_ set: FeatureSet, _ settings: FeatureSettings, samples: Int?) -> String? {
      do throws(FeatureError) {
        try set.check(settings, samples: samples)
        return nil
      } catch { return error.description }
    }
    #expect(fault(.gtzan57, FeatureSettings(sampleRate: 4000), samples: nil) == nil)
    #expect(fault(.audio135, FeatureSettings(sampleRate: 12_801), samples: nil) == nil)
    #expect(
      fault(.audio135, FeatureSettings(sampleRate: 12_800), samples: nil)
        == "for audio135 the sample rate must be at least 12801; it is 12800")
    #expect(
      fault(.audio135, FeatureSettings(fftSize: 110, hopLength: 64), samples: nil)
        == "for audio135 the FFT size must be at least 111; it is 110")
    #expect(fault(.logMel, FeatureSettings(), samples: 66_149) == nil)
    #expect(
      fault(.logMel, FeatureSettings(), samples: nil)
        == "“log-mel” has a column for each frame, and whole files may differ in length: cut them "
        + "into segments of so many seconds")
    #expect(
      fault(.logMel, FeatureSettings(hopLength: 16, bands: 128), samples: 661_500)
        == "a spectrogram of 128 bands and 41344 frames has more than 1000000 numbers: choose "
        + "shorter segments, a longer hop, or fewer bands")
    #expect(throws: FeatureError.self) { try FeatureSetExtractor(FeatureSettings(bands: 0)) }
  }

  /// The least that is let through gives numbers, too.
  @Test(arguments: [(12_801, 66), (22_050, 112), (44_100, 222), (192_000, 65_536)])
  func contrastOfFewBins(rate: Int, size: Int) throws {
    let settings = FeatureSettings(sampleRate: rate, fftSize: size, hopLength: size)
    try FeatureSet.audio135.check(settings, samples: nil)
    let values = try FeatureSetExtractor(settings).features(
      of: Signal.noise.samples(70_000), in: [.audio135])[0]
    #expect(values.allSatisfy { $0.isFinite })
  }
}
