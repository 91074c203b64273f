import Audio
import Glibc
import Matrices
import TextFormatting

/// Makes a sound louder or softer.
package struct Gain: AudioEffect {
  /// 6 dB are twice the amplitude.
  package var decibels: Double

  package init(decibels: Double) { self.decibels = decibels }

  package var description: String { "gain \(shortest(decibels)) dB" }

  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    sound.scaled(by: Float(pow(10, decibels / 20)))
  }
}

/// White noise at a level below the sound's.
package struct AddedNoise: AudioEffect {
  /// The sound's level above that of the noise, in decibels.
  package var signalToNoise: Double

  package init(signalToNoise: Double) { self.signalToNoise = signalToNoise }

  package var description: String { "noise at \(shortest(signalToNoise)) dB" }

  /// Silence stays silent.
  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    let noise = Waveform(
      samples: sound.samples.map { _ in Float(random.normal()) }, sampleRate: sound.sampleRate)
    guard noise.level > 0 else { return sound }
    let factor = Float(sound.level / noise.level * pow(10, -signalToNoise / 20))
    return Waveform(
      samples: zip(sound.samples, noise.samples).map { $0 + factor * $1 },
      sampleRate: sound.sampleRate)
  }
}

/// Drives a sound into a soft limit: tanh(g·x) / tanh(g).
package struct SoftClipping: AudioEffect {
  /// g in decibels: 0 hardly clips, 20 very much.
  package var decibels: Double

  package init(decibels: Double) { self.decibels = decibels }

  package var description: String { "clipping by \(shortest(decibels)) dB" }

  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    let gain = pow(10, decibels / 20)
    let scale = 1 / tanh(gain)
    return Waveform(
      samples: sound.samples.map { Float(tanh(gain * Double($0)) * scale) },
      sampleRate: sound.sampleRate)
  }
}

/// Starts a sound later; what falls out at the end comes in at the beginning.
package struct TimeShift: AudioEffect {
  private enum Amount { case seconds(Double), share(Double) }
  private var amount: Amount

  package init(seconds: Double) { amount = .seconds(seconds) }

  /// A share of the sound's length.
  package init(share: Double) { amount = .share(share) }

  package var description: String {
    switch amount {
    case .seconds(let seconds): "shift by \(shortest(seconds)) s"
    case .share(let share): "shift by \(percentage(share))"
    }
  }

  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    let count = sound.samples.count
    guard count > 0 else { return sound }
    let wished =
      switch amount {
      case .seconds(let seconds): seconds * Double(sound.sampleRate)
      case .share(let share): share * Double(count)
      }
    let places = Int(wished.rounded().truncatingRemainder(dividingBy: Double(count)))
    let start = (count - places) % count
    return Waveform(
      samples: Array(sound.samples[start...] + sound.samples[..<start]),
      sampleRate: sound.sampleRate)
  }
}
