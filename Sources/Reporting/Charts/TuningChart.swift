import TextFormatting

/// The score of every trial in the order of trying, and the best so far, a small panel a cell.
package struct TuningChart: Sendable {
  package struct Trial: Sendable {
    /// On validation rows; nil for a trial that failed.
    package var score: Double?
    /// What the trial was given of the full budget of epochs, trees or rows, 0...1.
    package var budget: Double
    package var settings: String

    package init(score: Double?, budget: Double = 1, settings: String) {
      self.score = score
      self.budget = budget
      self.settings = settings
    }
  }

  package struct Panel: Sendable {
    package var name: String
    package var trials: [Trial]

    package init(name: String, trials: [Trial]) {
      self.name = name
      self.trials = trials
    }
  }

  package static let title = "Tuning history"
  /// As in `accuracy`.
  package var measure: String
  /// Whether less is better, as of log loss.
  package var isMinimised: Bool
  /// Whether the scores are shares, which are shown in per cent.
  package var isShare: Bool
  /// Which trials of many these are; a sentence, or empty.
  package var note: String
  package let panels: [Panel]

  package init(
    measure: String, isMinimised: Bool, isShare: Bool, note: String = "", panels: [Panel]
  ) {
    self.note = note
    self.measure = measure
    self.isMinimised = isMinimised
    self.isShare = isShare
    self.panels = panels
  }

  private var hasBudgets: Bool { panels.contains { $0.trials.contains { $0.budget < 1 } } }

  private var words: String {
    "Dots: \(measure)\(isShare ? " in per cent" : "") on validation rows of every trial, in the order "
      + "of trying; line: the best so far"
      + (hasBudgets
        ? " of the trials with the full budget. A smaller, paler dot had less of the budget." : ".")
      + " Each panel has its own scale." + (note.isEmpty ? "" : " \(note)")
  }

  /// The best score up to each trial with the full budget; nil before the first.
  package static func best(of trials: [Trial], isMinimised: Bool) -> [Double?] {
    var best: Double?
    return trials.map { trial in
      if trial.budget >= 1, let score = trial.score, score.isFinite {
        best = best.map { isMinimised ? min($0, score) : max($0, score) } ?? score
      }
      return best
    }
  }

  package var svg: SVG {
    let grid = PanelGrid(
      count: panels.count, panelWidth: 204, panelHeight: 120, columnWidth: 266, rowHeight: 196)
    let top = SVG.headingHeight(Self.title, words, width: grid.width) + 20
    var svg = SVG(width: grid.width, height: top + grid.height, title: Self.title)
    _ = svg.heading(Self.title, words)
    for (index, panel) in panels.enumerated() {
      let corner = grid.corner(of: index, below: top)
      draw(panel, grid, x: corner.x, y: corner.y, &svg)
    }
    return svg
  }

  private func draw(
    _ panel: Panel, _ grid: PanelGrid, x: Double, y: Double, _ svg: inout SVG
  ) {
    let (right, bottom) = (x + grid.panelWidth, y + grid.panelHeight)
    svg.text(shortened(panel.name, width: grid.panelWidth + 20, size: 12), x: x, y: y - 10)
    let scores = panel.trials.compactMap(\.score).filter(\.isFinite)
    guard !scores.isEmpty else {
      svg.text("no trial succeeded", x: x, y: y + 20, style: "muted")
      return
    }
    let upwards: Axis
    if isShare {
      upwards = Axis(around: scores, within: 0...1, leastSpan: 0.02, from: bottom, to: y)
    } else {
      // A few losses far above the others would make the rest a flat line.
      let range = axisRange(of: scores, isShare: false, cutsPeaks: true)
      upwards = Axis(low: range.low, high: range.high, from: bottom, to: y)
    }
    svg.uprightGrid(
      upwards, left: x, right: right, about: 4, scale: isShare ? 100 : 1, size: 10)
    svg.line(x, bottom, right, bottom, style: "axis")
    let across = Axis(
      low: 0, high: Double(max(1, panel.trials.count - 1)), from: x + 8, to: right - 8)
    for index in Set([0, panel.trials.count - 1]).sorted() {
      svg.text(
        "\(index + 1)", x: across.place(Double(index)), y: bottom + 15, style: "muted", size: 10,
        anchor: .middle)
    }
    svg.text("trial", x: (x + right) / 2, y: bottom + 15, style: "muted", size: 10, anchor: .middle)
    for (index, trial) in panel.trials.enumerated() {
      guard let score = trial.score, score.isFinite else {
        svg.text(
          "×", x: across.place(Double(index)), y: bottom - 2, style: "fall-ink", size: 11,
          anchor: .middle)
        continue
      }
      let share = min(max(trial.budget, 0), 1)
      svg.circle(
        x: across.place(Double(index)), y: upwards.place(score), radius: 1.5 + 2 * share,
        style: share < 1 ? "unsure-dot" : "validation-dot",
        tip: "trial \(index + 1): \(trial.settings): \(significant(score, digits: 4))"
          + (share < 1 ? ", \(fixed(share * 100, decimals: 0)) % of the budget" : ""))
    }
    svg.polyline(steps(panel.trials, across, upwards), style: "best-so-far")
  }

  /// The corners of the line of the best so far, which changes at a trial.
  private func steps(
    _ trials: [Trial], _ across: Axis, _ upwards: Axis
  ) -> [(x: Double, y: Double)] {
    var points: [(x: Double, y: Double)] = []
    for (index, best) in Self.best(of: trials, isMinimised: isMinimised).enumerated() {
      guard let best else { continue }
      let (x, y) = (across.place(Double(index)), upwards.place(best))
      if let last = points.last, last.y != y { points.append((x, last.y)) }
      if points.last?.y != y || index == trials.count - 1 || points.isEmpty {
        points.append((x, y))
      }
    }
    return points
  }
}
