import CMPG123
import Glibc

/// Decodes the frames of an MPEG file by libmpg123, which is asked for no words on the terminal.
final class MPEGDecoder {
  struct Failure: Error { var words: String }

  let sampleRate: Int
  let channels: Int
  private let handle: OpaquePointer
  private let bytes: FileParts
  private var hasEnded = false

  private static let isReady = mpg123_init() == MPG123_OK.rawValue

  /// - Parameters:
  ///   - descriptor: the open file, which is closed with the decoder, and also where there is none.
  ///   - stream: where its frames lie.
  /// - Throws: ``Failure`` where libmpg123 refuses them.
  init(_ descriptor: Int32, _ stream: MPEGStream) throws(Failure) {
    bytes = FileParts(descriptor, stream.ranges)
    var code = MPG123_OK.rawValue
    guard Self.isReady, let handle = mpg123_new(nil, &code) else {
      throw Failure(words: "there is no memory for a decoder")
    }
    func set(_ name: mpg123_parms, _ value: Int) {
      _ = mpg123_set_number(handle, Int32(name.rawValue), value)
    }
    set(
      MPG123_ADD_FLAGS,
      Int(MPG123_QUIET.rawValue | MPG123_FORCE_FLOAT.rawValue | MPG123_GAPLESS.rawValue))
    set(MPG123_REMOVE_FLAGS, Int(MPG123_AUTO_RESAMPLE.rawValue))
    // What is no frame is skipped, however long it is.
    set(MPG123_RESYNC_LIMIT, -1)
    mpg123_replace_reader_handle(handle, FileParts.read, FileParts.seek, nil)
    var (rate, channels, encoding) = (0, Int32(0), Int32(0))
    guard mpg123_open_handle(handle, Unmanaged.passUnretained(bytes).toOpaque()) == 0,
      mpg123_getformat(handle, &rate, &channels, &encoding) == 0, rate > 0, channels > 0
    else {
      let words = String(cString: mpg123_strerror(handle))
      mpg123_delete(handle)
      throw Failure(words: words)
    }
    (self.handle, sampleRate, self.channels) = (handle, rate, Int(channels))
  }

  deinit { mpg123_delete(handle) }

  /// Decodes the next samples.
  ///
  /// - Parameters:
  ///   - target: receives them, the channels in turn.
  ///   - frames: samples of each channel, at least 1.
  /// - Returns: how many there are; fewer only at the end.
  /// - Throws: ``Failure`` where the form of the samples changes, or the decoder stumbles.
  func read(_ target: inout [Float], _ frames: Int) throws(Failure) -> Int {
    let size = MemoryLayout<Float>.stride
    let wanted = frames * channels * size
    var filled = 0
    while filled < wanted, !hasEnded {
      var made = 0
      let code = target.withUnsafeMutableBytes { buffer in
        mpg123_read(handle, buffer.baseAddress.map { $0 + filled }, wanted - filled, &made)
      }
      filled += made
      switch code {
      case MPG123_OK.rawValue: break
      case MPG123_NEW_FORMAT.rawValue: try checkFormat()
      case MPG123_DONE.rawValue, MPG123_NEED_MORE.rawValue: hasEnded = true
      default:
        // What follows the last frame and is none.
        if mpg123_errcode(handle) == MPG123_RESYNC_FAIL.rawValue {
          hasEnded = true
        } else {
          throw Failure(words: String(cString: mpg123_strerror(handle)))
        }
      }
    }
    return filled / (channels * size)
  }

  private func checkFormat() throws(Failure) {
    var (rate, channels, encoding) = (0, Int32(0), Int32(0))
    mpg123_getformat(handle, &rate, &channels, &encoding)
    guard rate == sampleRate, channels == self.channels else {
      throw Failure(
        words: "its rate or channels change on the way, from \(sampleRate) Hz and \(self.channels) "
          + "to \(rate) Hz and \(channels)")
    }
  }
}

/// Parts of an open file as one, for libmpg123 to read.
private final class FileParts {
  private let descriptor: Int32
  private let ranges: [Range<Int>]
  private let count: Int
  private var position = 0
  /// The part of the position, and the position that it begins at.
  private var (part, partStart) = (0, 0)

  init(_ descriptor: Int32, _ ranges: [Range<Int>]) {
    (self.descriptor, self.ranges) = (descriptor, ranges)
    count = ranges.reduce(0) { $0 + $1.count }
  }

  deinit { close(descriptor) }

  private static func of(_ user: UnsafeMutableRawPointer?) -> FileParts? {
    user.map { Unmanaged<FileParts>.fromOpaque($0).takeUnretainedValue() }
  }

  typealias Read =
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) -> Int
  typealias Seek = @convention(c) (UnsafeMutableRawPointer?, off_t, Int32) -> off_t

  static let read: Read = { of($0)?.read(into: $1, $2) ?? -1 }
  static let seek: Seek = { off_t(of($0)?.seek(Int($1), from: $2) ?? -1) }

  private func read(into target: UnsafeMutableRawPointer?, _ wanted: Int) -> Int {
    guard position < count, wanted > 0 else { return 0 }
    while position >= partStart + ranges[part].count {
      partStart += ranges[part].count
      part += 1
    }
    let range = ranges[part]
    let place = position - partStart
    let found = pread(
      descriptor, target, min(wanted, range.count - place), off_t(range.lowerBound + place))
    position += max(0, found)
    return found
  }

  private func seek(_ offset: Int, from origin: Int32) -> Int {
    let base =
      switch origin {
      case SEEK_SET: 0
      case SEEK_CUR: position
      default: count
      }
    guard base + offset >= 0 else { return -1 }
    position = base + offset
    if position < partStart { (part, partStart) = (0, 0) }
    return position
  }
}
