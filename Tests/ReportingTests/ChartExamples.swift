import Reporting

/// Charts of made-up figures: of so many cells, with plain or very long names, some of which have no
/// result.
struct ChartExamples {
  let count: Int
  let hasLongNames: Bool

  private struct Numbers: RandomNumberGenerator {
    var state: UInt64 = 11

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 29) &* 0x9E37_79B9_7F4A_7C15
    }
  }

  private func name(_ cell: Int) -> String {
    let model = ["knn", "svm", "logistic", "forest", "ridge", "mlp"][cell % 6]
    return hasLongNames
      ? "select-by-mutual-information-polynomial+\(model) WITH MANY WORDS & <SIGNS> \(cell)"
      : "\(["none", "pca", "rbf"][cell / 6 % 3])+\(model)\(cell)"
  }

  /// By the file that a run has them in.
  var all: [(name: String, svg: SVG)] {
    [
      ("forest", forest.svg), ("ranks", ranks.svg), ("time", time.svg), ("f1", heat.svg),
      ("calibration", calibration.svg), ("learning_curve", sizes.svg), ("history", history.svg),
      ("critical_difference", ranking.svg), ("changes", changes.svg),
    ]
  }

  var forest: ForestPlot {
    var numbers = Numbers()
    let rows = (0..<count).map { cell -> ForestPlot.Row in
      guard cell != 3 else {
        return ForestPlot.Row(name: name(cell), accuracy: nil, remark: "timeout")
      }
      let accuracy = Double.random(in: 0...1, using: &numbers)
      return ForestPlot.Row(
        name: name(cell), accuracy: accuracy,
        interval: cell == 2
          ? nil : Bounds(low: max(0, accuracy - 0.05), high: min(1, accuracy + 0.1)),
        letters: count > 1 ? String("abcdefghijklmnopqrst".prefix(1 + cell / 2)) : "",
        difference: cell == 0 ? nil : accuracy - 1,
        differenceInterval: cell < 3 ? nil : Bounds(low: accuracy - 1.1, high: accuracy - 0.9))
    }
    return ForestPlot(words: "Some sentence that says what can be concluded from it.", rows: rows)
  }

  var ranks: RankMovement {
    var numbers = Numbers()
    let columns = hasLongNames ? 6 : 3
    return RankMovement(
      columns: (0..<columns).map {
        RankMovement.Column(
          name: hasLongNames ? "a protocol with a long name \($0)" : "p\($0)",
          note: "5 folds × 3 repeats by song \($0)")
      },
      lines: (0..<count).map { cell in
        RankMovement.Line(
          name: name(cell),
          accuracies: (0..<columns).map { column in
            cell == 5 && column == 1 ? nil : Double.random(in: 0...1, using: &numbers)
          })
      })
  }

  var time: TimeChart {
    var numbers = Numbers()
    let panels = (0..<(hasLongNames ? 2 : 1)).map { panel in
      TimeChart.Panel(
        name: panel == 0 ? "" : "artists",
        dots: (0..<count).map { cell in
          TimeChart.Dot(
            name: name(cell), seconds: .random(in: 0.001...9, using: &numbers),
            accuracy: .random(in: 0...1, using: &numbers), model: cell % 6,
            transformation: cell / 6 % 3)
        })
    }
    return TimeChart(
      panels: panels, models: (0..<7).map { name($0) }, transformations: ["none", "pca", "rbf"])
  }

  var heat: ClassHeatMap {
    var numbers = Numbers()
    let classes = hasLongNames ? 40 : 10
    return ClassHeatMap(
      classes: (0..<classes).map { hasLongNames ? "a class with a long name \($0)" : "c\($0)" },
      rows: (0..<count).map { cell in
        ClassHeatMap.Row(
          name: name(cell),
          values: (0..<classes).map {
            $0 == cell ? nil : Double.random(in: 0...1, using: &numbers)
          })
      })
  }

  var calibration: CalibrationCurves {
    CalibrationCurves(
      panels: (0..<count).map { cell in
        CalibrationCurves.Panel(
          name: name(cell),
          bins: cell == 1
            ? []
            : (0..<15).map {
              CalibrationCurves.Bin(
                confidence: Double($0) / 15, accuracy: Double($0 * $0) / 225, rows: 20)
            }, expectedError: 0.1, brier: 0.4,
          remark: cell == 2 ? "a soft-max of scores, uncalibrated" : "")
      })
  }

  var sizes: SizeCurves {
    var numbers = Numbers()
    return SizeCurves(
      lines: (0..<count).map { cell in
        SizeCurves.Line(
          name: name(cell),
          points: cell == 3
            ? []
            : [1.0, 0.1, 0.5].map { share in
              let accuracy = Double.random(in: 0.7...0.72, using: &numbers)
              return SizeCurves.Point(
                rows: 700 * share, accuracy: accuracy,
                spread: Bounds(low: accuracy - 0.05, high: accuracy + 0.01))
            })
      })
  }

  var history: TuningChart {
    var numbers = Numbers()
    return TuningChart(
      measure: "log_loss", isMinimised: true, isShare: false,
      panels: (0..<count).map { cell in
        TuningChart.Panel(
          name: name(cell),
          trials: (0..<cell * 3).map { trial in
            TuningChart.Trial(
              score: trial % 5 == 4 ? nil : Double.random(in: 0.2...4, using: &numbers),
              budget: trial % 3 == 0 ? 1 : 0.3, settings: "C=\(trial)")
          })
      })
  }

  var ranking: CriticalDifferenceDiagram {
    var numbers = Numbers()
    return CriticalDifferenceDiagram(
      entries: (0..<count).map {
        CriticalDifferenceDiagram.Entry(
          name: name($0), rank: .random(in: 1...Double(max(2, count)), using: &numbers))
      }, criticalDifference: Double(count) / 5)
  }

  var changes: ChangePlot {
    var numbers = Numbers()
    return ChangePlot(
      before: "reports/a", after: "reports/b",
      rows: (0..<count).map { cell in
        let accuracy = Double.random(in: 0.2...0.8, using: &numbers)
        let change = Double.random(in: -0.1...0.1, using: &numbers)
        return ChangePlot.Row(
          name: name(cell), before: cell == 3 ? nil : accuracy, after: accuracy + change,
          changeInterval: cell == 2 ? nil : Bounds(low: change - 0.03, high: change + 0.03))
      })
  }
}
