import AudioFeatures
import Glibc
import Testing

@Suite("The 57 features")
struct FeatureExtractorTests {
  private static let references = (try? Reference.all()) ?? []

  @Test("The published columns")
  func names() {
    let names = PublishedFeatures.names
    #expect(names.count == 57)
    #expect(names[0] == "chroma_stft_mean" && names[15] == "perceptr_var")
    #expect(names[16] == "tempo" && names[17] == "mfcc1_mean" && names[56] == "mfcc20_var")
  }

  @Test("librosa's recorded answers are there")
  func recorded() throws { #expect(try Reference.all().count > 20) }

  @Test("librosa's answers for made signals", arguments: references)
  func librosa(reference: Reference) throws {
    let samples = reference.signal.samples(reference.samples)
    #expect(samples.reduce(0) { $0 + Int($1 * 65_536) } == reference.checksum)
    let values = try FeatureExtractor(reference.settings).features(of: samples)
    var deviations = Deviations()
    deviations.add(values, expected: reference.features, clip: reference.testDescription)
    #expect(deviations.excesses == [])
  }

  @Test("Anything but nothing has 57 finite features", arguments: FeatureSettings.Mode.allCases)
  func oddInput(mode: FeatureSettings.Mode) throws {
    let extractor = try FeatureExtractor(FeatureSettings(mode: mode))
    for signal in [Signal.silence, .constant, .noise, .impulse] {
      for count in [1, 2, 3, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 8000] {
        let values = try extractor.features(of: signal.samples(count))
        #expect(values.count == 57)
        #expect(values.allSatisfy { $0.isFinite }, "\(signal), \(count) samples")
      }
    }
    let silence = try extractor.features(of: Signal.silence.samples(30_000))
    #expect(silence[..<17].allSatisfy { $0 == 0 })
  }

  @Test("No samples, or samples that are no numbers, are refused")
  func refusals() throws {
    let extractor = try FeatureExtractor()
    let none: [Float] = []
    #expect(throws: FeatureError.noSamples) { try extractor.features(of: none) }
    for odd in [Float.nan, .infinity, -.infinity] {
      var samples = Signal.noise.samples(5000)
      samples[4000] = odd
      #expect(throws: FeatureError.notFinite) { try extractor.features(of: samples) }
    }
    let loud = [Float](repeating: 1e20, count: 100)
    #expect(throws: FeatureError.tooLoud) { try extractor.features(of: loud) }
    let almost = try extractor.features(of: Signal.noise.samples(9000).map { $0 * 1e9 })
    #expect(almost.allSatisfy { $0.isFinite })
    for settings in [
      FeatureSettings(fftSize: 63), FeatureSettings(fftSize: 2047), FeatureSettings(hopLength: 0),
      FeatureSettings(hopLength: 2049), FeatureSettings(sampleRate: 0),
    ] {
      #expect(throws: FeatureError.self) { try FeatureExtractor(settings) }
    }
    #expect(
      FeatureError.setting("the hop length", 0, "1 to 2048, the FFT size").description
        == "the hop length must be 1 to 2048, the FFT size; it is 0")
  }

  @Test("What an extractor did before does not matter")
  func determinism() throws {
    let extractor = try FeatureExtractor()
    let samples = Signal.beats.samples(50_000)
    let first = try extractor.features(of: samples)
    _ = try extractor.features(of: Signal.noise.samples(200_000))
    _ = try extractor.features(of: Signal.tones.samples(10))
    #expect(try extractor.features(of: samples) == first)
    #expect(try FeatureExtractor().features(of: samples) == first)
  }

  @Test("A spectrogram that is computed twice gives the bits of one that is kept")
  func blocks() throws {
    let samples = Signal.beats.samples(100_000)
    let keeping = try FeatureExtractor()
    let computing = try FeatureExtractor(FeatureSettings(), mostKeptBytes: 0)
    #expect(
      try keeping.features(of: samples) == computing.features(of: samples))
  }

  @Test("The portable path gives the same features to one part in ten thousand")
  func portable() async throws {
    let expected = try FeatureExtractor().features(of: Signal.beats.samples(66_149))
    await #expect(processExitsWith: .success) { [expected = expected as [Double]] in
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      let values = try FeatureExtractor().features(of: Signal.beats.samples(66_149))
      var deviations = Deviations()
      deviations.add(values, expected: expected, clip: "beats")
      #expect(deviations.excesses == [])
    }
  }
}
