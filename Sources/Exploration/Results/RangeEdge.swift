import Glibc
import JSONText

/// A chosen number that lies on the edge of what was tried: better ones may lie beyond.
package struct RangeEdge: Equatable, Sendable {
  package enum End: String, Sendable { case lowest, highest }

  /// As in tables: `C`, or `rbf.gamma` of a transformation.
  package var setting: String
  package var value: Double
  package var end: End
  /// The smallest and the largest number that could be tried.
  package var from, to: Double
}

extension SearchSpace.Dimension {
  /// A value's edge: it is the first or last of three numbers or more, or within 2 % of an end of the range,
  /// and the setting could go further.
  ///
  /// - Parameter value: the value that was chosen.
  /// - Returns: nil for a value between, for one that is no number, and at the setting's own bound.
  package func edge(at value: JSONNode) -> RangeEdge? {
    guard let number = value.number else { return nil }
    if let range {
      return edge(
        at: number, range.from, range.to, scale: range.scale, within: Self.edgeShare)
    }
    let numbers = values.compactMap(\.number)
    guard numbers.count >= Self.leastNumbers, let low = numbers.min(), let high = numbers.max()
    else { return nil }
    let edge = edge(at: number, low, high, scale: .linear, within: 0)
    // “Unlimited” stands beyond the largest number.
    return edge?.end == .highest && values.contains(where: \.isNull) ? nil : edge
  }

  /// Of a range; its logarithm on a log scale.
  private static let edgeShare = 0.02
  private static let leastNumbers = 3

  private func edge(
    at value: Double, _ from: Double, _ to: Double, scale: ValueRange.Scale, within share: Double
  ) -> RangeEdge? {
    func place(_ number: Double) -> Double { scale == .log ? log(number) : number }
    let position = (place(value) - place(from)) / (place(to) - place(from))
    if position <= share, from != lower {
      return RangeEdge(setting: label, value: value, end: .lowest, from: from, to: to)
    }
    if position >= 1 - share, to != upper {
      return RangeEdge(setting: label, value: value, end: .highest, from: from, to: to)
    }
    return nil
  }
}

extension RunResults {
  /// The numbers of a cell's choice that lie on the edge of what was tried, where no trial inside was as
  /// good.
  ///
  /// - Parameters:
  ///   - number: the cell's.
  ///   - chosen: what it chose most often.
  /// - Returns: those of the transformation, then those of the model.
  package func edges(ofCell number: Int, chosen: TrialSetting) -> [RangeEdge] {
    let planned = plan.cells[number]
    let pieces = cells[number].pieces.filter { $0.chosen == chosen }
    return edges(of: chosen, cell: number).filter { edge in
      pieces.contains { piece in
        let winner = piece.trials.first { $0.trial == piece.record.winner }
        guard let best = winner?.score else { return false }
        return !piece.trials.contains { trial in
          guard trial.budget == nil, let score = trial.score, abs(score - best) <= 1e-12,
            let setting = plan.setting(of: trial, planned)
          else { return false }
          return !edges(of: setting, cell: number).contains {
            $0.setting == edge.setting && $0.end == edge.end
          }
        }
      }
    }
  }

  /// The numbers of a setting that lie on the edge of what was tried.
  ///
  /// - Parameters:
  ///   - setting: what a trial of the cell tried.
  ///   - number: the cell's.
  /// - Returns: those of the transformation, then those of the model.
  package func edges(of setting: TrialSetting, cell number: Int) -> [RangeEdge] {
    let cell = plan.cells[number]
    let choice = plan.transformations[cell.transformation]
    var edges: [RangeEdge] = []
    if let space = choice.space, choice.variants.indices.contains(setting.transformation) {
      let stages = choice.variants[setting.transformation].stages
      edges += space.dimensions.compactMap { dimension in
        guard dimension.isTuned, stages.indices.contains(dimension.stage) else { return nil }
        return stages[dimension.stage].settings[dimension.name].flatMap {
          dimension.edge(at: $0)
        }
      }
    }
    if let settings = plan.modelVariant(setting, of: cell)?.settings,
      let space = plan.models[cell.model].spaces?.first(where: { $0.point(of: settings) != nil })
    {
      edges += space.dimensions.compactMap { dimension in
        guard dimension.isTuned else { return nil }
        return settings[dimension.name].flatMap { dimension.edge(at: $0) }
      }
    }
    return edges
  }
}
