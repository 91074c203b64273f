import JSONText
import Testing

/// Random and damaged text: the reader answers or throws, it never traps.
@Suite struct JSONFuzzTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let seedText =
    #"{"name": "x", "list": [1, 2.5, -3e-2, true, null], "t": {"C": [0.1, 1]}, "s": "ä\u00e4\n"} // end"#

  @Test func damagedTextNeverTraps() {
    var random = Generator(state: 1)
    let original = Array(Self.seedText.utf8)
    var accepted = 0
    for _ in 0..<40_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...127, using: &random), at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { break }
      }
      if let node = try? JSONNode(parsing: bytes) {
        accepted += 1
        // What is read can be written and is read the same again.
        #expect((try? JSONNode(parsing: node.compactText)) == node)
      }
    }
    #expect(accepted > 100)
  }

  @Test func structuralNoiseNeverTraps() {
    var random = Generator(state: 2)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "1", "-", "e5", ".", "true", "//", "/*", "*/", "\n",
      " ", "\\", "\"", "null",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<30, using: &random))
        .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      _ = try? JSONNode(parsing: text)
    }
  }
}
