import Audio
import FileSystem

extension Waveform {
  /// Writes a WAV file of 16 bit.
  func write(to path: Path) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(44 + 2 * samples.count)
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    bytes += Array("RIFF".utf8) + number(36 + 2 * samples.count, 4) + Array("WAVEfmt ".utf8)
    bytes += number(16, 4) + number(1, 2) + number(1, 2) + number(sampleRate, 4)
    bytes += number(2 * sampleRate, 4) + number(2, 2) + number(16, 2)
    bytes += Array("data".utf8) + number(2 * samples.count, 4)
    for sample in samples {
      let value = Int16(min(max((sample * 32768).rounded(), -32768), 32767))
      bytes.append(UInt8(truncatingIfNeeded: value))
      bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }
    try path.writeAtomically(bytes)
  }
}
