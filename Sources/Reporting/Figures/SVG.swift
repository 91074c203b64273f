import Glibc
import TextFormatting

/// A picture under construction.
///
/// Colours of lines and letters are classes, so that one picture suits light and dark surroundings;
/// all text is escaped.
package struct SVG {
  package enum Anchor: String {
    case start, middle, end
  }

  package let width: Double
  package let height: Double
  let title: String
  private(set) var body = ""

  /// A picture of a size, whose title is read aloud in its place.
  package init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  // MARK: Elements

  /// A rectangle in a style of the sheet or filled with a colour; the tip is shown when the pointer
  /// rests on it.
  package mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, style: String? = nil,
    fill: String? = nil, radius: Double = 0, tip: String? = nil
  ) {
    element(
      "rect",
      [
        ("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)),
        ("rx", radius > 0 ? number(radius) : nil), ("class", style), ("fill", fill),
      ], tip: tip)
  }

  package mutating func text(
    _ text: String, x: Double, y: Double, style: String = "ink", size: Double = 12,
    anchor: Anchor = .start, isBold: Bool = false, fill: String? = nil, rotation: Double = 0
  ) {
    let attributes: [(String, String?)] = [
      ("x", number(x)), ("y", number(y)), ("class", fill == nil ? style : nil), ("fill", fill),
      ("font-size", number(size)), ("text-anchor", anchor == .start ? nil : anchor.rawValue),
      ("font-weight", isBold ? "600" : nil),
      (
        "transform",
        rotation == 0 ? nil : "rotate(\(number(rotation)) \(number(x)) \(number(y)))"
      ),
    ]
    body += "<text\(join(attributes))>\(markupText(text))</text>\n"
  }

  package mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String)
  {
    element(
      "line",
      [
        ("x1", number(x1)), ("y1", number(y1)), ("x2", number(x2)), ("y2", number(y2)),
        ("class", style),
      ])
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], style: String) {
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    element("polyline", [("points", text), ("class", style)])
  }

  /// A line through points in a colour.
  package mutating func polyline(_ points: [(x: Double, y: Double)], stroke: String) {
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    element(
      "polyline", [("points", text), ("fill", "none"), ("stroke", stroke), ("stroke-width", "2")])
  }

  package mutating func circle(
    x: Double, y: Double, radius: Double, style: String? = nil, fill: String? = nil,
    tip: String? = nil
  ) {
    element(
      "circle",
      [
        ("cx", number(x)), ("cy", number(y)), ("r", number(radius)), ("class", style),
        ("fill", fill),
      ], tip: tip)
  }

  /// A closed shape through points; `opacity` is 0 for clear to 1 for solid.
  mutating func polygon(
    _ points: [(x: Double, y: Double)], style: String? = nil, fill: String? = nil,
    opacity: Double? = nil, tip: String? = nil
  ) {
    let text = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    element(
      "polygon",
      [
        ("points", text), ("class", style), ("fill", fill),
        ("fill-opacity", opacity.map { fixed($0, decimals: 2) }),
      ], tip: tip)
  }

  /// A line that leaves one point level, and comes level to another right of it.
  mutating func curve(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), style: String
  ) {
    let middle = number((start.x + end.x) / 2)
    element(
      "path",
      [
        (
          "d",
          "M\(number(start.x)),\(number(start.y))C\(middle),\(number(start.y)) "
            + "\(middle),\(number(end.y)) \(number(end.x)),\(number(end.y))"
        ), ("class", style),
      ])
  }

  /// A picture of dots, stretched to the rectangle; `reference` is its address or its `data:` text.
  package mutating func image(
    _ reference: String, x: Double, y: Double, width: Double, height: Double
  ) {
    element(
      "image",
      [
        ("x", number(x)), ("y", number(y)), ("width", number(width)), ("height", number(height)),
        ("preserveAspectRatio", "none"), ("href", reference),
      ], tip: nil)
  }

  private mutating func element(
    _ name: String, _ attributes: [(String, String?)], tip: String? = nil
  ) {
    body += "<\(name)\(join(attributes))"
    body += tip.map { "><title>\(markupText($0))</title></\(name)>\n" } ?? "/>\n"
  }

  private func join(_ attributes: [(String, String?)]) -> String {
    attributes.compactMap { name, value in value.map { " \(name)=\"\(markupText($0))\"" } }.joined()
  }

  private func number(_ value: Double) -> String {
    let text = fixed(value, decimals: 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  // MARK: The picture

  private var opening: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"figure\" viewBox=\"0 0 \(number(width)) "
      + "\(number(height))\" width=\"\(number(width))\" height=\"\(number(height))\" role=\"img\" "
      + "font-family=\"\(Self.fonts)\"><title>\(markupText(title))</title>\n"
  }

  /// A file of its own, with its colours and a ground to stand on.
  package var document: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + opening
      + "<style>\(Self.styleSheet)</style>\n"
      + "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>\n" + body + "</svg>\n"
  }

  /// A part of a page that has the style sheet.
  var inline: String { "<div class=\"chart\">\(opening)\(body)</svg></div>\n" }

  static let fonts =
    "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, Noto Sans, Liberation Sans, sans-serif"

  /// The classes that pictures use, for light and dark surroundings.
  static let styleSheet = """
    .paper{fill:#ffffff}.ink{fill:#1b2330}.muted{fill:#5d6879}.grid{stroke:#e2e6ed;stroke-width:1}\
    .axis{stroke:#9aa4b2;stroke-width:1}.empty{fill:#eef1f5}.mark{fill:none;stroke:#1b2330;stroke-width:2}\
    .best{fill:none;stroke:#f59e0b;stroke-width:3}\
    .train{fill:none;stroke:#d97706;stroke-width:2;stroke-dasharray:5 3}\
    .validation{fill:none;stroke:#2563eb;stroke-width:2}.train-dot{fill:#d97706}\
    .validation-dot{fill:#2563eb}.front{fill:none;stroke:#9aa4b2;stroke-width:1.5;stroke-dasharray:4 3}\
    .halo{stroke:#ffffff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}.stripe{fill:#f5f7fa}\
    .sure{fill:none;stroke:#1d5fd1;stroke-width:3}.sure-dot{fill:#1d5fd1}\
    .unsure{fill:none;stroke:#a3adba;stroke-width:2}.unsure-dot{fill:#7b8696}\
    .zero{stroke:#5d6879;stroke-width:1.5}.leader{fill:none;stroke:#9aa4b2;stroke-width:1}\
    .fall{fill:none;stroke:#c2410c;stroke-width:5}.fall-ground{fill:#c2410c}.fall-ink{fill:#b23a08}\
    .rise{fill:none;stroke:#1d5fd1;stroke-width:5}.rise-ground{fill:#1d5fd1}.rise-ink{fill:#1d5fd1}\
    .still{fill:none;stroke:#cbd2dc;stroke-width:2}.still-ground{fill:#e4e8ee}\
    .broken{fill:none;stroke:#cbd2dc;stroke-width:2;stroke-dasharray:4 4}.on-color{fill:#ffffff}\
    .worse{fill:none;stroke:#c2410c;stroke-width:3}.worse-dot{fill:#c2410c}\
    .ring{fill:#ffffff;stroke:#5d6879;stroke-width:2}.clique{stroke:#1b2330;stroke-width:5}\
    .best-so-far{fill:none;stroke:#d97706;stroke-width:2}\
    @media (prefers-color-scheme:dark){.paper{fill:#12161d}.ink{fill:#e8ecf2}.muted{fill:#9aa5b5}\
    .grid{stroke:#2a313c}.axis{stroke:#5d6879}.empty{fill:#1e242e}.mark{stroke:#ffffff}\
    .train{stroke:#f59e0b}.validation{stroke:#60a5fa}.train-dot{fill:#f59e0b}\
    .validation-dot{fill:#60a5fa}.front{stroke:#6b7685}\
    .halo{stroke:#12161d}.stripe{fill:#181e27}.sure{stroke:#60a5fa}.sure-dot{fill:#60a5fa}\
    .unsure{stroke:#566274}.unsure-dot{fill:#8a96a8}.zero{stroke:#9aa5b5}.leader{stroke:#566274}\
    .fall{stroke:#fb8a4c}.fall-ground{fill:#fb8a4c}.fall-ink{fill:#ff9d66}\
    .rise{stroke:#60a5fa}.rise-ground{fill:#60a5fa}.rise-ink{fill:#7db6ff}\
    .still{stroke:#394352}.still-ground{fill:#2a323e}.broken{stroke:#394352}.on-color{fill:#10161f}\
    .worse{stroke:#fb8a4c}.worse-dot{fill:#fb8a4c}.ring{fill:#12161d;stroke:#9aa5b5}\
    .clique{stroke:#e8ecf2}.best-so-far{stroke:#f59e0b}}
    """
}

/// How wide text will be, near enough to place it: from the letters' usual widths.
package func textWidth(_ text: String, size: Double) -> Double {
  var ems = 0.0
  for character in text {
    switch character {
    case "i", "j", "l", "t", "f", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", " ", "I":
      ems += 0.32
    case "m", "w", "M", "W", "%", "@": ems += 0.88
    case "A"..."Z", "+", "=", "–": ems += 0.66
    default:
      ems +=
        character.isASCII
        ? 0.56 : (character.unicodeScalars.contains { $0.value > 0x2E80 } ? 1.0 : 0.6)
    }
  }
  // The widest of the usual fonts needs a tenth more.
  return ems * size * 1.1
}

/// The text, cut with an ellipsis where it would be wider than the room.
package func clipped(_ text: String, width: Double, size: Double) -> String {
  guard textWidth(text, size: size) > width else { return text }
  var rest = text
  while !rest.isEmpty, textWidth(rest + "…", size: size) > width { rest.removeLast() }
  return rest + "…"
}

/// Round numbers that divide a range into about so many steps.
package func ticks(from low: Double, to high: Double, about count: Int) -> [Double] {
  guard high > low, (high - low).isFinite else { return [low] }
  let rough = (high - low) / Double(max(1, count))
  let power = pow(10, floor(log10(rough)))
  let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
  let first = (low / step).rounded(.up)
  let last = (high / step + 1e-9).rounded(.down)
  guard last >= first, last - first < 1000 else { return [low, high] }
  return stride(from: first, through: last, by: 1).map { $0 * step }
}

/// The number of decimals that tells ticks apart.
package func decimals(of ticks: [Double]) -> Int {
  guard ticks.count > 1 else { return 2 }
  let step = abs(ticks[1] - ticks[0])
  for decimals in 0...6 {
    let scaled = step * pow(10, Double(decimals))
    if abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled) { return decimals }
  }
  return 6
}

/// A colour scale from pale to deep blue, with a colour for letters on it.
package struct HeatScale {
  package var low: Double
  var high: Double

  /// A scale for a table of accuracies: one very bad cell does not make all others look alike.
  package init(accuracies: [Double]) {
    high = accuracies.max() ?? 1
    low = max(accuracies.min() ?? 0, high - 0.3)
  }

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  private static let stops: [(Double, Double, Double)] = [
    (239, 246, 252), (198, 220, 240), (134, 183, 222), (66, 133, 194), (23, 83, 147), (11, 48, 97),
  ]

  private func mix(_ value: Double) -> (Double, Double, Double) {
    let share = high > low ? min(max((value - low) / (high - low), 0), 1) : 0.5
    let place = share * Double(Self.stops.count - 1)
    let index = min(Int(place), Self.stops.count - 2)
    let rest = place - Double(index)
    let (a, b) = (Self.stops[index], Self.stops[index + 1])
    return (a.0 + rest * (b.0 - a.0), a.1 + rest * (b.1 - a.1), a.2 + rest * (b.2 - a.2))
  }

  package func color(_ value: Double) -> String {
    let (red, green, blue) = mix(value)
    func hexadecimal(_ part: Double) -> String {
      let digits = String(Int(part.rounded()), radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    return "#" + hexadecimal(red) + hexadecimal(green) + hexadecimal(blue)
  }

  /// Dark letters on pale ground, white ones on deep ground.
  package func inkColor(_ value: Double) -> String {
    let (red, green, blue) = mix(value)
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#10202f" : "#ffffff"
  }
}
