import Audio
import Glibc
import Matrices
import TextFormatting

/// Raises or lowers a range of frequencies by a filter of second order.
///
/// Bristow-Johnson, “Cookbook formulae for audio equalizer biquad filter coefficients”.
package struct Equaliser: AudioEffect {
  package enum Shape: String, CaseIterable, Sendable {
    /// All below the frequency.
    case lowShelf = "low shelf"
    /// All above it.
    case highShelf = "high shelf"
    /// What is around it.
    case peak
  }

  package var shape: Shape
  /// The middle of a peak, or where a shelf has half its gain.
  package var hertz: Double
  /// What is added there; below 0 it is taken away.
  package var decibels: Double
  /// How narrow a peak is, or how steep a shelf; above 0.
  package var quality: Double

  package init(
    _ shape: Shape, hertz: Double, decibels: Double, quality: Double = 0.5.squareRoot()
  ) {
    self.shape = shape
    self.hertz = hertz
    self.decibels = decibels
    self.quality = quality
  }

  package var description: String {
    "\(shape.rawValue) \(shortest(decibels)) dB at \(shortest(hertz)) Hz"
  }

  /// A sound that cannot hold the frequency is left as it is.
  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    guard hertz > 0, quality > 0, hertz < Double(sound.sampleRate) / 2 else { return sound }
    let (b, a) = coefficients(sampleRate: Double(sound.sampleRate))
    // The transposed second direct form needs two numbers of memory.
    var (first, second) = (0.0, 0.0)
    let samples = sound.samples.map { sample -> Float in
      let input = Double(sample)
      let output = b.0 * input + first
      first = b.1 * input - a.1 * output + second
      second = b.2 * input - a.2 * output
      return Float(output)
    }
    return Waveform(samples: samples, sampleRate: sound.sampleRate)
  }

  private typealias Three = (Double, Double, Double)

  /// Numerator and denominator of the transfer function, the denominator’s first being 1.
  private func coefficients(sampleRate: Double) -> (Three, Three) {
    let gain = pow(10, decibels / 40)
    let angle = 2 * Double.pi * hertz / sampleRate
    let (cosine, alpha) = (cos(angle), sin(angle) / (2 * quality))
    let b: Three
    let a: Three
    switch shape {
    case .peak:
      b = (1 + alpha * gain, -2 * cosine, 1 - alpha * gain)
      a = (1 + alpha / gain, -2 * cosine, 1 - alpha / gain)
    case .lowShelf, .highShelf:
      // The high shelf is the low one with the sign of the cosine turned.
      let sign: Double = shape == .lowShelf ? 1 : -1
      let (sum, difference, c) = (gain + 1, gain - 1, sign * cosine)
      let width = 2 * gain.squareRoot() * alpha
      b = (
        gain * (sum - difference * c + width), sign * 2 * gain * (difference - sum * c),
        gain * (sum - difference * c - width)
      )
      a = (
        sum + difference * c + width, sign * -2 * (difference + sum * c),
        sum + difference * c - width
      )
    }
    return ((b.0 / a.0, b.1 / a.0, b.2 / a.0), (1, a.1 / a.0, a.2 / a.0))
  }
}

/// Raises all below 150 Hz.
package struct BassBoost: AudioEffect {
  package var decibels: Double

  package init(decibels: Double) { self.decibels = decibels }

  package var description: String { "bass \(shortest(decibels)) dB" }

  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    Equaliser(.lowShelf, hertz: 150, decibels: decibels)(sound, using: &random)
  }
}
