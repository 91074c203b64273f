import Audio
import FileSystem
import Glibc
import Testing

@Suite struct WritingTests {
  private let sound = Waveform(samples: tone(440, rate: 22050, count: 30000), sampleRate: 22050)

  @Test(arguments: ["wav", "flac", "aiff", "aif", "WAV"])
  func losslessFormats(name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.\(name)"
      try sound.write(to: path)
      let back = try Waveform(readingFrom: path)
      #expect(back.sampleRate == 22050 && back.samples.count == 30000)
      #expect(zip(back.samples, sound.samples).allSatisfy { abs($0 - $1) <= 0x1p-16 })
      // What was read is written back the same.
      let again = folder / "t.\(name)"
      try back.write(to: again)
      #expect(try again.readBytes() == path.readBytes())
      #expect(try folder.children().sorted() == ["s.\(name)", "t.\(name)"])
    }
  }

  @Test(arguments: ["wav", "aiff"]) func floats(name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.\(name)"
      let loud = Waveform(samples: sound.samples.map { $0 * 3.3 }, sampleRate: 22050)
      try loud.write(to: path, encoding: .float)
      #expect(try Waveform(readingFrom: path) == loud)
    }
  }

  @Test func finerIntegers() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.flac"
      try sound.write(to: path, encoding: .integer24)
      let back = try Waveform(readingFrom: path)
      #expect(zip(back.samples, sound.samples).allSatisfy { abs($0 - $1) <= 0x1p-24 })
    }
  }

  @Test func vorbis() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.ogg"
      try sound.write(to: path)
      let back = try Waveform(readingFrom: path)
      #expect(back.samples.count == 30000)
      let error = zip(back.samples, sound.samples).reduce(0) { $0 + abs($1.0 - $1.1) } / 30000
      #expect(error < 0.02, "\(error)")
    }
  }

  @Test func clipping() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try Waveform(samples: [2, 1, -1, -2, 0.9999999], sampleRate: 8000).write(to: path)
      let top = Float(32767) / 32768
      #expect(try Waveform(readingFrom: path).samples == [top, top, -1, -1, top])
    }
  }

  @Test(arguments: ["song.mp4", "song", "song.wav.txt", ".wavy"])
  func otherExtensions(name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder / name
      #expect(!Waveform.canWrite(to: path))
      #expect(throws: AudioError(path: path, .unknownExtension(name))) {
        try sound.write(to: path)
      }
      let left = try folder.children()
      #expect(left.isEmpty)
    }
  }

  @Test func whatCannotBeWritten() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.flac"
      func message(_ waveform: Waveform, _ path: Path, _ encoding: SampleEncoding) -> String {
        do throws(AudioError) {
          try waveform.write(to: path, encoding: encoding)
          return "written"
        } catch {
          return error.description
        }
      }
      #expect(
        message(sound, path, .float)
          == "\(path): it cannot be written: flac holds no float samples at 22050 Hz")
      let odd = Waveform(samples: [0, .nan], sampleRate: 8000)
      #expect(message(odd, path, .integer16) == "\(path): sample 1 is not a finite number")
      let lost = folder / "none/s.wav"
      #expect(
        message(sound, lost, .integer16) == "cannot write \(lost): no such file or directory")
      let full = folder / "full.wav"
      symlink("/dev/full", full.string)
      #expect(message(sound, full, .integer16) == "cannot write \(full): no space left")
    }
  }
}
