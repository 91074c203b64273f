import BuiltInMusic
import Glibc
import Testing

@Suite struct NotationTests {
  @Test func strokes() {
    let pattern: Pattern = "x--.X-o."
    let strokes = pattern.strokes(steps: 12)
    #expect(strokes.map(\.step) == [0, 4, 6, 8])
    #expect(strokes.map(\.length) == [3, 2, 1, 3])
    #expect(strokes.map(\.symbol) == ["x", "X", "o", "x"])
    // Nothing sounds yet that could be held.
    #expect(("-.-x" as Pattern).strokes(steps: 4).map(\.step) == [3])
  }

  @Test func pitches() {
    for pitch in 12...120 {
      let exact = 440 * pow(2, Double(pitch - 69) / 12)
      #expect(abs(frequency(pitch: pitch) / exact - 1) < 1e-12)
    }
  }

  @Test func sines() {
    for step in -4000...4000 {
      let turns = Double(step) / 777
      #expect(abs(sine(turns: turns) - sin(2 * Double.pi * turns)) < 1e-9)
    }
  }
}
