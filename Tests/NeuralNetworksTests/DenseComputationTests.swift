import CKernels
import NeuralNetworks
import Testing

/// The dense layer beside plain loops in double precision.
@Suite("Dense layers are computed")
struct DenseComputationTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var inputs: Int
    var outputs: Int
    var batch: Int
    var hasBias = true
    var testDescription: String {
      "\(inputs) → \(outputs), batch \(batch)" + (hasBias ? "" : ", no bias")
    }
  }

  static let shapes =
    (1...33).map { Shape(inputs: 57, outputs: 10, batch: $0, hasBias: $0 % 2 == 0) } + [
      Shape(inputs: 17, outputs: 10, batch: 32), Shape(inputs: 58, outputs: 256, batch: 32),
      Shape(inputs: 1, outputs: 1, batch: 1), Shape(inputs: 10, outputs: 57, batch: 3),
      Shape(inputs: 5000, outputs: 17, batch: 2), Shape(inputs: 5000, outputs: 31, batch: 9),
      Shape(inputs: 300, outputs: 700, batch: 5, hasBias: false),
    ]

  private static func numbers(_ count: Int, _ seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  private static func make(_ shape: Shape, threads: Int = 2, moments: Int = 0) throws
    -> DenseComputation
  {
    let layer = try DenseComputation(
      inputs: shape.inputs, outputs: shape.outputs, hasBias: shape.hasBias, batch: shape.batch,
      moments: moments, threads: threads)
    let weights = numbers(shape.inputs * shape.outputs, 1)
    layer.weights.start.update(from: weights, count: weights.count)
    if let bias = layer.bias {
      bias.start.update(from: numbers(shape.outputs, 2), count: shape.outputs)
    }
    return layer
  }

  /// Whether all numbers are near their sums of so many products each.
  private static func expectEqual(
    _ found: [Float], _ expected: [Double], products: Int, _ name: String
  ) {
    #expect(found.count == expected.count)
    let bound = 1e-6 * Double(products).squareRoot() + 1e-6
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(worst < bound, "\(name)")
  }

  @Test("Sums and all gradients", arguments: shapes)
  func sumsAndGradients(_ shape: Shape) throws {
    let (inputs, outputs, batch) = (shape.inputs, shape.outputs, shape.batch)
    let layer = try Self.make(shape)
    let x = Self.numbers(batch * inputs, 3)
    let dy = Self.numbers(batch * outputs, 4)
    let weights = layer.weights.array
    let bias = layer.bias?.array ?? [Float](repeating: 0, count: outputs)
    var sums = (0..<batch * outputs).map { Double(bias[$0 % outputs]) }
    var rowGradients = [Double](repeating: 0, count: batch * inputs)
    var weightGradients = [Double](repeating: 0, count: outputs * inputs)
    var biasGradients = [Double](repeating: 0, count: outputs)
    for b in 0..<batch {
      for o in 0..<outputs {
        let gradient = Double(dy[b * outputs + o])
        biasGradients[o] += gradient
        for i in 0..<inputs {
          let (value, weight) = (Double(x[b * inputs + i]), Double(weights[o * inputs + i]))
          sums[b * outputs + o] += value * weight
          rowGradients[b * inputs + i] += gradient * weight
          weightGradients[o * inputs + i] += gradient * value
        }
      }
    }

    var y = [Float](repeating: 9, count: batch * outputs)
    try layer.forward(x, count: batch, into: &y)
    Self.expectEqual(y, sums, products: inputs, "sums")

    var dx = [Float](repeating: 9, count: batch * inputs)
    layer.inputGradients(dy, count: batch, into: &dx)
    Self.expectEqual(dx, rowGradients, products: outputs, "gradients by the rows")

    var dw = [Float](repeating: 9, count: outputs * inputs)
    var db = [Float](repeating: 9, count: outputs)
    layer.parameterGradients(x, count: batch, dy, weights: &dw, bias: &db)
    Self.expectEqual(dw, weightGradients, products: batch, "gradients by the weights")
    Self.expectEqual(db, biasGradients, products: batch, "gradients by the bias")
    #expect(layer.weights.array == weights)

    let l2 = 0.5
    var norm = zip(weightGradients, weights).reduce(0) { $0 + square($1.0 + l2 * Double($1.1)) }
    if shape.hasBias {
      norm += zip(biasGradients, bias).reduce(0) { $0 + square($1.0 + l2 * Double($1.1)) }
    }
    let found = layer.squaredNorm(l2: l2, x, count: batch, dy)
    #expect(abs(found / norm - 1) < 1e-5)
  }

  @Test("The step is the optimiser's on the gradients, whatever the threads", arguments: shapes)
  func step(_ shape: Shape) throws {
    let x = Self.numbers(shape.batch * shape.inputs, 3)
    let dy = Self.numbers(shape.batch * shape.outputs, 4)
    let step = OptimiserStep(
      optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), number: 3, rate: 0.01, l2: 0.1
    ).coefficients()
    let apart = try Self.make(shape, moments: 2)
    var gradients = [Float](repeating: 0, count: shape.inputs * shape.outputs)
    var biasGradients = [Float](repeating: 0, count: shape.outputs)
    apart.parameterGradients(
      x, count: shape.batch, dy, weights: &gradients, bias: &biasGradients)
    var expectedRows = [Float](repeating: 0, count: x.count)
    apart.inputGradients(dy, count: shape.batch, into: &expectedRows)
    withUnsafePointer(to: step) { step in
      kernels_update(
        step, apart.weights.start, gradients, apart.moments[0].weights.start,
        apart.moments[1].weights.start, gradients.count, 1)
      if let bias = apart.bias {
        kernels_update(
          step, bias.start, biasGradients, apart.moments[0].bias?.start,
          apart.moments[1].bias?.start, shape.outputs, 1)
      }
    }
    for threads in [1, 2, 3] {
      let layer = try Self.make(shape, threads: threads, moments: 2)
      var rows = [Float](repeating: 0, count: x.count)
      layer.backward(x, count: shape.batch, dy, into: &rows, step)
      #expect(rows == expectedRows)
      #expect(layer.weights.array == apart.weights.array)
      #expect(layer.bias?.array == apart.bias?.array)
      for (own, other) in zip(layer.moments, apart.moments) {
        #expect(own.weights.array == other.weights.array)
        #expect(own.bias?.array == other.bias?.array)
      }
    }
  }

  @Test("A row's sums are the same in any batch and for any threads", arguments: [2, 9, 32])
  func rowsAlone(batch: Int) throws {
    let shape = Shape(inputs: 5000, outputs: 57, batch: batch)
    let x = Self.numbers(40 * shape.inputs, 3)
    var all = [Float](repeating: 0, count: 40 * shape.outputs)
    try Self.make(shape, threads: 1).forward(x, count: 40, into: &all)
    var threaded = all
    try Self.make(shape, threads: 3).forward(x, count: 40, into: &threaded)
    #expect(threaded == all)
    let layer = try Self.make(shape)
    for row in [0, 17, 39] {
      var own = [Float](repeating: 0, count: shape.outputs)
      let values = Array(x[row * shape.inputs..<(row + 1) * shape.inputs])
      try layer.forward(values, count: 1, into: &own)
      #expect(own == Array(all[row * shape.outputs..<(row + 1) * shape.outputs]))
    }
  }
}

private func square(_ value: Double) -> Double { value * value }

extension FloatBuffer {
  fileprivate var array: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
}
