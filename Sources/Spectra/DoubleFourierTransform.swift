import CFFTW
import Synchronization

/// The discrete Fourier transform of real signals of one length in double precision, for the few spectra
/// whose last bits matter.
///
/// One value may be used by several threads at once.
package final class DoubleFourierTransform: @unchecked Sendable {
  // Sendable: FFTW's plans are never changed, and executing them is thread-safe.
  /// Samples a signal has, at least 1.
  package let size: Int
  /// Frequencies of its spectrum: 0 to `size / 2`, both included.
  package var bins: Int { size / 2 + 1 }
  private let plan: fftw_plan

  // FFTW_ESTIMATE and FFTW_UNALIGNED, which are macros.
  private static let planning: UInt32 = 1 << 6 | 1 << 1

  private static let made = Mutex<[Int: DoubleFourierTransform]>([:])

  /// The transform of a size; a size is planned once in a process.
  package static func of(size: Int) -> DoubleFourierTransform {
    // Making plans is not thread-safe in FFTW: the lock also guards that.
    made.withLock { known in
      if let transform = known[size] { return transform }
      let transform = DoubleFourierTransform(size: size)
      known[size] = transform
      return transform
    }
  }

  private init(size: Int) {
    precondition(size > 0 && size <= Int(Int32.max))
    self.size = size
    var signal = [Double](repeating: 0, count: size)
    var spectrum = [fftw_complex](repeating: (0, 0), count: size / 2 + 1)
    guard let plan = fftw_plan_dft_r2c_1d(Int32(size), &signal, &spectrum, Self.planning) else {
      preconditionFailure("FFTW has a plan for every size")
    }
    self.plan = plan
  }

  deinit { fftw_destroy_plan(plan) }

  /// X[k] = Σ x[n] exp(−2πi·kn / size).
  ///
  /// - Parameters:
  ///   - signal: `size` samples, which are kept.
  ///   - spectrum: receives `bins` pairs of real and imaginary part.
  package func forward(
    _ signal: inout [Double], _ spectrum: inout [(real: Double, imaginary: Double)]
  ) {
    precondition(signal.count == size && spectrum.count == bins)
    spectrum.withUnsafeMutableBytes { bytes in
      fftw_execute_dft_r2c(
        plan, &signal, bytes.bindMemory(to: fftw_complex.self).baseAddress)
    }
  }
}
