import Matrices

/// The numbers of a network in plain order, outside of any executor: one array for each of
/// ``Network/parameters``, in their order.
package struct NetworkState: Sendable, Equatable {
  package var arrays: [ShapedArray]

  package init(_ arrays: [ShapedArray]) { self.arrays = arrays }
}

/// How weights and biases begin.
public enum Initialisation: String, CaseIterable, Sendable {
  /// Normal with variance 2 / inputs (He and others 2015); biases 0.
  case he
  /// Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010); biases 0.
  case glorot
  /// Uniform within ±1 / √inputs, biases too: what PyTorch does without being told.
  case pytorch
}

extension NetworkState {
  /// The numbers a network begins with.
  ///
  /// - Parameters:
  ///   - network: whose.
  ///   - initialisation: how weights are drawn.
  ///   - random: each array has a stream of its own, derived from this one.
  package init(
    startOf network: Network, _ initialisation: Initialisation, random: RandomStream
  ) {
    self.init(
      network.parameters.enumerated().map { index, named in
        var stream = random.derived(index)
        return ShapedArray(shape: named.parameter.shape) { span in
          switch named.parameter.start {
          case .constant(let value):
            for element in 0..<span.count { span[element] = value }
          case .weights(let inputs, let outputs):
            initialisation.draw(&span, inputs: inputs, outputs: outputs, &stream)
          case .bias(let inputs):
            guard initialisation == .pytorch else { return }
            initialisation.draw(&span, inputs: inputs, outputs: 1, &stream)
          }
        }
      })
  }
}

extension Initialisation {
  fileprivate func draw(
    _ span: inout MutableSpan<Float>, inputs: Int, outputs: Int, _ random: inout RandomStream
  ) {
    switch self {
    case .he:
      let deviation = (2 / Double(inputs)).squareRoot()
      for index in 0..<span.count { span[index] = Float(deviation * random.normal()) }
    case .glorot, .pytorch:
      let bound =
        self == .glorot
        ? (6 / Double(inputs + outputs)).squareRoot() : 1 / Double(inputs).squareRoot()
      for index in 0..<span.count { span[index] = Float(bound * (2 * random.uniform() - 1)) }
    }
  }
}
