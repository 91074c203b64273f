import CKernels
import COpenBLAS

/// Which implementations do the arithmetic here: they decide the last bits of the results.
public struct ArithmeticPath: Equatable, Sendable, CustomStringConvertible {
  /// The path of this project's own loops: `avx2` or `portable`.
  public var kernels: String
  /// The processor family that OpenBLAS chose its loops for.
  public var blas: String

  /// As in `avx2, SkylakeX`.
  public var description: String { "\(kernels), \(blas)" }

  /// What this process uses.
  public static var current: ArithmeticPath {
    ArithmeticPath(
      kernels: String(cString: kernels_cpu_path()), blas: String(cString: openblas_get_corename()))
  }

  /// The build of the linear-algebra library, for the record of a run.
  public static var libraryConfiguration: String { String(cString: openblas_get_config()) }

  /// Makes BLAS use one thread: parallelism is between cells, and results then do not depend on
  /// the number of cores.
  public static func useOneThread() { openblas_set_num_threads(1) }
}
