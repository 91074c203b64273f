extension Waveform {
  /// The same sound at another rate; as it is where it has that rate.
  ///
  /// - Throws: ``AudioError`` for a rate that libsoxr refuses.
  package func resampled(
    to rate: Int, quality: ResamplingQuality = .high
  ) throws(AudioError) -> Waveform {
    guard rate != sampleRate else { return self }
    do throws(Resampler.Failure) {
      var resampler = try Resampler(from: sampleRate, to: rate, quality: quality)
      var output = try resampler.process(samples)
      output += try resampler.process([])
      return Waveform(samples: output, sampleRate: rate)
    } catch {
      throw AudioError(path: "a waveform", .resampling(error.words))
    }
  }
}
