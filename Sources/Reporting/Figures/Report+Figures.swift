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
        case .history: TuningHistory.title
        case .time: "Accuracy against time"
        case .epochs: EpochCurves.title
        }
      }
    }

    var kind: Kind
    /// The ranking that it is of; empty where it is of all.
    var name: String
    var svg: SVG

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
    add(.forest) { $0.best.isEmpty ? nil : forestPlot(of: $0).svg }
    add(.f1) { $0.best.isEmpty ? nil : classHeatMap(of: $0).svg }
    add(.history) { tuningHistory(of: $0)?.svg }
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
      return Figure(
        kind: .ranks, name: inputs.count == 1 ? plan.inputs[inputs[0]].name : "",
        svg: RankMovement(columns: columns, lines: lines).svg)
    }
  }

  private func forestPlot(of ranking: Ranking) -> ForestPlot {
    ForestPlot(
      words: "",
      rows: ranking.cells.map { cell in
        ForestPlot.Row(
          name: shortName(of: cell), accuracy: cell.summary?.testAccuracy,
          interval: cell.summary?.interval.map { Bounds(low: $0.low, high: $0.high) },
          remark: cell.result.status.rawValue)
      })
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

  /// The most panels of a picture with one a cell: the others are shown cell by cell.
  private static let mostPanels = 12

  /// Of the cells that had a choice; nil where none had. Folds choose anew: the first one is shown.
  private func tuningHistory(of ranking: Ranking) -> TuningHistory? {
    let panels = ranking.best.compactMap { cell -> TuningHistory.Panel? in
      guard let trials = cell.result.pieces.first?.trials, trials.count > 1 else { return nil }
      return TuningHistory.Panel(
        name: shortName(of: cell),
        trials: trials.map { trial in
          let settings = cell.result.settings
          return TuningHistory.Trial(
            score: trial.failure == nil ? trial.score : nil,
            settings: settings.indices.contains(trial.trial) ? settings[trial.trial] : "")
        })
    }
    guard !panels.isEmpty else { return nil }
    return TuningHistory(
      measure: plan.measure.rawValue, isMinimised: plan.measure == .logLoss,
      isShare: plan.measure != .logLoss, panels: Array(panels.prefix(Self.mostPanels)))
  }
}
