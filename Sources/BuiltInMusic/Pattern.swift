/// What a part plays in a bar, one character a sixteenth note:
/// `x` strikes, `X` louder, `o` softer, `-` holds what sounds, `.` rests.
///
/// In a bass line `r`, `t`, `f` and `s` are root, third, fifth and sixth, `w` a step of a walk; in a
/// part of chords `a` is the next tone of the broken chord.
package struct Pattern: Sendable, ExpressibleByStringLiteral {
  package struct Stroke: Sendable {
    /// Sixteenths from the beginning of the bar, and how long it is held.
    package var step: Int
    package var length: Int
    package var symbol: Character
  }

  private let symbols: [Character]

  package init(stringLiteral text: String) { symbols = Array(text) }

  /// The strokes in a bar, the pattern repeated or cut to fill it.
  ///
  /// - Parameter steps: sixteenths a bar.
  /// - Returns: them in their order.
  package func strokes(steps: Int) -> [Stroke] {
    var strokes: [Stroke] = []
    var isHolding = false
    for step in 0..<steps {
      let symbol = symbols[step % symbols.count]
      if symbol == "-" {
        if isHolding { strokes[strokes.count - 1].length += 1 }
      } else if symbol == "." {
        isHolding = false
      } else {
        strokes.append(Stroke(step: step, length: 1, symbol: symbol))
        isHolding = true
      }
    }
    return strokes
  }
}

extension Pattern.Stroke {
  var loudness: Double {
    switch symbol {
    case "X": 1
    case "o": 0.4
    default: 0.75
    }
  }
}
