/// The frequency of a pitch in hertz; 69 is A at 440 Hz, 12 steps an octave, as in MIDI.
package func frequency(pitch: Int) -> Double {
  let steps = pitch - 69
  let octave = steps >= 0 ? steps / 12 : (steps - 11) / 12
  let base = octave >= 0 ? 440 * Double(1 << octave) : 440 / Double(1 << -octave)
  return base * semitones[steps - 12 * octave]
}

/// 2 to the power of 0…11 twelfths, written out because `pow` differs between systems.
private let semitones: [Double] = [
  1, 1.0594630943592953, 1.122462048309373, 1.1892071150027210, 1.2599210498948732,
  1.3348398541700344, 1.4142135623730951, 1.4983070768766815, 1.5874010519681994,
  1.6817928305074290, 1.7817974362806785, 1.8877486253633870,
]

/// The pitches that a song is made of, as semitones above its key note.
enum Scale: Sendable {
  case major, minor, dorian, mixolydian, blues

  private var steps: [Int] {
    switch self {
    case .major: [0, 2, 4, 5, 7, 9, 11]
    case .minor: [0, 2, 3, 5, 7, 8, 10]
    case .dorian: [0, 2, 3, 5, 7, 9, 10]
    case .mixolydian: [0, 2, 4, 5, 7, 9, 10]
    case .blues: [0, 2, 3, 5, 7, 9, 10]
    }
  }

  /// Semitones above the key note of a degree counted from 0; 7 is the octave, −1 the step below.
  func semitones(degree: Int) -> Int {
    let octave = degree >= 0 ? degree / 7 : (degree - 6) / 7
    return 12 * octave + steps[degree - 7 * octave]
  }
}

/// How chords are built on a degree of the scale.
enum ChordKind: Sendable {
  case triad, seventh
  /// Root, fifth and octave.
  case power

  var degrees: [Int] {
    switch self {
    case .triad: [0, 2, 4]
    case .seventh: [0, 2, 4, 6]
    case .power: [0, 4, 7]
    }
  }
}
