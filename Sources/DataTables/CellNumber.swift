import Glibc

/// What a cell of a feature column holds.
enum CellNumber: Equatable {
  case number(Double)
  case missing
  case text

  /// What stands for “no value”, in lower case, besides the empty cell.
  static let missingWords: Set<String> = ["na", "n/a", "nan", "null", "none", "nil", "?"]

  /// Reads a decimal number with optional blanks around it; correctly rounded.
  init(_ bytes: UnsafeRawBufferPointer) {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    if start == end {
      self = .missing
    } else if let number = Self.quickNumber(bytes, start, end) {
      self = .number(number)
    } else {
      self.init(slowly: String(decoding: bytes[start..<end], as: UTF8.self))
    }
  }

  private init(slowly text: String) {
    let lowered = text.lowercased()
    if Self.missingWords.contains(lowered) {
      self = .missing
    } else if text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }),
      let number = Double(text)
    {
      self = .number(number)
    } else if ["inf", "infinity"].contains(lowered.drop { $0 == "+" || $0 == "-" }) {
      self = .number(lowered.hasPrefix("-") ? -.infinity : .infinity)
    } else {
      self = .text
    }
  }

  /// Numbers whose digits fit 53 bits and whose power of ten is at most 22 are one exact operation
  /// away from their value (Clinger 1990); nil for all others.
  private static func quickNumber(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int
  ) -> Double? {
    var index = start
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var sawPoint = false
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        digits += 1
        guard digits < 19 else { return nil }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if sawPoint { exponent -= 1 }
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    if index < end {
      guard bytes[index] | 0x20 == UInt8(ascii: "e"), end - index <= 5 else { return nil }
      guard let power = Int(String(decoding: bytes[(index + 1)..<end], as: UTF8.self)) else {
        return nil
      }
      exponent += power
    }
    guard mantissa < 1 << 53, abs(exponent) <= 22 else { return nil }
    let power = powersOfTen[abs(exponent)]
    let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    return isNegative ? -value : value
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
