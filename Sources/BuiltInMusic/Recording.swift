import Matrices

/// Plays a score and records it: room, saturation, tone, noise of the tape, level.
struct Recording {
  let samples: [Float]

  /// Records a song.
  ///
  /// - Parameters:
  ///   - song: its instruments and production.
  ///   - score: what they play.
  ///   - count: samples.
  ///   - random: gives each player a stream of its own.
  init(_ song: Song, _ score: Score, count: Int, random: RandomStream) {
    var dry = [Float](repeating: 0, count: count)
    for (index, line) in song.style.drums.enumerated() {
      Drummer(line.drum, random: random.derived(index)).play(score.hits[index], onto: &dry)
    }
    for (index, instrument) in song.instruments.enumerated() {
      var player = Player(instrument, random: random.derived(100 + index))
      let sound = player.play(score.notes[index], count: count)
      for place in 0..<count { dry[place] += sound[place] }
    }
    samples = Self.produced(
      dry, song.production, bar: song.beat * Double(song.style.beatsPerBar),
      random: random.derived(200))
  }

  private static func produced(
    _ dry: [Float], _ production: Production.Choice, bar: Double, random: RandomStream
  ) -> [Float] {
    var random = random
    var room = Room(seconds: production.room)
    var noise = Noise(seed: random.next())
    let swellStart = random.uniform()
    let swellStep = 1 / (4 * bar * Double(SyntheticMusic.sampleRate))
    let loudest = dry.reduce(0) { max($0, abs($1)) }
    let drive = Float(0.5 + production.loudness) / max(loudest, 1e-6)
    let wetness = Float(production.wetness)
    let tone = lowPassWeight(cutoff: production.tone)
    let hiss = Float(production.hiss)
    var swell: Float = 1
    var filtered: (Float, Float) = (0, 0)
    var samples = dry
    for index in samples.indices {
      if index % 256 == 0 {
        let wave = sine(turns: swellStart + swellStep * Double(index))
        swell = Float(1 - production.swell * (0.5 + 0.5 * wave))
      }
      let sample = samples[index] * drive * swell
      let mixed = saturated((1 - wetness) * sample + wetness * room.answer(to: sample))
      filtered.0 += tone * (mixed - filtered.0)
      filtered.1 += tone * (filtered.0 - filtered.1)
      samples[index] = filtered.1 + hiss * noise.next()
    }
    let level = Float(production.peak) / max(samples.reduce(0) { max($0, abs($1)) }, 1e-6)
    return samples.map { $0 * level }
  }
}

/// The answer of a room: four combs with damped feedback, then two all-passes (Schroeder 1962, Moorer
/// 1979).
private struct Room {
  private struct Delay {
    var line: [Float]
    var place = 0
    var feedback: Float
    var damped: Float = 0
  }

  private var combs: [Delay]
  private var allPasses: [Delay]

  /// - Parameter seconds: in which the answer falls by 60 dB.
  init(seconds: Double) {
    combs = [685, 747, 843, 919].map { length in
      // A thousandth is left after `seconds`: exp(−6.9 · delay ⁄ seconds), by squaring a small step.
      let delay = Double(length) / Double(SyntheticMusic.sampleRate)
      var feedback = 1 - 6.9 * delay / seconds / 64
      for _ in 0..<6 { feedback *= feedback }
      return Delay(line: Array(repeating: 0, count: length), feedback: Float(feedback))
    }
    allPasses = [113, 37].map { Delay(line: Array(repeating: 0, count: $0), feedback: 0.6) }
  }

  mutating func answer(to sample: Float) -> Float {
    var sum: Float = 0
    for index in combs.indices {
      let delayed = combs[index].line[combs[index].place]
      // Walls swallow high frequencies more.
      combs[index].damped += 0.7 * (delayed - combs[index].damped)
      combs[index].line[combs[index].place] =
        sample + combs[index].feedback * combs[index].damped
      combs[index].place = (combs[index].place + 1) % combs[index].line.count
      sum += delayed
    }
    for index in allPasses.indices {
      let delayed = allPasses[index].line[allPasses[index].place]
      let entering = sum + allPasses[index].feedback * delayed
      allPasses[index].line[allPasses[index].place] = entering
      allPasses[index].place = (allPasses[index].place + 1) % allPasses[index].line.count
      sum = delayed - allPasses[index].feedback * entering
    }
    return 0.5 * sum
  }
}
