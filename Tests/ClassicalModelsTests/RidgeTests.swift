import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct RidgeTests {
  /// By hand: x centred is −1, 0, 1, targets of the second class −1, 1, 1 with mean 1/3; w = 2/(2 + α).
  @Test func solvesTheNormalEquations() throws {
    var model = Ridge()
    model.alpha = 2
    let fitted = try model.fit(samples([[1], [2], [3]], [0, 1, 1]), in: context())
    #expect(abs(fitted.weights[1, 0] - 0.5) < 1e-6)
    #expect(abs(fitted.intercepts[1] - (1.0 / 3 - 1)) < 1e-6)
    #expect(fitted.weights[0, 0] == -fitted.weights[1, 0])
  }

  @Test func wideAndTallFormsAgree() throws {
    var random = RandomStream(seed: 2)
    let wide = Matrix(rows: 8, columns: 12) { span in
      for index in 0..<96 { span[index] = Float(random.normal()) }
    }
    let labels = (0..<8).map { $0 % 3 }
    let narrow = Samples(features: wide, labels: labels, classCount: 3)
    // The same rows, each eight times: as many facts, but more rows than columns.
    let tall = narrow.gathering(rows: (0..<8).flatMap { [Int](repeating: $0, count: 8) })
    var light = Ridge()
    light.alpha = 1
    var heavy = Ridge()
    heavy.alpha = 8
    let a = try light.fit(narrow, in: context())
    let b = try heavy.fit(tall, in: context())
    for label in 0..<3 {
      for column in 0..<12 {
        #expect(abs(a.weights[label, column] - b.weights[label, column]) < 1e-5)
      }
    }
  }

  @Test func noPenaltyOnDependentColumnsGivesTheSmallestWeights() throws {
    var model = Ridge()
    model.alpha = 0
    let fitted = try model.fit(
      samples([[1, 1], [2, 2], [3, 3], [4, 4]], [0, 0, 1, 1]), in: context())
    #expect(abs(fitted.weights[1, 0] - fitted.weights[1, 1]) < 1e-5)
    #expect(abs(fitted.weights[1, 0] - 0.4) < 1e-4)
  }

  @Test func weightsAreRepeatedRows() throws {
    let rows: [[Float]] = [[1, 0], [2, 1], [3, 5], [4, 1]]
    let labels = [0, 0, 1, 1]
    let weighted = try Ridge().fit(samples(rows, labels, weights: [1, 3, 1, 2]), in: context())
    let repeated = try Ridge().fit(
      samples(rows, labels).gathering(rows: [0, 1, 1, 1, 2, 3, 3]), in: context())
    for column in 0..<2 {
      #expect(abs(weighted.weights[1, column] - repeated.weights[1, column]) < 1e-5)
    }
    #expect(abs(weighted.intercepts[1] - repeated.intercepts[1]) < 1e-5)
  }
}
