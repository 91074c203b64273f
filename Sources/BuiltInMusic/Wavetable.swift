/// One period of a tone, to be read at any speed.
///
/// All arithmetic of the built-in music is +, −, ×, ÷ and square root, which IEEE 754 defines to the
/// last bit: the system’s `sin`, `exp` and `pow` differ between versions, these samples do not.
struct Wavetable {
  static let length = 2048

  /// `length` samples and the first one again, for interpolating.
  let samples: [Float]

  /// - Parameter harmonics: the amplitudes of the fundamental and its multiples.
  init(harmonics: some Collection<Double>) {
    var sum = [Double](repeating: 0, count: Self.length + 1)
    for (index, amplitude) in harmonics.enumerated() where amplitude != 0 {
      for place in sum.indices {
        sum[place] += amplitude * Self.sines[(index + 1) * place % Self.length]
      }
    }
    samples = sum.map { Float($0) }
  }

  private static let sines = (0..<length).map { sine(turns: Double($0) / Double(length)) }
}

/// sin(2π · turns), within 10⁻⁹ of it, by its Taylor series on a quarter turn.
package func sine(turns: Double) -> Double {
  let centred = turns - turns.rounded()
  let folded = abs(centred) > 0.25 ? (centred < 0 ? -0.5 : 0.5) - centred : centred
  let angle = 2 * Double.pi * folded
  let square = angle * angle
  var series = 1.0
  for factor in [156.0, 110, 72, 42, 20, 6] { series = 1 - square / factor * series }
  return angle * series
}

/// What remains after each sample of something that falls to 1/e in a time: exp(−1 ⁄ samples).
func decayFactor(seconds: Double) -> Float {
  let step = 1 / (seconds * Double(SyntheticMusic.sampleRate))
  return Float((1 - step / 2) / (1 + step / 2))
}

/// The weight of a new sample in a low-pass of first order.
func lowPassWeight(cutoff: Double) -> Float {
  let angle = 2 * Double.pi * cutoff / Double(SyntheticMusic.sampleRate)
  return Float(angle / (1 + angle))
}

/// Bends what is loud: a smooth limit at ±1.
func saturated(_ sample: Float) -> Float { sample / (1 + sample * sample).squareRoot() }

/// White noise in −1…1 (xorshift, Marsaglia 2003).
struct Noise {
  private var state: UInt32

  init(seed: UInt64) { state = UInt32(truncatingIfNeeded: seed >> 32) | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return Float(Int32(bitPattern: state)) * 0x1p-31
  }
}
