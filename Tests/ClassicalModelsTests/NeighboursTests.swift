import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct NeighboursTests {
  private let training = samples([[0], [1], [2], [10]], [0, 0, 1, 1])

  private func model(_ k: Int, _ weights: NearestNeighbours.Weights) -> NearestNeighbours {
    var model = NearestNeighbours()
    model.k = k
    model.weights = weights
    return model
  }

  @Test func equalDistancesGoByRowNumber() throws {
    // Row 0 and row 1 are both 0.5 away; k = 1 takes the first.
    let labels = [1, 0, 0, 0]
    let fitted = model(1, .uniform).fit(samples([[0], [1], [5], [6]], labels), in: context())
    #expect(try fitted.predictions(for: Matrix([[0.5]])).classes == [1])
  }

  @Test func aZeroDistanceTakesAllTheWeight() {
    let fitted = model(3, .distance).fit(training, in: context())
    #expect(fitted.probabilities(of: Matrix([[2]])) == Matrix([[0, 1]]))
    let between = fitted.probabilities(of: Matrix([[1.5]]))
    // Distances 0.5, 0.5 and 1.5: weights 2, 2 and 2/3.
    #expect(abs(between[0, 0] - (2 + 2.0 / 3) / (4 + 2.0 / 3)) < 1e-6)
  }

  @Test func moreNeighboursThanRowsAreNoted() {
    let log = FitLog()
    let fitted = model(9, .uniform).fit(training, in: context(log))
    #expect(log.notes == ["knn: only 4 training rows for k = 9"])
    #expect(fitted.probabilities(of: Matrix([[0]])) == Matrix([[0.5, 0.5]]))
  }
}
