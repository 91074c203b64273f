import Matrices

/// What one song makes of its style: the choices that hold from its first to its last bar.
struct Song {
  /// The style, already mixed with another where the song is untypical.
  let style: Style
  /// Seconds from one beat to the next.
  let beat: Double
  let swing: Double
  /// The pitch of the key note, as in MIDI.
  let key: Int
  let scale: Scale
  let progression: [Int]
  /// One a part of the style.
  let instruments: [Instrument]
  let production: Production.Choice

  /// The share of songs that take a trait of another style.
  private static let untypical = 0.15

  /// - Parameters:
  ///   - own: the song’s style.
  ///   - random: the song’s own stream.
  init(_ own: Style, using random: inout RandomStream) {
    var style = own
    if random.uniform() < Self.untypical {
      let others = Style.all.filter { $0.name != own.name }
      let other = random.element(of: others)
      let traits = Style.Trait.allCases
      let first = random.below(traits.count)
      style = style.with(traits[first], from: other)
      if random.uniform() < 0.3 {
        style = style.with(traits[(first + 1) % traits.count], from: other)
      }
    }
    self.style = style
    beat = 60 / random.number(in: style.tempo)
    swing = random.number(in: style.swung)
    key = 55 + random.below(12)
    scale = random.element(of: style.scales)
    progression = random.element(of: style.progressions)
    instruments = style.parts.map { random.element(of: $0.instruments) }
    production = Production.Choice(style.production, using: &random)
  }

  var stepsPerBar: Int { 4 * style.beatsPerBar }

  /// The time of a sixteenth counted from the song’s beginning.
  func seconds(step: Int) -> Double {
    let place = Double(step % 4) / 4
    // The middle of the beat moves from one half towards two thirds, and all else with it.
    let middle = 0.5 + swing / 6
    let warped = place < 0.5 ? 2 * middle * place : middle + 2 * (1 - middle) * (place - 0.5)
    return (Double(step / 4) + warped) * beat
  }
}

extension Production {
  /// One value of each range.
  struct Choice {
    var room, wetness, loudness, tone, hiss, peak, swell: Double

    init(_ production: Production, using random: inout RandomStream) {
      room = random.number(in: production.room)
      wetness = random.number(in: production.wetness)
      loudness = random.number(in: production.loudness)
      tone = random.number(in: production.tone)
      hiss = random.number(in: production.hiss)
      peak = random.number(in: production.peak)
      swell = random.number(in: production.swell)
    }
  }
}

extension RandomStream {
  mutating func number(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// One of a list that is not empty.
  mutating func element<Element>(of list: [Element]) -> Element { list[below(list.count)] }
}
