import Glibc

/// Where the frames of an MPEG file lie, and how many there are beside what is announced.
///
/// Tags (ID3, APE) and bytes that are none of it may stand before, between and after the frames.
struct MPEGStream {
  /// The bytes of the frames, without what stands between them.
  private(set) var ranges: [Range<Int>] = []
  /// The first frame.
  let header: MPEGFrameHeader
  /// Whole frames with samples; nil where frames do not tell their sizes.
  private(set) var frames: Int?
  /// The frames that a Xing, Info or VBRI header announces.
  private(set) var announcedFrames: Int?
  /// Samples at both ends that the encoder added, as it says.
  private(set) var addedSamples = 0
  /// Whether the last frame is incomplete.
  private(set) var lacksEnd = false
  /// Bytes between frames that are neither frames nor tags.
  private(set) var strayBytes = 0
  private var longestFrame = 0
  /// Whether more than a frame is missing on the way.
  var hasHole: Bool { strayBytes > longestFrame }

  /// Junk before the first frame may have this many bytes.
  private static let longestJunk = 1 << 20

  /// Samples of each channel in so many frames.
  func samples(ofFrames count: Int) -> Int { max(0, count * header.samples - addedSamples) }

  /// Looks through a file; nil for what holds no such frames.
  ///
  /// - Parameter descriptor: the open file; its position is left as it is.
  init?(_ descriptor: Int32) {
    var file = ByteWindow(descriptor)
    let begin = file.endOfTags(0)
    if Self.isOtherFormat(&file, begin) { return nil }
    let end = file.endBeforeTags()
    guard let first = Self.firstFrame(&file, from: begin, end), let own = file.header(first) else {
      return nil
    }
    header = own
    guard own.bytes != nil else {
      ranges = [first..<end]
      return
    }
    readAnnouncement(&file, first)
    countFrames(&file, first..<end)
  }

  /// Whether a file begins, behind its tags, as such frames do.
  static func isLikely(_ descriptor: Int32) -> Bool {
    var file = ByteWindow(descriptor)
    let place = file.endOfTags(0)
    return file.byte(place) == 0xFF && file.byte(place + 1) >= 0xE0
  }

  private static func isOtherFormat(_ file: inout ByteWindow, _ start: Int) -> Bool {
    let marks = [
      "RIFF", "RIFX", "RF64", "riff", "FORM", ".snd", "dns.", "fLaC", "OggS", "caff",
      "PK\u{3}\u{4}",
    ]
    return marks.contains { file.has($0, at: start) } || file.has("ftyp", at: start + 4)
  }

  /// Frames that follow each other; by chance no four do.
  private static func firstFrame(_ file: inout ByteWindow, from begin: Int, _ end: Int) -> Int? {
    for place in begin..<max(begin, min(end, begin + longestJunk)) {
      guard file.byte(place) == 0xFF, let header = file.header(place) else { continue }
      guard header.bytes != nil else {
        if place == begin { return place }
        continue
      }
      var (next, count) = (place, 0)
      while next < end, count < 4, let other = file.header(next), header.fits(other),
        let bytes = other.bytes
      {
        next += bytes
        count += 1
      }
      if count >= (place == begin ? 2 : 4) || next == end && count > 0 { return place }
    }
    return nil
  }

  private mutating func readAnnouncement(_ file: inout ByteWindow, _ start: Int) {
    let place = start + 4 + header.sideBytes
    if file.has("Xing", at: place) || file.has("Info", at: place) {
      announcedFrames = 0
      let flags = file.number(place + 4, bytes: 4)
      var next = place + 8
      if flags & 1 != 0 {
        announcedFrames = file.number(next, bytes: 4)
        next += 4
      }
      if flags & 2 != 0 { next += 4 }
      if flags & 4 != 0 { next += 100 }
      if flags & 8 != 0 { next += 4 }
      // LAME's addition: 12 bits of samples before, 12 bits of samples after.
      let added = file.number(next + 21, bytes: 3)
      if file.byte(next) != 0, next + 24 <= start + (header.bytes ?? 0) {
        addedSamples = added >> 12 + added & 0xFFF
      }
    } else if file.has("VBRI", at: start + 36) {
      announcedFrames = file.number(start + 36 + 14, bytes: 4)
    }
  }

  private mutating func countFrames(_ file: inout ByteWindow, _ all: Range<Int>) {
    var count = 0
    var (place, start) = (all.lowerBound, all.lowerBound)
    let end = all.upperBound
    while place < end {
      if let next = file.header(place), next.fits(header), let bytes = next.bytes {
        guard place + bytes <= end else {
          lacksEnd = true
          break
        }
        count += 1
        place += bytes
        longestFrame = max(longestFrame, bytes)
      } else if let next = file.tagEnd(place) {
        if place > start { ranges.append(start..<place) }
        (place, start) = (next, next)
      } else if let next = nextFrame(&file, after: place, before: end) {
        strayBytes += next - place
        if place > start { ranges.append(start..<place) }
        (place, start) = (next, next)
      } else {
        break
      }
    }
    if place > start { ranges.append(start..<place) }
    // What announces the others is no sound itself.
    frames = announcedFrames == nil ? count : max(0, count - 1)
    if announcedFrames == 0 { announcedFrames = nil }
  }

  private func nextFrame(
    _ file: inout ByteWindow, after place: Int, before end: Int
  ) -> Int? {
    var next = place + 1
    while next < end {
      if file.byte(next) == 0xFF, let found = file.header(next), found.fits(header),
        let bytes = found.bytes,
        next + bytes == end || file.header(next + bytes).map(header.fits) == true
      {
        return next
      }
      next += 1
    }
    return nil
  }
}

/// The bytes of an open file, read in blocks.
private struct ByteWindow {
  private let descriptor: Int32
  let count: Int
  private var block: [UInt8] = []
  private var blockStart = 0
  private static let size = 1 << 18

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    count = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// 0 beyond the end.
  mutating func byte(_ place: Int) -> UInt8 {
    if place >= blockStart, place < blockStart + block.count { return block[place - blockStart] }
    guard place >= 0, place < count else { return 0 }
    // Some bytes before it are asked for again.
    blockStart = max(0, place - 4096)
    block = [UInt8](repeating: 0, count: Self.size)
    let found = pread(descriptor, &block, Self.size, off_t(blockStart))
    block.removeLast(Self.size - max(0, found))
    return place < blockStart + block.count ? block[place - blockStart] : 0
  }

  /// The highest byte first.
  mutating func number(_ place: Int, bytes: Int) -> Int {
    (place..<place + bytes).reduce(0) { $0 << 8 | Int(byte($1)) }
  }

  mutating func header(_ place: Int) -> MPEGFrameHeader? {
    MPEGFrameHeader(UInt32(number(place, bytes: 4)))
  }

  mutating func has(_ mark: String, at place: Int) -> Bool {
    for (index, byte) in mark.utf8.enumerated() where self.byte(place + index) != byte {
      return false
    }
    return true
  }

  /// Where what follows the tags at a place begins.
  mutating func endOfTags(_ start: Int) -> Int {
    var place = start
    while place < count {
      if has("ID3", at: place), byte(place + 3) < 0xFF {
        // Seven bits of each byte (ID3v2.4, section 3.1).
        let size = (6..<10).reduce(0) { $0 << 7 | Int(byte(place + $1) & 0x7F) }
        let footer = byte(place + 5) & 0x10 != 0 ? 10 : 0
        guard place + 10 + size + footer < count else { return place + 10 }
        place += 10 + size + footer
      } else if place > 0, has("TAG", at: place) {
        place += 128
      } else if has("APETAGEX", at: place) {
        let size = littleEndian(place + 12)
        guard place + 32 + size <= count else { return place }
        place += 32 + size
      } else {
        break
      }
    }
    return place
  }

  /// Where what follows the tags at a place begins; nil where there is none.
  mutating func tagEnd(_ place: Int) -> Int? {
    let end = endOfTags(place)
    return end > place ? end : nil
  }

  /// The end of the file without an ID3v1 and an APE tag.
  mutating func endBeforeTags() -> Int {
    var end = count
    if end >= 128, has("TAG", at: end - 128) { end -= 128 }
    if end >= 32, has("APETAGEX", at: end - 32) {
      let hasHeader = byte(end - 32 + 23) & 0x80 != 0
      let size = littleEndian(end - 32 + 12) + (hasHeader ? 32 : 0)
      if size <= end { end -= size }
    }
    return end
  }

  private mutating func littleEndian(_ place: Int) -> Int {
    (0..<4).reversed().reduce(0) { $0 << 8 | Int(byte(place + $1)) }
  }
}
