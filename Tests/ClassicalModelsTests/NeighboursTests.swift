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

  /// Squares of such columns overflow or vanish in single precision; the nearest rows are the same.
  @Test(arguments: [-100, -80, -45, 45, 80, 120])
  func magnitudesDoNotMatter(exponent: Int) {
    var random = RandomStream(seed: 3)
    let labels = (0..<60).map { $0 % 3 }
    let features = Matrix(rows: 60, columns: 3) { row, span in
      for column in 0..<3 { span[column] = Float(random.normal() + Double(labels[row])) }
    }
    let factor = Float(sign: .plus, exponent: exponent, significand: 1)
    for weights in [NearestNeighbours.Weights.uniform, .distance] {
      let plain = model(5, weights).fit(
        Samples(features: features, labels: labels, classCount: 3), in: context())
      let scaled = features.map { $0 * factor }
      let fitted = model(5, weights).fit(
        Samples(features: scaled, labels: labels, classCount: 3), in: context())
      let queries = features.map { $0 + 0.25 }
      let (a, b) = (
        plain.probabilities(of: queries), fitted.probabilities(of: queries.map { $0 * factor })
      )
      for row in 0..<60 {
        for label in 0..<3 { #expect(abs(a[row, label] - b[row, label]) < 1e-5) }
      }
    }
  }

  /// A large constant beside tiny numbers does not overflow.
  @Test func aConstantColumnSaysNothing() throws {
    let rows: [[Float]] = (0..<40).map { [1e3, Float($0 % 2) * 1e-30 + Float($0) * 1e-33] }
    let fitted = model(1, .uniform).fit(samples(rows, rows.indices.map { $0 % 2 }), in: context())
    #expect(try fitted.predictions(for: Matrix(rows)).classes == rows.indices.map { $0 % 2 })
  }
}
