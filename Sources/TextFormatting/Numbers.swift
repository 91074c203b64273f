import Glibc

/// A number with a fixed count of decimals, correctly rounded; `nan` and `inf` as such.
package func fixed(_ value: Double, decimals: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 352)
  let length = withVaList([Int32(decimals), value]) {
    vsnprintf(&buffer, buffer.count, "%.*f", $0)
  }
  let text = String(
    decoding: buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  // A rounded −0.0001 is written as zero, without its sign.
  return text.hasPrefix("-") && text.allSatisfy({ "-0.".contains($0) })
    ? String(text.dropFirst()) : text
}

/// A share as a percentage with one decimal, as in `87.3 %`.
package func percentage(_ share: Double) -> String { fixed(share * 100, decimals: 1) + " %" }

/// A number as short as it can be and still be read back the same; whole numbers without `.0`.
package func shortest(_ value: Double) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// A number with so many significant digits at most, as in `0.001` or `3.16e-05`.
package func significant(_ value: Double, digits: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = withVaList([Int32(digits), value]) {
    vsnprintf(&buffer, buffer.count, "%.*g", $0)
  }
  return String(
    decoding: buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// A span of time with the two units that matter, as in `20 µs`, `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`.
package func duration(seconds: Double) -> String {
  switch seconds {
  case 0.5e-6..<0.95e-3: return fixed(seconds * 1e6, decimals: 0) + " µs"
  case ..<0.9995: return fixed(seconds * 1000, decimals: seconds < 0.0095 ? 1 : 0) + " ms"
  case ..<59.95: return fixed(seconds, decimals: 1) + " s"
  case ..<3599.5:
    let whole = Int(seconds.rounded())
    return "\(whole / 60) min \(padded(whole % 60)) s"
  default:
    guard seconds < 1e9 else { return "years" }
    let minutes = Int((seconds / 60).rounded())
    return "\(minutes / 60) h \(padded(minutes % 60)) min"
  }
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// A number of bytes in powers of ten, as in `3.2 MB`.
package func byteCount(_ bytes: Double) -> String {
  var value = bytes
  for unit in ["bytes", "kB", "MB", "GB"] {
    if value < 999.5 {
      return (unit == "bytes" ? fixed(value, decimals: 0) : fixed(value, decimals: 1)) + " " + unit
    }
    value /= 1000
  }
  return fixed(value, decimals: 1) + " TB"
}

/// A whole number with its digits in threes, as in `629,218,218`.
package func grouped(_ number: Int) -> String {
  let digits = Array(String(number.magnitude))
  return (number < 0 ? "-" : "")
    + digits.indices.map { index in
      (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
    }.joined()
}

/// A count and its noun, as in `1 row`, `3 rows`.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
