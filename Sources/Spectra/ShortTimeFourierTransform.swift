/// Spectra of overlapping frames under a periodic Hann window, and the way back.
///
/// Griffin and Lim, “Signal estimation from modified short-time Fourier transform”, 1984.
package struct ShortTimeFourierTransform: Sendable {
  /// Samples of a frame, at least 2.
  package let fftSize: Int
  /// Samples from one frame to the next, at least 1.
  package let hopLength: Int
  /// ``Padding/none`` or what the `fftSize / 2` samples on each side of the signal are.
  package let padding: Padding
  package var bins: Int { fftSize / 2 + 1 }

  private let transform: FourierTransform
  private let window: [Float]

  /// - Parameters:
  ///   - fftSize: samples of a frame.
  ///   - hopLength: samples from one frame to the next.
  ///   - windowLength: samples of the window, which stands in the middle of a frame; nil for all of it.
  ///   - padding: what is on each side of the signal.
  package init(
    fftSize: Int, hopLength: Int, windowLength: Int? = nil, padding: Padding = .zeros
  ) {
    let length = windowLength ?? fftSize
    precondition(fftSize > 1 && hopLength > 0 && length > 0 && length <= fftSize)
    self.fftSize = fftSize
    self.hopLength = hopLength
    self.padding = padding
    transform = .of(size: fftSize)
    let lead = [Float](repeating: 0, count: (fftSize - length) / 2)
    let tail = [Float](repeating: 0, count: fftSize - length - lead.count)
    window = lead + Window.hann(length) + tail
  }

  /// Samples that stand before the signal's first.
  private var lead: Int { padding == .none ? 0 : fftSize / 2 }

  /// The number of frames of a signal: 1 + ⌊samples / hop⌋, unpadded 1 + ⌊(samples − size) / hop⌋; 0
  /// where there is none.
  package func frames(ofSamples count: Int) -> Int {
    let padded = count == 0 ? 0 : count + 2 * lead
    return padded < fftSize ? 0 : 1 + (padded - fftSize) / hopLength
  }

  /// The spectra of a signal's frames.
  package func callAsFunction(_ samples: Span<Float>) -> ComplexSpectrogram {
    var spectrogram = ComplexSpectrogram(
      frames: frames(ofSamples: samples.count), bins: bins)
    let frame = AlignedFloats(count: fftSize)
    let spectrum = AlignedFloats(count: 2 * bins)
    for index in 0..<spectrogram.frames {
      padding.copy(
        from: index * hopLength - lead, of: samples, count: fftSize, to: frame.start)
      for sample in 0..<fftSize { frame.start[sample] *= window[sample] }
      transform.forward(frame.start, spectrum.start)
      spectrogram.start(ofFrame: index).update(from: spectrum.start, count: 2 * bins)
    }
    return spectrogram
  }

  /// The signal whose spectra come nearest to the given ones: frames overlap-added under the window and
  /// divided by the sum of the squared windows where that is not tiny.
  ///
  /// - Parameters:
  ///   - spectrogram: spectra of `bins` frequencies.
  ///   - length: samples wished, zeros where no frame reaches; nil for (frames − 1) · hop, unpadded
  ///     (frames − 1) · hop + size.
  /// - Returns: `length` samples.
  package func inverse(_ spectrogram: ComplexSpectrogram, length: Int? = nil) -> [Float] {
    precondition(spectrogram.bins == bins)
    let frames = spectrogram.frames
    let whole = frames == 0 ? 0 : (frames - 1) * hopLength + fftSize
    var sums = [Float](repeating: 0, count: whole)
    var weights = [Float](repeating: 0, count: whole)
    let frame = AlignedFloats(count: fftSize)
    let spectrum = AlignedFloats(count: 2 * bins)
    let scale = 1 / Float(fftSize)
    for index in 0..<frames {
      let source = spectrogram.frame(index)
      for place in source.indices { spectrum.start[place] = source[place] }
      transform.inverse(spectrum.start, frame.start)
      let start = index * hopLength
      for sample in 0..<fftSize {
        sums[start + sample] += frame.start[sample] * scale * window[sample]
        weights[start + sample] += window[sample] * window[sample]
      }
    }
    let count = length ?? max(0, whole - 2 * lead)
    return (0..<count).map { index in
      let place = index + lead
      guard place < whole else { return 0 }
      let weight = weights[place]
      return weight > .leastNormalMagnitude ? sums[place] / weight : sums[place]
    }
  }
}
