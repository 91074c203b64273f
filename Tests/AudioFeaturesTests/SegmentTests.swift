import AudioFeatures
import Testing

@Suite("Segments")
struct SegmentTests {
  @Test("Three seconds of 22,050 Hz are 66,149 samples")
  func published() {
    let rule = SegmentRule(seconds: 3, sampleRate: 22_050)
    #expect(rule.length == 66_149)
    #expect(rule.range(1) == 66_150..<132_299)
    #expect(rule.count(ofSamples: 661_794) == 10)
    #expect(rule.count(ofSamples: 661_500) == 9)
    #expect(rule.count(ofSamples: 66_150) == 0)
    #expect(rule.count(ofSamples: 66_151) == 1)
  }

  @Test(arguments: [0, 1, 9, 10, 11, 20, 21, 25, 40])
  func stream(count: Int) {
    let rule = SegmentRule(seconds: 1, sampleRate: 10)
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
