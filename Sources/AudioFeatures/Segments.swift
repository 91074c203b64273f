/// Cuts sound into pieces of equal length as the published tables’ authors did.
///
/// With L = round(seconds · rate), segment i is the L − 1 samples from L · i on; it is kept where more
/// than L · (i + 1) samples are there, so that a short last one is dropped.
package struct SegmentRule: Hashable, Sendable {
  /// Samples from one segment to the next, at least 2.
  package let step: Int
  /// Samples of a segment: 66,149 for three seconds at 22,050 Hz.
  package var length: Int { step - 1 }

  package init(seconds: Double, sampleRate: Int) {
    step = max(2, Int((seconds * Double(sampleRate)).rounded()))
  }

  /// How many segments a number of samples gives.
  package func count(ofSamples samples: Int) -> Int { max(0, samples - 1) / step }

  /// The samples of one segment.
  package func range(_ index: Int) -> Range<Int> { step * index..<step * index + length }
}

/// The segments of a sound that arrives piece by piece; only one is held.
package struct SegmentStream {
  private let rule: SegmentRule
  private var samples: [Float] = []

  package init(_ rule: SegmentRule) { self.rule = rule }

  /// The next segment; nil at the end.
  ///
  /// - Parameter read: gives the next samples, at most as many as it is asked for; fewer only at the end.
  /// - Returns: `rule.length` samples.
  /// - Throws: what `read` throws.
  package mutating func next<Failure: Error>(
    _ read: (Int) throws(Failure) -> [Float]
  ) throws(Failure) -> [Float]? {
    // One sample of the segment after must be there.
    samples += try read(rule.step + 1 - samples.count)
    guard samples.count > rule.step else { return nil }
    let segment = Array(samples[..<rule.length])
    samples.removeFirst(rule.step)
    return segment
  }
}
