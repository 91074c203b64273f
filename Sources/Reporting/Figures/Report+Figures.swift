import Conclusions
import Exploration
import Learning
import Statistics
import TextFormatting

extension Report {
  /// A picture of the whole run: a file in `figures/` and a part of the page.
  struct Figure {
    /// Pictures of a kind stand in one section of the page, in this order of kinds.
    enum Kind: String, CaseIterable {
      case ranks, forest, f1, calibration
      case learningCurve = "learning_curve"
      case history, time, epochs

      var title: String {
        switch self {
        case .ranks: "Ranks by protocol"
        case .forest: "What can be told apart"
        case .f1: "F1 of each class"
        case .calibration: CalibrationCurves.title
        case .learningCurve: SizeCurves.title
        case .history: TuningChart.title
        case .time: "Accuracy against time"
        case .epochs: EpochCurves.title
        }
      }
    }

    var kind: Kind
    /// The ranking that it is of; empty where it is of all.
    var name: String
    var svg: SVG
    /// What the picture says, where the page says it above the picture and not in it.
    var headline = ""
    /// The picture for the page, where it is not that of the file.
    var inline: SVG?

    /// As in `forest.svg`, or `forest-artists.svg` of one ranking among others.
    var file: String {
      fileName(name.isEmpty ? kind.rawValue : "\(kind.rawValue)-\(name)") + ".svg"
    }
  }

  /// The pictures there is something for, by kind.
  var figures: [Figure] {
    let rankings = self.rankings
    var figures = rankMovements
    func add(_ kind: Figure.Kind, _ svg: (Ranking) -> SVG?) {
      figures += rankings.compactMap { ranking in
        svg(ranking).map { Figure(kind: kind, name: ranking.name, svg: $0) }
      }
    }
    for ranking in rankings where !ranking.best.isEmpty {
      var plot = forestPlot(of: ranking)
      var figure = Figure(kind: .forest, name: ranking.name, svg: plot.svg)
      // The page has the name above the picture, and the sentence below the table.
      (plot.title, plot.words) = (Self.forestTitle, "")
      figure.inline = plot.svg
      figures.append(figure)
    }
    add(.f1) { $0.best.isEmpty ? nil : classHeatMap(of: $0).svg }
    add(.calibration) { calibrationCurves(of: $0)?.svg }
    add(.learningCurve) { sizeCurves(of: $0)?.svg }
    add(.history) { tuningChart(of: $0)?.svg }
    figures.append(Figure(kind: .time, name: "", svg: TimeChart(self).svg))
    if let curves = EpochCurves(self) {
      figures.append(Figure(kind: .epochs, name: "", svg: curves.svg))
    }
    return figures
  }

  /// How ranks move between protocols; one for all inputs, or where these have different rows of each.
  private var rankMovements: [Figure] {
    guard plan.protocols.count > 1 else { return [] }
    let groups =
      plan.inputsShareRows ? [Array(plan.inputs.indices)] : plan.inputs.indices.map { [$0] }
    return groups.map { inputs in
      let columns = plan.protocols.map {
        RankMovement.Column(name: $0.name, condition: condition(of: $0), note: $0.words)
      }
      let first = cells.filter {
        $0.result.sheet.protocol == 0 && inputs.contains($0.result.sheet.input)
      }
      let lines = first.map { cell in
        RankMovement.Line(
          name: shortName(of: cell),
          accuracies: plan.protocols.indices.map { number in
            cells.first {
              $0.result.sheet.protocol == number && $0.result.sheet.input == cell.result.sheet.input
                && $0.result.transformation == cell.result.transformation
                && $0.result.model == cell.result.model
            }?.summary?.testAccuracy
          })
      }.filter { $0.accuracies.contains { $0 != nil } }
      var movement = RankMovement(columns: columns, lines: lines)
      if otherMeasure != nil { movement.lead = "By accuracy: " }
      return Figure(
        kind: .ranks, name: inputs.count == 1 ? plan.inputs[inputs[0]].name : "",
        svg: movement.svg, headline: movement.headline, inline: movement.svg(isTitled: false))
    }
  }

  private static let forestTitle = "Test accuracy with 95 % intervals"

  private func forestPlot(of ranking: Ranking) -> ForestPlot {
    let members = family(of: ranking)?.members ?? []
    return ForestPlot(
      title: Self.forestTitle + (ranking.name.isEmpty ? "" : ": \(ranking.name)"),
      words: sentences(on: ranking).joined(separator: " "),
      rows: ranking.cells.map { cell in
        let toBest = members.first { $0.cell == cell.number }?.toBest
        return ForestPlot.Row(
          name: shortName(of: cell), accuracy: cell.summary?.testAccuracy,
          interval: cell.summary?.interval.map { Bounds(low: $0.low, high: $0.high) },
          letters: letters(of: cell), difference: toBest?.difference,
          differenceInterval: toBest.map { Bounds(low: $0.low, high: $0.high) },
          remark: cell.result.status.rawValue)
      }, reference: members.first?.shortName)
  }

  private func classHeatMap(of ranking: Ranking) -> ClassHeatMap {
    ClassHeatMap(
      classes: plan.classes,
      rows: ranking.best.compactMap { cell in
        guard let confusion = cell.summary?.confusion else { return nil }
        return ClassHeatMap.Row(
          name: shortName(of: cell),
          values: plan.classes.indices.map {
            confusion.support($0) > 0 ? confusion.f1($0) : nil
          })
      })
  }

  /// The most panels of a picture with one a cell: the best, to keep the page light.
  private static let mostPanels = 12

  /// Of the cells whose probabilities are any; nil where there are none.
  private func calibrationCurves(of ranking: Ranking) -> CalibrationCurves? {
    let panels = ranking.best.compactMap { cell -> CalibrationCurves.Panel? in
      guard let own = conclusions.calibrations[cell.number] else { return nil }
      return CalibrationCurves.Panel(
        name: shortName(of: cell),
        bins: own.curve.bins.map {
          CalibrationCurves.Bin(confidence: $0.confidence, accuracy: $0.accuracy, rows: $0.count)
        }, expectedError: own.curve.expectedError, brier: own.brierScore,
        remark: "by chance alone about \(fixed(own.chanceError * 100, decimals: 1))")
    }
    return panels.isEmpty ? nil : CalibrationCurves(panels: Array(panels.prefix(Self.mostPanels)))
  }

  /// The trials of the cells that had a choice, on the first split; nil where none had, and for a grid,
  /// where the order of the trials means nothing.
  private func tuningChart(of ranking: Ranking) -> TuningChart? {
    guard plan.tuner != nil else { return nil }
    let panels = ranking.best.filter { $0.result.trialCount > 1 }.compactMap { cell in
      results.tuningHistories(of: cell.result).first.map { history in
        TuningChart.Panel(
          name: shortName(of: cell),
          trials: history.points.map {
            TuningChart.Trial(score: $0.score, budget: $0.budget, settings: $0.settings)
          })
      }
    }
    guard !panels.isEmpty else { return nil }
    let isOneOfMany = ranking.cells.contains { $0.result.pieces.count > 1 }
    return TuningChart(
      measure: plan.measure.rawValue, isMinimised: plan.measure.isMinimised,
      isShare: plan.measure != .logLoss,
      note: isOneOfMany ? "Shown are the trials on the first split; every other has its own." : "",
      panels: Array(panels.prefix(Self.mostPanels)))
  }

  /// The mean over the folds of each draw, and over the draws of each size; nil without a size.
  private func sizeCurves(of ranking: Ranking) -> SizeCurves? {
    let lines = ranking.best.map { cell -> SizeCurves.Line in
      let points = cell.result.learningCurve(of: plan)
      let shares = Set(points.map(\.share)).sorted()
      return SizeCurves.Line(
        name: shortName(of: cell),
        points: shares.compactMap { share in
          let own = points.filter { $0.share == share }
          let draws = Set(own.map(\.draw)).sorted().compactMap { draw in
            mean(own.filter { $0.draw == draw }.map(\.testAccuracy))
          }
          guard let rows = mean(own.map { Double($0.piece.record.trainingRows ?? 0) }),
            let accuracy = mean(draws), let low = draws.min(), let high = draws.max()
          else { return nil }
          return SizeCurves.Point(
            rows: rows, accuracy: accuracy, spread: Bounds(low: low, high: high))
        })
    }.filter { $0.points.count > 1 }
    return lines.isEmpty ? nil : SizeCurves(lines: lines)
  }
}
