import TextFormatting

/// How cells change places between protocols: a column a protocol, a line a cell, the best on top.
package struct RankMovement: Sendable {
  package struct Column: Sendable {
    package var name: String
    /// When this is what was asked, as in `when no artist is both learnt from and tested`; completes a sentence.
    package var condition: String
    /// Below the name, as in `10 folds`.
    package var note: String

    package init(name: String, condition: String? = nil, note: String = "") {
      self.name = name
      self.condition = condition ?? "under “\(name)”"
      self.note = note
    }
  }

  package struct Line: Sendable {
    package var name: String
    /// A share a column; nil where the cell has no result there.
    package var accuracies: [Double?]

    package init(name: String, accuracies: [Double?]) {
      self.name = name
      self.accuracies = accuracies
    }
  }

  package let columns: [Column]
  package let lines: [Line]
  /// What stands before the sentences on accuracies, where something else chooses the best.
  package var lead = ""
  /// The slot of each line in each column, 0 on top; lines without a result there are at the bottom.
  private let slots: [[Int]]
  /// How many lines have a result in each column.
  private let counts: [Int]

  /// - Precondition: every line has an accuracy, or nil, for every column.
  package init(columns: [Column], lines: [Line]) {
    self.columns = columns
    self.lines = lines
    var order = Array(lines.indices)
    var slots: [[Int]] = []
    for column in columns.indices {
      // Equal ones keep the order they had in the column before.
      let before = order
      order = before.enumerated().sorted { a, b in
        let (left, right) = (
          lines[a.element].accuracies[column] ?? -1, lines[b.element].accuracies[column] ?? -1
        )
        return left == right ? a.offset < b.offset : left > right
      }.map(\.element)
      var places = [Int](repeating: 0, count: lines.count)
      for (slot, line) in order.enumerated() { places[line] = slot }
      slots.append(places)
    }
    self.slots = slots
    counts = columns.indices.map { column in
      lines.count { $0.accuracies[column] != nil }
    }
  }

  // MARK: In words

  /// A line's rank in a column, from 1; nil where it has no result.
  func rank(_ line: Int, in column: Int) -> Int? {
    lines[line].accuracies[column] == nil ? nil : slots[column][line] + 1
  }

  /// How many places a line loses from the first column to the last; negative where it rises.
  private func fall(_ line: Int) -> Int? {
    guard columns.count > 1, let first = rank(line, in: 0),
      let last = rank(line, in: columns.count - 1)
    else { return nil }
    return last - first
  }

  /// The fewest places that are worth emphasis.
  private var muchMoved: Int { lines.count <= 3 ? 1 : max(2, (lines.count + 2) / 3) }

  /// The lines that fall, or rise, by much; the farthest first, three at most.
  private func movers(falling: Bool) -> [Int] {
    let moved = lines.indices.compactMap { line in
      fall(line).map { (line: line, places: falling ? $0 : -$0) }
    }.filter { $0.places >= muchMoved }
    return moved.sorted { ($1.places, $0.line) < ($0.places, $1.line) }.prefix(3).map(\.line)
  }

  /// What the picture shows, in a sentence or two made from its figures.
  package var headline: String {
    let last = columns.count - 1
    guard last > 0, counts.allSatisfy({ $0 > 1 }),
      let winner = lines.indices.first(where: { rank($0, in: 0) == 1 }),
      let lastWinner = lines.indices.first(where: { rank($0, in: last) == 1 })
    else { return "Ranks by protocol" }
    var told: [Int] = []
    var sentences: [String] = []
    func name(_ line: Int) -> String { shortened(lines[line].name, width: 330, size: 16) }
    func tell(_ line: Int) {
      guard let from = rank(line, in: 0), let to = rank(line, in: last) else { return }
      told.append(line)
      func verb(_ rank: Int, in column: Int) -> String {
        let count = counts[column]
        let words = place(rank, of: count)
        return rank == 1
          ? firstPlace(line, in: column) : rank == count ? "is last" : "is \(words) of \(count)"
      }
      let (start, end) = (verb(from, in: 0), verb(to, in: last))
      sentences.append(
        "\(name(line)) \(start) \(columns[0].condition) (\(percents(line, 0))) and "
          + "\(end) \(columns[last].condition) (\(percents(line, last))).")
    }
    if winner == lastWinner {
      let everywhere = columns.indices.allSatisfy { rank(winner, in: $0) == 1 }
      let many =
        columns.count == 2 ? "under both protocols" : "under all \(columns.count) protocols"
      sentences.append(
        "\(name(winner)) \(everywhere ? "comes first" : firstPlace(winner, in: 0)) "
          + (everywhere
            ? "\(many)." : "\(columns[0].condition) and \(columns[last].condition)."))
      told.append(winner)
    } else if let fall = fall(winner), fall >= muchMoved {
      tell(winner)
    } else if let faller = movers(falling: true).first {
      tell(faller)
    }
    if told.isEmpty {
      sentences.append("\(name(winner)) \(firstPlace(winner, in: 0)) \(columns[0].condition).")
    }
    if !told.contains(lastWinner), winner != lastWinner {
      let isRising = fall(lastWinner).map { -$0 >= muchMoved } ?? false
      let from = place(rank(lastWinner, in: 0) ?? 1, of: counts[0])
      sentences.append(
        isRising
          ? "\(name(lastWinner)) goes from \(from) to first."
          : "\(name(lastWinner)) \(firstPlace(lastWinner, in: last)) \(columns[last].condition).")
    }
    return lead + sentences.joined(separator: " ")
  }

  /// What the first line of a column does; another one may have the same figure.
  private func firstPlace(_ line: Int, in column: Int) -> String {
    let own = percents(line, column)
    let isTied = lines.indices.contains { $0 != line && percents($0, column) == own }
    return isTied ? "shares the first place" : "comes first"
  }

  private func percents(_ line: Int, _ column: Int) -> String {
    // A line must not begin with the sign.
    lines[line].accuracies[column].map { "\(fixed($0 * 100, decimals: 1))\u{A0}%" } ?? "none"
  }

  // MARK: The picture

  private static let pillWidth = 54.0

  private var rowHeight: Double {
    switch lines.count {
    case ...12: 38
    case ...24: 28
    default: 22
    }
  }

  package var svg: SVG { svg(isTitled: true) }

  /// The picture, without its headline where that stands beside it already.
  func svg(isTitled: Bool) -> SVG {
    let nameSize = lines.count <= 12 ? 14.0 : 12.0
    let names = lines.map { textWidth($0.name, size: nameSize) }.max() ?? 0
    let nameWidth = min(230, max(60, names * 1.12))
    let spacing = columns.count <= 3 ? 190.0 : columns.count <= 5 ? 170 : 130
    let left = 44 + nameWidth + 14 + Self.pillWidth / 2
    let width = max(560, left + spacing * Double(max(0, columns.count - 1)) + left - 28)
    let words =
      "Test accuracy in per cent; the best on top. Orange falls and blue rises by many places."
    let title = isTitled ? headline : ""
    let headHeight = SVG.headingHeight(title, words, width: width)
    let notes = columns.map { wrapped($0.note, width: spacing - 10, size: 11) }
    let noteLines = Double(notes.map(\.count).max() ?? 0)
    let top = headHeight + 40 + 14 * noteLines
    let height = top + rowHeight * Double(lines.count) + 16
    var svg = SVG(width: width, height: height, title: headline)
    _ = svg.heading(title, words)
    func x(_ column: Int) -> Double { left + spacing * Double(column) }
    func y(_ slot: Int) -> Double { top + rowHeight * (Double(slot) + 0.5) }

    for (index, column) in columns.enumerated() {
      svg.text(
        clipped(column.name, width: spacing - 8, size: 14), x: x(index), y: headHeight + 24,
        size: 14, anchor: .middle, isBold: true)
      for (number, line) in notes[index].enumerated() {
        svg.text(
          line, x: x(index), y: headHeight + 40 + 14 * Double(number), style: "muted", size: 11,
          anchor: .middle)
      }
    }
    let falling = movers(falling: true)
    let rising = movers(falling: false)
    func style(_ line: Int) -> String {
      falling.contains(line) ? "fall" : rising.contains(line) ? "rise" : "still"
    }
    // The emphasised lines lie above the others.
    let order = lines.indices.filter { style($0) == "still" } + rising + falling
    for line in order {
      for column in columns.indices.dropLast() {
        let isWhole =
          rank(line, in: column) != nil && rank(line, in: column + 1) != nil
        svg.curve(
          from: (x(column), y(slots[column][line])),
          to: (x(column + 1), y(slots[column + 1][line])),
          style: isWhole ? style(line) : "broken")
      }
    }
    for line in order {
      for column in columns.indices { pill(line, column, style(line), x(column), y, &svg) }
    }
    let inset = Self.pillWidth / 2 + 12
    for line in lines.indices {
      let own = style(line)
      let name = shortened(
        lines[line].name, width: nameWidth / (own == "still" ? 1 : 1.12), size: nameSize)
      for column in Set([0, columns.count - 1]).sorted() where columns.indices.contains(column) {
        let isFirst = column == 0
        svg.text(
          name, x: isFirst ? x(0) - inset : x(column) + inset, y: y(slots[column][line]) + 5,
          style: own == "still" ? "ink" : "\(own)-ink", size: nameSize,
          anchor: isFirst ? .end : .start, isBold: own != "still")
      }
    }
    for slot in 0..<(counts.first ?? 0) {
      svg.text("\(slot + 1)", x: 16, y: y(slot) + 4, style: "muted", size: 12)
    }
    return svg
  }

  private func pill(
    _ line: Int, _ column: Int, _ style: String, _ x: Double, _ y: (Int) -> Double,
    _ svg: inout SVG
  ) {
    let middle = y(slots[column][line])
    let height = min(24, rowHeight - 4)
    let accuracy = lines[line].accuracies[column]
    let own = accuracy == nil ? "still" : style
    svg.rectangle(
      x: x - Self.pillWidth / 2, y: middle - height / 2, width: Self.pillWidth, height: height,
      style: "\(own)-ground", radius: height / 2,
      tip: "\(lines[line].name), \(columns[column].name): "
        + (rank(line, in: column).map { "\(percents(line, column)), rank \($0)" } ?? "no result"))
    svg.text(
      accuracy.map { fixed($0 * 100, decimals: 1) } ?? "–", x: x, y: middle + 4.5,
      style: own == "still" ? "ink" : "on-color", size: rowHeight > 30 ? 14 : 12, anchor: .middle,
      isBold: own != "still")
  }
}
