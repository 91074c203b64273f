import Exploration
import Learning
import Statistics
import TextFormatting

/// Accuracy and loss on training and validation rows: over epochs for a model that learns by them,
/// else over the settings tried.
struct LearningCurve {
  /// One step, averaged over folds and seeds.
  struct Point {
    var step: Int
    var label: String
    var trainLoss, validationLoss, trainAccuracy, validationAccuracy: Double?
    var learningRate: Double?
  }

  let name: String
  let points: [Point]
  let isByEpoch: Bool
  /// The setting that was chosen most often; for epochs, the one whose weights were kept, where that is
  /// one for all folds and seeds.
  let chosen: Int?
  /// The epochs whose weights were kept, of each fold and seed that tells it.
  private let keptEpochs: [Int]
  /// The folds and seeds that the points are means of.
  private let trainings: Int

  init(_ cell: Report.Cell, plan: Plan) {
    name = cell.name
    let curves = cell.result.pieces.map(\.record.curve).filter { !$0.isEmpty }
    isByEpoch = !curves.isEmpty
    trainings = curves.count
    keptEpochs = isByEpoch ? Set(cell.result.pieces.compactMap(\.record.keptStep)).sorted() : []
    if isByEpoch {
      points = Self.byEpoch(curves)
      chosen = keptEpochs.count == 1 ? keptEpochs[0] : nil
    } else {
      points = Self.byTrial(cell.result)
      let winners = cell.result.pieces.filter { $0.chosen == cell.summary?.favourite }
        .map(\.record.winner)
      chosen = Set(winners).count == 1 ? winners[0] : nil
    }
  }

  private static func byTrial(_ cell: RunResults.Cell) -> [Point] {
    let trials = cell.pieces.flatMap(\.trials)
    return Set(trials.map(\.trial)).sorted().compactMap { number in
      let own = trials.filter { $0.trial == number && $0.failure == nil }
      guard !own.isEmpty else { return nil }
      let settings = Set(cell.pieces.map { $0.settings(of: number) }.filter { !$0.isEmpty })
      return Point(
        step: number,
        label: settings.count > 1 ? "trial \(number)" : settings.first ?? "default",
        trainLoss: mean(own.compactMap(\.trainLoss)),
        validationLoss: mean(own.compactMap(\.validationLoss)),
        trainAccuracy: mean(own.compactMap(\.trainAccuracy)),
        validationAccuracy: mean(own.compactMap(\.validationAccuracy)))
    }
  }

  private static func byEpoch(_ curves: [[FitLog.CurvePoint]]) -> [Point] {
    let points = curves.flatMap { $0 }
    return Set(points.map(\.step)).sorted().map { step in
      let own = points.filter { $0.step == step }
      return Point(
        step: step, label: "\(step)", trainLoss: mean(own.compactMap(\.trainLoss)),
        validationLoss: mean(own.compactMap(\.validationLoss)),
        trainAccuracy: mean(own.compactMap(\.trainAccuracy)),
        validationAccuracy: mean(own.compactMap(\.validationAccuracy)),
        learningRate: mean(own.compactMap(\.learningRate)))
    }
  }

  /// `curves/*.csv`.
  var table: String {
    var table = CSVTable([
      "step", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy",
    ])
    for point in points {
      table.add([
        "\(point.step)", exact(point.trainLoss), exact(point.validationLoss),
        exact(point.trainAccuracy), exact(point.validationAccuracy),
      ])
    }
    return table.text
  }

  // MARK: The picture

  private let panelWidth = 330.0
  private let panelHeight = 190.0

  var svg: SVG {
    let labels = axisLabels
    let labelRoom = labels.isRotated ? labels.texts.map { textWidth($0, size: 11) }.max() ?? 0 : 14
    let height = 76 + panelHeight + labelRoom + 44
    var svg = SVG(
      width: 2 * panelWidth + 130, height: height, title: "Accuracy and loss of \(name)")
    svg.text(clipped(name, width: 400, size: 15), x: 16, y: 28, size: 15, isBold: true)
    legend(&svg)
    panel(
      "accuracy, %", x: 56, labels, scale: 100, points.map(\.trainAccuracy),
      points.map(\.validationAccuracy), &svg)
    panel(
      "log loss", x: 56 + panelWidth + 62, labels, scale: 1, points.map(\.trainLoss),
      points.map(\.validationLoss), &svg)
    svg.text(
      clipped(isByEpoch ? epochWords : settingWords, width: svg.width - 32, size: 12),
      x: svg.width / 2, y: height - 12, style: "muted", anchor: .middle)
    return svg
  }

  private var settingWords: String {
    "settings tried" + (chosen == nil ? "" : "; ringed: chosen")
  }

  // MARK: Epochs

  /// The places behind which another learning rate begins.
  private var rateChanges: [Int] {
    points.indices.dropFirst().filter {
      points[$0].learningRate != points[$0 - 1].learningRate
    }
  }

  /// Falling steps can be shown, a curve that falls with every epoch cannot.
  private var shownRateChanges: [Int] { rateChanges.count <= 12 ? rateChanges : [] }

  private var epochWords: String {
    var words = ["epoch"]
    if trainings > 1 { words.append("means of \(trainings) trainings") }
    if let chosen {
      words.append("ringed: kept, epoch \(chosen)")
    } else if let first = keptEpochs.first, let last = keptEpochs.last {
      words.append("kept: epochs \(first) to \(last)")
    }
    let rates = points.compactMap(\.learningRate)
    if let first = rates.first, let last = rates.last {
      func text(_ rate: Double) -> String { significant(rate, digits: 3) }
      if rateChanges.isEmpty {
        words.append("learning rate \(text(first))")
      } else if rateChanges.count == 1, let change = rateChanges.first {
        words.append(
          "learning rate \(text(first)), dashed: \(text(last)) from epoch \(points[change].step)")
      } else {
        words.append(
          "learning rate \(text(first)) to \(text(last))"
            + (shownRateChanges.isEmpty ? "" : ", dashed: where it changes"))
      }
    }
    return words.joined(separator: " · ")
  }

  private func legend(_ svg: inout SVG) {
    let x = svg.width - 190
    svg.line(x, 24, x + 24, 24, style: "train")
    svg.text("training", x: x + 30, y: 28, style: "muted")
    svg.line(x + 90, 24, x + 114, 24, style: "validation")
    svg.text("validation", x: x + 120, y: 28, style: "muted")
  }

  /// The text under each point: the setting where there is room, upright or turned, else its number.
  private var axisLabels: (texts: [String], isRotated: Bool) {
    if isByEpoch {
      let marks = ticks(from: 1, to: Double(points.last?.step ?? 1), about: 8)
      return (points.map { marks.contains(Double($0.step)) ? $0.label : "" }, false)
    }
    let room = panelWidth / Double(max(1, points.count))
    let texts = points.map(\.label)
    if texts.allSatisfy({ textWidth($0, size: 11) < room - 6 }) { return (texts, false) }
    if points.count <= 20 { return (texts.map { clipped($0, width: 190, size: 11) }, true) }
    let every = max(1, Int((Double(points.count) / 10).rounded(.up)))
    return (points.enumerated().map { $0 % every == 0 ? "\($1.step)" : "" }, false)
  }

  private func panel(
    _ title: String, x: Double, _ labels: (texts: [String], isRotated: Bool), scale: Double,
    _ train: [Double?], _ validation: [Double?], _ svg: inout SVG
  ) {
    let y = 70.0
    let values = (train + validation).compactMap { $0.map { $0 * scale } }
    let (low, high) = axisRange(of: values, isShare: scale == 100, cutsPeaks: isByEpoch)
    func place(_ value: Double) -> Double {
      y + panelHeight * (1 - (min(value, high) - low) / (high - low))
    }
    func across(_ index: Int) -> Double {
      x + panelWidth * (Double(index) + 0.5) / Double(max(1, points.count))
    }
    svg.text(title, x: x, y: y - 12, style: "muted")
    let marks = ticks(from: low, to: high, about: 5)
    for mark in marks {
      svg.line(x, place(mark), x + panelWidth, place(mark), style: "grid")
      svg.text(
        fixed(mark, decimals: decimals(of: marks)), x: x - 8, y: place(mark) + 4, style: "muted",
        size: 11, anchor: .end)
    }
    svg.line(x, y + panelHeight, x + panelWidth, y + panelHeight, style: "axis")
    for change in shownRateChanges where isByEpoch {
      let place = (across(change - 1) + across(change)) / 2
      svg.line(place, y, place, y + panelHeight, style: "front")
    }
    for (index, text) in labels.texts.enumerated() {
      if labels.isRotated {
        svg.text(
          text, x: across(index) + 4, y: y + panelHeight + 12, style: "muted", size: 11,
          anchor: .end, rotation: -90)
      } else {
        svg.text(
          text, x: across(index), y: y + panelHeight + 18, style: "muted", size: 11, anchor: .middle
        )
      }
    }
    for (series, style) in [(train, "train"), (validation, "validation")] {
      let dots = series.enumerated().compactMap { index, value in
        value.map { (index: index, x: across(index), y: place($0 * scale)) }
      }
      if dots.count > 1 { svg.polyline(dots.map { ($0.x, $0.y) }, style: style) }
      for dot in dots where points.count <= (isByEpoch ? 20 : 60) || dots.count == 1 {
        svg.circle(
          x: dot.x, y: dot.y, radius: 3, style: "\(style)-dot",
          tip: "\(points[dot.index].label): \(fixed((series[dot.index] ?? 0) * scale, decimals: 3))"
        )
      }
      if style == "validation", let dot = dots.first(where: { points[$0.index].step == chosen }) {
        svg.circle(x: dot.x, y: dot.y, radius: 6.5, style: "mark")
      }
    }
  }
}
