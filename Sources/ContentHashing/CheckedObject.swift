/// The text of a JSON object whose last member, `check`, is a hash of all before it, so that damage is
/// noticed when it is read.
///
/// The hash is of the bytes: text that someone edits or formats anew does not fit its check any more.
package enum CheckedObject {
  /// What a text is found to be.
  package enum Content: Equatable {
    /// As it was written; the object without its check.
    case whole([UInt8])
    /// Without a check, as earlier versions wrote objects.
    case unchecked
    /// Not what the check is of.
    case damaged
  }

  private static let name = "\"check\":"
  /// Of a hash in hexadecimal digits.
  private static let digits = 16

  /// 16 hexadecimal digits.
  package static func check(of bytes: some Collection<UInt8>) -> String {
    let hash =
      bytes.withContiguousStorageIfAvailable { shortHash(of: UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { shortHash(of: $0) }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }

  /// An object with its check.
  ///
  /// - Parameter text: a JSON object with a member at least, on one line or indented by two blanks.
  /// - Returns: the same with `check` as the last member; other text as it is.
  package static func adding(checkTo text: String) -> String {
    let bytes = Array(text.utf8)
    guard let end = bytes.lastIndex(where: { !isBlank($0) }), bytes[end] == UInt8(ascii: "}"),
      let last = bytes[..<end].lastIndex(where: { !isBlank($0) }), bytes[last] != UInt8(ascii: "{")
    else { return text }
    let check = check(of: bytes[...last])
    let isIndented = last < end - 1
    return String(decoding: bytes[...last], as: UTF8.self)
      + (isIndented ? ",\n  \(name) \"\(check)\"\n}" : ",\(name)\"\(check)\"}")
      + String(decoding: bytes[(end + 1)...], as: UTF8.self)
  }

  /// Compares an object with its check.
  package static func content(of bytes: some BidirectionalCollection<UInt8>) -> Content {
    var rest = bytes[...]
    func skipBlanks() { while let byte = rest.last, isBlank(byte) { rest.removeLast() } }
    func skip(_ text: String) -> Bool {
      skipBlanks()
      guard rest.suffix(text.utf8.count).elementsEqual(text.utf8) else { return false }
      rest.removeLast(text.utf8.count)
      return true
    }
    guard skip("}"), skip("\"") else { return .unchecked }
    let found = String(decoding: rest.suffix(digits), as: UTF8.self)
    guard found.utf8.count == digits else { return .unchecked }
    rest.removeLast(digits)
    guard skip("\""), skip(name), skip(",") else { return .unchecked }
    return check(of: rest) == found ? .whole(Array(rest) + [UInt8(ascii: "}")]) : .damaged
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x0A, 0x0D, 0x09].contains(byte) }
}
