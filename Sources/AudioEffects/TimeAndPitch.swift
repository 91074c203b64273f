import Audio
import Glibc
import Matrices
import Spectra
import TextFormatting

/// Makes a sound faster or slower without changing its pitch, by a phase vocoder.
///
/// Ellis, “A phase vocoder in Matlab”, 2002, with librosa’s frames of 2048 samples every 512.
package struct TimeStretch: AudioEffect {
  /// 2 is twice as fast and half as long; from 1/16 to 16.
  package var rate: Double

  package init(rate: Double) {
    precondition((1.0 / 16...16).contains(rate))
    self.rate = rate
  }

  package var description: String { "stretch by \(shortest(rate))" }

  /// - Returns: the number of samples divided by the rate, rounded.
  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    guard !sound.samples.isEmpty, rate != 1 else { return sound }
    let transform = ShortTimeFourierTransform(fftSize: 2048, hopLength: 512)
    let stretched = vocoded(transform(sound.samples.span), hopLength: transform.hopLength)
    let length = Int((Double(sound.samples.count) / rate).rounded())
    return Waveform(
      samples: transform.inverse(stretched, length: length), sampleRate: sound.sampleRate)
  }

  /// Amplitudes are read between the frames, phases advance by what the frames there advance.
  private func vocoded(_ source: ComplexSpectrogram, hopLength: Int) -> ComplexSpectrogram {
    let frames = Int((Double(source.frames) / rate).rounded(.up))
    var result = ComplexSpectrogram(frames: frames, bins: source.bins)
    var before = PolarFrame(source, 0)
    var after = PolarFrame(source, 1)
    var phases = before.phases
    for frame in 0..<frames {
      let place = Double(frame) * rate
      let index = Int(place)
      let rest = place - Double(index)
      if index == after.frame { before = after }
      if index != before.frame { before = PolarFrame(source, index) }
      if index + 1 != after.frame { after = PolarFrame(source, index + 1) }
      result.update(frame: frame) { row in
        for bin in 0..<source.bins {
          let amplitude = (1 - rest) * before.amplitudes[bin] + rest * after.amplitudes[bin]
          row[2 * bin] = Float(amplitude * cos(phases[bin]))
          row[2 * bin + 1] = Float(amplitude * sin(phases[bin]))
          // What a wave in the middle of the bin turns by in one hop, and by how much this one differs.
          let expected = Double.pi * Double(hopLength) * Double(bin) / Double(source.bins - 1)
          let deviation = (after.phases[bin] - before.phases[bin] - expected)
            .remainder(dividingBy: 2 * Double.pi)
          phases[bin] = (phases[bin] + expected + deviation).remainder(dividingBy: 2 * Double.pi)
        }
      }
    }
    return result
  }
}

/// Amplitudes and phases of one frame; beyond the last there is silence.
private struct PolarFrame {
  var frame: Int
  var amplitudes: [Double]
  var phases: [Double]

  init(_ source: ComplexSpectrogram, _ frame: Int) {
    self.frame = frame
    amplitudes = [Double](repeating: 0, count: source.bins)
    phases = amplitudes
    guard frame < source.frames else { return }
    for bin in 0..<source.bins {
      let (real, imaginary) = source[frame, bin]
      amplitudes[bin] = Double((real * real + imaginary * imaginary).squareRoot())
      phases[bin] = atan2(Double(imaginary), Double(real))
    }
  }
}

/// Makes a sound higher or lower without changing its tempo: stretched, then played at another rate.
package struct PitchShift: AudioEffect {
  /// 12 are an octave up; from −48 to 48.
  package var semitones: Double

  package init(semitones: Double) {
    precondition((-48...48).contains(semitones))
    self.semitones = semitones
  }

  package var description: String { "pitch by \(shortest(semitones)) semitones" }

  /// - Returns: as many samples as the sound has.
  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    guard !sound.samples.isEmpty, semitones != 0 else { return sound }
    let rate = pow(2, -semitones / 12)
    var samples = TimeStretch(rate: rate)(sound, using: &random).spread(by: rate).samples
    let missing = sound.samples.count - samples.count
    if missing > 0 {
      samples += [Float](repeating: 0, count: missing)
    } else {
      samples.removeLast(-missing)
    }
    return Waveform(samples: samples, sampleRate: sound.sampleRate)
  }
}
