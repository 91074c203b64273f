import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct DummyTests {
  @Test func majorityIsTheLargestClass() {
    let fitted = Dummy().fit(samples([[1], [2], [3]], [1, 0, 1]), in: context())
    let predictions = fitted.predictions(for: Matrix([[9], [8]]))
    #expect(predictions.classes == [1, 1])
    #expect(abs(predictions.probabilities[0, 1] - 2.0 / 3) < 1e-6)
  }

  @Test func stratifiedDrawsByShare() {
    var model = Dummy()
    model.strategy = .stratified
    let fitted = model.fit(
      samples((0..<10).map { [Float($0)] }, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]), in: context())
    let rows = Matrix(rows: 4000, columns: 1) { row, span in span[0] = Float(row) }
    let share = Double(fitted.predictions(for: rows).classes.count { $0 == 1 }) / 4000
    #expect(abs(share - 0.3) < 0.03)
  }
}
