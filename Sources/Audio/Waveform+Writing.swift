import CSndfile
import FileSystem
import Glibc

/// How samples are stored in a file that is written.
package enum SampleEncoding: String, CaseIterable, Sendable {
  /// Beyond full scale they are clipped; x becomes ⌊2¹⁵·x + ½⌋, which gives back what was read.
  case integer16
  /// The same with 2²³.
  case integer24
  /// As they are; WAV and AIFF only.
  case float
}

extension Waveform {
  /// Writes a sound file; its extension names the format: `.wav`, `.flac`, `.ogg` (Vorbis) or
  /// `.aiff`.
  ///
  /// It appears under its name only when it is complete. Equal samples give equal bytes, except for
  /// `.ogg`, where each file gets a random serial number.
  ///
  /// - Parameters:
  ///   - path: the file, which is replaced if there.
  ///   - encoding: of the samples; Vorbis has its own.
  /// - Throws: ``AudioError`` for another extension, for what the format cannot hold (as a rate),
  ///   and where the system cannot write, as on a full disk.
  package func write(
    to path: Path, encoding: SampleEncoding = .integer16
  ) throws(AudioError) {
    guard let format = FileFormat(of: path) else {
      throw AudioError(path: path, .unknownExtension(path.name))
    }
    if let odd = samples.firstIndex(where: { !$0.isFinite }) {
      throw AudioError(path: path, .notFinite(frame: odd))
    }
    let bytes: [UInt8]
    do throws(WritingFailure) {
      bytes = try encoded(format, encoding)
    } catch {
      throw AudioError(path: path, .unwritable(error.words))
    }
    do throws(SystemError) {
      try path.writeAtomically(bytes)
    } catch {
      throw AudioError(path: path, .unreadable(error))
    }
  }

  /// Whether the name is one that ``write(to:encoding:)`` takes.
  package static func canWrite(to path: Path) -> Bool { FileFormat(of: path) != nil }

  private enum FileFormat: String {
    case wav, flac, ogg, aiff, aif

    init?(of path: Path) {
      guard let dot = path.name.lastIndex(of: ".") else { return nil }
      self.init(rawValue: path.name[dot...].dropFirst().lowercased())
    }

    func code(_ encoding: SampleEncoding) -> Int {
      let sample =
        switch encoding {
        case .integer16: SF_FORMAT_PCM_16
        case .integer24: SF_FORMAT_PCM_24
        case .float: SF_FORMAT_FLOAT
        }
      return switch self {
      case .wav: Int(SF_FORMAT_WAV) | Int(sample)
      case .flac: Int(SF_FORMAT_FLAC) | Int(sample)
      case .aiff, .aif: Int(SF_FORMAT_AIFF) | Int(sample)
      case .ogg: Int(SF_FORMAT_OGG) | Int(SF_FORMAT_VORBIS)
      }
    }
  }

  private struct WritingFailure: Error { var words: String }

  private func encoded(
    _ format: FileFormat, _ encoding: SampleEncoding
  ) throws(WritingFailure) -> [UInt8] {
    let memory = MemoryFile()
    var header = SF_INFO()
    header.samplerate = Int32(clamping: sampleRate)
    header.channels = 1
    header.format = Int32(format.code(encoding))
    var functions = MemoryFile.functions
    let user = Unmanaged.passUnretained(memory).toOpaque()
    let isComplete = try withExtendedLifetime(memory) { () throws(WritingFailure) in
      guard sf_format_check(&header) != 0,
        let file = openSoundFile(
          &header, { sf_open_virtual(&functions, Int32(SFM_WRITE), &$0, user) }
        )
        .file
      else {
        throw WritingFailure(
          words: "\(format.rawValue) holds no \(encoding.rawValue) samples at \(sampleRate) Hz")
      }
      // It would hold the time of writing.
      sf_command(file, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, Int32(SF_FALSE))
      let isWritten = write(to: file, format == .ogg ? .float : encoding)
      return sf_close(file) == 0 && isWritten
    }
    guard isComplete else { throw WritingFailure(words: "the encoder failed") }
    return memory.bytes
  }

  /// In blocks: the Vorbis encoder keeps what it is given on the stack.
  private func write(to file: OpaquePointer, _ encoding: SampleEncoding) -> Bool {
    let block = 4096
    for start in stride(from: 0, to: samples.count, by: block) {
      let part = samples[start..<min(samples.count, start + block)]
      let count = sf_count_t(part.count)
      let written =
        switch encoding {
        case .float: part.withUnsafeBufferPointer { sf_writef_float(file, $0.baseAddress, count) }
        case .integer16:
          sf_writef_short(file, part.map { Int16(Self.quantised($0, bits: 16)) }, count)
        case .integer24: sf_writef_int(file, part.map { Self.quantised($0, bits: 24) << 8 }, count)
        }
      if written != count { return false }
    }
    return true
  }

  private static func quantised(_ sample: Float, bits: Int) -> Int32 {
    let scale = Float(1 << (bits - 1))
    return Int32(min(max((sample * scale).rounded(), -scale), scale - 1))
  }
}

/// A file in memory, for libsndfile to write to.
private final class MemoryFile {
  var bytes: [UInt8] = []
  private var position = 0

  static var functions: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(MemoryFile.of($0)?.bytes.count ?? 0) },
      seek: { MemoryFile.of($2)?.seek(Int($0), from: $1) ?? -1 },
      read: { MemoryFile.of($2)?.read(into: $0, Int($1)) ?? 0 },
      write: { MemoryFile.of($2)?.write($0, Int($1)) ?? 0 },
      tell: { sf_count_t(MemoryFile.of($0)?.position ?? 0) })
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> MemoryFile? {
    user.map { Unmanaged<MemoryFile>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(_ offset: Int, from origin: Int32) -> sf_count_t {
    switch origin {
    case SEEK_SET: position = offset
    case SEEK_CUR: position += offset
    default: position = bytes.count + offset
    }
    position = max(0, position)
    return sf_count_t(position)
  }

  private func read(into target: UnsafeMutableRawPointer?, _ count: Int) -> sf_count_t {
    let part = bytes[min(position, bytes.count)..<min(position + count, bytes.count)]
    part.withUnsafeBytes { source in
      if let target, let start = source.baseAddress { memcpy(target, start, source.count) }
    }
    position += part.count
    return sf_count_t(part.count)
  }

  private func write(_ source: UnsafeRawPointer?, _ count: Int) -> sf_count_t {
    guard let source else { return 0 }
    let end = position + count
    if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
    bytes.withUnsafeMutableBytes { target in
      if let start = target.baseAddress { memcpy(start + position, source, count) }
    }
    position = end
    return sf_count_t(count)
  }
}
