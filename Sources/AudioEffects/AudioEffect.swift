import Audio
import Matrices

/// A change of a sound that leaves its genre what it is: more examples to learn from.
package protocol AudioEffect: Sendable, CustomStringConvertible {
  /// Changes a sound.
  ///
  /// - Parameters:
  ///   - sound: any samples, none among them.
  ///   - random: where chance comes from; the same stream gives the same sound.
  /// - Returns: the changed sound, at the same rate.
  func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform
}

/// Effects one after the other.
package struct EffectChain: AudioEffect {
  package var effects: [any AudioEffect]

  package init(_ effects: [any AudioEffect]) { self.effects = effects }

  package var description: String {
    effects.isEmpty ? "unchanged" : effects.map(\.description).joined(separator: ", ")
  }

  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    effects.reduce(sound) { $1($0, using: &random) }
  }

  /// One to four effects of moderate strength, drawn by chance.
  ///
  /// Stretching by 0.9…1.1, pitch by ±2 semitones, equalisers by ±6 dB, reverberation of 0.2…0.8 s,
  /// clipping by 3…12 dB, bass by 3…9 dB, noise at 15…35 dB, a shift by any time, gain by ±6 dB.
  package static func random(using random: inout RandomStream) -> EffectChain {
    func between(_ low: Double, _ high: Double) -> Double {
      // Round numbers read well in a list of what was done.
      ((low + (high - low) * random.uniform()) * 100).rounded() / 100
    }
    let kinds = random.permutation(9).prefix(1 + random.below(4)).sorted()
    return EffectChain(
      kinds.map { kind -> any AudioEffect in
        switch kind {
        case 0: TimeStretch(rate: between(0.9, 1.1))
        case 1: PitchShift(semitones: between(-2, 2))
        case 2:
          switch random.below(3) {
          case 0: Equaliser(.lowShelf, hertz: between(100, 400), decibels: between(-6, 6))
          case 1: Equaliser(.highShelf, hertz: between(2000, 6000), decibels: between(-6, 6))
          default: Equaliser(.peak, hertz: between(300, 3000), decibels: between(-6, 6))
          }
        case 3: Reverberation(seconds: between(0.2, 0.8), share: between(0.1, 0.4))
        case 4: SoftClipping(decibels: between(3, 12))
        case 5: BassBoost(decibels: between(3, 9))
        case 6: AddedNoise(signalToNoise: between(15, 35))
        case 7: TimeShift(share: between(0, 1))
        default: Gain(decibels: between(-6, 6))
        }
      })
  }
}
