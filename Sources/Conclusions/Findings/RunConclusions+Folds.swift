import Exploration
import TextFormatting

// Folds that are unlike the others.

extension RunConclusions {
  /// A fold is unlike the others when its modified z-score is larger, which is 0.6745 · |x − median| / MAD
  /// (Iglewicz and Hoaglin 1993).
  static let largestScore = 3.5
  /// It must lie farther from the median, too, and by as many of the standard deviations that chance
  /// leaves with its test units: of 5 to 15 equal folds the first rule alone names one in 12 to 20 of 100
  /// runs (20,000 draws from a normal distribution), both together in fewer than 1.
  static let smallestFoldDistance = 0.05
  /// Fewer folds have no usual.
  static let fewestFolds = 5

  /// Folds whose mean accuracy over all cells is far from that of the others.
  var unusualFolds: [Finding] {
    plan.sheets.compactMap { sheet in
      let splits = plan.division(sheet).splits
      let cells = computed.filter { $0.cell.sheet == sheet && !isDummy($0.index) }
      // Where each group is left out, every fold is another group, and none is usual.
      guard splits.count >= Self.fewestFolds, !cells.isEmpty,
        !plan.protocols[sheet.protocol].isLeaveOneGroupOut
      else { return nil }
      let accuracies = splits.map { split in
        let own = cells.flatMap(\.cell.pieces).filter {
          $0.split.repetition == split.repetition && $0.split.fold == split.fold
        }
        return own.reduce(0) { $0 + ($1.evaluation?.accuracy ?? 0) } / Double(max(1, own.count))
      }
      let usual = median(accuracies)
      let spread = median(accuracies.map { abs($0 - usual) })
      let units = plan.division(sheet).units
      let unusual = splits.indices.filter { index in
        let distance = abs(accuracies[index] - usual)
        let count = Set(splits[index].test.map { units?[$0] ?? $0 }).count
        let chance = (usual * (1 - usual) / Double(max(1, count))).squareRoot()
        return distance > Self.smallestFoldDistance
          && 0.6745 * distance > Self.largestScore * spread
          && distance > Self.largestScore * chance
      }
      guard !unusual.isEmpty else { return nil }
      let name = plan.name(of: sheet)
      let repeats = Set(splits.map(\.repetition)).count > 1
      let words = unusual.map { index in
        (repeats ? "repeat \(splits[index].repetition), " : "")
          + "fold \(splits[index].fold): \(percentage(accuracies[index]))"
      }
      return Finding(
        kind: .unusualFold, gravity: .warning,
        title: (name.isEmpty ? "" : "\(name): ")
          + (unusual.count == 1
            ? "a fold is unlike the others" : "\(unusual.count) folds are unlike the others"),
        seen:
          "Mean accuracy over \(counted(cells.count, "cell")): \(someNames(words)); the median fold has "
          + "\(percentage(usual)). Named is a fold more than \(points(Self.smallestFoldDistance)) and 3.5 "
          + "robust standard deviations from the median, and 3.5 of those that chance leaves with its test "
          + "rows or groups.",
        meaning: (unusual.count == 1 ? "Its" : "Their")
          + " test rows are harder or easier than others, or something is wrong with them: means "
          + "over folds hide that.",
        advice: "Look at the groups and classes of these test rows in predictions.csv.", cells: [])
    }
  }
}

/// The middle value, or the mean of the two in the middle; 0 for none.
private func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
