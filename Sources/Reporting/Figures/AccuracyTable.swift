import Exploration
import TextFormatting

/// The heat table of test accuracy: models down, transformations across.
struct AccuracyTable {
  let report: Report

  init(_ report: Report) { self.report = report }

  private let cellWidth = 118.0
  private let cellHeight = 46.0
  /// Above the rows of a sheet its name, where there are several.
  private var headingHeight: Double { report.plan.sheetColumns.isEmpty ? 0 : 30 }

  var svg: SVG {
    let plan = report.plan
    let nameWidth = min(
      200, max(70, (plan.models.map { textWidth($0.name, size: 14) }.max() ?? 0) + 28))
    let columns = Double(plan.transformations.count)
    let width = max(nameWidth + columns * cellWidth + 16, 360)
    let notes = self.notes(width: width - 32)
    let splitLines = wrapped(plan.hasProtocols ? "" : plan.splitWords, width: width - 32, size: 12)
    let top = 68 + 16 * Double(splitLines.count)
    let groupHeight = headingHeight + Double(plan.models.count) * cellHeight
    let height =
      top + Double(plan.sheets.count) * groupHeight + 14 + Double(notes.count) * 16 + 12
    var svg = SVG(
      width: width, height: height,
      title: "Test accuracy of \(plan.name), models by transformations")
    svg.text(
      clipped("Test accuracy, %: \(plan.name)", width: width - 32, size: 16), x: 16, y: 28,
      size: 16,
      isBold: true)
    for (index, line) in splitLines.enumerated() {
      svg.text(line, x: 16, y: 48 + 16 * Double(index), style: "muted")
    }
    for (index, choice) in plan.transformations.enumerated() {
      svg.text(
        clipped(choice.name, width: cellWidth - 8, size: 13),
        x: nameWidth + (Double(index) + 0.5) * cellWidth, y: top - 10, size: 13, anchor: .middle,
        isBold: true)
    }
    let values = report.cells.compactMap { $0.summary?.testAccuracy }
    let scale = HeatScale(accuracies: values)
    let best = report.bestByTest.map(\.name)
    for (place, sheet) in plan.sheets.enumerated() {
      let groupTop = top + Double(place) * groupHeight
      if headingHeight > 0 {
        let heading = "\(plan.name(of: sheet)): \(report.words(of: sheet))"
        svg.text(
          clipped(heading, width: width - 32, size: 12), x: 16,
          y: groupTop + headingHeight - 9, style: "muted", size: 12)
      }
      for (row, choice) in plan.models.enumerated() {
        let y = groupTop + headingHeight + Double(row) * cellHeight
        svg.text(
          clipped(choice.name, width: nameWidth - 24, size: 13), x: 16, y: y + cellHeight / 2 + 4,
          size: 13, isBold: true)
        for column in plan.transformations.indices {
          let cell = report.cell(sheet, transformation: column, model: row)
          draw(
            cell, x: nameWidth + Double(column) * cellWidth, y: y, scale,
            best.contains(cell.name), &svg)
        }
      }
    }
    for (index, note) in notes.enumerated() {
      svg.text(
        note, x: 16, y: height - 12 - Double(notes.count - 1 - index) * 16, style: "muted", size: 11
      )
    }
    return svg
  }

  private func draw(
    _ cell: Report.Cell, x: Double, y: Double, _ scale: HeatScale, _ isBest: Bool, _ svg: inout SVG
  ) {
    let (width, height) = (cellWidth - 4, cellHeight - 4)
    guard let summary = cell.summary else {
      svg.rectangle(
        x: x + 2, y: y + 2, width: width, height: height, style: "empty", radius: 5,
        tip: "\(cell.name): \(cell.result.status.rawValue). \(cell.result.reason)")
      svg.text(
        cell.result.status.rawValue, x: x + cellWidth / 2, y: y + cellHeight / 2 + 4,
        style: "muted", anchor: .middle)
      return
    }
    let value = summary.testAccuracy
    svg.rectangle(
      x: x + 2, y: y + 2, width: width, height: height, fill: scale.color(value), radius: 5,
      tip: "\(cell.name): \(percentage(value))\n\(summary.settingsText)")
    if isBest {
      svg.rectangle(x: x + 2, y: y + 2, width: width, height: height, style: "best", radius: 5)
    }
    let ink = scale.inkColor(value)
    let hasInterval = summary.interval != nil
    svg.text(
      fixed(value * 100, decimals: 1), x: x + cellWidth / 2,
      y: y + cellHeight / 2 + (hasInterval ? -1 : 5), size: 15, anchor: .middle, isBold: true,
      fill: ink)
    let letters = report.letters(of: cell)
    if !letters.isEmpty {
      svg.text(
        clipped(letters, width: 34, size: 11), x: x + cellWidth - 8, y: y + 15, size: 11,
        anchor: .end, isBold: true, fill: ink)
    }
    if let interval = summary.interval {
      svg.text(
        interval.percents(), x: x + cellWidth / 2, y: y + cellHeight / 2 + 14, size: 11,
        anchor: .middle, fill: ink)
    }
  }

  /// What the reader must know, in lines that fit.
  private func notes(width: Double) -> [String] {
    let plan = report.plan
    var texts = [
      "Below: 95 % interval for the choice of \(report.testUnits), not for training anew. "
        + "Framed: \(report.emphasisedWords)\(plan.inputsShareRows ? "" : " of each input")\(plan.hasProtocols ? ", by protocol" : "")."
    ]
    if let note = report.lettersNote { texts.append(note) }
    if let words = report.differentRowsWords { texts.append("\(sentence(words)).") }
    if let taint = report.taintWords { texts.append(taint) }
    return texts.flatMap { wrapped($0, width: width, size: 11) }
  }
}
