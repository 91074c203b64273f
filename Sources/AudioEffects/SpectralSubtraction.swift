import Audio
import Matrices
import Spectra

/// Takes steady noise out of a recording: the mean spectrum of a part that holds nothing but noise is
/// subtracted from the amplitudes of every frame, whose phases are kept.
///
/// Boll, “Suppression of acoustic noise in speech using spectral subtraction”, IEEE ASSP 27, 1979.
package struct SpectralSubtraction: Hashable, Sendable {
  /// Samples of a frame under a Hann window, at least 2.
  package var fftSize: Int
  /// Samples from one frame to the next, at least 1; at most half the frame gives the signal back.
  package var hopLength: Int
  /// The least amplitude that is left, above 0.
  package var floor: Float
  /// Whether the result is scaled to a peak of 1.
  package var normalisesPeak: Bool

  package init(
    fftSize: Int = 1024, hopLength: Int = 256, floor: Float = 1e-10, normalisesPeak: Bool = true
  ) {
    self.fftSize = fftSize
    self.hopLength = hopLength
    self.floor = floor
    self.normalisesPeak = normalisesPeak
  }

  /// - Parameters:
  ///   - recording: the sound with its noise.
  ///   - noise: the samples of the recording that are noise alone, not empty and within it.
  /// - Returns: as many samples as the recording has.
  package func callAsFunction(_ recording: Waveform, noise: Range<Int>) -> Waveform {
    precondition(!noise.isEmpty && recording.samples.indices.contains(noise.lowerBound))
    precondition(noise.upperBound <= recording.samples.count)
    let transform = ShortTimeFourierTransform(fftSize: fftSize, hopLength: hopLength)
    let noiseAmplitudes = transform(recording.samples[noise].span).magnitude().columnMeans
      .map { Float($0) }
    var spectrogram = transform(recording.samples.span)
    for frame in 0..<spectrogram.frames {
      spectrogram.update(frame: frame) { row in
        for bin in 0..<transform.bins {
          let (real, imaginary) = (row[2 * bin], row[2 * bin + 1])
          let amplitude = (real * real + imaginary * imaginary).squareRoot()
          let wished = max(amplitude - noiseAmplitudes[bin], floor)
          // A silent bin has no phase: it gets that of a positive number.
          row[2 * bin] = amplitude > 0 ? real * (wished / amplitude) : wished
          row[2 * bin + 1] = amplitude > 0 ? imaginary * (wished / amplitude) : 0
        }
      }
    }
    let clean = transform.inverse(spectrogram, length: recording.samples.count)
    let result = Waveform(samples: clean, sampleRate: recording.sampleRate)
    return normalisesPeak ? result.peakNormalised : result
  }
}

extension Waveform {
  /// The largest distance of a sample from zero.
  package var peak: Float { samples.reduce(0) { max($0, abs($1)) } }

  /// The root of the mean square of the samples; 0 where there are none.
  package var level: Double {
    let sum = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    return samples.isEmpty ? 0 : (sum / Double(samples.count)).squareRoot()
  }

  /// Scaled so that its peak is 1; silence stays.
  package var peakNormalised: Waveform {
    let peak = self.peak
    return peak > 0 ? scaled(by: 1 / peak) : self
  }

  func scaled(by factor: Float) -> Waveform {
    Waveform(samples: samples.map { $0 * factor }, sampleRate: sampleRate)
  }
}
