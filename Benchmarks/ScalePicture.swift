import Glibc
import Reporting
import TextFormatting

/// Time and memory against rows and columns, both axes logarithmic, a line for each component.
struct ScalePicture {
  /// As in `model`.
  var kind: String
  /// Named `kind/component/axis/size`.
  var measurements: [Measurement]

  private struct Point {
    var component: String
    var size: Double
    var value: Double
  }

  private static let colors = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c7a00", "#7f7f7f",
  ]

  private var components: [String] {
    measurements.reduce(into: []) { names, measurement in
      let name = measurement.name.split(separator: "/").map(String.init)[1]
      if !names.contains(name) { names.append(name) }
    }
  }

  private func points(_ axis: String, _ value: (Measurement) -> Double?) -> [Point] {
    measurements.compactMap { measurement in
      let parts = measurement.name.split(separator: "/").map(String.init)
      guard parts.count == 4, parts[0] == kind, parts[2] == axis, measurement.seconds != nil,
        let size = Double(parts[3]),
        let value = value(measurement), value > 0
      else { return nil }
      return Point(component: parts[1], size: size, value: value)
    }
  }

  var svg: SVG {
    var svg = SVG(width: 1060, height: 760, title: "Time and memory of every \(kind)")
    svg.text(
      "Time and peak memory of every \(kind), with its defaults", x: 16, y: 28, size: 16,
      isBold: true)
    svg.text(
      "one thread; a line that ends early stopped at 8 GB or at "
        + "\(duration(seconds: Scale.mostSeconds))", x: 16, y: 47, style: "muted")
    let rows = "rows, 50 columns"
    let columns = "columns, 2000 rows"
    panel(
      points("rows") { $0.seconds }, x: 70, y: 80, "seconds against \(rows)", inSeconds: true, &svg)
    panel(
      points("columns") { $0.seconds }, x: 510, y: 80, "seconds against \(columns)",
      inSeconds: true, &svg)
    panel(
      points("rows") { $0.megabytes }, x: 70, y: 420, "peak memory against \(rows)",
      inSeconds: false, &svg)
    panel(
      points("columns") { $0.megabytes }, x: 510, y: 420, "peak memory against \(columns)",
      inSeconds: false, &svg)
    for (index, name) in components.enumerated() {
      let y = 110.0 + 22 * Double(index)
      svg.circle(x: 930, y: y - 4, radius: 5, fill: Self.colors[index % Self.colors.count])
      svg.text(clipped(name, width: 110, size: 12), x: 942, y: y)
    }
    return svg
  }

  private func panel(
    _ points: [Point], x left: Double, y top: Double, _ title: String, inSeconds: Bool,
    _ svg: inout SVG
  ) {
    let (width, height) = (360.0, 260.0)
    svg.text(title, x: left, y: top + 4, isBold: true)
    let base = top + 16
    guard !points.isEmpty else { return }
    func exponents(_ values: [Double]) -> (Double, Double) {
      let low = floor(log10(values.min() ?? 1) + 1e-9)
      return (low, max(low + 1, ceil(log10(values.max() ?? 10) - 1e-9)))
    }
    let (lowX, highX) = exponents(points.map(\.size))
    let (lowY, highY) = exponents(points.map(\.value))
    func place(_ point: Point) -> (x: Double, y: Double) {
      (
        left + width * (log10(point.size) - lowX) / (highX - lowX),
        base + height * (1 - (log10(point.value) - lowY) / (highY - lowY))
      )
    }
    for exponent in stride(from: lowX, through: highX, by: 1) {
      let x = left + width * (exponent - lowX) / (highX - lowX)
      svg.line(x, base, x, base + height, style: "grid")
      svg.text(
        power(ofTen: exponent), x: x, y: base + height + 18, style: "muted",
        anchor: .middle)
    }
    for exponent in stride(from: lowY, through: highY, by: 1) {
      let y = base + height * (1 - (exponent - lowY) / (highY - lowY))
      svg.line(left, y, left + width, y, style: "grid")
      svg.text(
        inSeconds ? seconds(decade: exponent) : byteCount(pow(10, exponent) * 1e6), x: left - 8,
        y: y + 4,
        style: "muted", anchor: .end)
    }
    for (index, name) in components.enumerated() {
      let own = points.filter { $0.component == name }.sorted { $0.size < $1.size }
      let color = Self.colors[index % Self.colors.count]
      svg.polyline(own.map(place), stroke: color)
      for point in own {
        let at = place(point)
        let value =
          inSeconds ? duration(seconds: point.value) : byteCount(point.value * 1e6)
        svg.circle(x: at.x, y: at.y, radius: 3.5, fill: color, tip: "\(name): \(value)")
      }
    }
  }
}
