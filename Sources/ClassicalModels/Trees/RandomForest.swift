import Glibc
import Learning
import Matrices

/// Trees on bootstrap samples, each node choosing among some random columns (Breiman 2001).
///
/// A list of sizes and depths is one forest of the largest size and depth: tree t is the same in
/// every size, and a shallow tree is the top of the deep one.
package struct RandomForest: Model {
  package static let name = "forest"
  package static let summary = "trees on bootstrap samples with √columns tried at each node"
  package static let reference = "Breiman 2001"
  package static let listFitting = ListFitting.exact
  package static let budgetSetting: String? = "trees"

  @Setting("number of trees", in: 1...) package var trees = 100
  @Setting("the most splits from the root to a leaf", in: 1..., none: "unlimited")
  package var depth: Int? = nil
  @Setting("columns tried at each node", in: 1..., none: "sqrt") package var columns: Int? = nil

  package init() {}

  package var usesChance: Bool { true }

  private func columnsTried(of count: Int) -> Int {
    columns.map { min($0, count) } ?? max(1, Int(Double(count).squareRoot()))
  }

  package func cost(for shape: DataShape) -> Cost {
    let levels = min(Double(depth ?? 64), 2 * log2(Double(max(shape.rows, 2))))
    let visits = Double(trees) * levels * Double(shape.rows)
    let nodes = min(Double(shape.rows), pow(2, Double(min(depth ?? 60, 60))))
    return Cost(
      operations: 10 * visits * Double(columnsTried(of: shape.columns)),
      bytes: 4 * shape.elements + 2 * nodes * Double(trees) * (12 + 4 * Double(shape.classes)))
  }

  package static func cost(of list: [RandomForest], for shape: DataShape) -> Cost {
    families(of: list).map { largest($0.map { list[$0] }).cost(for: shape) }
      .reduce(Cost(operations: 0, bytes: 0)) {
        Cost(operations: $0.operations + $1.operations, bytes: max($0.bytes, $1.bytes))
      }
  }

  package func fit(_ samples: Samples, in context: FitContext) -> TreeEnsemble {
    Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [RandomForest], to samples: Samples, in context: FitContext
  ) -> [TreeEnsemble] {
    let table = RankedColumns(samples.features)
    if let most = list.compactMap(\.columns).max(), most > table.columns {
      context.log.note("forest: there are only \(table.columns) columns for columns = \(most)")
    }
    var fitted = [TreeEnsemble?](repeating: nil, count: list.count)
    for (number, family) in families(of: list).enumerated() {
      let model = largest(family.map { list[$0] })
      let grower = TreeGrower(
        table: table, labels: samples.labels, classCount: samples.classCount, depth: model.depth,
        columnsTried: model.columnsTried(of: samples.features.columns))
      let trees = (0..<model.trees).map { tree in
        var random = context.random.derived(tree)
        let weights = bootstrapWeights(samples, using: &random)
        context.log.progress(Double(tree) / Double(model.trees))
        return grower.grow(weights: weights, seed: random.next())
      }
      for index in family {
        fitted[index] = TreeEnsemble(
          trees: trees, count: list[index].trees, depth: list[index].depth ?? .max, family: number)
      }
    }
    return fitted.compactMap { $0 }
  }

  package func finish(
    _ fitted: TreeEnsemble, for samples: Samples, in context: FitContext
  ) -> TreeEnsemble { fitted.pruned() }

  /// As many draws with replacement as there are rows; each row counts as often as it was drawn.
  private static func bootstrapWeights(
    _ samples: Samples, using random: inout RandomStream
  ) -> [Double] {
    var weights = [Double](repeating: 0, count: samples.count)
    for _ in 0..<samples.count {
      let row = random.below(samples.count)
      weights[row] += samples.weight(row)
    }
    return weights
  }

  /// The settings that can share their trees: those that try as many columns at a node.
  private static func families(of list: [RandomForest]) -> [[Int]] {
    var families: [[Int]] = []
    for index in list.indices {
      if let known = families.firstIndex(where: { list[$0[0]].columns == list[index].columns }) {
        families[known].append(index)
      } else {
        families.append([index])
      }
    }
    return families
  }

  private static func largest(_ list: [RandomForest]) -> RandomForest {
    var model = RandomForest()
    model.trees = list.map(\.trees).max() ?? 1
    model.depth = list.contains { $0.depth == nil } ? nil : list.compactMap(\.depth).max()
    model.columns = list.first?.columns
    return model
  }
}
