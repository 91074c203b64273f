/// A kind of music, as one would describe it to a band.
struct Style: Sendable {
  var name: String
  /// Beats a minute that songs have.
  var tempo: ClosedRange<Double>
  var beatsPerBar = 4
  /// How late the second eighth of a beat comes: 0 in the middle, 1 at two thirds.
  var swung = 0.0...0.0
  /// How far, in seconds, players stray from the beat.
  var looseness = 0.006
  var scales: [Scale]
  /// Degrees of the scale, counted from 0, one a chord.
  var progressions: [[Int]]
  var barsPerChord = 1
  var chords = ChordKind.triad
  var drums: [DrumLine] = []
  var parts: [Part]
  var production: Production
}

/// What one drum plays.
struct DrumLine: Sendable {
  var drum: Drum
  /// A song takes one of them.
  var patterns: [Pattern]
  var level = 1.0
  /// The chance to play in a section.
  var presence = 1.0
}

/// What one player plays.
struct Part: Sendable {
  enum Role: Sendable { case bass, chords, melody }

  var role: Role
  /// A song takes one of them.
  var instruments: [Instrument]
  /// A song takes one of them for chords and bass; a melody changes with every bar.
  var patterns: [Pattern]
  /// The pitch around which it plays, as in MIDI.
  var register: Int
  var level = 1.0
  /// The chance to play in a section.
  var presence = 1.0
}

/// How the recording sounds; a song takes one value of each range.
struct Production: Sendable {
  /// Seconds in which the room’s answer falls by 60 dB.
  var room = 0.4...0.9
  /// The room’s share.
  var wetness = 0.1...0.25
  /// How hard the mix is driven into saturation: 0 leaves the dynamics, 4 flattens them.
  var loudness = 0.3...1.0
  /// Cutoff of the recording in hertz.
  var tone = 6000.0...14000.0
  /// Amplitude of the tape’s noise.
  var hiss = 0.0...0.003
  /// The highest sample’s amplitude.
  var peak = 0.5...0.95
  /// How far the loudness swells and fades over some bars.
  var swell = 0.0...0.2
}

extension Style {
  /// The styles, of which a set of fewer genres takes the first ones.
  ///
  /// Neighbours in sound are meant: swing and shuffle, waltz and march, bossa and ballad, techno and
  /// punk, chorale and drone.
  static let all: [Style] = [
    waltz, techno, swing, punk, chorale, bossa, march, ballad, shuffle, drone,
  ]

  /// What an untypical song takes from another style.
  enum Trait: CaseIterable { case tempo, rhythm, instruments, production }

  /// This style’s songs with a trait of another style.
  func with(_ trait: Trait, from other: Style) -> Style {
    var style = self
    switch trait {
    case .tempo:
      style.tempo = other.tempo
      style.swung = other.swung
    case .rhythm: style.drums = other.drums
    case .instruments:
      for index in style.parts.indices {
        let role = style.parts[index].role
        if let part = other.parts.first(where: { $0.role == role }) {
          style.parts[index].instruments = part.instruments
        }
      }
    case .production: style.production = other.production
    }
    return style
  }
}
