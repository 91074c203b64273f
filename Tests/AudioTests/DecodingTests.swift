import Audio
import FileSystem
import Glibc
import ProgramSupport
import Testing

@Suite struct DecodingTests {
  @Test(arguments: SoundFormat.exact, [1, 2, 5])
  func losslessFormats(format: SoundFormat, channels: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder / "sound.\(format.fileExtension)"
      let sound = (0..<channels).map { tone(Double(200 + 100 * $0), rate: 22050, count: 3001) }
      try writeSound(sound, format, to: path)
      let waveform = try Waveform(readingFrom: path)
      #expect(waveform.sampleRate == 22050)
      try #require(waveform.samples.count == 3001)
      let expected = mean(sound)
      let error = zip(waveform.samples, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(error <= format.tolerance, "off by \(error)")
    }
  }

  @Test(arguments: SoundFormat.lossy, [1, 2])
  func lossyFormats(format: SoundFormat, channels: Int) throws {
    guard format.isAvailable else {
      print("skipped: this libsndfile does not write \(format.name)")
      return
    }
    try withTemporaryFolder { folder in
      let path = folder / "sound.\(format.fileExtension)"
      let count = format.rate
      let sound = (0..<channels).map { tone(Double(440 + 220 * $0), rate: count, count: count) }
      try writeSound(sound, format, to: path)
      let waveform = try Waveform(readingFrom: path)
      #expect(waveform.sampleRate == count)
      #expect(abs(waveform.samples.count - count) <= format.slack)
      // The energy is the mean's: what a decoder shifts in time does not change it.
      func level(_ samples: [Float]) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
      }
      let ratio = level(waveform.samples) / level(mean(sound))
      #expect(abs(ratio - 1) < format.tolerance, "level × \(ratio)")
    }
  }

  private func mean(_ channels: [[Float]]) -> [Float] {
    channels[0].indices.map { frame in
      channels.reduce(0) { $0 + $1[frame] } / Float(channels.count)
    }
  }

  /// 16-bit samples are divided by 32768: the lowest is exactly −1.
  @Test func scaleOfIntegers() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      let numbers: [Int16] = [-32768, -1, 0, 1, 16384, 32767]
      try path.writeAtomically(wave(numbers))
      #expect(
        try Waveform(readingFrom: path).samples == numbers.map { Float($0) / 32768 })
    }
  }

  @Test(arguments: [1, 8000, 11025, 44100, 192_000, 1_000_000])
  func anyRate(rate: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try writeSound([[0.5, -0.5, 0.25]], SoundFormat.exact[1], rate: rate, to: path)
      #expect(try Waveform(readingFrom: path).sampleRate == rate)
    }
  }

  @Test func impossibleChangeOfRate() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      try writeSound([[0.5, -0.5, 0.25]], SoundFormat.exact[1], rate: 1, to: path)
      #expect(throws: AudioError(path: path, .resampling("from 1 Hz to 22050 Hz"))) {
        try Waveform(readingFrom: path, sampleRate: 22050)
      }
    }
  }

  /// Recorded with librosa 0.11 (`res_type="soxr_hq"`).
  @Test func resamplingAsLibrosa() throws {
    let fixture = Path(#filePath).folder / "Fixtures/resampled.csv"
    for line in try fixture.readText().split(separator: "\n") {
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      let (rate, target, count) = (Int(numbers[0]), Int(numbers[1]), Int(numbers[2]))
      let expected = numbers.dropFirst(3).map { Float($0) }
      let signal = (0..<count).map { index in
        let t = Double(index) / Double(rate)
        let chirp = sin(2 * Double.pi * (100 * t + 4000 * t * t))
        return Float(0.5 * chirp + 0.25 * sin(2 * Double.pi * 440 * t))
      }
      try withTemporaryFolder { folder in
        let path = folder / "s.wav"
        try Waveform(samples: signal, sampleRate: rate).write(to: path, encoding: .float)
        let waveform = try Waveform(readingFrom: path, sampleRate: target)
        #expect(waveform.sampleRate == target)
        try #require(waveform.samples.count == expected.count)
        let error = zip(waveform.samples, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(error < 2e-6, "\(rate) → \(target): off by \(error)")
      }
    }
  }

  /// The pieces are the whole, bit for bit, at the file's own rate and at another.
  @Test(arguments: [nil, 16000], [1, 777, 70000])
  func streaming(rate: Int?, piece: Int) throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.flac"
      let count = piece == 1 ? 5000 : 200_001
      let sound = Waveform(samples: tone(330, rate: 22050, count: count), sampleRate: 22050)
      try sound.write(to: path)
      let whole = try Waveform(readingFrom: path, sampleRate: rate)
      var stream = try WaveformStream(path, sampleRate: rate)
      var samples: [Float] = []
      while true {
        let next = try stream.next(piece)
        if next.isEmpty { break }
        #expect(next.count == piece || samples.count + next.count == whole.samples.count)
        samples += next
      }
      #expect(samples == whole.samples)
      #expect(stream.sampleRate == whole.sampleRate)
    }
  }

  @Test func partOfAFile() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.wav"
      let sound = Waveform(samples: tone(330, rate: 1000, count: 5000), sampleRate: 1000)
      try sound.write(to: path, encoding: .float)
      let part = try Waveform(readingFrom: path, from: 1.5, seconds: 2)
      #expect(part.samples == Array(sound.samples[1500..<3500]))
      #expect(try Waveform(readingFrom: path, from: 4, seconds: 2).samples.count == 1000)
      #expect(throws: AudioError(path: path, .noSamples)) {
        try Waveform(readingFrom: path, from: 5, seconds: 2)
      }
    }
  }
}

/// A WAV file of 16-bit samples at 8000 Hz, byte by byte.
func wave(_ samples: [Int16], announcing bytes: UInt32? = nil) -> [UInt8] {
  func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
  let data = bytes ?? UInt32(samples.count * 2)
  var file = Array("RIFF".utf8) + little(data &+ 36, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
  file += little(1, 2) + little(1, 2) + little(8000, 4) + little(16000, 4)
  file += little(2, 2) + little(16, 2) + Array("data".utf8) + little(data, 4)
  for sample in samples { file += little(UInt32(UInt16(bitPattern: sample)), 2) }
  return file
}
