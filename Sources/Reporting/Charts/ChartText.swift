import TextFormatting

/// The text, its middle left out where it would be wider than the room: names that begin alike
/// stay different.
package func shortened(_ text: String, width: Double, size: Double) -> String {
  guard textWidth(text, size: size) > width else { return text }
  let letters = Array(text)
  for count in stride(from: letters.count - 1, to: 1, by: -1) {
    let tail = count / 2
    let short = String(letters.prefix(count - tail)) + "…" + String(letters.suffix(tail))
    if textWidth(short, size: size) <= width { return short }
  }
  return clipped(text, width: width, size: size)
}

/// Text broken between words into lines of a width.
package func wrapped(_ text: String, width: Double, size: Double) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    if let last = lines.last, textWidth("\(last) \(word)", size: size) <= width {
      lines[lines.count - 1] = "\(last) \(word)"
    } else {
      lines.append(clipped(String(word), width: width, size: size))
    }
  }
  return lines
}

/// A difference of shares in points with its sign, as in `+1.2`, `−0.4` or `0.0`.
package func signedPoints(_ share: Double) -> String {
  let text = fixed(abs(share) * 100, decimals: 1)
  if text == "0.0" { return text }
  return (share < 0 ? "−" : "+") + text
}

/// `first`, `2nd`, `3rd` or, at the end, `last`.
package func place(_ rank: Int, of count: Int) -> String {
  if rank == 1 { return "first" }
  if rank == count { return "last" }
  switch (rank % 10, rank % 100) {
  case (1, 21...): return "\(rank)st"
  case (2, ...2), (2, 22...): return "\(rank)nd"
  case (3, ...3), (3, 23...): return "\(rank)rd"
  default: return "\(rank)th"
  }
}

extension SVG {
  /// A bold title and muted lines below it, broken where the picture ends.
  ///
  /// - Returns: where the next thing may begin, from the top.
  mutating func heading(_ title: String, _ words: String) -> Double {
    var y = 12.0
    for line in Self.titleLines(title, width: width) {
      y += 18
      text(line, x: 16, y: y, size: 16, isBold: true)
    }
    y += 4
    for line in wrapped(words, width: width - 32, size: 12) {
      y += 16
      text(line, x: 16, y: y, style: "muted")
    }
    return y
  }

  /// The height that `heading` takes in a picture of a width.
  static func headingHeight(_ title: String, _ words: String, width: Double) -> Double {
    16 + 18 * Double(titleLines(title, width: width).count)
      + 16 * Double(wrapped(words, width: width - 32, size: 12).count)
  }

  private static func titleLines(_ title: String, width: Double) -> [String] {
    // Bold letters are an eighth wider.
    wrapped(title, width: (width - 32) / 1.125, size: 16)
  }
}
