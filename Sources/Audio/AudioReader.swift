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
  /// Samples of each channel that can be read, as far as the decoder knows beforehand; 0 where it
  /// does not.
  package var frames: Int
  /// Samples of each channel that the header announces, where that is more than the file can hold.
  package var announcedFrames: Int?
  /// Whether the mark of the end, which the format demands, is missing.
  package var lacksEnd = false

  package var seconds: Double { Double(frames) / Double(sampleRate) }
}

/// An open sound file that is read from beginning to end, its channels averaged.
///
/// Integer samples are divided by 2^(bits − 1).
package struct AudioReader: ~Copyable {
  package let path: Path
  package let information: AudioInformation
  private let decoder: Decoder
  private var interleaved: [Float]
  private var position = 0

  /// Samples of all channels together that are decoded at once: up to 1024 channels are possible.
  private static let block = 1 << 18

  /// - Throws: ``AudioError`` for what is no sound file or cannot be opened.
  package init(_ path: Path) throws(AudioError) {
    let descriptor = try Self.openPlainFile(path)
    let (decoder, information) =
      if let stream = MPEGStream(descriptor) {
        try Self.openMPEG(path, descriptor, stream)
      } else {
        try Self.openOther(path, descriptor)
      }
    (self.path, self.decoder, self.information) = (path, decoder, information)
    let channels = information.channels
    interleaved = [Float](repeating: 0, count: max(1, Self.block / channels) * channels)
  }

  /// Counts changes that change the samples of files of one kind: what caches hold of them is then
  /// computed anew.
  package static func revision(of path: Path) -> Int {
    guard let descriptor = try? openPlainFile(path) else { return 1 }
    defer { close(descriptor) }
    return MPEGStream.isLikely(descriptor) ? 2 : 1
  }

  private enum Decoder {
    case mpeg(MPEGDecoder)
    case other(OpenSoundFile)
  }

  /// The next samples, at most `count` of them; fewer only at the end of the file.
  ///
  /// - Throws: ``AudioError`` where the decoder stumbles or a sample is not finite.
  package mutating func read(_ count: Int) throws(AudioError) -> [Float] {
    var samples: [Float] = []
    let channels = information.channels
    while samples.count < count {
      let wanted = min(count - samples.count, interleaved.count / channels)
      let frames = try decode(wanted, after: position + samples.count)
      appendMeans(of: frames, to: &samples)
      if frames < wanted { break }
    }
    if let odd = samples.firstIndex(where: { !$0.isFinite }) {
      throw AudioError(path: path, .notFinite(frame: position + odd))
    }
    position += samples.count
    return samples
  }

  private mutating func decode(_ wanted: Int, after position: Int) throws(AudioError) -> Int {
    switch decoder {
    case .mpeg(let decoder):
      do throws(MPEGDecoder.Failure) {
        return try decoder.read(&interleaved, wanted)
      } catch {
        throw AudioError(path: path, .notAudio(Self.words(error.words)))
      }
    case .other(let file):
      let frames = max(0, Int(sf_readf_float(file.handle, &interleaved, sf_count_t(wanted))))
      // A decoder may stumble over the place where the file is cut off: that is told by its length.
      if frames == 0, sf_error(file.handle) != 0, position >= information.frames {
        let message = String(cString: sf_strerror(file.handle))
        throw AudioError(path: path, .notAudio(Self.words(message)))
      }
      return frames
    }
  }

  private func appendMeans(of frames: Int, to samples: inout [Float]) {
    let channels = information.channels
    if channels == 1 {
      samples.append(contentsOf: interleaved[..<frames])
      return
    }
    samples.reserveCapacity(samples.count + frames)
    let source = interleaved.span
    let divisor = Float(channels)
    for frame in 0..<frames {
      var sum: Float = 0
      for channel in 0..<channels { sum += source[frame * channels + channel] }
      samples.append(sum / divisor)
    }
  }

  // MARK: What libsndfile knows

  private static func openPlainFile(_ path: Path) throws(AudioError) -> Int32 {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = Glibc.open(path.string, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw AudioError(path: path, .unreadable(SystemError("open", path: path.string)))
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw AudioError(
        path: path, .unreadable(SystemError("read", path: path.string, code: EISDIR)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw AudioError(path: path, .notAudio("it is no plain file"))
    }
    guard status.st_size > 0 else {
      close(descriptor)
      throw AudioError(path: path, .notAudio("the file is empty"))
    }
    return descriptor
  }

  private static func openMPEG(
    _ path: Path, _ descriptor: Int32, _ stream: MPEGStream
  ) throws(AudioError) -> (Decoder, AudioInformation) {
    if stream.hasHole, stream.announcedFrames == nil {
      close(descriptor)
      throw AudioError(
        path: path, .unsupported("\(stream.strayBytes) bytes between its frames are no sound"))
    }
    let decoder: MPEGDecoder
    do throws(MPEGDecoder.Failure) {
      decoder = try MPEGDecoder(descriptor, stream)
    } catch {
      throw AudioError(path: path, .notAudio(words(error.words)))
    }
    var information = AudioInformation(
      format: "MPEG-1/2 Audio",
      encoding: "MPEG Layer \(String(repeating: "I", count: stream.header.layer))",
      sampleRate: decoder.sampleRate, channels: decoder.channels,
      frames: stream.frames.map { stream.samples(ofFrames: $0) } ?? 0, lacksEnd: stream.lacksEnd)
    // Some encoders count the frame that tells their number.
    if let frames = stream.frames, let announced = stream.announcedFrames,
      announced > frames + (stream.lacksEnd ? 0 : 1)
    {
      information.announcedFrames = stream.samples(ofFrames: announced)
    }
    return (.mpeg(decoder), information)
  }

  /// libsndfile is not told the name: without a header it would believe the extension.
  private static func openOther(
    _ path: Path, _ descriptor: Int32
  ) throws(AudioError) -> (Decoder, AudioInformation) {
    // libsndfile would give it to libmpg123 in a way that writes to the terminal.
    if MPEGStream.isLikely(descriptor) {
      close(descriptor)
      throw AudioError(path: path, .notAudio("no MPEG frames follow each other"))
    }
    if let problem = unreadableSound(descriptor) {
      close(descriptor)
      throw AudioError(path: path, .unsupported(problem))
    }
    let lacksEnd = lacksOggEnd(descriptor)
    var header = SF_INFO()
    let (opened, failure) = openSoundFile(&header) {
      sf_open_fd(descriptor, Int32(SFM_READ), &$0, 1)
    }
    guard let file = opened else {
      if lacksEnd { throw AudioError(path: path, .truncated(found: 0, announced: nil)) }
      throw AudioError(path: path, .notAudio(words(failure)))
    }
    guard header.channels > 0, header.samplerate > 0, header.frames >= 0 else {
      sf_close(file)
      throw AudioError(path: path, .notAudio("its header makes no sense"))
    }
    let frames = header.frames == Int64.max ? 0 : Int(header.frames)
    let information = AudioInformation(
      format: name(of: header.format & Int32(SF_FORMAT_TYPEMASK)),
      encoding: name(of: header.format & Int32(SF_FORMAT_SUBMASK)),
      sampleRate: Int(header.samplerate), channels: Int(header.channels), frames: frames,
      announcedFrames: announcedFrames(log: log(of: file), frames: frames), lacksEnd: lacksEnd)
    return (.other(OpenSoundFile(file)), information)
  }

  /// Why a part of the sound would be left out without a word; nil where none would be.
  private static func unreadableSound(_ descriptor: Int32) -> String? {
    if isChainedOgg(descriptor) {
      return "it holds several streams, one after the other, of which only the first can be read: "
        + "write it anew, as in ffmpeg -i old.ogg new.wav"
    }
    let bytes = bytesBehindEmptyHeader(descriptor)
    if bytes > 0 {
      return "its header announces no samples, but \(bytes) bytes follow, as where a recording was "
        + "interrupted: write it anew, as in sox --ignore-length old.wav new.wav"
    }
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

  private static func log(of file: OpaquePointer) -> String {
    var log = [CChar](repeating: 0, count: 16384)
    let count = Int(sf_command(file, Int32(SFC_GET_LOG_INFO), &log, Int32(log.count)))
    return String(
      decoding: log.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension String {
  fileprivate func trimmingEnd(_ character: Character) -> String {
    last == character ? String(dropLast()) : self
  }

  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

/// A file that libsndfile has opened.
private final class OpenSoundFile {
  let handle: OpaquePointer
  init(_ handle: OpaquePointer) { self.handle = handle }
  deinit { sf_close(handle) }
}
