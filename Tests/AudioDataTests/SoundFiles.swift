import Audio
import FileSystem
import Glibc

/// A folder with sound files made for a test.
struct SoundFiles {
  let folder: Path

  init() throws { folder = try Path.makeTemporaryFolder("explore-sounds") }

  func remove() { try? folder.remove() }

  /// A tone with a slow tremble, different for each frequency.
  static func tone(_ hertz: Double, seconds: Double, rate: Int = 22050) -> Waveform {
    let samples = (0..<Int((seconds * Double(rate)).rounded())).map { index -> Float in
      let time = Double(index) / Double(rate)
      return Float(0.5 * sin(2 * .pi * hertz * time) * (0.8 + 0.2 * sin(2 * .pi * 3 * time)))
    }
    return Waveform(samples: samples, sampleRate: rate)
  }

  @discardableResult
  func put(_ name: String, _ sound: Waveform) throws -> Path {
    let path = folder / name
    try path.folder.createFolder()
    try path.writeAtomically(Self.wave(sound))
    return path
  }

  func put(_ name: String, text: String) throws {
    try (folder / name).folder.createFolder()
    try (folder / name).writeAtomically(text)
  }

  /// A WAV file of 16 bit.
  static func wave(_ sound: Waveform) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let count = 2 * sound.samples.count
    let (pcm, channels, bits) = (1, 1, 16)
    return Array("RIFF".utf8) + number(36 + count, 4) + Array("WAVEfmt ".utf8) + number(16, 4)
      + number(pcm, 2) + number(channels, 2) + number(sound.sampleRate, 4)
      + number(2 * sound.sampleRate, 4) + number(2, 2) + number(bits, 2) + Array("data".utf8)
      + number(count, 4) + sound.samples.flatMap { number(Int(($0 * 32767).rounded()), 2) }
  }
}
