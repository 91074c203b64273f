import Exploration
import TextFormatting

extension Report {
  static let soundsTitle = "Listen by looking"
  static let soundsNote =
    "The first sound of each class, up to ten seconds of it: time to the right, pitch upwards (mel "
    + "scale), brighter is louder, down to 80 dB below the loudest place."
}

extension Page {
  /// A spectrogram of each class, as part of the page itself.
  var sounds: HTML {
    let pictures = report.soundPictures.map { picture in
      HTML(
        markup: "<figure><img alt=\"\(markupText("spectrogram of \(picture.label)"))\" "
          + "src=\"data:image/png;base64,\(base64(picture.png))\">"
          + HTML.element("figcaption", [:], picture.label).markup + "</figure>\n")
    }
    return .element("p", ["class": "note"], Report.soundsNote)
      + .element("div", ["class": "sounds"], .joined(pictures))
  }
}

/// Bytes as text in which six bits are one letter (RFC 4648).
func base64(_ bytes: [UInt8]) -> String {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var result: [UInt8] = []
  result.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    var bits = 0
    for index in 0..<3 { bits = bits << 8 | (index < group.count ? Int(group[start + index]) : 0) }
    for index in 0..<4 {
      let letter = letters[bits >> (18 - 6 * index) & 63]
      result.append(index <= group.count ? letter : UInt8(ascii: "="))
    }
  }
  return String(decoding: result, as: UTF8.self)
}
