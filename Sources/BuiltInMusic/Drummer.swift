import Matrices

/// Plays the strokes of one drum, which sounds alike each time but for its loudness.
struct Drummer {
  private let stroke: [Float]

  /// - Parameters:
  ///   - drum: what is struck.
  ///   - random: decides how this song’s drum is tuned and damped.
  init(_ drum: Drum, random: RandomStream) {
    var random = random
    let tuning = random.number(in: 0.85...1.2)
    let damping = random.number(in: 0.7...1.4)
    stroke = Self.stroke(
      drum, tuning: tuning, damping: damping, noise: Noise(seed: random.next()))
  }

  /// Adds the strokes.
  func play(_ hits: [Score.Hit], onto sound: inout [Float]) {
    for hit in hits {
      let first = Int(hit.start * Double(SyntheticMusic.sampleRate))
      let level = Float(hit.loudness * 0.5)
      for index in 0..<max(0, min(stroke.count, sound.count - first)) {
        sound[first + index] += level * stroke[index]
      }
    }
  }

  private static func stroke(
    _ drum: Drum, tuning: Double, damping: Double, noise: Noise
  ) -> [Float] {
    let rate = Double(SyntheticMusic.sampleRate)
    var noise = noise
    let toneDecay = decayFactor(seconds: drum.toneDecay * damping)
    let noiseDecay = decayFactor(seconds: drum.noiseDecay * damping)
    // The tone has fallen most of its way in an eighth of its time.
    let fall = Double(decayFactor(seconds: drum.toneDecay / 4))
    let highCut = lowPassWeight(cutoff: min(rate / 2, drum.noiseBand.upperBound * tuning))
    let lowCut = lowPassWeight(cutoff: drum.noiseBand.lowerBound * tuning)
    let attack = Float(1 / (drum.attack * rate))
    let longest = max(
      drum.toneLevel > 0 ? drum.toneDecay : 0, drum.noiseLevel > 0 ? drum.noiseDecay : 0)
    let count = Int(7 * longest * damping * rate)
    var pitch = drum.tone.from * tuning
    var turns = 0.0
    var toneLevel = Float(drum.toneLevel)
    var noiseLevel = Float(drum.noiseLevel)
    var rise: Float = 0
    var band: (high: Float, low: Float) = (0, 0)
    return (0..<count).map { index in
      rise = min(1, rise + attack)
      turns += pitch / rate
      pitch = drum.tone.to * tuning + (pitch - drum.tone.to * tuning) * fall
      band.high += highCut * (noise.next() - band.high)
      band.low += lowCut * (band.high - band.low)
      let sample =
        toneLevel * Float(sine(turns: turns)) + noiseLevel * (band.high - band.low)
      toneLevel *= toneDecay
      noiseLevel *= noiseDecay
      // The last fiftieth fades, so that no stroke ends in a click.
      return rise * sample * min(1, Float(count - index) / Float(count) * 50)
    }
  }
}
