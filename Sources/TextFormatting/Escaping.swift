/// A field of a CSV file: quoted where a comma, a quote, a line end or a blank at the edge needs it
/// (RFC 4180).
package func csvField(_ text: String) -> String {
  let needsQuotes =
    text.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) } || text.first == " "
    || text.last == " "
  guard needsQuotes else { return text }
  return "\""
    + text.split(separator: "\"", omittingEmptySubsequences: false)
    .joined(separator: "\"\"") + "\""
}

/// Text inside an HTML or XML element or a quoted attribute; characters that XML cannot hold become
/// U+FFFD.
package func markupText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
    case _
    where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || scalar.value & 0xFFFE == 0xFFFE:
      result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Text for a terminal: control characters, and those that turn the direction of writing, are shown
/// as `\u{…}` and do nothing.
package func terminalText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A name for a column of a terminal's table: escaped, and its middle left out where it is long.
package func terminalName(_ name: String) -> String {
  let text = terminalText(name)
  return text.count <= 48 ? text : text.prefix(31) + "…" + text.suffix(16)
}

/// Text for a cell of a Markdown table.
package func markdownText(_ text: String) -> String {
  var result = ""
  for character in terminalText(text) {
    if "\\`*_[]<>|#&".contains(character) { result.append("\\") }
    result.append(character)
  }
  return result
}

/// A file name made from any text, which stays inside its folder: letters, digits and `+-=._` are
/// kept, all else becomes `%XX`; the first dot too, so that no name is hidden or leads upwards.
///
/// Different texts give different names; a very long one ends in its hash.
package func fileName(_ text: String) -> String {
  var result = ""
  for (index, byte) in text.utf8.enumerated() {
    let character = Character(Unicode.Scalar(byte))
    let isKept =
      byte < 0x80 && (character.isLetter || character.isNumber || "+-=._".contains(character))
    if isKept, !(index == 0 && character == ".") {
      result.append(character)
    } else {
      let digits = String(byte, radix: 16, uppercase: true)
      result += "%" + (digits.count == 1 ? "0" : "") + digits
    }
  }
  guard result.utf8.count > 120 else { return result.isEmpty ? "%" : result }
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, enough to keep long names apart.
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return result.prefix(100) + "~" + String(hash, radix: 16)
}
