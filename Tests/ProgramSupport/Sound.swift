import Glibc

/// Made-up sound for tests, and WAV files of it.
package struct Sound: Sendable {
  /// Of the channels one after the other in each frame.
  package var samples: [Float]
  package var rate: Int
  package var channels = 1

  package init(_ samples: [Float], rate: Int = 22050, channels: Int = 1) {
    self.samples = samples
    self.rate = rate
    self.channels = channels
  }

  /// A melody of three voices with a little noise, other for another seed.
  package init(melody seed: UInt64, seconds: Double = 6, rate: Int = 22050) {
    var numbers = Numbers(state: seed)
    let count = Int(seconds * Double(rate))
    var samples = [Float](repeating: 0, count: count)
    for _ in 0..<3 {
      var start = 0
      while start < count {
        let length = Int((0.12 + 0.4 * numbers.next()) * Double(rate))
        let pitch = 110 * pow(2, (numbers.next() * 36).rounded() / 12)
        let end = min(count, start + length)
        for index in start..<end {
          let time = Double(index - start) / Double(rate)
          var value = 0.0
          for overtone in 1...5 {
            value += sin(2 * .pi * pitch * Double(overtone) * time) / Double(overtone)
          }
          samples[index] += Float(0.12 * value * exp(-3 * time))
        }
        start = end
      }
    }
    for index in samples.indices { samples[index] += Float(0.004 * (numbers.next() - 0.5)) }
    self.init(samples, rate: rate)
  }

  /// A WAV file of 16-bit samples.
  package var wav: [UInt8] {
    file(format: 1, bits: 16) { sample in
      let value = Int16(max(-32768, min(32767, (sample * 32768).rounded())))
      return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
  }

  /// A WAV file of single-precision samples.
  package var floatWAV: [UInt8] {
    file(format: 3, bits: 32) { sample in
      (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> UInt32(8 * $0)) }
    }
  }

  private func file(format: Int, bits: Int, _ encode: (Float) -> [UInt8]) -> [UInt8] {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let data = samples.flatMap(encode)
    let frame = channels * bits / 8
    var file = Array("RIFF".utf8) + number(36 + data.count, 4) + Array("WAVEfmt ".utf8)
    file += number(16, 4) + number(format, 2) + number(channels, 2) + number(rate, 4)
    file += number(rate * frame, 4) + number(frame, 2) + number(bits, 2)
    return file + Array("data".utf8) + number(data.count, 4) + data
  }
}

/// Numbers from 0 to 1 (SplitMix64).
private struct Numbers {
  var state: UInt64

  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53
  }
}
