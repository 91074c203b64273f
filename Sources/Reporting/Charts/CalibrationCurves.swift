import TextFormatting

/// How often cells are right against how sure they are, a small panel a cell.
package struct CalibrationCurves: Sendable {
  package struct Bin: Sendable {
    /// The mean probability of the predicted class, as a share.
    package var confidence: Double
    /// The share of right predictions.
    package var accuracy: Double
    package var rows: Int

    package init(confidence: Double, accuracy: Double, rows: Int) {
      self.confidence = confidence
      self.accuracy = accuracy
      self.rows = rows
    }
  }

  package struct Panel: Sendable {
    package var name: String
    /// By confidence; bins of equal count.
    package var bins: [Bin]
    /// The expected calibration error, as a share.
    package var expectedError: Double?
    /// The mean squared error of all classes' probabilities, 0...2.
    package var brier: Double?
    /// What stands below the figures, as that the probabilities are uncalibrated.
    package var remark: String

    package init(
      name: String, bins: [Bin], expectedError: Double?, brier: Double?, remark: String = ""
    ) {
      self.name = name
      self.bins = bins
      self.expectedError = expectedError
      self.brier = brier
      self.remark = remark
    }
  }

  package static let title = "Calibration"
  private static let words =
    "Share of right predictions against the mean probability of the predicted class, in bins of equal "
    + "count; on the dashed diagonal a cell is as often right as it claims. Below: too sure. "
    + "ECE: the expected calibration error in points; smaller is better."

  package let panels: [Panel]

  package init(panels: [Panel]) { self.panels = panels }

  package var svg: SVG {
    let grid = PanelGrid(
      count: panels.count, panelWidth: 190, panelHeight: 190, columnWidth: 252, rowHeight: 282)
    let top = SVG.headingHeight(Self.title, Self.words, width: grid.width) + 20
    var svg = SVG(width: grid.width, height: top + grid.height, title: Self.title)
    _ = svg.heading(Self.title, Self.words)
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
    let across = Axis(low: 0, high: 1, from: x, to: right)
    let upwards = Axis(low: 0, high: 1, from: bottom, to: y)
    svg.text(shortened(panel.name, width: grid.panelWidth + 20, size: 12), x: x, y: y - 10)
    svg.levelGrid(across, top: y, bottom: bottom, about: 4, scale: 100)
    svg.uprightGrid(upwards, left: x, right: right, about: 4, scale: 100)
    svg.line(x, bottom, right, y, style: "front")
    let dots = panel.bins.map { bin in
      (x: across.place(bin.confidence), y: upwards.place(bin.accuracy), bin: bin)
    }
    if dots.count > 1 { svg.polyline(dots.map { ($0.x, $0.y) }, style: "validation") }
    for dot in dots {
      svg.circle(
        x: dot.x, y: dot.y, radius: 3, style: "validation-dot",
        tip: "\(counted(dot.bin.rows, "row")): \(percentage(dot.bin.confidence)) sure, "
          + "\(percentage(dot.bin.accuracy)) right")
    }
    let figures = [
      panel.expectedError.map { "ECE \(fixed($0 * 100, decimals: 1))" },
      panel.brier.map { "Brier \(fixed($0, decimals: 3))" },
    ].compactMap { $0 }
    let text = panel.bins.isEmpty ? "no probabilities" : figures.joined(separator: " · ")
    svg.text(text, x: x, y: bottom + 34, size: 12)
    svg.text(
      clipped(panel.remark, width: grid.panelWidth + 40, size: 11), x: x, y: bottom + 50,
      style: "muted", size: 11)
  }
}
