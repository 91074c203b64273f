import Audio
import AudioEffects
import FileSystem
import Glibc
import Matrices
import Spectra
import Testing

private func tone(
  _ hertz: Double, seconds: Double = 1, rate: Int = 22050, amplitude: Double = 0.25
) -> Waveform {
  Waveform(
    samples: (0..<Int(seconds * Double(rate))).map {
      Float(amplitude * sin(2 * Double.pi * hertz * Double($0) / Double(rate)))
    }, sampleRate: rate)
}

extension AudioEffect {
  fileprivate func of(_ sound: Waveform, seed: UInt64 = 1) -> Waveform {
    var random = RandomStream(seed: seed)
    return self(sound, using: &random)
  }
}

/// The loudest frequency in the middle of a sound, in hertz.
private func loudest(_ sound: Waveform) -> Double {
  let size = 8192
  let middle = sound.samples.dropFirst((sound.samples.count - size) / 2).prefix(size)
  let transform = ShortTimeFourierTransform(fftSize: size, hopLength: size, padding: .none)
  let spectrum = transform(Array(middle).span).power().rowElements(0)
  let bin = spectrum.indices.max { spectrum[$0] < spectrum[$1] } ?? 0
  return Double(bin) * Double(sound.sampleRate) / Double(size)
}

@Suite struct EffectTests {
  private func decibels(_ after: Waveform, _ before: Waveform) -> Double {
    20 * log10(after.level / before.level)
  }

  @Test(arguments: [-12.0, 0, 6]) func gain(amount: Double) {
    let sound = tone(440)
    #expect(abs(decibels(Gain(decibels: amount).of(sound), sound) - amount) < 1e-4)
  }

  @Test(arguments: [0.0, 20, 40]) func noise(ratio: Double) {
    let sound = tone(440)
    let noisy = AddedNoise(signalToNoise: ratio).of(sound)
    let noise = Waveform(
      samples: zip(noisy.samples, sound.samples).map { $0 - $1 }, sampleRate: 22050)
    #expect(abs(decibels(sound, noise) - ratio) < 0.01)
    let silence = Waveform(samples: [0, 0, 0], sampleRate: 8000)
    #expect(AddedNoise(signalToNoise: 3).of(silence) == silence)
  }

  @Test func shift() {
    let sound = Waveform(samples: [1, 2, 3, 4, 5], sampleRate: 10)
    #expect(TimeShift(seconds: 0.2).of(sound).samples == [4, 5, 1, 2, 3])
    #expect(TimeShift(seconds: -0.1).of(sound).samples == [2, 3, 4, 5, 1])
    #expect(TimeShift(seconds: 1.1).of(sound).samples == [5, 1, 2, 3, 4])
    #expect(TimeShift(share: 0.4).of(sound).samples == [4, 5, 1, 2, 3])
    #expect(TimeShift(share: 1).of(sound) == sound)
  }

  @Test(arguments: [0.5, 0.8, 1, 1.3, 2]) func stretch(rate: Double) {
    let sound = tone(440, seconds: 2)
    let stretched = TimeStretch(rate: rate).of(sound)
    #expect(stretched.samples.count == Int((44100 / rate).rounded()))
    #expect(abs(loudest(stretched) - 440) < 4)
    // Neighbouring bins drift apart: librosa's loses 1.21 dB at half the speed.
    #expect(abs(decibels(stretched, sound)) < 1.3)
  }

  @Test(arguments: [-12.0, -3, 0, 2, 12]) func pitch(semitones: Double) {
    let sound = tone(440, seconds: 2)
    let shifted = PitchShift(semitones: semitones).of(sound)
    #expect(shifted.samples.count == sound.samples.count)
    #expect(abs(loudest(shifted) - 440 * pow(2, semitones / 12)) < 4)
    #expect(abs(decibels(shifted, sound)) < 1.3)
  }

  /// The gain that the cookbook promises at, below and above the frequency.
  @Test func equaliser() {
    func gain(_ effect: some AudioEffect, at hertz: Double) -> Double {
      let sound = tone(hertz, seconds: 2)
      return decibels(effect.of(sound), sound)
    }
    let peak = Equaliser(.peak, hertz: 1000, decibels: 9, quality: 2)
    #expect(abs(gain(peak, at: 1000) - 9) < 0.05)
    #expect(abs(gain(peak, at: 50)) < 0.1 && abs(gain(peak, at: 9000)) < 0.1)
    let low = Equaliser(.lowShelf, hertz: 500, decibels: -6)
    #expect(abs(gain(low, at: 500) + 3) < 0.05 && abs(gain(low, at: 30) + 6) < 0.1)
    #expect(abs(gain(low, at: 8000)) < 0.1)
    let high = Equaliser(.highShelf, hertz: 2000, decibels: 6)
    #expect(abs(gain(high, at: 2000) - 3) < 0.05 && abs(gain(high, at: 9500) - 6) < 0.1)
    #expect(abs(gain(high, at: 60)) < 0.1)
    #expect(abs(gain(BassBoost(decibels: 8), at: 20) - 8) < 0.1)
    #expect(abs(gain(BassBoost(decibels: 8), at: 5000)) < 0.1)
    #expect(Equaliser(.peak, hertz: 20000, decibels: 9).of(tone(440)) == tone(440))
  }

  @Test func softClipping() {
    let sound = tone(440, amplitude: 1)
    let clipped = SoftClipping(decibels: 12).of(sound)
    #expect(clipped.peak <= 1 && clipped.peak > 0.99)
    #expect(clipped.level > sound.level * 1.2)
    #expect(zip(clipped.samples, sound.samples).allSatisfy { $0 * $1 >= 0 })
  }

  /// A click becomes noise that is 60 dB softer after the time.
  @Test func reverberation() {
    var samples = [Float](repeating: 0, count: 22050)
    samples[1000] = 1
    let click = Waveform(samples: samples, sampleRate: 22050)
    let wet = Reverberation(seconds: 0.5, share: 1).of(click)
    #expect(wet.samples.count == samples.count)
    func level(_ range: Range<Int>) -> Double {
      Waveform(samples: Array(wet.samples[range]), sampleRate: 22050).level
    }
    #expect(level(0..<1000) < 1e-7)
    #expect(level(1000..<1200) > 0.005)
    // Half of the time later: 30 dB.
    #expect(abs(20 * log10(level(1000..<1500) / level(6512..<7012)) - 30) < 2)
    #expect(level(13000..<22050) < 1e-6)
    let dry = Reverberation(seconds: 0.5, share: 0).of(click)
    #expect(dry == click)
  }

  @Test func sameSeedSameSound() {
    let sound = tone(300)
    var descriptions: Set<String> = []
    for seed in 0..<30 {
      var first = RandomStream(seed: UInt64(seed))
      var second = first
      let chain = EffectChain.random(using: &first)
      let again = EffectChain.random(using: &second)
      #expect(chain.description == again.description)
      #expect(chain(sound, using: &first) == again(sound, using: &second))
      #expect((1...4).contains(chain.effects.count))
      descriptions.insert(chain.description)
    }
    #expect(descriptions.count > 25)
    let noise = AddedNoise(signalToNoise: 10)
    #expect(noise.of(sound, seed: 1) != noise.of(sound, seed: 2))
  }

  /// Nothing and next to nothing pass through every effect.
  @Test(arguments: [0, 1, 2, 700]) func shortSounds(count: Int) {
    let sound = Waveform(samples: [Float](repeating: 0.5, count: count), sampleRate: 8000)
    let effects: [any AudioEffect] = [
      Gain(decibels: 3), AddedNoise(signalToNoise: 3), TimeShift(seconds: 1),
      TimeStretch(rate: 1.5), PitchShift(semitones: 5), PitchShift(semitones: -5),
      Equaliser(.peak, hertz: 100, decibels: 3), Reverberation(seconds: 0.1),
      SoftClipping(decibels: 3), BassBoost(decibels: 3),
    ]
    for effect in effects {
      let changed = effect.of(sound)
      #expect(changed.samples.allSatisfy { $0.isFinite }, "\(effect)")
      if !(effect is TimeStretch) { #expect(changed.samples.count == count, "\(effect)") }
    }
  }
}

@Suite struct SpectralSubtractionTests {
  private let rate = 16000
  private let tone: [Double]
  private let noisy: Waveform

  init() {
    var state = 1
    let noise = (0..<32000).map { _ -> Double in
      state = (state * 1_103_515_245 + 12345) % (1 << 31)
      return Double(state) / Double(1 << 30) - 1
    }
    tone = (0..<32000).map {
      $0 < 16000 ? 0 : 0.5 * sin(2 * Double.pi * 440 * Double($0) / 16000)
    }
    noisy = Waveform(
      samples: zip(tone, noise).map { Float($0 + 0.1 * $1) }, sampleRate: rate)
  }

  /// Recorded with librosa 0.11 and NumPy.
  @Test func asNumPy() throws {
    let file = Path(#filePath).folder / "Fixtures/spectral-subtraction.csv"
    let expected = try file.readText().split(whereSeparator: { ",\n".contains($0) })
      .compactMap { Float($0) }
    let clean = SpectralSubtraction()(noisy, noise: 0..<rate)
    #expect(clean.samples.count == 32000)
    let error = expected.indices.map { abs(clean.samples[$0 * 97] - expected[$0]) }.max() ?? 1
    #expect(expected.count == 330 && error < 1e-5, "off by \(error)")
  }

  /// By more than 6 dB where the tone sounds, and the noise before it is almost gone.
  @Test func signalToNoiseRatio() {
    let clean = SpectralSubtraction(normalisesPeak: false)(noisy, noise: 0..<rate)
    func ratio(_ sound: Waveform) -> Double {
      var (signal, noise) = (0.0, 0.0)
      for index in 17000..<31000 {
        signal += tone[index] * tone[index]
        let difference = Double(sound.samples[index]) - tone[index]
        noise += difference * difference
      }
      return 10 * log10(signal / noise)
    }
    #expect(ratio(clean) > ratio(noisy) + 6, "\(ratio(noisy)) → \(ratio(clean))")
    func levelOfNoise(_ sound: Waveform) -> Double {
      Waveform(samples: Array(sound.samples[1000..<15000]), sampleRate: rate).level
    }
    #expect(levelOfNoise(clean) < 0.35 * levelOfNoise(noisy))
  }

  @Test func peakAndSilence() {
    #expect(abs(SpectralSubtraction()(noisy, noise: 0..<rate).peak - 1) < 1e-6)
    let silence = Waveform(samples: [Float](repeating: 0, count: 4000), sampleRate: rate)
    #expect(
      SpectralSubtraction(normalisesPeak: false)(silence, noise: 0..<1000).peak < 1e-9)
    let short = Waveform(samples: [0.5, -0.5], sampleRate: rate)
    #expect(SpectralSubtraction()(short, noise: 0..<1).samples.allSatisfy { $0.isFinite })
  }
}
