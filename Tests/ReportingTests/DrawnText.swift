import Reporting

/// A text in a picture and the room that it takes, read back from the markup.
struct DrawnText: CustomStringConvertible {
  var text: String
  var left, top, right, bottom: Double

  var description: String { "“\(text)” at \(Int(left)), \(Int(top))" }

  /// All texts of a picture.
  static func all(in svg: SVG) -> [DrawnText] {
    svg.document.matches(of: /<text([^>]*)>([^<]*)<\/text>/).map { match in
      var values: [Substring: Substring] = [:]
      for attribute in match.1.matches(of: /([a-z-]+)="([^"]*)"/) {
        values[attribute.1] = attribute.2
      }
      func number(_ name: Substring) -> Double { values[name].flatMap { Double($0) } ?? 0 }
      let text = String(match.2).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
        .replacing("&amp;", with: "&")
      let (x, y, size) = (number("x"), number("y"), number("font-size"))
      // `textWidth` leaves a tenth for the widest fonts.
      let width = textWidth(text, size: size) * (values["font-weight"] == nil ? 1 : 1.1) / 1.1
      let before =
        switch values["text-anchor"] {
        case "middle": width / 2
        case "end": width
        default: 0.0
        }
      guard values["transform"] != nil else {
        return DrawnText(
          text: text, left: x - before, top: y - size * 0.75, right: x - before + width,
          bottom: y + size * 0.2)
      }
      // Turned to run upwards.
      return DrawnText(
        text: text, left: x - size * 0.75, top: y + before - width, right: x + size * 0.2,
        bottom: y + before)
    }
  }

  func overlaps(_ other: DrawnText) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }
}
