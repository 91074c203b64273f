import Audio
import FileSystem
import ProgramSupport
import Testing

@Suite("Decoding")
struct DecodingTests {
  @Test("A text file named .wav is refused with the decoder's reason")
  func textFile() throws {
    let folder = try Path.makeTemporaryFolder("explore-audio")
    defer { try? folder.remove() }
    let path = folder / "song.wav"
    try path.writeAtomically("This is no sound.")
    #expect(throws: AudioError.self) { try Waveform(readingFrom: path) }
  }
}
