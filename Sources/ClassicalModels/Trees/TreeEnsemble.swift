import Learning
import Matrices

/// One or more trees, read down to a depth: the probabilities are the mean of their shares.
package struct TreeEnsemble: FittedModel {
  /// All trees that were grown together; this model uses the first `count`.
  package let trees: [Tree]
  let count: Int
  /// The depth at which reading stops.
  let depth: Int
  /// Models of one fit with equal numbers share their trees.
  let family: Int

  package init(trees: [Tree], count: Int, depth: Int, family: Int = 0) {
    self.trees = trees
    self.count = count
    self.depth = depth
    self.family = family
  }

  var classCount: Int { trees.first?.classCount ?? 0 }

  package func fits(columns: Int, classes: Int) -> Bool {
    (1...max(1, trees.count)).contains(count) && !trees.isEmpty && depth >= 0
      && trees.allSatisfy { $0.isWhole(columns: columns, classes: classes) }
  }

  package func probabilities(of features: Matrix) -> Matrix {
    Self.probabilities([self], of: features)[0]
  }

  package static func predictions(of list: [TreeEnsemble], for features: Matrix) -> [Predictions] {
    var predictions = [Predictions?](repeating: nil, count: list.count)
    for family in Set(list.map(\.family)).sorted() {
      let members = list.indices.filter { list[$0].family == family }
      let all = probabilities(members.map { list[$0] }, of: features)
      for (index, member) in members.enumerated() {
        predictions[member] = Predictions(probabilities: all[index])
      }
    }
    return predictions.compactMap { $0 }
  }

  /// Only the trees and nodes this model reads.
  package func pruned() -> TreeEnsemble {
    TreeEnsemble(
      trees: trees.prefix(count).map { $0.pruned(to: depth) }, count: count, depth: depth)
  }

  /// Walks every row down every tree once for all models, which have the same trees.
  private static func probabilities(_ list: [TreeEnsemble], of features: Matrix) -> [Matrix] {
    guard let first = list.first else { return [] }
    let limits = Set(list.map(\.depth)).sorted()
    let limitOfModel = list.map { model in limits.firstIndex(of: model.depth) ?? 0 }
    let classes = first.classCount
    let used = list.map(\.count).max() ?? 0
    var results = list.map { _ in [Float](repeating: 0, count: features.rows * classes) }
    // Trees outside, rows inside keeps a tree in the cache; blocks of rows bound the sums' memory.
    for start in stride(from: 0, to: features.rows, by: 4096) {
      let block = features.rows(start..<min(start + 4096, features.rows))
      var sums = [Double](repeating: 0, count: block.rows * limits.count * classes)
      for (index, tree) in first.trees.prefix(used).enumerated() {
        for row in 0..<block.rows {
          tree.walk(block.row(row), limits: limits) { limit, node in
            let target = (row * limits.count + limit) * classes
            for label in 0..<classes {
              sums[target + label] += Double(tree.shares[node * classes + label])
            }
          }
        }
        for (model, limit) in zip(list.indices, limitOfModel) where list[model].count == index + 1 {
          for row in 0..<block.rows {
            for label in 0..<classes {
              let sum = sums[(row * limits.count + limit) * classes + label]
              results[model][(start + row) * classes + label] = Float(sum / Double(index + 1))
            }
          }
        }
      }
    }
    return results.map { Matrix(rows: features.rows, columns: classes, elements: $0) }
  }
}
