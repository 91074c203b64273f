import Matrices

/// Plays the notes of one part.
struct Player {
  private let instrument: Instrument
  /// One an octave from 27.5 Hz up, with no overtone beyond half the sample rate; made when needed.
  private var tables: [Wavetable?] = Array(repeating: nil, count: 9)
  private var random: RandomStream
  private var noise: Noise

  /// Samples between two settings of the slow movements: vibrato and brightness.
  private static let block = 32

  init(_ instrument: Instrument, random: RandomStream) {
    self.instrument = instrument
    self.random = random
    noise = Noise(seed: self.random.next())
  }

  /// Plays notes that are sorted by their start; tones of a chord have the same one.
  ///
  /// - Parameters:
  ///   - notes: of the whole song.
  ///   - count: samples.
  /// - Returns: the part’s sound, of that many samples.
  mutating func play(_ notes: [Score.Note], count: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: count)
    var chordTone = 0
    for index in notes.indices {
      var note = notes[index]
      chordTone = index > 0 && notes[index - 1].start == note.start ? chordTone + 1 : 0
      note.start += Double(chordTone) * instrument.strum
      play(note, onto: &sound)
    }
    guard instrument.drive > 0 else { return sound }
    let drive = Float(instrument.drive)
    // Saturation makes quiet parts louder; the square root keeps their place in the mix.
    let level = 1 / drive.squareRoot()
    return sound.map { saturated($0 * drive) * level }
  }

  private mutating func play(_ note: Score.Note, onto sound: inout [Float]) {
    let rate = Double(SyntheticMusic.sampleRate)
    let first = Int(note.start * rate)
    let held = Int(note.length * rate)
    let released = max(1, Int(instrument.release * rate))
    let end = min(sound.count, first + held + released)
    guard first < end else { return }
    let pitch = frequency(pitch: note.pitch)
    let table = table(for: pitch)
    let voiceLevel = Float(note.loudness * 0.25) / Float(instrument.voices).squareRoot()
    for voice in 0..<instrument.voices {
      let offset = Double(voice) - Double(instrument.voices - 1) / 2
      let voicePitch = pitch * (1 + offset * instrument.detuning)
      render(
        voicePitch, table: table, level: voiceLevel, first..<end, held: held, released: released,
        onto: &sound)
    }
  }

  private mutating func render(
    _ pitch: Double, table: Wavetable, level: Float, _ range: Range<Int>, held: Int, released: Int,
    onto sound: inout [Float]
  ) {
    let rate = Double(SyntheticMusic.sampleRate)
    let length = Double(Wavetable.length)
    var place = random.uniform() * length
    let vibratoStart = random.uniform()
    let attack = Float(1 / max(1, instrument.attack * rate))
    let decay = decayFactor(seconds: instrument.decay)
    let sustain = Float(instrument.sustain)
    let breath = Float(instrument.breath)
    let hasBreath = breath > 0
    var rise: Float = 0
    var body: Float = 1
    var filtered: Float = 0
    var step = 0.0
    var weight: Float = 1
    var noise = noise
    sound.withUnsafeMutableBufferPointer { sound in
      table.samples.withUnsafeBufferPointer { wave in
        for index in range {
          let age = index - range.lowerBound
          if age % Self.block == 0 {
            var moved = pitch
            if instrument.vibrato > 0 {
              let turns = vibratoStart + 5.5 * Double(age) / rate
              moved *= 1 + instrument.vibrato * sine(turns: turns)
            }
            step = moved * length / rate
            let (open, closed) = instrument.brightness
            let cutoff = pitch * (closed + (open - closed) * Double(rise * body))
            weight = lowPassWeight(cutoff: min(cutoff, rate / 2))
          }
          let low = Int(place)
          let part = Float(place - Double(low))
          var sample = wave[low] + part * (wave[low + 1] - wave[low])
          if hasBreath { sample += breath * noise.next() }
          place += step
          if place >= length { place -= length }
          rise = min(1, rise + attack)
          body = sustain + (body - sustain) * decay
          filtered += weight * (sample - filtered)
          let left = age < held ? 1 : 1 - Float(age - held) / Float(released)
          sound[index] += level * rise * body * left * filtered
        }
      }
    }
    self.noise = noise
  }

  private mutating func table(for pitch: Double) -> Wavetable {
    var octave = 0
    var top = 55.0
    while top <= pitch, octave < tables.count - 1 {
      octave += 1
      top *= 2
    }
    if let table = tables[octave] { return table }
    let audible = max(1, Int(Double(SyntheticMusic.sampleRate) / 2 / top))
    let table = Wavetable(harmonics: instrument.harmonics.prefix(audible))
    tables[octave] = table
    return table
  }
}
