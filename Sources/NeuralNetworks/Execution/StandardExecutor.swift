import Learning

/// What networks are trained and predict with unless another is named.
let standardExecutor: any Executor = MissingExecutor()

/// Stands where no executor is.
private struct MissingExecutor: Executor {
  func compile(
    _ network: Network, _ state: NetworkState, _ options: CompilationOptions
  ) throws -> any CompiledNetwork {
    throw FitError.failed("networks cannot be trained yet")
  }

  func bytes(for network: Network, _ options: CompilationOptions) -> Double {
    Double(12 * network.parameterCount)
  }
}
