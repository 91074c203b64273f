import Glibc
import Learning
import Matrices

/// A classification tree (CART, Breiman, Friedman, Olshen and Stone 1984) by Gini impurity.
///
/// A list of depths is one full tree, read at each depth. Among equally good splits, which small nodes
/// have many of, one is drawn: always taking the first column would favour it.
package struct DecisionTree: Model {
  package static let name = "tree"
  package static let summary = "a classification tree (CART), split by Gini impurity"
  package static let reference = "Breiman, Friedman, Olshen and Stone 1984"
  package static let listFitting = ListFitting.exact

  @Setting("the most splits from the root to a leaf", in: 1..., none: "unlimited")
  package var depth: Int? = nil

  package init() {}

  package var usesChance: Bool { true }

  package func cost(for shape: DataShape) -> Cost {
    let levels = min(Double(depth ?? 64), 2 * log2(Double(max(shape.rows, 2))))
    return Cost(operations: 10 * levels * shape.elements, bytes: 8 * shape.elements)
  }

  package static func cost(of list: [DecisionTree], for shape: DataShape) -> Cost {
    deepest(list).cost(for: shape)
  }

  package func fit(_ samples: Samples, in context: FitContext) -> TreeEnsemble {
    Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [DecisionTree], to samples: Samples, in context: FitContext
  ) -> [TreeEnsemble] {
    let grower = TreeGrower(
      table: RankedColumns(samples.features), labels: samples.labels,
      classCount: samples.classCount, depth: deepest(list).depth,
      columnsTried: samples.features.columns)
    var random = context.random
    let tree = grower.grow(
      weights: (0..<samples.count).map { samples.weight($0) }, seed: random.next())
    return list.map { TreeEnsemble(trees: [tree], count: 1, depth: $0.depth ?? .max) }
  }

  package func finish(
    _ fitted: TreeEnsemble, for samples: Samples, in context: FitContext
  ) -> TreeEnsemble { fitted.pruned() }

  private static func deepest(_ list: [DecisionTree]) -> DecisionTree {
    list.max { $0.depth ?? .max < $1.depth ?? .max } ?? DecisionTree()
  }
}
