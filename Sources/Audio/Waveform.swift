/// One channel of sound.
package struct Waveform: Equatable, Sendable {
  /// Full scale is −1…1; beyond it is allowed.
  package var samples: [Float]
  /// Samples a second, at least 1.
  package var sampleRate: Int

  package init(samples: [Float], sampleRate: Int) {
    precondition(sampleRate > 0)
    self.samples = samples
    self.sampleRate = sampleRate
  }

  package var seconds: Double { Double(samples.count) / Double(sampleRate) }
}
