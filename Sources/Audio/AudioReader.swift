import CSndfile
import FileSystem
import Glibc

/// What a sound file's header tells.
package struct AudioInformation: Equatable, Sendable {
  /// As in `WAV (Microsoft)`.
  package var format: String
  /// As in `Signed 16 bit PCM`.
  package var encoding: String
  package var sampleRate: Int
  package var channels: Int
  /// Samples of each channel that can be read, as far as the decoder knows beforehand; 0 where it does
  /// not.
  package var frames: Int
  /// Samples of each channel that the header announces, where that is more than the file can hold.
  package var announcedFrames: Int?

  package var seconds: Double { Double(frames) / Double(sampleRate) }
}

/// An open sound file that is read from beginning to end, its channels averaged.
///
/// Integer samples are divided by 2^(bits − 1).
package struct AudioReader: ~Copyable {
  package let path: Path
  package let information: AudioInformation
  private let file: OpaquePointer
  private var interleaved: [Float] = []
  private var position = 0

  /// - Throws: ``AudioError`` for what is no sound file or cannot be opened.
  package init(_ path: Path) throws(AudioError) {
    let (file, header) = try Self.open(path)
    self.path = path
    self.file = file
    information = AudioInformation(
      format: Self.name(of: header.format & Int32(SF_FORMAT_TYPEMASK)),
      encoding: Self.name(of: header.format & Int32(SF_FORMAT_SUBMASK)),
      sampleRate: Int(header.samplerate), channels: Int(header.channels),
      // Of a cut Ogg file libsndfile knows no length and gives the largest number.
      frames: header.frames == sf_count_t.max ? 0 : Int(header.frames),
      announcedFrames: Self.announcedFrames(file, header))
  }

  deinit { sf_close(file) }

  /// The next samples, at most `count` of them; fewer only at the end of the file.
  ///
  /// - Throws: ``AudioError`` where the decoder stumbles or a sample is not finite.
  package mutating func read(_ count: Int) throws(AudioError) -> [Float] {
    let channels = information.channels
    if interleaved.count < count * channels {
      interleaved = [Float](repeating: 0, count: count * channels)
    }
    let frames = Int(sf_readf_float(file, &interleaved, sf_count_t(count)))
    guard frames > 0 || sf_error(file) == 0 else {
      throw AudioError(path: path, .notAudio(Self.words(String(cString: sf_strerror(file)))))
    }
    let scale = 1 / Float(channels)
    let samples = [Float](unsafeUninitializedCapacity: frames) { buffer, initialised in
      interleaved.withUnsafeBufferPointer { source in
        for frame in 0..<frames {
          var sum = source[frame * channels]
          for channel in 1..<max(1, channels) { sum += source[frame * channels + channel] }
          buffer.initializeElement(at: frame, to: channels == 1 ? sum : sum * scale)
        }
      }
      initialised = frames
    }
    if let odd = samples.firstIndex(where: { !$0.isFinite }) {
      throw AudioError(path: path, .notFinite(frame: position + odd))
    }
    position += frames
    return samples
  }

  // MARK: What libsndfile knows

  private static func open(_ path: Path) throws(AudioError) -> (OpaquePointer, SF_INFO) {
    if let error = accessError(path) { throw AudioError(path: path, .unreadable(error)) }
    var header = SF_INFO()
    guard let file = sf_open(path.string, Int32(SFM_READ), &header) else {
      throw AudioError(path: path, .notAudio(words(String(cString: sf_strerror(nil)))))
    }
    guard header.channels > 0, header.samplerate > 0, header.frames >= 0 else {
      sf_close(file)
      throw AudioError(path: path, .notAudio("its header makes no sense"))
    }
    return (file, header)
  }

  /// libsndfile says of all that cannot be opened only that the system refused.
  private static func accessError(_ path: Path) -> SystemError? {
    if path.isFolder { return SystemError("read", path: path.string, code: EISDIR) }
    let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return SystemError("open", path: path.string) }
    close(descriptor)
    return nil
  }

  private static func words(_ message: String) -> String {
    String(message.split(separator: "\n").first ?? "").trimmingEnd(".").lowercasedFirst
  }

  private static func name(of format: Int32) -> String {
    var information = SF_FORMAT_INFO()
    information.format = format
    let size = Int32(MemoryLayout<SF_FORMAT_INFO>.size)
    guard sf_command(nil, Int32(SFC_GET_FORMAT_INFO), &information, size) == 0,
      let name = information.name
    else {
      return "unknown"
    }
    return String(cString: name)
  }

  /// What the header of an uncompressed file announced before libsndfile cut it to the file's size.
  private static func announcedFrames(_ file: OpaquePointer, _ header: SF_INFO) -> Int? {
    var log = [CChar](repeating: 0, count: 16384)
    let count = sf_command(file, Int32(SFC_GET_LOG_INFO), &log, Int32(log.count))
    guard count > 0 else { return nil }
    let text = String(decoding: log.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // As in “data : 1323588 (should be 999956)”.
    let separators: [Character] = [" ", ":", "(", ")", "\t", "\r"]
    for line in text.split(separator: "\n") where line.contains("(should be ") {
      let words = line.split(whereSeparator: separators.contains)
      guard words.count >= 5, ["data", "ssnd"].contains(words[0].lowercased()) else { continue }
      guard let announced = Int(words[1]), let found = Int(words[words.count - 1]) else { continue }
      guard found > 0, announced > found else { continue }
      let share = Double(announced) / Double(found)
      return Int((Double(header.frames) * share).rounded())
    }
    return nil
  }
}

extension String {
  fileprivate func trimmingEnd(_ character: Character) -> String {
    last == character ? String(dropLast()) : self
  }

  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
