import Learning
import Matrices
import NeuralNetworks

/// Compares a compiled network's gradients with central differences of a smooth loss of its scores.
struct FiniteDifferences {
  let network: Network
  let batch: Int
  var seed: UInt64 = 7
  /// Of a tensor's largest gradient: what single precision leaves of a difference.
  var tolerance = 1e-2
  /// The share of numbers that may differ: where a rectifier changes its mind within a difference, the
  /// difference is no derivative, and not all of these are noticed.
  var unnoticedKinks = 0.0

  /// What differs, in words; empty where all gradients agree.
  func problems() throws -> [String] {
    let columns = network.nodes.compactMap { ($0.layer as? Input)?.rowColumns }[0]
    var random = RandomStream(seed: 5)
    let rows = (0..<batch * columns).map { _ in Float(random.normal()) }
    var state = NetworkState(startOf: network, .he, random: random.derived(1))
    // Biases and scales that are 0 and 1 would hide mistakes.
    state.arrays = zip(state.arrays, network.parameters).map { array, named in
      guard case .constant = named.parameter.start, named.parameter.role == .trained else {
        return array.count > 0 && isBias(named) ? drawn(array, 0, &random) : array
      }
      return drawn(array, named.parameter.name == "bias" ? 0 : 1, &random)
    }
    let compiled = try OneDNNExecutor().compile(
      network, state,
      CompilationOptions(batch: batch, optimiser: .sgd(momentum: 0), threads: 1))
    let outputs = network.nodes[network.output].shape.count
    let targets = (0..<batch * outputs).map { _ in random.normal() }

    func scores(_ rows: [Float]) throws -> [Double] {
      let scores = try compiled.forward(rows, count: batch, training: seed)
      return (0..<batch * outputs).map { Double(scores[$0]) }
    }
    // ½ Σ (score − target)² has the derivatives score − target.
    func loss(_ rows: [Float]) throws -> Double {
      zip(try scores(rows), targets).reduce(0) { $0 + 0.5 * ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let given = zip(try scores(rows), targets).map { Float($0 - $1) }
    let gradients = try compiled.gradients(given)

    let here = try loss(rows)
    // What is left of a difference of losses this far apart, where each score is off by a few last digits.
    let size: Float = 3e-3
    let rounding =
      1.5 / Double(size) * 0x1p-22
      * zip(try scores(rows), targets).reduce(0) { $0 + abs($1.0) * abs($1.0 - $1.1) }
    var problems: [String] = []
    var compared = 0
    func compare(_ name: String, _ found: [Float], _ evaluate: (Int, Float) throws -> Double)
      rethrows
    {
      let largest = found.map(abs).max() ?? 0
      var kinks = 0
      let step = max(found.count / 60, 1)
      let places = Array(stride(from: 0, to: found.count, by: step))
      for place in places {
        // Second-order differences on each side: where they disagree, a rectifier or a maximum
        // changes its mind in between.
        func side(_ size: Float) throws -> Double {
          let near = try evaluate(place, size) - here
          let far = try evaluate(place, 2 * size) - here
          return (4 * near - far) / (2 * Double(size))
        }
        let (above, below) = (try side(size), try side(-size))
        let allowed = tolerance * Double(max(largest, 0.1)) + rounding
        let mean = (above + below) / 2
        compared += 1
        if abs(above - below) > 2 * allowed {
          kinks += 1
        } else if abs(mean - Double(found[place])) > allowed {
          problems.append("\(name)[\(place)]: \(found[place]), not \(mean); largest \(largest)")
        }
      }
      if kinks * 2 > places.count { problems.append("\(name): \(kinks) of \(places.count) kinks") }
    }
    for (index, named) in network.parameters.enumerated() where named.parameter.role == .trained {
      try compare(named.name, elements(gradients.parameters[index])) { place, change in
        var moved = state
        moved.arrays[index] = changed(state.arrays[index], place, change)
        compiled.load(moved)
        defer { compiled.load(state) }
        return try loss(rows)
      }
    }
    try compare("rows", (0..<batch).flatMap { gradients.rows.rowElements($0) }) { place, change in
      var moved = rows
      moved[place] += change
      return try loss(moved)
    }
    return Double(problems.count) > unnoticedKinks * Double(compared) ? problems : []
  }

  private func isBias(_ named: Network.NamedParameter) -> Bool {
    if case .bias = named.parameter.start { true } else { false }
  }

  private func drawn(
    _ array: ShapedArray, _ mean: Double, _ random: inout RandomStream
  ) -> ShapedArray {
    var stream = random.derived(array.count)
    return ShapedArray(shape: array.shape) { span in
      for index in 0..<span.count { span[index] = Float(mean + 0.3 * stream.normal()) }
    }
  }
}

/// The numbers of an array.
func elements(_ array: ShapedArray) -> [Float] { array.values.rowElements(0) }

/// An array with one number changed.
func changed(_ array: ShapedArray, _ place: Int, _ change: Float) -> ShapedArray {
  let known = elements(array)
  return ShapedArray(shape: array.shape) { span in
    for index in 0..<span.count { span[index] = known[index] + (index == place ? change : 0) }
  }
}
