import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct PerceptronTests {
  @Test func separableRowsAreLearnt() {
    let fitted = Perceptron().fit(
      samples([[0, 0], [0, 1], [5, 5], [6, 5]], [0, 0, 1, 1]), in: context())
    #expect(fitted.predictions(for: Matrix([[0, 0], [6, 6]])).classes == [0, 1])
  }

  /// η₀ scales the weights and the loss that the stop looks at, nothing else.
  @Test func weightsScaleWithTheRate() {
    var random = RandomStream(seed: 6)
    let labels = (0..<50).map { $0 % 2 }
    let features = Matrix(rows: 50, columns: 3) { row, span in
      for column in 0..<3 { span[column] = Float(random.normal() + Double(labels[row])) }
    }
    let task = Samples(features: features, labels: labels, classCount: 2)
    var slow = Perceptron()
    (slow.eta, slow.tolerance, slow.epochs) = (0.5, 0, 7)
    var fast = slow
    fast.eta = 2
    let a = slow.fit(task, in: context())
    let b = fast.fit(task, in: context())
    for column in 0..<3 { #expect(abs(4 * a.weights[1, column] - b.weights[1, column]) < 1e-4) }
  }
}
