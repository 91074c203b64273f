/// How a drum or cymbal sounds: a falling tone and a burst of noise.
struct Drum: Sendable {
  /// Hertz at the stroke and after it.
  var tone = (from: 200.0, to: 200.0)
  var toneLevel = 0.0
  /// Seconds to 1/e.
  var toneDecay = 0.1
  var noiseLevel = 0.0
  var noiseDecay = 0.1
  /// The noise’s band in hertz.
  var noiseBand = 1000.0...9000.0
  /// Seconds to full loudness.
  var attack = 0.001
}

extension Drum {
  static let kick = Drum(
    tone: (160, 52), toneLevel: 1, toneDecay: 0.13, noiseLevel: 0.25, noiseDecay: 0.006)
  static let deepKick = Drum(
    tone: (230, 48), toneLevel: 1.2, toneDecay: 0.2, noiseLevel: 0.3, noiseDecay: 0.004)
  static let bassDrum = Drum(
    tone: (90, 55), toneLevel: 1, toneDecay: 0.28, noiseLevel: 0.12, noiseDecay: 0.02,
    noiseBand: 60...1500)
  static let snare = Drum(
    tone: (240, 185), toneLevel: 0.5, toneDecay: 0.07, noiseLevel: 0.8, noiseDecay: 0.11,
    noiseBand: 700...9000)
  static let fieldDrum = Drum(
    tone: (310, 260), toneLevel: 0.35, toneDecay: 0.05, noiseLevel: 0.9, noiseDecay: 0.07,
    noiseBand: 1200...10000)
  static let brush = Drum(
    noiseLevel: 0.5, noiseDecay: 0.1, noiseBand: 1500...8000, attack: 0.03)
  static let rim = Drum(
    tone: (1750, 1650), toneLevel: 0.5, toneDecay: 0.018, noiseLevel: 0.3, noiseDecay: 0.01)
  static let clap = Drum(noiseLevel: 0.9, noiseDecay: 0.09, noiseBand: 900...4500, attack: 0.008)
  static let tom = Drum(
    tone: (190, 120), toneLevel: 0.9, toneDecay: 0.16, noiseLevel: 0.15, noiseDecay: 0.03,
    noiseBand: 300...4000)
  static let closedHat = Drum(noiseLevel: 1.5, noiseDecay: 0.028, noiseBand: 6000...11000)
  static let openHat = Drum(noiseLevel: 1.3, noiseDecay: 0.16, noiseBand: 5500...11000)
  static let ride = Drum(
    tone: (3950, 3950), toneLevel: 0.15, toneDecay: 0.18, noiseLevel: 0.9, noiseDecay: 0.22,
    noiseBand: 5000...10500)
  static let crash = Drum(noiseLevel: 1.2, noiseDecay: 0.55, noiseBand: 3000...11000)
  static let shaker = Drum(
    noiseLevel: 1.1, noiseDecay: 0.035, noiseBand: 4500...10500, attack: 0.012)
}
