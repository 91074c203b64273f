import Learning
import Matrices

/// Something that computes networks: a processor with its library.
package protocol Executor: Sendable {
  /// Makes a network ready to compute.
  ///
  /// - Parameters:
  ///   - network: its layers.
  ///   - state: its numbers.
  ///   - options: for what.
  /// - Returns: the network in memory of the executor's own.
  /// - Throws: `FitError` when it cannot be had, for want of memory too.
  func compile(
    _ network: Network, _ state: NetworkState, _ options: CompilationOptions
  ) throws -> any CompiledNetwork

  /// The bytes that ``compile(_:_:_:)`` would take, known before any is taken.
  func bytes(for network: Network, _ options: CompilationOptions) -> Double
}

/// What a network is compiled for.
package struct CompilationOptions: Equatable, Sendable {
  /// The rows of a batch; others are possible, this number is the fastest.
  package var batch: Int
  /// How the parameters are changed; nil for a network that only predicts.
  package var optimiser: Optimiser?
  /// The threads, at least 1: other numbers may give other bits.
  package var threads: Int

  package init(batch: Int, optimiser: Optimiser?, threads: Int) {
    self.batch = batch
    self.optimiser = optimiser
    self.threads = threads
  }
}

/// A network that can compute; used by one thread at a time, the one that made it.
package protocol CompiledNetwork: AnyObject {
  /// The bytes it holds.
  var bytes: Int { get }

  /// Computes the scores of some rows.
  ///
  /// - Parameters:
  ///   - rows: rows × all columns of the layout, row by row.
  ///   - count: the number of rows, at least 1.
  ///   - seed: a seed for what layers draw by chance, and statistics over the batch, which are taken
  ///     note of; nil to predict.
  /// - Returns: rows × outputs, row by row, valid until the next call.
  /// - Throws: `FitError` when it cannot be computed.
  func forward(
    _ rows: UnsafePointer<Float>, count: Int, training seed: UInt64?
  ) throws -> UnsafePointer<Float>

  /// Changes the parameters by the gradient of the last ``forward(_:count:training:)``, which was for
  /// training.
  ///
  /// - Parameters:
  ///   - scoreGradients: rows × outputs: the derivatives of the loss by each score.
  ///   - step: the optimiser's step.
  /// - Throws: `FitError` when it cannot be computed.
  func backward(_ scoreGradients: UnsafePointer<Float>, _ step: OptimiserStep) throws

  /// The gradient of the last forward pass by each parameter, those of statistics zero, and by the rows;
  /// for tests. Nothing is changed.
  func gradients(
    _ scoreGradients: UnsafePointer<Float>
  ) throws -> (parameters: [ShapedArray], rows: Matrix)

  /// Whether no number of ``state()`` is infinite or none; rectifiers hide that from the scores.
  var isFinite: Bool { get }

  /// The numbers as they are now.
  func state() -> NetworkState
  /// Takes other numbers.
  func load(_ state: NetworkState)

  /// The optimiser's own numbers, such as moments, in plain order: for each that it keeps, one array a
  /// parameter; empty where it keeps none.
  func optimiserState() -> [NetworkState]
  /// Takes other numbers of the optimiser.
  func load(optimiserState: [NetworkState])

  /// The arrays of ``state()``, then those of ``optimiserState()``, to be read before anything is changed;
  /// none is copied before it is read.
  func lentArrays() -> [[LentArray]]
}
