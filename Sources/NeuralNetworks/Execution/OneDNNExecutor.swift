import CKernels
import Learning
import Matrices

/// Computes networks on the processor by oneDNN.
package struct OneDNNExecutor: Executor {
  package init() {}

  /// Makes a network ready to compute.
  ///
  /// - Parameters:
  ///   - network: its layers.
  ///   - state: its numbers.
  ///   - options: for what.
  /// - Returns: the network in memory of its own.
  /// - Throws: `FitError` when oneDNN cannot compute a layer, and when the memory cannot be had.
  package func compile(
    _ network: Network, _ state: NetworkState, _ options: CompilationOptions
  ) throws -> any CompiledNetwork {
    try OneDNNNetwork(network, state, options)
  }

  /// The bytes of the parameters, the optimiser's numbers and all that a step needs; infinite for a
  /// network that cannot be compiled.
  package func bytes(for network: Network, _ options: CompilationOptions) -> Double {
    kernels_set_threads(options.threads)
    guard let engine = try? Engine() else { return .infinity }
    let parameters = ParameterStore(
      network, moments: options.optimiser?.moments ?? 0, threads: options.threads, engine: engine)
    guard
      let builder = try? ProgramBuilder(
        network, parameters, batch: options.batch,
        purpose: options.optimiser == nil ? .prediction : .training, engine: engine),
      let held = try? parameters.bytes()
    else { return .infinity }
    return Double(held) + Double(Program.plan(builder).bytes)
  }
}

/// What networks are trained and predict with unless another is named.
let standardExecutor: any Executor = OneDNNExecutor()
