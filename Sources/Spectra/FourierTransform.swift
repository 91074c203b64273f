import CFFTW
import CKernels
import Glibc
import Synchronization

/// The discrete Fourier transform of real signals of one length, both ways, in single precision.
///
/// A transform of even size is made of a complex one of half the size, whose bins are then put together
/// in pairs: that takes half the time of FFTW’s own.
///
/// One value may be used by several threads at once. Plans are made without measuring, so that every
/// run on a machine adds in the same order.
package final class FourierTransform: @unchecked Sendable {
  // Sendable: FFTW's plans are never changed, and executing them is thread-safe.
  /// Samples a signal has, at least 1.
  package let size: Int
  /// Frequencies of its spectrum: 0 to `size / 2`, both included.
  package var bins: Int { size / 2 + 1 }
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan
  private var isEven: Bool { size % 2 == 0 }
  /// Of 2πk / size, for k up to a quarter of the size.
  private let cosines: [Float]
  private let sines: [Float]

  // FFTW_ESTIMATE and FFTW_DESTROY_INPUT, which are macros.
  private static let planning: UInt32 = 1 << 6
  private static let destroysInput: UInt32 = 1 << 0

  private static let made = Mutex<[Int: FourierTransform]>([:])

  /// The transform of a size; a size is planned once in a process.
  package static func of(size: Int) -> FourierTransform {
    // Making plans is not thread-safe in FFTW: the lock also guards that.
    made.withLock { known in
      if let transform = known[size] { return transform }
      let transform = FourierTransform(size: size)
      known[size] = transform
      return transform
    }
  }

  private init(size: Int) {
    precondition(size > 0 && size <= Int(Int32.max))
    self.size = size
    let half = size % 2 == 0 ? size / 2 : 0
    let angles = (0...half / 2).map { 2 * Double.pi * Double($0) / Double(size) }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
    let signal = AlignedFloats(count: size)
    let spectrum = AlignedFloats(count: 2 * (size / 2 + 1))
    let plans = spectrum.start.withMemoryRebound(to: fftwf_complex.self, capacity: size / 2 + 1) {
      bins in
      guard half > 0 else {
        return (
          fftwf_plan_dft_r2c_1d(Int32(size), signal.start, bins, Self.planning),
          fftwf_plan_dft_c2r_1d(
            Int32(size), bins, signal.start, Self.planning | Self.destroysInput)
        )
      }
      return signal.start.withMemoryRebound(to: fftwf_complex.self, capacity: half) { pairs in
        (
          fftwf_plan_dft_1d(Int32(half), pairs, bins, FFTW_FORWARD, Self.planning),
          fftwf_plan_dft_1d(Int32(half), bins, pairs, FFTW_BACKWARD, Self.planning)
        )
      }
    }
    guard let forward = plans.0, let inverse = plans.1 else {
      preconditionFailure("FFTW has a plan for every size")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    fftwf_destroy_plan(forwardPlan)
    fftwf_destroy_plan(inversePlan)
  }

  /// X[k] = Σ x[n] exp(−2πi·kn / size).
  ///
  /// - Parameters:
  ///   - signal: `size` samples, at a multiple of 64 bytes.
  ///   - spectrum: receives `bins` pairs of real and imaginary part, at a multiple of 64 bytes.
  package func forward(
    _ signal: UnsafeMutablePointer<Float>, _ spectrum: UnsafeMutablePointer<Float>
  ) {
    spectrum.withMemoryRebound(to: fftwf_complex.self, capacity: bins) { bins in
      guard isEven else { return fftwf_execute_dft_r2c(forwardPlan, signal, bins) }
      signal.withMemoryRebound(to: fftwf_complex.self, capacity: size / 2) {
        fftwf_execute_dft(forwardPlan, $0, bins)
      }
    }
    if isEven { kernels_join_spectrum(spectrum, size / 2, cosines, sines) }
  }

  /// x[n] = Σ X[k] exp(2πi·kn / size), over all `size` frequencies and without dividing by `size`.
  ///
  /// - Parameters:
  ///   - spectrum: `bins` pairs of real and imaginary part, at a multiple of 64 bytes; it is destroyed.
  ///   - signal: receives `size` samples, at a multiple of 64 bytes.
  package func inverse(
    _ spectrum: UnsafeMutablePointer<Float>, _ signal: UnsafeMutablePointer<Float>
  ) {
    if isEven { kernels_split_spectrum(spectrum, size / 2, cosines, sines) }
    spectrum.withMemoryRebound(to: fftwf_complex.self, capacity: bins) { bins in
      guard isEven else { return fftwf_execute_dft_c2r(inversePlan, bins, signal) }
      signal.withMemoryRebound(to: fftwf_complex.self, capacity: size / 2) {
        fftwf_execute_dft(inversePlan, bins, $0)
      }
    }
  }
}
