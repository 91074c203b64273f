import CKernels
import Glibc
import NeuralNetworks
import Testing

/// The kernels of dense layers beside plain loops in double precision; here and not among the kernels' tests
/// because oneDNN brings the threads along.
@Suite("Dense layers are computed")
struct DenseKernelTests {
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
      Shape(inputs: 2000, outputs: 50, batch: 33), Shape(inputs: 20_000, outputs: 60, batch: 3),
    ]

  private static func numbers(_ count: Int, _ seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  /// A layer's numbers.
  private struct Layer {
    let shape: Shape
    let threads: Int
    var weights: [Float]
    var bias: [Float]
    /// Two moments of the weights, and two of the bias.
    var moments: [[Float]]
    var spare: [Float]

    init(_ shape: Shape, threads: Int = 2) {
      self.shape = shape
      self.threads = threads
      weights = numbers(shape.inputs * shape.outputs, 1)
      bias = numbers(shape.outputs, 2)
      moments = [weights.count, weights.count, bias.count, bias.count].map {
        [Float](repeating: 0, count: $0)
      }
      spare = [Float](repeating: 0, count: 40 * (shape.inputs + shape.outputs))
    }

    mutating func with(
      _ body: (UnsafePointer<kernels_dense>, UnsafeMutablePointer<Float>, Int) -> Void
    ) {
      func start(_ numbers: inout [Float]) -> UnsafeMutablePointer<Float>? {
        numbers.withUnsafeMutableBufferPointer { $0.baseAddress }
      }
      // Nobody else holds the arrays: they stay where they are.
      let layer = kernels_dense(
        inputs: shape.inputs, outputs: shape.outputs, planned_batch: shape.batch,
        weights: start(&weights), bias: shape.hasBias ? start(&bias) : nil,
        first: start(&moments[0]), second: start(&moments[1]), bias_first: start(&moments[2]),
        bias_second: start(&moments[3]))
      let threads = threads
      spare.withUnsafeMutableBufferPointer { buffer in
        guard let spare = buffer.baseAddress else { return }
        withUnsafePointer(to: layer) { body($0, spare, threads) }
      }
    }
  }

  /// Whether all numbers are near their sums of so many products each.
  ///
  /// Each addition rounds by half a unit of a partial sum, and partial sums are about as large as the largest
  /// of all sums; n such errors of either sign add up to √n of one. Four times that is allowed, in whatever order a
  /// path adds.
  private static func expectEqual(
    _ found: [Float], _ expected: [Double], products: Int, _ name: String
  ) {
    #expect(found.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    let bound = 4 * 0x1p-24 * Double(products).squareRoot() * largest + 1e-6
    let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
    #expect(worst < bound, "\(name)")
  }

  @Test("Sums and all gradients", arguments: shapes)
  func sumsAndGradients(_ shape: Shape) {
    let (inputs, outputs, batch) = (shape.inputs, shape.outputs, shape.batch)
    var layer = Layer(shape)
    let x = Self.numbers(batch * inputs, 3)
    let dy = Self.numbers(batch * outputs, 4)
    let weights = layer.weights
    let bias = shape.hasBias ? layer.bias : [Float](repeating: 0, count: outputs)
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
    layer.with { kernels_dense_forward($0, x, batch, &y, $1, $2) }
    Self.expectEqual(y, sums, products: inputs, "sums")

    var dx = [Float](repeating: 9, count: batch * inputs)
    layer.with { layer, _, threads in
      kernels_dense_input_gradients(layer, dy, batch, &dx, threads)
    }
    Self.expectEqual(dx, rowGradients, products: outputs, "gradients by the rows")

    var dw = [Float](repeating: 9, count: outputs * inputs)
    var db = [Float](repeating: 9, count: outputs)
    layer.with { layer, _, threads in
      kernels_dense_gradients(layer, x, dy, batch, &dw, &db, threads)
    }
    Self.expectEqual(dw, weightGradients, products: batch, "gradients by the weights")
    Self.expectEqual(db, biasGradients, products: batch, "gradients by the bias")
    #expect(layer.weights == weights)
  }

  @Test("The step is the optimiser's on the gradients, whatever the threads", arguments: shapes)
  func step(_ shape: Shape) {
    let x = Self.numbers(shape.batch * shape.inputs, 3)
    let dy = Self.numbers(shape.batch * shape.outputs, 4)
    let step = OptimiserStep(
      optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), number: 3, rate: 0.01, l2: 0.1
    ).coefficients()
    var apart = Layer(shape)
    var gradients = [Float](repeating: 0, count: shape.inputs * shape.outputs)
    var biasGradients = [Float](repeating: 0, count: shape.outputs)
    var expectedRows = [Float](repeating: 0, count: x.count)
    apart.with { layer, _, threads in
      kernels_dense_gradients(layer, x, dy, shape.batch, &gradients, &biasGradients, threads)
      kernels_dense_input_gradients(layer, dy, shape.batch, &expectedRows, threads)
      let layer = layer.pointee
      withUnsafePointer(to: step) { step in
        kernels_update(
          step, layer.weights, gradients, layer.first, layer.second, gradients.count, 1)
        guard shape.hasBias else { return }
        kernels_update(
          step, layer.bias, biasGradients, layer.bias_first, layer.bias_second, shape.outputs, 1)
      }
    }
    for threads in [1, 2, 3] {
      var layer = Layer(shape, threads: threads)
      var rows = [Float](repeating: 0, count: x.count)
      layer.with { layer, spare, threads in
        withUnsafePointer(to: step) {
          kernels_dense_backward(layer, $0, x, dy, shape.batch, &rows, spare, threads)
        }
      }
      #expect(rows == expectedRows)
      #expect(layer.weights == apart.weights)
      #expect(layer.bias == apart.bias)
      #expect(layer.moments == apart.moments)
    }
  }

  @Test("A row's sums are the same in any batch and for any threads", arguments: [2, 9, 32])
  func rowsAlone(batch: Int) { Self.checkRowsAlone(batch: batch) }

  @Test("The same on the other paths") func otherPaths() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "avx2", 1)
      for batch in [2, 9] { Self.checkRowsAlone(batch: batch) }
    }
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      for batch in [2, 9] { Self.checkRowsAlone(batch: batch) }
    }
  }

  private static func checkRowsAlone(batch: Int) {
    let shape = Shape(inputs: 17_000, outputs: 30, batch: batch)
    let x = numbers(40 * shape.inputs, 3)
    var all = [Float](repeating: 0, count: 40 * shape.outputs)
    var single = Layer(shape, threads: 1)
    single.with { kernels_dense_forward($0, x, 40, &all, $1, $2) }
    var threaded = all
    var several = Layer(shape, threads: 3)
    several.with { kernels_dense_forward($0, x, 40, &threaded, $1, $2) }
    #expect(threaded == all)
    for row in [0, 17, 39] {
      var own = [Float](repeating: 0, count: shape.outputs)
      let values = Array(x[row * shape.inputs..<(row + 1) * shape.inputs])
      several.with { kernels_dense_forward($0, values, 1, &own, $1, $2) }
      #expect(own == Array(all[row * shape.outputs..<(row + 1) * shape.outputs]))
    }
  }
}
