import Audio
import Dispatch
import FileSystem
import Glibc
import Synchronization
import Testing

/// Files that are damaged, and what is said of them.
@Suite struct BadFileTests {
  private func failure(_ path: Path, sampleRate: Int? = nil) -> AudioError? {
    do throws(AudioError) {
      _ = try Waveform(readingFrom: path, sampleRate: sampleRate)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["song.wav", "song.mp3", "song.au", "song.vox", "song.gsm", "song.raw"])
  func textFile(name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder / name
      try path.writeAtomically("This is no sound.\n")
      let words = try #require(failure(path)).description
      #expect(words.hasPrefix("\(path): this is no sound file that can be read ("), "\(words)")
    }
  }

  /// Each file is told its own reason, whatever other threads open meanwhile.
  @Test func reasonsStayWithTheirFiles() throws {
    try withTemporaryFolder { folder in
      let (text, wav) = (folder / "text.wav", folder / "short.wav")
      try text.writeAtomically("This is no sound.\n")
      try wav.writeAtomically(Array(wave([1, 2, 3]).prefix(30)))
      let expected = [text, wav].map { failure($0)?.reason }
      #expect(expected[0] != expected[1])
      let odd = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 4) { thread in
        for round in 0..<2000
        where failure([text, wav][(thread + round) % 2])?.reason
          != expected[(thread + round) % 2]
        {
          odd.withLock { $0 += 1 }
        }
      }
      #expect(odd.withLock { $0 } == 0)
    }
  }

  @Test func nothingAtAll() throws {
    try withTemporaryFolder { folder in
      let path = folder / "empty.wav"
      try path.writeAtomically("")
      #expect(failure(path)?.kind == .notAudio("the file is empty"))
    }
  }

  @Test(arguments: [4, 12, 20, 30, 43])
  func headerCutOff(bytes: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try path.writeAtomically(Array(wave([1, 2, 3]).prefix(bytes)))
      #expect(failure(path) != nil)
    }
  }

  @Test(arguments: SoundFormat.available.filter { $0.fileExtension != "mp3" }, [nil, 16000])
  func dataCutOff(format: SoundFormat, sampleRate: Int?) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.\(format.fileExtension)"
      try writeSound([tone(440, rate: format.rate, count: 40000)], format, to: path)
      let whole = try path.readBytes()
      for share in [0.5, 0.75, 0.97] {
        try path.writeAtomically(Array(whole.prefix(Int(Double(whole.count) * share))))
        guard
          case .truncated(let found, let announced) = failure(path, sampleRate: sampleRate)?.kind
        else {
          Issue.record("\(share) of it: \(failure(path).map { "\($0)" } ?? "read")")
          continue
        }
        #expect(announced == (format.code >> 16 == 0x20 ? nil : 40000))
        #expect(found < 40000)
        if SoundFormat.exact.contains(where: { $0.name == format.name }),
          !format.name.hasPrefix("FLAC")
        {
          #expect(abs(Double(found) - 40000 * share) < 100)
        }
      }
    }
  }

  @Test func messageOfAFileThatIsCutOff() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try path.writeAtomically(wave([1, 2, 3], announcing: 2000))
      #expect(
        failure(path)?.description == "\(path): the file is cut off: 3 of 1000 samples are there")
    }
  }

  /// What programs write that do not know the length beforehand.
  @Test(arguments: [UInt32.max, 0x7FFF_FFFF, 0x7FFF_F000])
  func lengthLeftOpen(announced: UInt32) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try path.writeAtomically(wave([1, 2, 3], announcing: announced))
      #expect(try Waveform(readingFrom: path).samples.count == 3)
    }
  }

  @Test func flacOfUnknownLength() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.flac"
      try Waveform(samples: tone(440, rate: 8000, count: 9000), sampleRate: 8000).write(to: path)
      var bytes = try path.readBytes()
      // The low 36 bits of bytes 18…25 of STREAMINFO's body: the number of samples.
      bytes[21] &= 0xF0
      for index in 22..<26 { bytes[index] = 0 }
      try path.writeAtomically(bytes)
      #expect(try Waveform(readingFrom: path).samples.count == 9000)
    }
  }

  @Test func noSamples() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try path.writeAtomically(wave([]))
      #expect(failure(path) == AudioError(path: path, .noSamples))
      #expect(failure(path)?.description == "\(path): there are no samples in it")
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [1, 2])
  func oddSamples(value: Float, channels: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      var sound = [[Float]](repeating: tone(440, rate: 22050, count: 70000), count: channels)
      sound[channels - 1][66000] = value
      try writeSound(sound, SoundFormat.exact[4], to: path)
      #expect(failure(path) == AudioError(path: path, .notFinite(frame: 66000)))
      #expect(failure(path, sampleRate: 8000) == AudioError(path: path, .notFinite(frame: 66000)))
    }
  }

  @Test func folderMissingFileAndPipe() throws {
    try withTemporaryFolder { folder in
      #expect(failure(folder)?.description == "cannot read \(folder): is a directory")
      let missing = folder / "none.wav"
      #expect(
        failure(missing)?.description == "cannot open \(missing): no such file or directory")
      let pipe = folder / "pipe.wav"
      mkfifo(pipe.string, 0o600)
      #expect(failure(pipe) == AudioError(path: pipe, .notAudio("it is no plain file")))
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
  func unreadableFile() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try path.writeAtomically(wave([1, 2, 3]))
      chmod(path.string, 0)
      #expect(failure(path)?.description == "cannot open \(path): permission denied")
    }
  }

  /// What is open stays readable, what shrinks is cut off.
  @Test func fileThatDisappears() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try Waveform(samples: tone(440, rate: 8000, count: 500_000), sampleRate: 8000).write(to: path)
      var stream = try WaveformStream(path)
      #expect(try stream.next(1000).count == 1000)
      try path.remove()
      var count = 1000
      while case let next = try stream.next(10000), !next.isEmpty { count += next.count }
      #expect(count == 500_000)

      try Waveform(samples: tone(440, rate: 8000, count: 500_000), sampleRate: 8000).write(to: path)
      var shrinking = try WaveformStream(path)
      #expect(try shrinking.next(1000).count == 1000)
      truncate(path.string, 400_044)
      #expect(throws: AudioError(path: path, .truncated(found: 200_000, announced: 500_000))) {
        while try !shrinking.next(10000).isEmpty {}
      }
    }
  }
}
