import JSONText
import Learning
import Matrices
import NeuralNetworks
import ProgramSupport
import Testing

/// Ten steps of each optimiser on recorded gradients end where PyTorch's do.
@Suite struct OptimiserReferenceTests {
  static let cases = references("optimisers.json").map(LayerReferenceTests.Case.init)

  @Test func thereAreCases() { #expect(Self.cases.count == 11) }

  /// A dense layer that is given one row x has the gradients s·xᵀ and s for the score gradients s.
  @Test(arguments: cases, LayerReferenceTests.Computing.allCases)
  func optimiserEqualsItsReference(
    _ given: LayerReferenceTests.Case, computing: LayerReferenceTests.Computing
  ) throws {
    let node = given.node
    func number(_ name: String, _ other: Double) -> Double { node[name]?.number ?? other }
    let optimiser: Optimiser =
      node["optimiser"]?.string == "sgd"
      ? .sgd(momentum: number("momentum", 0))
      : .adam(
        beta1: number("beta1", 0.9), beta2: number("beta2", 0.999),
        epsilon: number("epsilon", 1e-8))
    let network = try Network(to: NetworkInput(RowLayout(features: 7)).columns().dense(3))
    let state = NetworkState([
      ShapedArray(
        shape: [3, 7], HashedNumbers.parameter(array: 0, name: "weight", shape: [3, 7])),
      ShapedArray(shape: [3], HashedNumbers.parameter(array: 1, name: "bias", shape: [3])),
    ])
    let compiled = try computing.executor.compile(
      network, state, CompilationOptions(batch: 1, optimiser: optimiser, threads: computing.threads)
    )
    let recorded = node["steps"]?.elements ?? []
    #expect(recorded.count == 10)
    for (index, reference) in recorded.enumerated() {
      func hashed(_ array: Int, _ count: Int) -> [Float] {
        HashedNumbers.uniform(array: HashedNumbers.rows + array, count: count).map { Float($0) }
      }
      _ = try compiled.forward(hashed(2 * index, 7), count: 1, training: 1)
      try compiled.backward(
        hashed(2 * index + 1, 3),
        OptimiserStep(
          optimiser: optimiser, number: index + 1,
          rate: index < 5 ? number("rate", 0) : number("later", number("rate", 0)),
          l2: number("l2", 0), weightDecay: number("decay", 0), clipNorm: node["clip"]?.number))
      let parameters = compiled.state().arrays.flatMap { $0.values.rowElements(0) }
      let known = reference.elements?.compactMap(\.number) ?? []
      #expect(known.count == parameters.count)
      let largest = zip(parameters, known).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(largest < 1e-6, "after step \(index + 1)")
    }
  }
}
