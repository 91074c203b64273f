import Audio
import Glibc
import Matrices
import Spectra

/// How a waveform becomes a spectrogram; the defaults are librosa's.
package struct SpectrogramRecipe: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// Amplitudes of evenly spaced frequencies.
    case stft
    /// Bands on the mel scale.
    case mel
    /// Those in decibels.
    case logMel = "log-mel"
  }

  package var kind: Kind
  /// Of the waveforms that it takes, in hertz.
  package var sampleRate: Int
  /// Samples of a frame, at least 2.
  package var fftSize: Int
  /// Samples from one frame to the next, at least 1.
  package var hopLength: Int
  /// Samples of the Hann window in the middle of a frame, at most `fftSize`; nil for the whole frame.
  package var windowLength: Int?
  /// What stands before and after the signal.
  package var padding: Padding
  /// Mel bands, at least 1.
  package var bands: Int
  /// Where the mel bands begin, in hertz.
  package var lowest: Double
  /// Where they end, in hertz; nil for half the sample rate.
  package var highest: Double?
  /// Only the lowest so many frequencies of ``Kind/stft``; nil for all `fftSize / 2 + 1`.
  package var lowestBins: Int?
  /// The exponent of the amplitudes: 1 for themselves, 2 for power.
  package var power: Double
  /// What is 0 dB, and how far below the largest element the smallest may lie.
  package var decibels: Decibels

  package init(
    _ kind: Kind = .logMel, sampleRate: Int = 22050, fftSize: Int = 2048, hopLength: Int = 512,
    windowLength: Int? = nil, padding: Padding = .zeros, bands: Int = 128, lowest: Double = 0,
    highest: Double? = nil, lowestBins: Int? = nil, power: Double = 2,
    decibels: Decibels = Decibels(reference: .maximum)
  ) {
    self.kind = kind
    self.sampleRate = sampleRate
    self.fftSize = fftSize
    self.hopLength = hopLength
    self.windowLength = windowLength
    self.padding = padding
    self.bands = bands
    self.lowest = lowest
    self.highest = highest
    self.lowestBins = lowestBins
    self.power = power
    self.decibels = decibels
  }

  /// The pictures of convolutional networks: 508 frames of 512 frequencies for three seconds, whose
  /// decibels below the maximum are scaled to 0…255 and padded to 512 × 512.
  package static let picture = SpectrogramRecipe(
    .stft, sampleRate: 12000, fftSize: 1024, hopLength: 71, lowestBins: 512, power: 1)

  /// The side of a picture made by ``picture``, in pixels.
  package static let pictureSide = 512

  /// The numbers of one frame.
  package var columns: Int {
    kind == .stft ? min(lowestBins ?? .max, fftSize / 2 + 1) : bands
  }

  /// The end of the highest band or frequency, in hertz.
  package var top: Double { highest ?? Double(sampleRate) / 2 }

  /// The number of frames of a waveform of so many samples.
  package func frames(ofSamples count: Int) -> Int {
    ShortTimeFourierTransform(fftSize: fftSize, hopLength: hopLength, padding: padding)
      .frames(ofSamples: count)
  }

  /// What is wrong with the settings, in words; nil where nothing is.
  package var problem: String? {
    if fftSize < 2 || fftSize > 1 << 20 { return "the FFT size is 2 to 1048576" }
    if hopLength < 1 { return "the hop is at least one sample" }
    if let windowLength, windowLength < 1 || windowLength > fftSize {
      return "the window has 1 to \(fftSize) samples, as the FFT"
    }
    if !(power > 0) { return "the power is above 0" }
    if kind == .stft { return nil }
    if bands < 1 || bands > 4096 { return "there are 1 to 4096 bands" }
    if !(lowest >= 0 && lowest < top && top <= Double(sampleRate) / 2) {
      return "the bands lie between 0 Hz and \(sampleRate / 2) Hz, half the sample rate, and begin "
        + "below where they end"
    }
    return nil
  }

  /// The spectrogram: amplitudes to the power, bands of them, or those in decibels.
  ///
  /// - Parameter waveform: not empty, at ``sampleRate``.
  /// - Returns: `frames` × ``columns``, low frequencies first.
  package func values(of waveform: Waveform) -> Matrix {
    let linear = linearValues(of: waveform)
    return kind == .logMel ? inDecibels(linear) : kept(linear)
  }

  /// The spectrogram in decibels, whatever its kind, for pictures.
  package func decibels(of waveform: Waveform) -> Matrix { inDecibels(linearValues(of: waveform)) }

  private func inDecibels(_ linear: Matrix) -> Matrix {
    let power = power == 2 ? linear : linear.map { Float(pow(Double($0), 2 / self.power)) }
    return kept(decibels.ofPower(power))
  }

  private func kept(_ values: Matrix) -> Matrix {
    columns < values.columns ? values.gathering(columns: Array(0..<columns)) : values
  }

  /// In blocks of frames: of all frames together only the result is held.
  private func linearValues(of waveform: Waveform) -> Matrix {
    precondition(problem == nil && waveform.sampleRate == sampleRate && !waveform.samples.isEmpty)
    let frames = self.frames(ofSamples: waveform.samples.count)
    let lead = padding == .none ? 0 : fftSize / 2
    let transform = ShortTimeFourierTransform(
      fftSize: fftSize, hopLength: hopLength, windowLength: windowLength, padding: .none)
    let bank =
      kind == .stft
      ? nil
      : MelFilterBank(
        sampleRate: sampleRate, fftSize: fftSize, bands: bands, lowest: lowest, highest: highest)
    let columns = bank?.bands.count ?? transform.bins
    let block = 64
    return Matrix(rows: frames, columns: columns) { result in
      for start in stride(from: 0, to: frames, by: block) {
        let count = min(block, frames - start)
        let samples = AlignedFloats(count: (count - 1) * hopLength + fftSize)
        padding.copy(
          from: start * hopLength - lead, of: waveform.samples.span, count: samples.count,
          to: samples.start)
        let spectra = powered(transform(samples.elements))
        let values = bank.map { $0(spectra) } ?? spectra
        let source = values.elements
        for index in source.indices { result[start * columns + index] = source[index] }
      }
    }
  }

  private func powered(_ spectra: ComplexSpectrogram) -> Matrix {
    switch power {
    case 2: spectra.power()
    case 1: spectra.magnitude()
    default: spectra.magnitude().map { Float(pow(Double($0), power)) }
    }
  }
}
