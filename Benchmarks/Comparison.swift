import FileSystem
import Glibc
import Reporting
import TextFormatting

/// Ours beside the peer's builds: a table and a picture.
struct Comparison {
  struct Row {
    var name: String
    var ours: Measurement
    var plain: Measurement?
    var accelerated: Measurement?
    /// The least seconds that are possible; nil where none is known.
    var bound: Double?

    func ratio(_ peer: Measurement?) -> Double? {
      guard let own = ours.seconds, let other = peer?.seconds else { return nil }
      return other / own
    }
  }

  var grid: String
  var rows: [Row]

  init(
    grid: String, ours: [Measurement], plain: [Measurement], accelerated: [Measurement],
    bound: LowerBound?
  ) {
    self.grid = grid
    rows = ours.map { own in
      let cell = own.name.split(separator: "/").dropFirst(2).joined()
      func find(_ list: [Measurement]) -> Measurement? {
        list.first { $0.name.split(separator: "/").dropFirst(3).joined() == cell }
      }
      let parts = cell.split(separator: "+").map(String.init)
      return Row(
        name: cell.isEmpty ? "whole grid" : cell, ours: own, plain: find(plain),
        accelerated: find(accelerated),
        bound: parts.count == 2
          ? bound?.seconds(transformation: parts[0], model: parts[1]) : nil)
    }
  }

  var csv: String {
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { fixed($0, decimals: decimals) } ?? ""
    }
    let header =
      "cell,seconds,plain_seconds,accelerated_seconds,plain_ratio,accelerated_ratio,bound_seconds,"
      + "times_bound,test_accuracy,plain_test_accuracy,accelerated_test_accuracy,peak_rss_mb,"
      + "plain_peak_rss_mb,accelerated_peak_rss_mb\n"
    return rows.reduce(header) { table, row in
      let peers = [row.plain, row.accelerated]
      let fields =
        [row.name, text(row.ours.seconds, 4)] + peers.map { text($0?.seconds, 4) }
        + peers.map { text(row.ratio($0), 2) }
        + [text(row.bound, 4), text(row.bound.flatMap { b in row.ours.seconds.map { $0 / b } }, 1)]
        + ([row.ours] + peers).map { text($0?.accuracy, 4) }
        + ([row.ours] + peers).map { text($0?.megabytes, 0) }
      return table + fields.joined(separator: ",") + "\n"
    }
  }

  /// Seconds on a logarithmic axis, a line a cell.
  var svg: SVG {
    let (left, width, top, step) = (190.0, 520.0, 86.0, 22.0)
    let bottom = top + step * Double(rows.count)
    var svg = SVG(width: left + width + 190, height: bottom + 44, title: "Seconds beside the peer")
    svg.text("Seconds for each cell: \(grid)", x: 16, y: 28, size: 16, isBold: true)
    var x = 16.0
    for (label, color) in [
      ("Explore", Self.colors[0]), ("scikit-learn", Self.colors[1]),
      ("scikit-learn, accelerated, two jobs", Self.colors[2]),
    ] {
      svg.circle(x: x + 5, y: 48, radius: 5, fill: color)
      svg.text(label, x: x + 16, y: 52, style: "muted")
      x += 34 + textWidth(label, size: 12)
    }
    svg.text("times faster than", x: left + width + 20, y: 52, style: "muted")
    svg.text("plain", x: left + width + 70, y: 70, style: "muted", anchor: .end)
    svg.text("accelerated", x: left + width + 160, y: 70, style: "muted", anchor: .end)
    let all = rows.flatMap { row in
      [row.ours, row.plain, row.accelerated].compactMap { $0?.seconds }.filter { $0 > 0 }
    }
    let low = floor(log10(all.min() ?? 0.01))
    let high = max(low + 1, ceil(log10(all.max() ?? 1)))
    func place(_ value: Double) -> Double { left + width * (log10(value) - low) / (high - low) }
    for exponent in stride(from: low, through: high, by: 1) {
      let x = place(pow(10, exponent))
      svg.line(x, top - 8, x, bottom, style: "grid")
      svg.text(
        seconds(decade: exponent), x: x, y: bottom + 20, style: "muted", anchor: .middle)
    }
    for (index, row) in rows.enumerated() {
      let y = top + step * (Double(index) + 0.5)
      svg.text(row.name, x: left - 14, y: y + 4, anchor: .end, isBold: index == 0)
      let dots = [row.ours, row.plain, row.accelerated].map { $0?.seconds }
      let known = dots.compactMap { $0 }.map(place)
      if let first = known.min(), let last = known.max() {
        svg.line(first, y, last, y, style: "axis")
      }
      for (dot, color) in zip(dots, Self.colors).reversed() {
        guard let dot else { continue }
        svg.circle(x: place(dot), y: y, radius: 5, fill: color, tip: duration(seconds: dot))
      }
      for (peer, x) in [(row.plain, 70.0), (row.accelerated, 160.0)] {
        guard let ratio = row.ratio(peer) else { continue }
        svg.text(
          fixed(ratio, decimals: ratio < 10 ? 1 : 0), x: left + width + x, y: y + 4, anchor: .end,
          isBold: index == 0)
      }
    }
    return svg
  }

  private static let colors = ["#0072b2", "#e69f00", "#cc79a7"]
}
