import Audio
import FileSystem
import Testing

/// MP3 files put together frame by frame: the frames of zeros are silence.
@Suite struct MPEGTests {
  /// One of MPEG-1 layer III, mono at 44,100 Hz: 1152 samples.
  ///
  /// - Parameter rate: the place of the bit rate in the table: 1 for 32 kbit/s, 9 for 128.
  /// - Returns: the whole frame.
  private static func frame(_ rate: Int) -> [UInt8] {
    let kilobits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320][rate - 1]
    let size = 144 * kilobits * 1000 / 44_100
    return [0xFF, 0xFB, UInt8(rate << 4), 0xC4] + [UInt8](repeating: 0, count: size - 4)
  }

  /// A frame that announces how many others there are.
  private static func announcement(_ mark: String, _ frames: Int) -> [UInt8] {
    var bytes = frame(9)
    func put(_ place: Int, _ more: [UInt8]) {
      bytes.replaceSubrange(place..<place + more.count, with: more)
    }
    let number = (0..<4).map { UInt8(truncatingIfNeeded: frames >> (24 - 8 * $0)) }
    let isVBRI = mark == "VBRI"
    put(isVBRI ? 36 : 21, Array(mark.utf8))
    if !isVBRI { put(25, [0, 0, 0, 1]) }
    put(isVBRI ? 50 : 29, number)
    return bytes
  }

  /// Quiet at first, so that a guess from the first frames is far off.
  private static let variable = (0..<100).flatMap { frame($0 < 50 ? 1 : 12) }
  private static let constant = (0..<100).flatMap { _ in frame(9) }

  private func read(_ bytes: [UInt8]) throws -> Result<Int, AudioError> {
    try withTemporaryFolder { folder in
      let path = folder / "s.mp3"
      try path.writeAtomically(bytes)
      do throws(AudioError) {
        return .success(try Waveform(readingFrom: path).samples.count)
      } catch {
        return .failure(error)
      }
    }
  }

  private func samples(_ bytes: [UInt8]) throws -> Int { try read(bytes).get() }

  private func reason(_ bytes: [UInt8]) throws -> String? {
    if case .failure(let error) = try read(bytes) { error.reason } else { nil }
  }

  private static let count = 115_200

  @Test func everyFrameIsRead() throws {
    #expect(try samples(Self.variable) == Self.count)
    #expect(try samples(Self.constant) == Self.count)
    for mark in ["Xing", "Info", "VBRI"] {
      #expect(abs(try samples(Self.announcement(mark, 100) + Self.variable) - Self.count) <= 1152)
    }
    // Some encoders count their announcement, too; some do not know the number.
    for frames in [0, 101] {
      let bytes = Self.announcement("Xing", frames) + Self.variable
      #expect(abs(try samples(bytes) - Self.count) <= 1152)
    }
    // One file after the other.
    let two = Self.announcement("Xing", 100) + Self.variable
    #expect(abs(try samples(two + two) - 2 * Self.count) <= 3 * 1152)
  }

  @Test func cutOff() throws {
    for whole in [Self.variable, Self.constant] {
      for share in [0.403, 0.702, 0.9951] {
        let part = Array(whole.prefix(Int(Double(whole.count) * share)))
        #expect(
          try reason(part)?.hasPrefix("the file is cut off: its end is missing after ") == true)
      }
    }
    for mark in ["Xing", "Info", "VBRI"] {
      let whole = Self.announcement(mark, 100) + Self.constant
      // Within a frame and between two.
      for end in [whole.count * 2 / 5, 417 * 41] {
        let words = try reason(Array(whole.prefix(end)))
        #expect(words?.hasPrefix("the file is cut off: ") == true)
        #expect(words?.hasSuffix(" of 115200 samples are there") == true, "\(words ?? "read")")
      }
    }
  }

  @Test func whatStandsBeforeAndBehind() throws {
    let picture = [UInt8](repeating: 0xFF, count: 20_000)
    let size = [UInt8(0), 1, 28, 32]
    let tag = Array("ID3".utf8) + [4, 0, 0] + size + picture
    let zeros = [UInt8](repeating: 0, count: 300_000)
    let junk = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    let old = Array("TAG".utf8) + [UInt8](repeating: 0x20, count: 125)
    let ape =
      Array("APETAGEX".utf8) + [208, 7, 0, 0, 32, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
    for before in [tag, zeros, junk, tag + tag, tag + zeros] {
      #expect(try samples(before + Self.variable) == Self.count)
      #expect(try reason(before + Self.variable.dropLast(100))?.contains("cut off") == true)
    }
    for after in [old, ape, ape + old, zeros, junk] {
      #expect(try samples(Self.variable + after) == Self.count)
    }
    // Tags between two files are no hole.
    #expect(try samples(Self.constant + old + tag + Self.constant) == 2 * Self.count)
  }

  @Test func holes() throws {
    var bytes = Self.constant
    let hole = 20_000..<23_000
    bytes.replaceSubrange(hole, with: [UInt8](repeating: 0, count: 3000))
    let words = try reason(bytes)
    #expect(words?.hasSuffix("bytes between its frames are no sound") == true)
    #expect(
      try reason(Self.announcement("Xing", 100) + bytes)?.hasPrefix("the file is cut off") == true)
  }

  @Test(arguments: [0xFF, 0xFE]) func whatOnlyBeginsLikeIt(second: UInt8) throws {
    let bytes = [0xFF, second] + [UInt8](repeating: 0x41, count: 5000)
    #expect(try reason(bytes)?.hasPrefix("this is no sound file that can be read") == true)
  }

  /// Streams one after the other, of which libsndfile reads the first; a header without a length.
  @Test func whatWouldBeReadInPart() throws {
    try withTemporaryFolder { folder in
      let path = folder / "s.ogg"
      try Waveform(samples: tone(440, rate: 22050, count: 9000), sampleRate: 22050).write(to: path)
      let bytes = try path.readBytes()
      #expect(try samples(bytes) == 9000)
      #expect(try reason(bytes + bytes)?.hasPrefix("it holds several streams") == true)
    }
    let words = try reason(wave([1, 2, 3], announcing: 0))
    #expect(words?.hasPrefix("its header announces no samples, but 6 bytes follow") == true)
    let list = Array("LIST".utf8) + [4, 0, 0, 0] + Array("INFO".utf8)
    #expect(try reason(wave([]) + list) == "there are no samples in it")
  }
}
