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

extension Waveform {
  /// The samples at `ratio` times their number, as if the rate were changed by it; the rate itself is
  /// left as it is, so that the sound gets slower and lower for a ratio above 1.
  ///
  /// - Parameters:
  ///   - ratio: from 1/256 to 256.
  ///   - quality: of the interpolation.
  /// - Returns: ⌈samples · ratio⌉ samples.
  package func spread(
    by ratio: Double, quality: ResamplingQuality = .high
  ) -> Waveform {
    precondition((1.0 / 256...256).contains(ratio))
    guard !samples.isEmpty, ratio != 1 else { return self }
    do throws(Resampler.Failure) {
      var resampler = try Resampler(from: 1, to: ratio, quality: quality)
      let output = try resampler.process(samples)
      return Waveform(samples: output + (try resampler.process([])), sampleRate: sampleRate)
    } catch {
      preconditionFailure("libsoxr takes every ratio in the range: \(error.words)")
    }
  }
}
