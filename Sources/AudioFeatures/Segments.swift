/// Cuts sound into pieces of equal length.
///
/// With x = seconds · rate and L = round(x), a segment has L − 1 samples. In the `modern` mode segment i
/// begins at sample ⌊x · i⌋ and is kept where ⌊x · (i + 1)⌋ samples are there, so that a sound of exactly
/// n segments gives n. In the `kaggle` mode it begins at L · i and is kept where more than L · (i + 1)
/// samples are there, as the published tables’ authors did: a segment that ends with the sound is
/// dropped. A shorter one at the end is dropped in both modes, never padded.
package struct SegmentRule: Hashable, Sendable {
  /// Samples from one segment to the next, at least 2.
  package let step: Int
  /// The same before it is rounded.
  private let exactStep: Double
  package let mode: FeatureSettings.Mode
  /// Samples of a segment: 66,149 for three seconds at 22,050 Hz.
  package var length: Int { step - 1 }

  package init(seconds: Double, sampleRate: Int, mode: FeatureSettings.Mode) {
    exactStep = max(2, seconds * Double(sampleRate))
    step = Int(exactStep.rounded())
    self.mode = mode
  }

  /// How many segments a number of samples gives.
  package func count(ofSamples samples: Int) -> Int {
    if mode == .kaggle { return max(0, samples - 1) / step }
    var count = Int(Double(samples) / exactStep)
    while needed(count) <= samples { count += 1 }
    while count > 0, needed(count - 1) > samples { count -= 1 }
    return count
  }

  /// The samples of one segment.
  package func range(_ index: Int) -> Range<Int> { start(index)..<start(index) + length }

  func start(_ index: Int) -> Int {
    // Seconds such as 0.1 are not exact: a product may fall short of the whole number that is meant.
    mode == .kaggle ? step * index : Int(exactStep * Double(index) + 1e-6)
  }

  /// How many samples a sound needs for the segment to be kept.
  func needed(_ index: Int) -> Int { start(index + 1) + (mode == .kaggle ? 1 : 0) }
}

/// The segments of a sound that arrives piece by piece; only one is held.
package struct SegmentStream {
  private let rule: SegmentRule
  private var samples: [Float] = []
  private var index = 0

  package init(_ rule: SegmentRule) { self.rule = rule }

  /// The next segment; nil at the end.
  ///
  /// - Parameter read: gives the next samples, at most as many as it is asked for; fewer only at the end.
  /// - Returns: `rule.length` samples.
  /// - Throws: what `read` throws.
  package mutating func next<Failure: Error>(
    _ read: (Int) throws(Failure) -> [Float]
  ) throws(Failure) -> [Float]? {
    let start = rule.start(index)
    let needed = rule.needed(index) - start
    samples += try read(max(0, needed - samples.count))
    guard samples.count >= needed else { return nil }
    let segment = Array(samples[..<rule.length])
    index += 1
    samples.removeFirst(rule.start(index) - start)
    return segment
  }
}
