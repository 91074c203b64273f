/// How an instrument sounds: its overtones, how a note begins and ends, how bright it is.
struct Instrument: Sendable {
  /// Amplitudes of the fundamental and its multiples.
  var harmonics: [Double]
  /// Seconds to full loudness.
  var attack = 0.005
  /// Seconds in which a held note falls by 1 − 1/e of its way to `sustain`.
  var decay = 0.5
  /// Loudness of a long held note.
  var sustain = 0.0
  /// Seconds from the end of a note to silence.
  var release = 0.08
  /// Cutoff of the low-pass over the fundamental: at a note’s full loudness and at none.
  var brightness = (open: 12.0, closed: 3.0)
  /// Depth in parts of the frequency, at 5.5 Hz.
  var vibrato = 0.0
  /// Voices in unison, each apart from the next by `detuning` parts of the frequency.
  var voices = 1
  var detuning = 0.004
  /// Noise blown or bowed with the tone.
  var breath = 0.0
  /// How far the part is driven into saturation; 0 is clean.
  var drive = 0.0
  /// Seconds between the tones of a chord.
  var strum = 0.0
}

extension Instrument {
  private static let sawtooth = overtones(40) { 1 / $0 }
  /// With strong odd overtones.
  private static let hollow = overtones(40, even: 0.04) { 1 / $0 }

  /// The amplitudes of overtones by a rule.
  ///
  /// - Parameters:
  ///   - count: the number of overtones, the fundamental among them.
  ///   - even: the share that the even ones keep.
  ///   - amplitude: of an overtone by its number, counted from 1.
  /// - Returns: amplitudes, the fundamental’s first.
  private static func overtones(
    _ count: Int, even: Double = 1, amplitude: (Double) -> Double
  ) -> [Double] {
    (1...count).map { amplitude(Double($0)) * ($0 % 2 == 0 ? even : 1) }
  }

  static let piano = Instrument(
    harmonics: [1, 0.55, 0.35, 0.3, 0.18, 0.14, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02],
    attack: 0.003, decay: 0.7, release: 0.12, brightness: (22, 4))
  static let electricPiano = Instrument(
    harmonics: [1, 0.1, 0.35, 0.02, 0.1, 0, 0.08], attack: 0.004, decay: 0.9, release: 0.1,
    brightness: (14, 3))
  static let nylonGuitar = Instrument(
    harmonics: [1, 0.7, 0.45, 0.2, 0.14, 0.1, 0.06, 0.04], attack: 0.003, decay: 0.35,
    release: 0.09, brightness: (13, 3), strum: 0.012)
  static let steelGuitar = Instrument(
    harmonics: sawtooth, attack: 0.003, decay: 0.45, release: 0.08, brightness: (20, 4),
    drive: 1.2, strum: 0.009)
  static let distortedGuitar = Instrument(
    harmonics: sawtooth, attack: 0.003, decay: 1.5, sustain: 0.5, release: 0.05,
    brightness: (28, 9), voices: 2, detuning: 0.005, drive: 7, strum: 0.003)
  static let uprightBass = Instrument(
    harmonics: [1, 0.6, 0.3, 0.12, 0.06], attack: 0.008, decay: 0.35, release: 0.07,
    brightness: (8, 3))
  static let electricBass = Instrument(
    harmonics: sawtooth, attack: 0.004, decay: 0.6, sustain: 0.2, release: 0.05,
    brightness: (10, 4))
  static let tuba = Instrument(
    harmonics: [1, 0.8, 0.5, 0.25, 0.12, 0.06], attack: 0.03, decay: 0.4, sustain: 0.5,
    release: 0.06, brightness: (11, 3))
  static let synthBass = Instrument(
    harmonics: sawtooth, attack: 0.003, decay: 0.14, sustain: 0.1, release: 0.03,
    brightness: (25, 3), voices: 2, detuning: 0.006, drive: 1.5)
  static let accordion = Instrument(
    harmonics: overtones(30, even: 0.5) { 1 / $0 }, attack: 0.03,
    decay: 1, sustain: 0.85, release: 0.07, brightness: (20, 9), voices: 2, detuning: 0.007)
  static let violins = Instrument(
    harmonics: sawtooth, attack: 0.09, decay: 1, sustain: 0.85, release: 0.16,
    brightness: (13, 4), vibrato: 0.004, voices: 3, detuning: 0.005, breath: 0.01)
  static let clarinet = Instrument(
    harmonics: hollow, attack: 0.03, decay: 1, sustain: 0.85, release: 0.06,
    brightness: (13, 4), vibrato: 0.002, breath: 0.015)
  static let flute = Instrument(
    harmonics: [1, 0.35, 0.12, 0.04], attack: 0.05, decay: 1, sustain: 0.9, release: 0.08,
    brightness: (11, 4), vibrato: 0.005, breath: 0.06)
  static let trumpet = Instrument(
    harmonics: overtones(24) { 1 / $0.squareRoot() / (1 + $0 / 6) }, attack: 0.025,
    decay: 0.3, sustain: 0.75, release: 0.06, brightness: (15, 3), vibrato: 0.002)
  static let horns = Instrument(
    harmonics: overtones(16) { 1 / (1 + $0 * $0 / 8) }, attack: 0.04, decay: 0.4,
    sustain: 0.7, release: 0.08, brightness: (11, 3), voices: 2, detuning: 0.003)
  static let saxophone = Instrument(
    harmonics: overtones(24) { 1 / (1 + $0 / 4) }, attack: 0.03,
    decay: 0.5, sustain: 0.75, release: 0.07, brightness: (14, 4), vibrato: 0.005, breath: 0.04)
  static let harmonica = Instrument(
    harmonics: overtones(24, even: 1.6) { 0.6 / ($0 + 1) },
    attack: 0.04, decay: 1, sustain: 0.8, release: 0.06, brightness: (14, 6), vibrato: 0.006,
    breath: 0.03, drive: 1)
  static let organ = Instrument(
    harmonics: [1, 0.9, 0.7, 0.6, 0, 0.4, 0, 0.35, 0, 0.15], attack: 0.02, decay: 1, sustain: 1,
    release: 0.06, brightness: (22, 11), vibrato: 0.002)
  static let pipeOrgan = Instrument(
    harmonics: [1, 0.8, 0.35, 0.55, 0.1, 0.25, 0.05, 0.3, 0, 0.1, 0, 0.12], attack: 0.06,
    decay: 1, sustain: 1, release: 0.14, brightness: (22, 9), voices: 2, detuning: 0.002,
    breath: 0.01)
  static let choir = Instrument(
    harmonics: [1, 0.75, 0.5, 0.2, 0.1, 0.16, 0.2, 0.08, 0.03], attack: 0.12, decay: 1,
    sustain: 0.9, release: 0.22, brightness: (11, 4), vibrato: 0.006, voices: 4, detuning: 0.006,
    breath: 0.03)
  static let singer = Instrument(
    harmonics: [1, 0.8, 0.6, 0.25, 0.15, 0.2, 0.22, 0.1, 0.05, 0.03], attack: 0.07, decay: 1,
    sustain: 0.85, release: 0.12, brightness: (13, 4), vibrato: 0.008, breath: 0.03)
  static let shouter = Instrument(
    harmonics: sawtooth, attack: 0.04, decay: 1, sustain: 0.8, release: 0.06,
    brightness: (17, 5), vibrato: 0.01, breath: 0.12, drive: 3)
  static let pad = Instrument(
    harmonics: sawtooth, attack: 0.9, decay: 4, sustain: 0.7, release: 1.2, brightness: (7, 2),
    voices: 4, detuning: 0.005)
  static let glass = Instrument(
    harmonics: [1, 0, 0.3, 0.1, 0, 0.2, 0, 0, 0.1], attack: 0.4, decay: 3, sustain: 0.4,
    release: 1, brightness: (20, 5), vibrato: 0.003, voices: 2, detuning: 0.003)
  static let bowedBass = Instrument(
    harmonics: sawtooth, attack: 0.5, decay: 3, sustain: 0.8, release: 0.8, brightness: (10, 3),
    voices: 2, detuning: 0.004, breath: 0.03)
  static let stab = Instrument(
    harmonics: sawtooth, attack: 0.003, decay: 0.16, sustain: 0.05, release: 0.06,
    brightness: (20, 3), voices: 3, detuning: 0.008, drive: 0.8)
  static let blip = Instrument(
    harmonics: hollow, attack: 0.002, decay: 0.12, release: 0.04, brightness: (22, 4))
}
