import Learning
import Matrices
import TextFormatting

extension SplitPlanner {
  /// For each size, subsets of the training rows, of repeat 0 where folds are repeated.
  ///
  /// A draw has the same order of units whatever sizes are asked for.
  ///
  /// - Parameters:
  ///   - splits: the splits, before winners are fitted again.
  ///   - shares: the sizes; that of all rows is the split itself.
  ///   - refits: whether winners are fitted to validation rows too.
  /// - Returns: the subsets by split, draw and share.
  /// - Throws: ``PlanError`` for too many of them.
  func subsets(of splits: [Split], shares: [Double], refits: Bool) throws -> [Plan.Subset] {
    let shares = shares.filter { $0 < 1 }
    let own = splits.indices.filter { splits[$0].repetition == 0 }
    let count = own.count * Experiment.curveDraws * shares.count
    guard count <= Experiment.mostFits else {
      throw PlanError(
        "a learning curve of \(counted(shares.count, "size")) × \(Experiment.curveDraws) draws × "
          + "\(counted(own.count, "split")) takes \(count) fits of each cell; at most "
          + "\(Experiment.mostFits) are done; give fewer sizes")
    }
    return own.flatMap { index in
      let split = splits[index]
      var rows = split.finalTraining
      if refits, split.selection.count == 1 { rows += split.selection[0].validation }
      return (0..<Experiment.curveDraws).flatMap { draw in
        let subsets = NestedSubsets(
          of: rows, labels: dataset.labels, units: units,
          random: RandomStream(seed: seed, "split/curve \(split.fold) \(draw)"))
        return shares.map { share in
          Plan.Subset(share: share, draw: draw, split: index, rows: subsets.rows(share: share))
        }
      }
    }
  }
}
