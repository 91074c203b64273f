import AudioFeatures
import Testing

@Suite("Segments")
struct SegmentTests {
  @Test("Three seconds of 22,050 Hz are 66,149 samples", arguments: FeatureSettings.Mode.allCases)
  func threeSeconds(mode: FeatureSettings.Mode) {
    let rule = SegmentRule(seconds: 3, sampleRate: 22_050, mode: mode)
    #expect(rule.length == 66_149)
    #expect(rule.range(1) == 66_150..<132_299)
    #expect(rule.count(ofSamples: 661_794) == 10)
    #expect(rule.count(ofSamples: 66_149) == 0)
    #expect(rule.count(ofSamples: 66_151) == 1)
  }

  @Test("What ends with the sound is dropped in the published tables only")
  func exactLength() {
    let published = SegmentRule(seconds: 3, sampleRate: 22_050, mode: .kaggle)
    #expect(published.count(ofSamples: 661_500) == 9)
    #expect(published.count(ofSamples: 66_150) == 0)
    let modern = SegmentRule(seconds: 3, sampleRate: 22_050, mode: .modern)
    #expect(modern.count(ofSamples: 661_500) == 10)
    #expect(modern.count(ofSamples: 66_150) == 1)
  }

  /// A quarter of a second of 22,050 Hz is 5512.5 samples: twenty of them are five seconds.
  @Test(arguments: [
    (seconds: 0.25, rate: 22_050, sound: 5.0, count: 20),
    (seconds: 2.5, rate: 22_050, sound: 5, count: 2), (0.1, 8000, 1, 10), (0.3, 11_025, 30, 100),
    (0.5, 11_025, 30, 60), (0.7, 16_000, 2.1, 3), (1.1, 44_100, 11, 10), (0.333, 22_050, 0.999, 3),
  ])
  func wholeNumberOfSegments(seconds: Double, rate: Int, sound: Double, count: Int) {
    let rule = SegmentRule(seconds: seconds, sampleRate: rate, mode: .modern)
    // Programs that cut sound round the number of samples, or round it down.
    let samples = sound * Double(rate)
    for number in [samples.rounded(), (samples + 1e-6).rounded(.down)] {
      #expect(rule.count(ofSamples: Int(number)) == count)
      #expect(rule.range(count - 1).upperBound <= Int(number))
    }
    #expect(rule.count(ofSamples: Int(samples + 1e-6) - 1) == count - 1)
  }

  @Test(
    arguments: [0, 1, 9, 10, 11, 20, 21, 25, 26, 40], [(1.0, 10), (0.25, 10), (0.5, 21)])
  func stream(count: Int, cut: (seconds: Double, rate: Int)) {
    for mode in FeatureSettings.Mode.allCases {
      let rule = SegmentRule(seconds: cut.seconds, sampleRate: cut.rate, mode: mode)
      let samples = (0..<count).map(Float.init)
      var rest = samples[...]
      var stream = SegmentStream(rule)
      var segments: [[Float]] = []
      func read(_ wished: Int) -> [Float] {
        defer { rest = rest.dropFirst(wished) }
        return Array(rest.prefix(wished))
      }
      while let segment = stream.next(read) { segments.append(segment) }
      let expected = (0..<rule.count(ofSamples: count)).map { Array(samples[rule.range($0)]) }
      #expect(segments == expected)
    }
  }
}
