/// Bytes that are not UTF-8: where they begin, and which encoding they seem to be in.
package struct ForeignText: Equatable, Sendable {
  /// From 1.
  package var line: Int
  /// As `iconv` knows it, as in `windows-1251`; nil where the bytes seem to be no text.
  package var encoding: String?

  /// Looks through a file's bytes.
  ///
  /// - Returns: nil where all are UTF-8 without zero bytes.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    if let utf16 = Self.utf16(bytes) {
      (line, encoding) = (1, utf16)
      return
    }
    guard let place = firstFault(bytes) else { return nil }
    line = 1 + bytes[..<place].count { $0 == 0x0A }
    // What stands before the fault is ASCII, or happens to look like UTF-8.
    encoding = bytes[place] == 0 ? nil : Self.eightBit(bytes[max(0, place - 64)...].prefix(1 << 20))
  }

  /// What is wrong and what to do.
  ///
  /// - Parameter file: the file, for the command that mends it.
  /// - Returns: a sentence without the file's name in front.
  package func words(for file: Path) -> String {
    guard let encoding else {
      return "there is a zero byte: the file is damaged, or it is no text"
    }
    let name = file.name.contains { $0 == " " || $0 == "'" } ? "FILE" : file.string
    let command =
      file.fileExtension == "gz"
      ? "gunzip -c \(name) | iconv -f \(encoding) -t UTF-8 > NEW"
      : "iconv -f \(encoding) -t UTF-8 \(name) > NEW"
    return "this is not UTF-8, it seems to be \(encoding); save it as UTF-8, as by: \(command)"
  }

  private static func utf16(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
    // Without a mark, every other byte of ASCII text is zero.
    let start = bytes.prefix(64)
    guard start.count >= 4 else { return nil }
    let zeros = [0, 1].map { parity in
      start.indices.count { $0 % 2 == parity && start[$0] == 0 }
    }
    if zeros[0] == 0, zeros[1] * 2 >= start.count - 4 { return "UTF-16LE" }
    if zeros[1] == 0, zeros[0] * 2 >= start.count - 4 { return "UTF-16BE" }
    return nil
  }

  /// The likeliest of the usual encodings, by how their letters lie.
  private static func eightBit(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    if let japanese = leadBytes(
      bytes, lead: { (0x81...0x9F).contains($0) || (0xE0...0xFC).contains($0) },
      trail: { (0x40...0x7E).contains($0) || (0x80...0xFC).contains($0) },
      single: { (0xA1...0xDF).contains($0) }),
      // Kana and the commonest characters begin with these.
      japanese.count(where: { (0x81...0x9F).contains($0) }) * 2 > japanese.count
    {
      return "SHIFT-JIS"
    }
    if let chinese = leadBytes(
      bytes, lead: { (0x81...0xFE).contains($0) },
      trail: { (0x40...0x7E).contains($0) || (0x80...0xFE).contains($0) }, single: { _ in false }),
      // The commonest characters begin with these; small Cyrillic letters all lie above.
      chinese.count(where: { (0xB0...0xDF).contains($0) }) * 2 > chinese.count,
      !isMostlyAlone(bytes)
    {
      return "GBK"
    }
    return isMostlyAlone(bytes) ? "windows-1252" : "windows-1251"
  }

  /// The first bytes of the pairs that a text consists of beside ASCII; nil where it does not.
  private static func leadBytes(
    _ bytes: Slice<UnsafeRawBufferPointer>, lead: (UInt8) -> Bool, trail: (UInt8) -> Bool,
    single: (UInt8) -> Bool
  ) -> [UInt8]? {
    var leads: [UInt8] = []
    var first: UInt8?
    for byte in bytes {
      if let known = first {
        guard trail(byte) else { return nil }
        leads.append(known)
        first = nil
      } else if byte >= 0x80, !single(byte) {
        guard lead(byte) else { return nil }
        first = byte
      }
    }
    return leads.isEmpty ? nil : leads
  }

  /// Whether letters beyond ASCII mostly stand among ASCII ones, as in Western languages.
  private static func isMostlyAlone(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    var (alone, all, length) = (0, 0, 0)
    for byte in Array(bytes) + [0] {
      if byte >= 0x80 {
        length += 1
      } else {
        if length == 1 { alone += 1 }
        all += length
        length = 0
      }
    }
    return alone * 2 >= all
  }
}

/// Where bytes stop being UTF-8 (RFC 3629), or are zero.
private func firstFault(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var index = 0
  while index < bytes.count {
    // Eight ASCII bytes at once, none of them zero.
    while index + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word
      guard (word | zeros) & 0x8080_8080_8080_8080 == 0 else { break }
      index += 8
    }
    guard index < bytes.count else { return nil }
    let byte = bytes[index]
    if byte != 0, byte < 0x80 {
      index += 1
      continue
    }
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch byte {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    case 0xF1...0xF3: length = 4
    default: return index
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]),
      bytes[(index + 2)..<(index + length)].allSatisfy({ (0x80...0xBF).contains($0) })
    else { return index }
    index += length
  }
  return nil
}
