import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct TreeTests {
  private func tree(_ depth: Int?) -> DecisionTree {
    var model = DecisionTree()
    model.depth = depth
    return model
  }

  @Test func splitsHalfwayBetweenTheClasses() throws {
    let fitted = tree(nil).fit(
      samples([[1, 9], [2, 9], [5, 9], [6, 9]], [0, 0, 1, 1]), in: context())
    #expect(try fitted.predictions(for: Matrix([[3.4, 0], [3.6, 0]])).classes == [0, 1])
    #expect(fitted.trees[0].nodeCount == 3)
  }

  @Test func theBestColumnIsChosen() {
    // Column 1 separates the classes, column 0 only nearly.
    let rows: [[Float]] = [[1, 0], [2, 0], [9, 0], [3, 1], [8, 1], [9, 1]]
    let fitted = tree(1).fit(samples(rows, [0, 0, 0, 1, 1, 1]), in: context())
    #expect(fitted.trees[0].columns[0] == 1)
  }

  /// Growing to a depth is reading the full tree down to it.
  @Test func aShallowTreeIsTheTopOfTheDeepOne() throws {
    var random = RandomStream(seed: 7)
    let labels = (0..<300).map { _ in random.below(4) }
    let features = Matrix(rows: 300, columns: 6) { row, span in
      for column in 0..<6 { span[column] = Float(Double(labels[row]) * 0.5 + random.normal()) }
    }
    let task = Samples(features: features, labels: labels, classCount: 4)
    let full = tree(nil).fit(task, in: context())
    for depth in [1, 2, 4, 7] {
      let own = tree(depth).fit(task, in: context()).probabilities(of: features)
      let read = TreeEnsemble(trees: full.trees, count: 1, depth: depth)
      #expect(read.probabilities(of: features) == own)
      #expect(read.pruned().probabilities(of: features) == own)
    }
    // Different rows with different labels: a full tree is right about all of them.
    #expect(try full.predictions(for: features).classes == labels)
  }

  @Test func equalRowsOfDifferentClassesEndInOneLeaf() {
    let fitted = tree(nil).fit(samples([[1], [1], [1], [2]], [0, 0, 1, 1]), in: context())
    let probabilities = fitted.probabilities(of: Matrix([[1]]))
    #expect(abs(probabilities[0, 0] - 2.0 / 3) < 1e-6)
  }

  /// Radix and insertion sort, narrow and wide codes: the same best split as by trying all.
  @Test(arguments: [10, 48, 49, 700])
  func splitsAreTheBestOnes(rows: Int) {
    var random = RandomStream(seed: UInt64(rows))
    let labels = (0..<rows).map { _ in random.below(3) }
    let features = Matrix(rows: rows, columns: 1) { row, span in
      span[0] = Float(random.below(rows / 2 + 2)) + Float(labels[row]) * 2 - 3
    }
    let fitted = tree(1).fit(
      Samples(features: features, labels: labels, classCount: 3), in: context())
    func score(_ threshold: Float) -> Double {
      var score = 0.0
      for side in [true, false] {
        let own = (0..<rows).filter { (features[$0, 0] <= threshold) == side }
        guard !own.isEmpty else { return -1 }
        let counts = (0..<3).map { label in Double(own.count { labels[$0] == label }) }
        score += counts.reduce(0) { $0 + $1 * $1 } / Double(own.count)
      }
      return score
    }
    let best = (0..<rows).map { score(features[$0, 0]) }.max() ?? 0
    #expect(abs(score(fitted.trees[0].thresholds[0]) - best) < 1e-9)
  }

  @Test func moreColumnsThanThereAreIsNoted() {
    let log = FitLog()
    var model = RandomForest()
    (model.trees, model.columns) = (2, 99)
    let samples = Samples(
      features: Matrix([[1, 2], [2, 1], [3, 5], [4, 0]]), labels: [0, 1, 0, 1], classCount: 2)
    _ = model.fit(samples, in: FitContext(random: RandomStream(seed: 1), log: log))
    #expect(log.notes == ["forest: there are only 2 columns for columns = 99"])
  }

  @Test func forestsOfEverySizeShareTheirTrees() throws {
    var random = RandomStream(seed: 9)
    let labels = (0..<200).map { $0 % 3 }
    let features = Matrix(rows: 200, columns: 9) { row, span in
      for column in 0..<9 {
        span[column] = Float(random.normal() + Double(labels[row] * (column % 2)))
      }
    }
    let task = Samples(features: features, labels: labels, classCount: 3)
    func forest(_ trees: Int, _ depth: Int?, _ columns: Int? = nil) -> RandomForest {
      var model = RandomForest()
      (model.trees, model.depth, model.columns) = (trees, depth, columns)
      return model
    }
    let list = [forest(5, 3), forest(12, nil), forest(7, 2, 9), forest(12, 3)]
    let together = RandomForest.fit(list, to: task, in: context())
    let shared = TreeEnsemble.predictions(of: together, for: features)
    for (index, model) in list.enumerated() {
      #expect(try model.fit(task, in: context()).predictions(for: features) == shared[index])
    }
  }
}
