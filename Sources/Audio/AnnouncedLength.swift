import Glibc

/// What the header of an uncompressed file announced before libsndfile cut it to the file's size.
///
/// - Parameters:
///   - log: what libsndfile noted while it read the header.
///   - frames: the samples of each channel that the file can hold.
/// - Returns: nil where the file holds all that is announced, or the header leaves it open.
func announcedFrames(log: String, frames: Int) -> Int? {
  // As in “data : 1323588 (should be 999956)”, “SSND : 8008 (should be 4008)” and
  // “Data Size   : 8000 (should be 4000)”.
  let separators: [Character] = [" ", ":", "(", ")", "\t", "\r"]
  for line in log.split(separator: "\n") where line.contains("(should be ") {
    let words = line.split(whereSeparator: separators.contains)
    guard let kind = words.first?.lowercased(), ["data", "ssnd"].contains(kind) else { continue }
    let numbers = words.compactMap { Int($0) }
    guard numbers.count == 2, numbers[1] > 0, numbers[0] > numbers[1] else { continue }
    // Programs that write to a pipe do not know the length and announce the longest possible.
    if numbers[0] >= 0x7FFF_0000 { return nil }
    // A chunk of AIFF starts with eight bytes that are no samples.
    let lead = kind == "ssnd" ? 8 : 0
    let (announced, found) = (numbers[0] - lead, numbers[1] - lead)
    if frames > 0, found >= frames { return announced / (found / frames) }
    return found > 0 ? Int(Double(frames) * Double(announced) / Double(found)) : nil
  }
  return nil
}

/// Whether a file is in an Ogg container whose last page is incomplete or does not end the stream
/// (RFC 3533, section 6).
///
/// - Parameter descriptor: the open file; its position is left as it is.
/// - Returns: false also for what is no Ogg file.
func lacksOggEnd(_ descriptor: Int32) -> Bool {
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { return false }
  let bytes = Int(status.st_size)
  let mark = Array("OggS".utf8)
  var start = [UInt8](repeating: 0, count: mark.count)
  guard pread(descriptor, &start, mark.count, 0) == mark.count, start == mark else { return false }
  // The longest page has 27 bytes of header, 255 sizes and 255 · 255 bytes.
  var tail = [UInt8](repeating: 0, count: min(bytes, 2 * (27 + 255 + 255 * 255)))
  let offset = bytes - tail.count
  guard pread(descriptor, &tail, tail.count, off_t(offset)) == tail.count else { return false }
  let places = tail.indices.dropLast(mark.count - 1)
  guard let page = places.last(where: { tail[$0...].starts(with: mark) }) else { return true }
  guard page + 27 <= tail.count else { return true }
  let sizes = tail[(page + 27)...].prefix(Int(tail[page + 26]))
  let end = page + 27 + Int(tail[page + 26]) + sizes.reduce(0) { $0 + Int($1) }
  let endsStream = tail[page + 5] & 4 != 0
  return end > tail.count || !endsStream
}

/// Whether a file is in an Ogg container that holds one stream after the other (RFC 3533, section 4):
/// libsndfile reads the first alone.
///
/// - Parameter descriptor: the open file; its position is left as it is.
/// - Returns: false also for what is no Ogg file.
func isChainedOgg(_ descriptor: Int32) -> Bool {
  let mark = Array("OggS".utf8)
  var page = [UInt8](repeating: 0, count: 27 + 255)
  var place = 0
  var hasBegun = false
  while true {
    let count = pread(descriptor, &page, page.count, off_t(place))
    guard count >= 27, page.starts(with: mark) else { return false }
    let isFirst = page[5] & 2 != 0
    if isFirst, hasBegun { return true }
    if !isFirst { hasBegun = true }
    let segments = Int(page[26])
    guard count >= 27 + segments else { return false }
    place += 27 + segments + page[27..<27 + segments].reduce(0) { $0 + Int($1) }
  }
}

/// How many bytes follow a WAV or AU header that announces no samples, as an interrupted recording
/// leaves it.
///
/// - Parameter descriptor: the open file; its position is left as it is.
/// - Returns: 0 for what is complete or of another format.
func bytesBehindEmptyHeader(_ descriptor: Int32) -> Int {
  var status = stat()
  var head = [UInt8](repeating: 0, count: 1 << 16)
  guard fstat(descriptor, &status) == 0,
    case let count = pread(descriptor, &head, head.count, 0), count >= 28
  else { return 0 }
  let bytes = Int(status.st_size)
  func number(_ place: Int, bigEndian: Bool = false) -> Int {
    let four = head[place..<place + 4]
    return (bigEndian ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
  if head.starts(with: Array(".snd".utf8)) {
    return number(8, bigEndian: true) == 0 ? max(0, bytes - number(4, bigEndian: true)) : 0
  }
  guard head.starts(with: Array("RIFF".utf8)) else { return 0 }
  var place = 12
  while place + 8 <= count {
    let size = number(place + 4)
    if head[place...].starts(with: Array("data".utf8)) {
      let rest = bytes - place - 8
      guard size == 0, rest > 0 else { return 0 }
      // Another chunk is no sound.
      let isChunk =
        rest >= 8 && place + 16 <= count && number(place + 12) <= rest - 8
        && head[place + 8..<place + 12].allSatisfy { (0x20...0x7E).contains($0) }
      return isChunk ? 0 : rest
    }
    place += 8 + size + size % 2
  }
  return 0
}
