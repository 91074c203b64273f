import Audio
import FileSystem
import Glibc
import Testing

/// Damaged files are read or refused, and never end the program or hold it up.
///
/// `EXPLORE_FUZZ` sets the number of damaged files of each format (300).
@Suite struct DecoderFuzzTests {
  @Test(arguments: SoundFormat.available)
  func damagedFiles(format: SoundFormat) throws {
    let count = getenv("EXPLORE_FUZZ").flatMap { Int(String(cString: $0)) } ?? 300
    try withTemporaryFolder { folder in
      let path = folder / "s.\(format.fileExtension)"
      let channels = (0..<2).map {
        tone(Double(300 + $0 * 100), rate: format.rate, count: 6000)
      }
      try writeSound(channels, format, to: path)
      let whole = try path.readBytes()
      var numbers = DamageNumbers(state: UInt64(format.code))
      var outcomes = (read: 0, refused: 0)
      var slowest = Duration.zero
      for round in 0..<count {
        var bytes = whole
        numbers.damage(&bytes)
        try OutputFile(path, .replacing).writeAndClose(bytes)
        let start = ContinuousClock.now
        do throws(AudioError) {
          var stream = try WaveformStream(path, sampleRate: round % 3 == 0 ? 12000 : nil)
          var total = 0
          while case let next = try stream.next(1 << 15), !next.isEmpty, total < 1 << 24 {
            total += next.count
          }
          outcomes.read += 1
        } catch {
          #expect(!error.description.isEmpty)
          outcomes.refused += 1
        }
        slowest = max(slowest, ContinuousClock.now - start)
      }
      if count != 300 { print("\(format.name): \(outcomes), slowest \(slowest)") }
      #expect(slowest < .seconds(20))
      #expect(outcomes.refused > 0)
    }
  }
}

/// Random damage from a fixed seed (SplitMix64).
private struct DamageNumbers {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }

  mutating func damage(_ bytes: inout [UInt8]) {
    for _ in 0...below(4) {
      // Headers decide most: half of the damage is done there.
      let reach = below(2) == 0 ? min(128, bytes.count) : bytes.count
      guard reach > 0 else { return }
      let place = below(reach)
      switch below(7) {
      case 0: bytes[place] ^= 1 << UInt8(below(8))
      case 1: bytes[place] = UInt8(below(256))
      case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][below(5)]
      case 3:
        for index in place..<min(place + 4, bytes.count) { bytes[index] = below(2) == 0 ? 0 : 255 }
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
      case 5:
        let inserted = [UInt8](repeating: UInt8(below(256)), count: 1 + below(16))
        bytes.insert(contentsOf: inserted, at: place)
      default: bytes.removeSubrange(max(place, 1)...)
      }
    }
  }
}
