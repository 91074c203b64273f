import Matrices

/// All that is played in a song, in seconds from its beginning.
struct Score {
  struct Note {
    var start: Double
    var length: Double
    /// As in MIDI.
    var pitch: Int
    /// 0…1.
    var loudness: Double
  }

  struct Hit {
    var start: Double
    var loudness: Double
  }

  /// One list a part of the style.
  private(set) var notes: [[Note]]
  /// One list a drum of the style.
  private(set) var hits: [[Hit]]

  private let song: Song

  /// Players come and go after so many bars: two of a slow song, four of a quick one.
  private let section: Int
  private let bars: Int

  /// Writes a song.
  ///
  /// - Parameters:
  ///   - song: what holds from its first to its last bar.
  ///   - seconds: how much to write; the last bar goes on beyond it.
  ///   - random: the song’s own stream.
  init(_ song: Song, seconds: Double, using random: inout RandomStream) {
    self.song = song
    let bar = song.beat * Double(song.style.beatsPerBar)
    bars = Int(seconds / bar) + 1
    section = bar > 2 ? 2 : 4
    hits = []
    notes = []
    for line in song.style.drums { hits.append(hits(of: line, using: &random)) }
    for part in song.style.parts { notes.append(notes(of: part, using: &random)) }
  }

  /// Which sections somebody plays in.
  private func presence(_ chance: Double, using random: inout RandomStream) -> [Bool] {
    (0...(bars / section)).map { _ in random.uniform() < chance }
  }

  private func hits(of line: DrumLine, using random: inout RandomStream) -> [Hit] {
    let strokes = random.element(of: line.patterns).strokes(steps: song.stepsPerBar)
    let plays = presence(line.presence, using: &random)
    var hits: [Hit] = []
    for bar in 0..<bars where plays[bar / section] {
      for stroke in strokes {
        // Now and then a drummer leaves one out.
        if random.uniform() < 0.03 { continue }
        let stray = song.style.looseness * (2 * random.uniform() - 1)
        hits.append(
          Hit(
            start: max(0, song.seconds(step: bar * song.stepsPerBar + stroke.step) + stray),
            loudness: line.level * stroke.loudness * random.number(in: 0.8...1.1)))
      }
    }
    return hits
  }

  private func notes(of part: Part, using random: inout RandomStream) -> [Note] {
    let plays = presence(part.presence, using: &random)
    var pattern = random.element(of: part.patterns)
    // A melody wanders over the scale from here.
    var degree = 2 * random.below(4)
    var broken = 0
    var notes: [Note] = []
    for bar in 0..<bars {
      if part.role == .melody { pattern = random.element(of: part.patterns) }
      guard plays[bar / section] else { continue }
      let root = song.progression[bar / song.style.barsPerChord % song.progression.count]
      for stroke in pattern.strokes(steps: song.stepsPerBar) {
        let degrees: [Int]
        switch part.role {
        case .bass: degrees = [root + bassStep(stroke.symbol, using: &random)]
        case .chords:
          let chord = song.style.chords.degrees.map { root + $0 }
          degrees = stroke.symbol == "a" ? [chord[broken % chord.count]] : chord
          broken += 1
        case .melody:
          degree += [-2, -1, -1, 0, 1, 1, 2, 3][random.below(8)]
          // On the first beat it sings a tone of the chord; it stays within an octave and a half.
          if stroke.step == 0 { degree = root + 2 * random.below(3) }
          if degree > 9 { degree -= 7 } else if degree < -2 { degree += 7 }
          degrees = [degree]
        }
        let step = bar * song.stepsPerBar + stroke.step
        let start = song.seconds(step: step)
        let length = song.seconds(step: step + stroke.length) - start
        let stray = song.style.looseness * (2 * random.uniform() - 1)
        let loudness = part.level * stroke.loudness * random.number(in: 0.75...1.1)
        for degree in degrees {
          notes.append(
            Note(
              start: max(0, start + stray), length: length - min(0.04, 0.06 * length),
              pitch: pitch(degree: degree, near: part.register, isFree: part.role == .melody),
              loudness: loudness))
        }
      }
    }
    return notes
  }

  private func bassStep(_ symbol: Character, using random: inout RandomStream) -> Int {
    switch symbol {
    case "t": 2
    case "f": 4
    case "s": 5
    case "w": [0, 0, 2, 4, 1, 5, 6][random.below(7)]
    default: 0
    }
  }

  /// The pitch of a degree: a free one as far from the register as it is from the key note, others in
  /// the octave around the register, so that chords follow each other by small steps.
  private func pitch(degree: Int, near register: Int, isFree: Bool) -> Int {
    let steps = song.key + song.scale.semitones(degree: degree)
    if isFree {
      let shift = register - 6 - song.key
      return steps + 12 * ((shift + (shift >= 0 ? 6 : -6)) / 12)
    }
    let above = steps - (register - 6)
    return register - 6 + (above % 12 + 12) % 12
  }
}
