import CKernels
import Learning

/// A dense layer with its numbers and its optimiser's, computed on plain rows.
///
/// Weights are used up by the optimiser tile by tile as their gradient is made, so that no gradient is ever
/// whole in memory: a layer of n weights takes 4 n bytes, and as many for each moment. The results are
/// the same for any number of threads, and those of a row the same in any batch.
///
/// It is used by one thread at a time.
package final class DenseComputation {
  package let inputs: Int
  package let outputs: Int
  /// outputs × inputs.
  package let weights: FloatBuffer
  /// A number an output; nil for none.
  package let bias: FloatBuffer?
  /// The optimiser's moments: of the weights, and of the bias.
  package let moments: [(weights: FloatBuffer, bias: FloatBuffer?)]
  private let threads: Int
  private let plannedBatch: Int
  private var spare: FloatBuffer

  /// A layer whose numbers are all zero.
  ///
  /// - Parameters:
  ///   - inputs: at least 1.
  ///   - outputs: at least 1.
  ///   - hasBias: whether a number is added to each output.
  ///   - batch: the rows of most batches.
  ///   - moments: the numbers that the optimiser keeps for each parameter, 0 to 2.
  ///   - threads: at least 1.
  /// - Throws: `FitError` when there is no memory.
  package init(
    inputs: Int, outputs: Int, hasBias: Bool, batch: Int, moments: Int, threads: Int
  ) throws {
    self.inputs = inputs
    self.outputs = outputs
    self.threads = threads
    plannedBatch = batch
    weights = try FloatBuffer(outputs * inputs)
    bias = hasBias ? try FloatBuffer(outputs) : nil
    self.moments = try (0..<moments).map { _ in
      (try FloatBuffer(outputs * inputs), hasBias ? try FloatBuffer(outputs) : nil)
    }
    spare = try FloatBuffer((inputs + outputs) * batch)
  }

  /// The bytes that a layer takes.
  ///
  /// - Parameters: as those of the initialiser.
  /// - Returns: all arrays together.
  package static func bytes(
    inputs: Int, outputs: Int, hasBias: Bool, batch: Int, moments: Int
  ) -> Double {
    let numbers = Double(inputs) * Double(outputs) + (hasBias ? Double(outputs) : 0)
    return 4 * (numbers * Double(1 + moments) + Double(inputs + outputs) * Double(batch))
  }

  /// The weighted sums.
  ///
  /// - Parameters:
  ///   - rows: count × inputs.
  ///   - count: the number of rows, at least 1.
  ///   - sums: receives count × outputs.
  /// - Throws: `FitError` when there is no memory for more rows than were planned.
  package func forward(
    _ rows: UnsafePointer<Float>, count: Int, into sums: UnsafeMutablePointer<Float>
  ) throws {
    if (inputs + outputs) * count > spare.count {
      spare = try FloatBuffer((inputs + outputs) * count)
    }
    withLayer { kernels_dense_forward($0, rows, count, sums, spare.start, threads) }
  }

  /// The gradients by the rows, and a step of the optimiser.
  ///
  /// - Parameters:
  ///   - rows: as ``forward(_:count:into:)`` had them.
  ///   - count: their number.
  ///   - gradients: count × outputs, by the sums.
  ///   - rowGradients: receives count × inputs; nil where nobody asks.
  ///   - step: how the parameters follow.
  package func backward(
    _ rows: UnsafePointer<Float>, count: Int, _ gradients: UnsafePointer<Float>,
    into rowGradients: UnsafeMutablePointer<Float>?, _ step: kernels_step
  ) {
    withUnsafePointer(to: step) { step in
      withLayer {
        kernels_dense_backward(
          $0, step, rows, gradients, count, rowGradients, spare.start, threads)
      }
    }
  }

  /// The gradients by the rows alone.
  ///
  /// - Parameters:
  ///   - gradients: count × outputs, by the sums.
  ///   - count: the number of rows.
  ///   - rowGradients: receives count × inputs.
  package func inputGradients(
    _ gradients: UnsafePointer<Float>, count: Int, into rowGradients: UnsafeMutablePointer<Float>
  ) {
    withLayer { kernels_dense_input_gradients($0, gradients, count, rowGradients, threads) }
  }

  /// The gradients by the parameters; nothing is changed.
  ///
  /// - Parameters:
  ///   - rows: count × inputs.
  ///   - count: their number.
  ///   - gradients: count × outputs, by the sums.
  ///   - weightGradients: receives outputs × inputs.
  ///   - biasGradients: receives a number an output; nil where nobody asks.
  package func parameterGradients(
    _ rows: UnsafePointer<Float>, count: Int, _ gradients: UnsafePointer<Float>,
    weights weightGradients: UnsafeMutablePointer<Float>,
    bias biasGradients: UnsafeMutablePointer<Float>?
  ) {
    withLayer {
      kernels_dense_gradients(
        $0, rows, gradients, count, weightGradients, biasGradients, threads)
    }
  }

  /// The sum of the squares of the gradients by all parameters, for clipping.
  ///
  /// - Parameters:
  ///   - l2: the share of a parameter that joins its gradient.
  ///   - rows: count × inputs.
  ///   - count: their number.
  ///   - gradients: count × outputs, by the sums.
  /// - Returns: the sum, in double precision.
  package func squaredNorm(
    l2: Double, _ rows: UnsafePointer<Float>, count: Int, _ gradients: UnsafePointer<Float>
  ) -> Double {
    withLayer {
      kernels_dense_squared_norm($0, Float(l2), rows, gradients, count, spare.start, threads)
    }
  }

  private func withLayer<Result>(_ body: (UnsafePointer<kernels_dense>) -> Result) -> Result {
    let layer = kernels_dense(
      inputs: inputs, outputs: outputs, planned_batch: plannedBatch, weights: weights.start,
      bias: bias?.start, first: moments.first?.weights.start,
      second: moments.count > 1 ? moments[1].weights.start : nil,
      bias_first: moments.first?.bias?.start,
      bias_second: moments.count > 1 ? moments[1].bias?.start : nil)
    return withUnsafePointer(to: layer, body)
  }
}
