import JSONText
import NeuralNetworks
import ProgramSupport
import Testing

/// Cross-entropy with weights and smoothed labels has PyTorch's values and derivatives.
@Suite struct LossReferenceTests {
  static let cases = references("losses.json").map(LayerReferenceTests.Case.init)

  @Test func thereAreCases() { #expect(Self.cases.count == 6) }

  @Test(arguments: cases)
  func lossEqualsItsReference(_ given: LayerReferenceTests.Case) throws {
    let node = given.node
    let batch = try #require(node["batch"]?.integer)
    let classes = try #require(node["classes"]?.integer)
    let scale = node["scale"]?.number ?? 3
    let scores = HashedNumbers.uniform(array: HashedNumbers.rows, count: batch * classes).map {
      Float($0 * scale)
    }
    let weights =
      node["weighted"]?.boolean == true
      ? HashedNumbers.uniform(array: HashedNumbers.rows + 1, count: batch).map { Float(1 + $0 / 2) }
      : nil
    var loss = BatchLoss(classes: classes, smoothing: node["smoothing"]?.number ?? 0)
    let figures = loss.evaluate(
      scores, labels: (0..<batch).map { $0 % classes }, weights: weights)
    let known = try #require(node["loss"]?.number)
    #expect(abs(figures.loss - known) <= 1e-5 * max(1, known))
    #expect(distance(loss.gradient, node["gradient"]) < 1e-5)
  }
}
