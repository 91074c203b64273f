import TextFormatting

/// Accuracies with their intervals, the best on top, and beside them the differences to the best.
package struct ForestPlot: Sendable {
  package struct Row: Sendable {
    package var name: String
    /// A share; nil for a cell without a result.
    package var accuracy: Double?
    package var interval: Bounds?
    /// Cells that share one cannot be told apart; empty where nothing was tested.
    package var letters: String
    /// This cell minus the best, as a share; nil for the best itself and where nothing was compared.
    package var difference: Double?
    /// Simultaneous with those of the other cells.
    package var differenceInterval: Bounds?
    /// What stands in place of a missing accuracy.
    package var remark: String

    package init(
      name: String, accuracy: Double?, interval: Bounds? = nil, letters: String = "",
      difference: Double? = nil, differenceInterval: Bounds? = nil, remark: String = ""
    ) {
      self.name = name
      self.accuracy = accuracy
      self.interval = interval
      self.letters = letters
      self.difference = difference
      self.differenceInterval = differenceInterval
      self.remark = remark
    }
  }

  package var title: String
  /// What the reader should take from it, in a sentence or two.
  package var words: String
  /// The highest accuracy first, cells without one last; else in the order that they were given in.
  package let rows: [Row]
  /// The row that differences are to; nil for the first one.
  package var reference: String?

  package init(
    title: String = "Test accuracy with 95 % intervals", words: String, rows: [Row],
    reference: String? = nil
  ) {
    self.title = title
    self.words = words
    self.reference = reference
    self.rows = rows.enumerated().sorted {
      let (a, b) = ($0.element.accuracy ?? -1, $1.element.accuracy ?? -1)
      return a == b ? $0.offset < $1.offset : a > b
    }.map(\.element)
  }

  private var hasLetters: Bool { rows.contains { !$0.letters.isEmpty } }
  private var hasDifferences: Bool { rows.contains { $0.difference != nil } }

  /// Where the columns begin, from the left.
  private struct Columns {
    var name = 16.0
    var nameWidth: Double
    var accuracy: Double
    var accuracyWidth = 250.0
    var number: Double
    var letters: Double
    var lettersWidth: Double
    var difference: Double
    var differenceWidth: Double
    var width: Double
  }

  private var columns: Columns {
    let names = rows.map { textWidth($0.name, size: 12) }.max() ?? 0
    let nameWidth = min(260, max(60, names * 1.12))
    let accuracy = 16 + nameWidth + 16
    let number = accuracy + 250 + 14
    let numbers = rows.map { textWidth(Self.numberText($0), size: 12) }.max() ?? 0
    let letters = number + max(80, numbers) + 14
    let widest = rows.map { textWidth($0.letters, size: 12) }.max() ?? 0
    let lettersWidth = hasLetters ? min(120, max(widest, 46)) : 0
    let difference = letters + lettersWidth + (hasLetters ? 18 : 0)
    let differenceWidth = hasDifferences ? 220.0 : 0
    return Columns(
      nameWidth: nameWidth, accuracy: accuracy, number: number, letters: letters,
      lettersWidth: lettersWidth, difference: difference, differenceWidth: differenceWidth,
      width: difference + differenceWidth + 24)
  }

  private static func numberText(_ row: Row) -> String {
    guard let accuracy = row.accuracy else { return "" }
    let text = fixed(accuracy * 100, decimals: 1)
    guard let interval = row.interval else { return text }
    return "\(text) [\(fixed(interval.low * 100, decimals: 1))–"
      + "\(fixed(interval.high * 100, decimals: 1))]"
  }

  private var footnotes: [String] {
    var notes: [String] = []
    let known = rows.compactMap(\.accuracy)
    if known.contains(where: { $0 < lowEnd(of: known) }) {
      notes.append("Arrows: so low that the axis leaves them out.")
    }
    if hasLetters { notes.append("Cells that share a letter cannot be told apart.") }
    if hasDifferences, let best = reference ?? rows.first?.name {
      notes.append(
        "Right: the difference to \(shortened(best, width: 330, size: 11)), with 95 % intervals "
          + "that hold for all pairs together; blue: 0 lies outside.")
    }
    return notes
  }

  package var svg: SVG {
    let columns = self.columns
    let rowHeight = rows.count > 20 ? 20.0 : 25.0
    let headHeight = SVG.headingHeight(title, words, width: columns.width)
    let top = headHeight + 34
    let bottom = top + rowHeight * Double(rows.count)
    let notes = footnotes.flatMap { wrapped($0, width: columns.width - 32, size: 11) }
    var svg = SVG(
      width: columns.width, height: bottom + 30 + 16 * Double(notes.count) + 12, title: title)
    _ = svg.heading(title, words)
    for row in rows.indices where row % 2 == 1 {
      svg.rectangle(
        x: 8, y: top + rowHeight * Double(row), width: columns.width - 16, height: rowHeight,
        style: "stripe")
    }
    heads(columns, y: top - 10, &svg)
    let least = lowEnd(of: rows.compactMap(\.accuracy))
    let accuracies = Axis(
      around: rows.filter { $0.accuracy ?? -1 >= least }.flatMap { row in
        [row.accuracy, row.interval?.low, row.interval?.high].compactMap { $0 }
      }, within: 0...1, leastSpan: 0.02, from: columns.accuracy,
      to: columns.accuracy + columns.accuracyWidth)
    svg.levelGrid(accuracies, top: top, bottom: bottom, about: 5, scale: 100)
    let farthest = lowEnd(of: [0] + rows.compactMap(\.difference))
    let distances = Axis(
      around: [0]
        + rows.filter { $0.difference ?? -1 >= farthest }.flatMap { row in
          [row.difference, row.differenceInterval?.low, row.differenceInterval?.high]
            .compactMap { $0 }
        }, within: -1...1, leastSpan: 0.02, from: columns.difference,
      to: columns.difference + columns.differenceWidth)
    if hasDifferences {
      svg.levelGrid(distances, top: top, bottom: bottom, about: 4, scale: 100, isSigned: true)
      svg.line(distances.place(0), top, distances.place(0), bottom, style: "zero")
    }
    for (index, row) in rows.enumerated() {
      let y = top + rowHeight * (Double(index) + 0.5)
      svg.text(
        shortened(row.name, width: columns.nameWidth / 1.12, size: 12), x: columns.name, y: y + 4,
        isBold: index == 0 && row.accuracy != nil)
      guard let accuracy = row.accuracy else {
        svg.text(
          clipped(row.remark, width: columns.accuracyWidth, size: 12), x: columns.accuracy,
          y: y + 4, style: "muted")
        continue
      }
      Self.mark(
        accuracy, row.interval, isSure: true, on: accuracies, y: y,
        tip: "\(row.name): \(Self.numberText(row)) %", &svg)
      svg.text(Self.numberText(row), x: columns.number, y: y + 4)
      svg.text(
        clipped(row.letters, width: columns.lettersWidth, size: 12), x: columns.letters, y: y + 4,
        isBold: true)
      guard hasDifferences else { continue }
      if let difference = row.difference {
        let text = row.differenceInterval.map {
          ", \(signedPoints($0.low)) to \(signedPoints($0.high))"
        }
        Self.mark(
          difference, row.differenceInterval, isSure: row.differenceInterval?.excludesZero ?? false,
          on: distances, y: y,
          tip: "\(row.name): \(signedPoints(difference)) points\(text ?? "")", &svg)
      } else if index == 0 {
        svg.circle(x: distances.place(0), y: y, radius: 3.5, style: "unsure-dot")
      }
    }
    for (index, note) in notes.enumerated() {
      svg.text(note, x: 16, y: bottom + 42 + 16 * Double(index), style: "muted", size: 11)
    }
    return svg
  }

  private func heads(_ columns: Columns, y: Double, _ svg: inout SVG) {
    svg.text("accuracy, %", x: columns.accuracy, y: y, style: "muted")
    if hasLetters { svg.text("letters", x: columns.letters, y: y, style: "muted") }
    if hasDifferences {
      svg.text("difference to the best, points", x: columns.difference, y: y, style: "muted")
    }
  }

  /// A dot with its interval.
  static func mark(
    _ value: Double, _ interval: Bounds?, isSure: Bool, on axis: Axis, y: Double, tip: String,
    _ svg: inout SVG
  ) {
    let style = isSure ? "sure" : "unsure"
    guard value >= axis.low else {
      // An arrow: the value lies beyond the axis.
      let x = axis.start
      svg.polygon([(x, y), (x + 9, y - 4.5), (x + 9, y + 4.5)], style: "\(style)-dot", tip: tip)
      return
    }
    if let interval {
      svg.line(axis.place(interval.low), y, axis.place(interval.high), y, style: style)
    }
    svg.circle(x: axis.place(value), y: y, radius: 4.5, style: "\(style)-dot", tip: tip)
  }
}
