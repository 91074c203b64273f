import Learning
import TextFormatting

/// True classes down, predicted classes across; the colour is the share of the true class.
package struct ConfusionTable {
  let confusion: ConfusionMatrix
  let classes: [String]
  let title: String

  package init(_ confusion: ConfusionMatrix, classes: [String], title: String) {
    self.confusion = confusion
    self.classes = classes
    self.title = title
  }

  /// `confusion/*.csv`: a row a true class, a column a predicted one.
  package var table: String {
    var table = CSVTable(["label"] + classes)
    for (label, name) in classes.enumerated() {
      table.add([name] + classes.indices.map { exact(confusion[label, $0]) })
    }
    return table.text
  }

  /// The classes that are drawn.
  private var shown: [Int] {
    DrawnClasses.chosen(of: classes.count) {
      confusion.support($0) + confusion.predictedCount($0) - 2 * confusion[$0, $0]
    }
  }

  /// Few classes get room for numbers, many get small squares.
  private var side: Double {
    switch shown.count {
    case ...12: 36
    case ...24: 26
    default: max(4, min(16, 560 / Double(shown.count)))
    }
  }

  package var svg: SVG {
    let shown = self.shown
    let side = self.side
    let words = DrawnClasses.words(
      of: classes.count, which: "most often mistaken", all: "confusion/")
    let hasNames = side >= 10
    let nameWidth =
      hasNames
      ? min(140, (shown.map { classes[$0] }.map { textWidth($0, size: 12) }.max() ?? 0) + 8) : 0
    // Short names stand upright above their columns, long ones are turned.
    let isTurned = nameWidth > side
    let left = 38 + nameWidth
    let top = 62 + (isTurned ? nameWidth : hasNames ? 16 : 0)
    let extent = side * Double(shown.count)
    var svg = SVG(
      width: max(left + extent + 24, 300), height: top + extent + (words == nil ? 24 : 40),
      title: "Confusion matrix of \(title)")
    svg.text(clipped(title, width: svg.width - 32, size: 15), x: 16, y: 28, size: 15, isBold: true)
    svg.text("predicted", x: left + extent / 2, y: 50, style: "muted", anchor: .middle)
    svg.text("true", x: 22, y: top + extent / 2, style: "muted", anchor: .middle, rotation: -90)
    let scale = HeatScale(low: 0, high: 1)
    for (place, label) in shown.enumerated() {
      let name = classes[label]
      let y = top + Double(place) * side
      if hasNames {
        let own = clipped(name, width: 132, size: 12)
        svg.text(own, x: left - 6, y: y + side / 2 + 4, size: 12, anchor: .end)
        let x = left + (Double(place) + 0.5) * side
        if isTurned {
          svg.text(own, x: x + 4, y: top - 6, size: 12, rotation: -90)
        } else {
          svg.text(own, x: x, y: top - 6, size: 12, anchor: .middle)
        }
      }
      let support = confusion.support(label)
      for (column, predicted) in shown.enumerated() {
        let count = confusion[label, predicted]
        let share = support > 0 ? count / support : 0
        let x = left + Double(column) * side
        svg.rectangle(
          x: x + 0.5, y: y + 0.5, width: side - 1, height: side - 1,
          style: count == 0 ? "empty" : nil, fill: count == 0 ? nil : scale.color(share),
          tip: "\(name) taken for \(classes[predicted]): \(shortest(count)) of \(shortest(support))"
        )
        if count > 0, side >= 26 {
          svg.text(
            text(count), x: x + side / 2, y: y + side / 2 + 4, size: side > 30 ? 12 : 10,
            anchor: .middle, fill: scale.inkColor(share))
        }
      }
    }
    if let words { svg.text(words, x: 16, y: top + extent + 24, style: "muted", size: 11) }
    return svg
  }

  private func text(_ count: Double) -> String {
    count == count.rounded() ? fixed(count, decimals: 0) : fixed(count, decimals: 1)
  }
}
