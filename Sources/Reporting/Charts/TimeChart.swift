import Glibc
import TextFormatting

/// Test accuracy against the seconds spent fitting, with the cells that no other beats in both.
///
/// Figures of different protocols or rows are not ranked together: each has a panel and a front.
package struct TimeChart: Sendable {
  package struct Dot: Sendable {
    package var name: String
    package var seconds: Double
    /// A share.
    package var accuracy: Double
    /// The numbers of the model and the transformation, which give the colour and the shape.
    package var model: Int
    package var transformation: Int
    /// The number of the input, from 0; nil where there is only one.
    package var input: Int?

    package init(
      name: String, seconds: Double, accuracy: Double, model: Int, transformation: Int,
      input: Int? = nil
    ) {
      self.name = name
      self.seconds = seconds
      self.accuracy = accuracy
      self.model = model
      self.transformation = transformation
      self.input = input
    }
  }

  package struct Panel: Sendable {
    /// Empty for the only one.
    package var name: String
    package var dots: [Dot]

    package init(name: String, dots: [Dot]) {
      self.name = name
      self.dots = dots
    }
  }

  static let title = "Test accuracy against fit time"
  package let panels: [Panel]
  package let models: [String]
  package let transformations: [String]
  package let inputs: [String]

  /// - Parameters:
  ///   - panels: what is ranked together, one at least.
  ///   - models: all of the experiment, by number; the legend has those that have a dot.
  ///   - transformations: likewise.
  ///   - inputs: likewise.
  package init(
    panels: [Panel], models: [String], transformations: [String], inputs: [String] = []
  ) {
    self.panels = panels
    self.models = models
    self.transformations = transformations
    self.inputs = inputs
  }

  private static let plotWidth = 560.0
  private static let left = 60.0
  private var words: String {
    let isCut = panels.contains { panel in
      let accuracies = panel.dots.map(\.accuracy)
      return accuracies.contains { $0 < lowEnd(of: accuracies) }
    }
    return
      "seconds over all settings and folds; named and dashed: no other cell is both faster and "
      + "better" + (isCut ? "; on the lower edge: below it" : "")
  }

  private var plotHeight: Double { panels.count > 1 ? 240 : 340 }

  private func seconds(_ dot: Dot) -> Double { max(dot.seconds, 1e-4) }

  package var svg: SVG {
    let entries = legendEntries
    let panelHeight = plotHeight + 74
    let legendHeight = 60 + 20 * Double(entries.count)
    let names = entries.map { textWidth($0.name, size: 12) }.max() ?? 0
    let width = Self.left + Self.plotWidth + 52 + min(200, max(110, names)) + 12
    let top = SVG.headingHeight(Self.title, words, width: width)
    let height = top + max(Double(panels.count) * panelHeight + 24, legendHeight)
    var svg = SVG(width: width, height: height, title: Self.title)
    _ = svg.heading(Self.title, words)
    let dots = panels.flatMap(\.dots)
    guard !dots.isEmpty else {
      svg.text("no cell was computed", x: Self.left, y: top + 40, style: "muted")
      return svg
    }
    // One scale of time, so that panels can be read below each other.
    let exponents = dots.map { log10(seconds($0)) }
    let low = ((exponents.min() ?? 0) - 0.1).rounded(.down)
    let high = max(((exponents.max() ?? 1) + 0.1).rounded(.up), low + 1)
    let across = Axis(low: low, high: high, from: Self.left, to: Self.left + Self.plotWidth)
    for (index, panel) in panels.enumerated() where !panel.dots.isEmpty {
      draw(panel, across, top: top + 34 + Double(index) * panelHeight, &svg)
    }
    legend(entries, x: Self.left + Self.plotWidth + 34, y: top + 30, &svg)
    return svg
  }

  private func draw(_ panel: Panel, _ across: Axis, top: Double, _ svg: inout SVG) {
    let bottom = top + plotHeight
    let values = panel.dots.map { $0.accuracy * 100 }
    let lowest = max(0, (lowEnd(of: values.map { $0 / 100 }) * 20 - 0.2).rounded(.down) * 5)
    let highest = min(100, ((values.max() ?? 100) / 5 + 0.2).rounded(.up) * 5)
    let upwards = Axis(low: lowest, high: highest, from: bottom, to: top)
    if !panel.name.isEmpty {
      svg.text(
        clipped(panel.name, width: Self.plotWidth, size: 13), x: Self.left, y: top - 10, size: 13,
        isBold: true)
    }
    svg.uprightGrid(upwards, left: Self.left, right: Self.left + Self.plotWidth, about: 6)
    svg.text("%", x: Self.left - 6, y: top - 10, style: "muted", size: 11, anchor: .end)
    for exponent in stride(from: across.low, through: across.high, by: 1) {
      let x = across.place(exponent)
      svg.line(x, top, x, bottom, style: "grid")
      svg.text(
        duration(seconds: pow(10, exponent)), x: x, y: bottom + 18, style: "muted", anchor: .middle)
    }
    func place(_ dot: Dot) -> (x: Double, y: Double) {
      (across.place(log10(seconds(dot))), upwards.place(dot.accuracy * 100))
    }
    let front = front(panel.dots)
    svg.polyline(front.map(place), style: "front")
    var room = LabelRoom(
      Box(
        left: Self.left + 2, top: top + 1, right: Self.left + Self.plotWidth - 2,
        bottom: bottom - 2))
    for dot in panel.dots {
      let (x, y) = place(dot)
      room.take(Box(left: x - 6, top: y - 6, right: x + 6, bottom: y + 6))
      shape(
        dot.transformation, x: x, y: y, color: SeriesColor.of(dot.model),
        tip: "\(dot.name): \(percentage(dot.accuracy)) in \(duration(seconds: dot.seconds))", &svg)
      if let input = dot.input {
        svg.text("\(input + 1)", x: x + 7, y: y - 4, style: "muted", size: 9)
        room.take(Box(left: x + 6, top: y - 12, right: x + 18, bottom: y - 2))
      }
    }
    // The best first, so that it is the one that surely has its name.
    for dot in front.reversed() {
      let point = place(dot)
      let name = shortened(dot.name, width: 190, size: 11)
      guard let label = room.place(name, size: 11, at: point) else { continue }
      if label.needsLeader {
        svg.line(
          point.x, point.y, min(max(point.x, label.box.left), label.box.right),
          min(max(point.y, label.box.top), label.box.bottom), style: "leader")
      }
      svg.text(name, x: label.x, y: label.y, style: "ink halo", size: 11, isBold: false)
    }
  }

  /// The dots that no other beats in time and accuracy, the fastest first.
  package func front(_ dots: [Dot]) -> [Dot] {
    var best = -1.0
    return dots.sorted {
      (seconds($0), -$0.accuracy) < (seconds($1), -$1.accuracy)
    }.filter {
      guard $0.accuracy > best else { return false }
      best = $0.accuracy
      return true
    }
  }

  /// A shape for each transformation.
  private func shape(
    _ transformation: Int, x: Double, y: Double, color: String, tip: String?, _ svg: inout SVG
  ) {
    switch transformation % 5 {
    case 0: svg.circle(x: x, y: y, radius: 5, fill: color, tip: tip)
    case 1: svg.rectangle(x: x - 4.5, y: y - 4.5, width: 9, height: 9, fill: color, tip: tip)
    case 2: svg.polygon([(x, y - 6), (x + 5.5, y + 4), (x - 5.5, y + 4)], fill: color, tip: tip)
    case 3: svg.polygon([(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)], fill: color, tip: tip)
    default: svg.polygon([(x - 5.5, y - 4), (x + 5.5, y - 4), (x, y + 6)], fill: color, tip: tip)
    }
  }

  // MARK: The legend

  private enum Sign {
    case heading, model(Int), transformation(Int), input(Int)
  }

  /// Only what has a dot; a kind of which there is only one needs no entry.
  private var legendEntries: [(sign: Sign, name: String)] {
    let dots = panels.flatMap(\.dots)
    func used(_ names: [String], _ number: (Dot) -> Int?) -> [Int] {
      names.indices.filter { index in dots.contains { number($0) == index } }
    }
    var entries: [(Sign, String)] = [(.heading, "model")]
    entries += used(models, \.model).map { (.model($0), models[$0]) }
    let shapes = used(transformations, \.transformation)
    if shapes.count > 1 {
      entries.append((.heading, "transformation"))
      entries += shapes.map { (.transformation($0), transformations[$0]) }
    }
    let numbers = used(inputs, \.input)
    if !numbers.isEmpty {
      entries.append((.heading, "input"))
      entries += numbers.map { (.input($0), inputs[$0]) }
    }
    return entries
  }

  private func legend(
    _ entries: [(sign: Sign, name: String)], x: Double, y top: Double, _ svg: inout SVG
  ) {
    var y = top - 10
    for (sign, name) in entries {
      y += 20
      switch sign {
      case .heading:
        if y > top + 20 { y += 10 }
        svg.text(name, x: x - 6, y: y, style: "muted")
        continue
      case .model(let index): svg.circle(x: x, y: y - 4, radius: 5, fill: SeriesColor.of(index))
      case .transformation(let index):
        shape(index, x: x, y: y - 4, color: "#7f8a99", tip: nil, &svg)
      case .input(let index):
        svg.text("\(index + 1)", x: x, y: y, style: "muted", size: 11, anchor: .middle)
      }
      svg.text(shortened(name, width: 200, size: 12), x: x + 12, y: y)
    }
  }
}
