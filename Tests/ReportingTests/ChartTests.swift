import Reporting
import Testing

@Suite struct ChartTests {
  static let counts = [0, 1, 2, 4, 9, 28, 40]

  @Test(arguments: counts, [false, true])
  func allLabelsAreInThePictureAndApart(count: Int, hasLongNames: Bool) {
    for (name, svg) in ChartExamples(count: count, hasLongNames: hasLongNames).all {
      let texts = DrawnText.all(in: svg)
      #expect(!texts.isEmpty)
      for (index, text) in texts.enumerated() {
        #expect(
          text.left >= 0 && text.top >= 0 && text.right <= svg.width && text.bottom <= svg.height,
          "\(name) of \(count): \(text)")
        for other in texts[(index + 1)...] where text.overlaps(other) {
          Issue.record("\(name) of \(count): \(text) and \(other)")
        }
      }
    }
  }

  @Test(arguments: [4, 40])
  func theSameValuesGiveTheSameBytes(count: Int) {
    let first = ChartExamples(count: count, hasLongNames: true).all
    let second = ChartExamples(count: count, hasLongNames: true).all
    for (first, second) in zip(first, second) {
      #expect(first.svg.document == second.svg.document, "\(first.name)")
      #expect(!first.svg.document.contains("nan") && !first.svg.document.contains("<SIGNS>"))
    }
  }

  /// Every class that a picture uses has a colour, also in the dark.
  @Test func allStylesAreInTheSheet() {
    for (name, svg) in ChartExamples(count: 9, hasLongNames: false).all {
      let document = svg.document
      for match in document.matches(of: /class="([a-z0-9 -]+)"/) {
        for style in match.1.split(separator: " ") where style != "figure" {
          #expect(document.split(separator: ".\(style){").count >= 3, "\(name): \(style)")
        }
      }
    }
  }

  @Test func labelsOfAColumnAreSpread() {
    #expect(spread([10, 50], gap: 5, within: 0...100) == [10, 50])
    #expect(spread([12, 10, 11], gap: 5, within: 0...100) == [20, 10, 15])
    #expect(spread([99, 98], gap: 5, within: 0...100) == [100, 95])
    #expect(spread([0, 0, 0], gap: 5, within: 0...4) == [0, 5, 10])
    #expect(spread([], gap: 5, within: 0...4) == [])
  }

  /// A baseline far below does not press the others together, and a spread one is shown whole.
  @Test func axesLeaveABaselineOut() {
    let good = (0..<9).map { 0.9 + Double($0) / 100 }
    #expect(abs(lowEnd(of: good + [0.1]) - 0.7) < 1e-9)
    #expect(lowEnd(of: good) == 0.9 && lowEnd(of: [0.1, 0.9, 0.95]) == 0.1 && lowEnd(of: []) == 0)
    let plot = ForestPlot(
      words: "",
      rows: (good + [0.1]).map { .init(name: "cell \($0)", accuracy: $0) })
    #expect(plot.svg.document.matches(of: /<polygon [^>]*class="sure-dot"/).count == 1)
    #expect(plot.svg.document.contains("Arrows: so low"))
  }

  @Test func longNamesKeepBothEnds() {
    let short = shortened("a-very-long-chain-of-steps+knn", width: 100, size: 12)
    #expect(short.hasPrefix("a-ve") && short.hasSuffix("+knn") && short.contains("…"))
    #expect(textWidth(short, size: 12) <= 100)
    #expect(shortened("knn", width: 100, size: 12) == "knn")
  }

  @Test(arguments: [
    (1, "first"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
    (21, "21st"), (22, "22nd"), (23, "23rd"), (111, "111th"), (112, "112th"), (122, "122nd"),
    (200, "last"),
  ])
  func places(rank: Int, words: String) { #expect(place(rank, of: 200) == words) }

  @Test func differencesHaveTheirSign() {
    #expect(signedPoints(0.0123) == "+1.2" && signedPoints(-0.2) == "−20.0")
    #expect(signedPoints(-0.0001) == "0.0")
  }
}

// MARK: What each picture says

@Suite struct RankMovementTests {
  private func movement(_ accuracies: [String: [Double?]]) -> RankMovement {
    let names = accuracies.keys.sorted()
    return RankMovement(
      columns: [
        .init(name: "rows", condition: "when rows are split at random"), .init(name: "artists"),
      ], lines: names.map { .init(name: $0, accuracies: accuracies[$0] ?? []) })
  }

  @Test func theTurnoverIsTheHeadline() {
    let figure = movement([
      "knn": [0.953, 0.592], "svm": [0.952, 0.68], "forest": [0.922, 0.672],
      "logistic": [0.855, 0.703],
    ])
    #expect(
      figure.headline
        == "knn comes first when rows are split at random (95.3\u{A0}%) and is last under “artists” "
        + "(59.2\u{A0}%). logistic goes from last to first.")
    let document = figure.svg.document
    // One line falls and one rises by much; the other two are grey.
    #expect(document.matches(of: /<path [^>]*class="fall"/).count == 1)
    #expect(document.matches(of: /<path [^>]*class="rise"/).count == 1)
    #expect(document.matches(of: /<path [^>]*class="still"/).count == 2)
  }

  @Test func aLineThatFallsWithoutWinningIsTold() {
    let figure = movement([
      "knn": [0.95, 0.59], "svm": [0.952, 0.68], "forest": [0.922, 0.672],
      "logistic": [0.855, 0.703],
    ])
    #expect(
      figure.headline
        == "knn is 2nd of 4 when rows are split at random (95.0\u{A0}%) and is last under “artists” "
        + "(59.0\u{A0}%). logistic goes from last to first.")
  }

  @Test func aWinnerEverywhereIsSaid() {
    #expect(
      movement(["a": [0.9, 0.8], "b": [0.8, 0.7], "c": [0.7, 0.6]]).headline
        == "a comes first under both protocols.")
  }

  @Test func whoIsLevelAtTheTopDoesNotWin() {
    #expect(
      movement(["a": [0.9, 0.7], "b": [0.9, 0.8], "c": [0.7, 0.6], "d": [0.6, 0.5]]).headline
        == "a shares the first place when rows are split at random. b comes first under “artists”.")
  }

  @Test func aSmallChangeIsToldWithoutFuss() {
    let figure = movement([
      "a": [0.9, 0.7], "b": [0.8, 0.8], "c": [0.7, 0.6], "d": [0.6, 0.5], "e": [0.5, 0.4],
    ])
    #expect(
      figure.headline
        == "a comes first when rows are split at random. b comes first under “artists”.")
    #expect(!figure.svg.document.contains("class=\"fall\""))
  }

  @Test func whatHasNoResultHasNoRank() {
    let figure = movement(["a": [0.9, nil], "b": [0.8, 0.8], "c": [0.7, 0.6]])
    #expect(figure.svg.document.contains("a, artists: no result"))
    #expect(figure.svg.document.contains("b, artists: 80.0\u{A0}%, rank 1"))
    #expect(figure.svg.document.contains("class=\"broken\""))
    #expect(movement(["a": [nil, nil], "b": [0.8, nil]]).headline == "Ranks by protocol")
  }
}

@Suite struct FigureContentTests {
  @Test func theForestIsSortedAndEmphasisesWhatIsReal() {
    let plot = ForestPlot(
      words: "",
      rows: [
        .init(name: "none", accuracy: nil, remark: "skipped"),
        .init(
          name: "worse", accuracy: 0.5, difference: -0.4,
          differenceInterval: Bounds(low: -0.5, high: -0.3)),
        .init(
          name: "like", accuracy: 0.85, difference: -0.05,
          differenceInterval: Bounds(low: -0.1, high: 0)), .init(name: "best", accuracy: 0.9),
      ])
    #expect(plot.rows.map(\.name) == ["best", "like", "worse", "none"])
    let document = plot.svg.document
    #expect(document.contains("worse: −40.0 points, −50.0 to −30.0"))
    #expect(document.matches(of: /<line [^>]*class="sure"/).count == 1)
    #expect(document.matches(of: /<line [^>]*class="unsure"/).count == 1)
  }

  /// The example of Demšar (2006), section 3.2.2, whose critical difference at 10 % is 1.12.
  @Test func cliquesAreThoseOfDemsar() {
    let diagram = CriticalDifferenceDiagram(
      entries: [
        .init(name: "C4.5", rank: 3.143), .init(name: "C4.5+m", rank: 2.000),
        .init(name: "C4.5+cf", rank: 2.893), .init(name: "C4.5+m+cf", rank: 1.964),
      ], criticalDifference: 1.12)
    #expect(diagram.entries.map(\.name) == ["C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"])
    #expect(diagram.cliques == [0...2, 2...3])
    #expect(diagram.svg.document.matches(of: /<line [^>]*class="clique"/).count == 2)
  }

  @Test func theBestSoFarIsOfFullBudgets() {
    let trials: [TuningChart.Trial] = [
      .init(score: 0.9, budget: 0.3, settings: ""), .init(score: 0.5, settings: ""),
      .init(score: nil, settings: ""), .init(score: 0.7, settings: ""),
      .init(score: 0.6, settings: ""),
    ]
    #expect(TuningChart.best(of: trials, isMinimised: false) == [nil, 0.5, 0.5, 0.7, 0.7])
    #expect(TuningChart.best(of: trials, isMinimised: true) == [nil, 0.5, 0.5, 0.5, 0.5])
  }

  @Test func realChangesComeFirst() {
    let plot = ChangePlot(
      before: "a", after: "b",
      rows: [
        .init(name: "gone", before: 0.5, after: nil),
        .init(
          name: "noise", before: 0.5, after: 0.7, changeInterval: Bounds(low: -0.1, high: 0.5)),
        .init(
          name: "real", before: 0.5, after: 0.48, changeInterval: Bounds(low: -0.03, high: -0.01)),
      ])
    #expect(plot.rows.map(\.name) == ["real", "noise", "gone"])
    #expect(plot.headline == "1 of 2 changes is real: 1 worse")
  }

  /// A model without a dot is not in the legend, and the front has its names.
  @Test func theTimeChartNamesItsFront() {
    let chart = TimeChart(
      panels: [
        .init(
          name: "",
          dots: [
            .init(name: "fast", seconds: 0.01, accuracy: 0.5, model: 0, transformation: 0),
            .init(name: "beaten", seconds: 1, accuracy: 0.4, model: 1, transformation: 0),
            .init(name: "good", seconds: 2, accuracy: 0.9, model: 2, transformation: 0),
          ])
      ], models: ["m0", "m1", "m2", "skipped"], transformations: ["none", "pca"])
    #expect(chart.front(chart.panels[0].dots).map(\.name) == ["fast", "good"])
    let texts = DrawnText.all(in: chart.svg).map(\.text)
    #expect(texts.contains("fast") && texts.contains("good") && !texts.contains("beaten"))
    #expect(texts.contains("m1") && !texts.contains("skipped") && !texts.contains("pca"))
  }

  @Test func classesWithoutRowsAreEmpty() {
    let map = ClassHeatMap(
      classes: ["x", "y"],
      rows: [.init(name: "low", values: [0.2, nil]), .init(name: "high", values: [0.9, 0.8])])
    #expect(map.rows.map(\.name) == ["high", "low"])
    #expect(map.svg.document.contains("low, y: none"))
  }
}

@Suite struct LaTeXTests {
  @Test func tablesNeedOnlyBooktabs() {
    let table = LaTeXTable(
      caption: "50 % of a_b", label: "accuracy", wordColumns: 1, header: ["model", "none"],
      groups: [[["knn", "\\textbf{95.0}"]], [["svm", "90.0"]]])
    #expect(
      table.text == """
        % needs \\usepackage{booktabs}
        \\begin{table}
          \\centering
          \\caption{50 \\% of a\\_b}
          \\label{tab:accuracy}
          \\begin{tabular}{@{}lr@{}}
            \\toprule
            model & none \\\\
            \\midrule
            knn & \\textbf{95.0} \\\\
            \\midrule
            svm & 90.0 \\\\
            \\bottomrule
          \\end{tabular}
        \\end{table}

        """)
  }
}
