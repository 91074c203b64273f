import AudioFeatures
import Glibc
import Testing

@Suite("The 135 features")
struct AudioVectorTests {
  private static let references = (try? Reference.all("vectors.json")) ?? []
  private static let names = AudioVector.names

  private func values(_ samples: [Float], _ settings: FeatureSettings) throws -> [Double] {
    try FeatureSetExtractor(settings).features(of: samples, in: [.audio135])[0]
  }

  @Test("Every column has its name")
  func everyName() {
    let cepstrum = (1...13).flatMap { number in
      ["mean", "std", "delta_mean", "delta_std", "delta2_mean", "delta2_std"].map {
        "mfcc\(number)_\($0)"
      }
    }
    let others = """
      chroma_c_mean chroma_c_std chroma_c_sharp_mean chroma_c_sharp_std chroma_d_mean chroma_d_std
      chroma_d_sharp_mean chroma_d_sharp_std chroma_e_mean chroma_e_std chroma_f_mean chroma_f_std
      chroma_f_sharp_mean chroma_f_sharp_std chroma_g_mean chroma_g_std chroma_g_sharp_mean
      chroma_g_sharp_std chroma_a_mean chroma_a_std chroma_a_sharp_mean chroma_a_sharp_std
      chroma_b_mean chroma_b_std
      contrast1_mean contrast1_std contrast2_mean contrast2_std contrast3_mean contrast3_std
      contrast4_mean contrast4_std contrast5_mean contrast5_std contrast6_mean contrast6_std
      contrast7_mean contrast7_std
      spectral_centroid_mean spectral_centroid_std spectral_bandwidth_mean spectral_bandwidth_std
      rolloff_mean rolloff_std flatness_mean flatness_std zero_crossing_rate_mean
      zero_crossing_rate_std rms_mean rms_std
      tonnetz1_mean tonnetz2_mean tonnetz3_mean tonnetz4_mean tonnetz5_mean tonnetz6_mean tempo
      """
    #expect(Self.names == cepstrum + others.split(whereSeparator: \.isWhitespace).map(String.init))
    #expect(Self.names.count == 135 && Set(Self.names).count == 135)
  }

  @Test("librosa's recorded answers are there")
  func recorded() throws { #expect(try Reference.all("vectors.json").count > 20) }

  /// The difference that a column may have.
  ///
  /// One part in ten thousand of its size, or, of a mean, of the deviation about it; coefficients in
  /// decibels have the rounding of both besides, and the tempo must be the same. librosa transforms in
  /// double precision and we in single: where a signal has no noise of its own, the valleys of its
  /// spectra, and with them the contrast, are made of our rounding.
  private func allowed(_ index: Int, _ expected: [Double]) -> Double {
    let name = Self.names[index]
    let size = abs(expected[index])
    switch name {
    case "tempo": return 0
    case _ where name.hasPrefix("tonnetz"): return 1e-4 * max(size, 0.1)
    case _ where name.hasPrefix("contrast"): return 2e-3 * size
    default:
      let scale = name.hasSuffix("_mean") ? max(size, expected[index + 1]) : size
      return max(
        1e-4 * scale,
        name.hasPrefix("mfcc") ? Deviations.cepstralRounding(first: expected[0]) : 1e-9)
    }
  }

  @Test("librosa's answers for made signals", arguments: references)
  func librosa(reference: Reference) throws {
    let samples = reference.signal.samples(reference.samples)
    #expect(samples.reduce(0) { $0 + Int($1 * 65_536) } == reference.checksum)
    let found = try values(samples, reference.settings)
    #expect(reference.features.count == 135)
    for index in found.indices {
      let expected = reference.features[index]
      let difference = abs(found[index] - expected)
      #expect(
        difference <= allowed(index, reference.features),
        "\(Self.names[index]): \(found[index]), not \(expected)")
    }
  }

  @Test("Anything but nothing has 135 finite features", arguments: FeatureSettings.Mode.allCases)
  func oddInput(mode: FeatureSettings.Mode) throws {
    let extractor = try FeatureSetExtractor(FeatureSettings(mode: mode))
    for signal in [Signal.silence, .constant, .noise, .impulse] {
      for count in [1, 2, 511, 512, 2048, 4095, 4096, 8000] {
        let values = try extractor.features(of: signal.samples(count), in: [.audio135])[0]
        #expect(values.count == 135)
        #expect(values.allSatisfy { $0.isFinite }, "\(signal), \(count) samples")
      }
    }
  }

  /// Silence has no pitch, no contrast and no tempo, and is as flat as noise.
  @Test func silence() throws {
    let values = try values(Signal.silence.samples(30_000), FeatureSettings())
    for (name, value) in zip(Self.names, values) {
      switch name {
      case "mfcc1_mean": #expect(value < -1000)
      case "flatness_mean": #expect(abs(value - 1) < 1e-5)
      case _ where name.hasPrefix("mfcc"): #expect(abs(value) < 1e-3, "\(name)")
      default: #expect(abs(value) < 1e-9, "\(name)")
      }
    }
  }

  /// librosa computes no differences of fewer than nine frames.
  @Test func shortClipsHaveNoDifferences() throws {
    func differences(frames: Int) throws -> [Double] {
      let values = try values(Signal.beats.samples(512 * (frames - 1)), FeatureSettings())
      return zip(Self.names, values).filter { $0.0.contains("_delta") }.map(\.1)
    }
    #expect(try differences(frames: 8) == [Double](repeating: 0, count: 52))
    #expect(try differences(frames: 9).contains { $0 != 0 })
  }

  @Test("The portable path gives the same features to one part in ten thousand")
  func portable() async throws {
    let expected = try values(Signal.beats.samples(66_149), FeatureSettings())
    await #expect(processExitsWith: .success) { [expected = expected as [Double]] in
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      let suite = AudioVectorTests()
      let values = try suite.values(Signal.beats.samples(66_149), FeatureSettings())
      for index in values.indices {
        #expect(abs(values[index] - expected[index]) <= suite.allowed(index, expected))
      }
    }
  }
}
