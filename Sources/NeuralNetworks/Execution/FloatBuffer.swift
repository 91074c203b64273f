import CKernels
import Learning

/// Single-precision numbers of an executor's own, on large pages where there are many.
package final class FloatBuffer {
  /// The number of elements.
  package let count: Int
  /// The first element.
  package let start: UnsafeMutablePointer<Float>

  /// Zeros.
  ///
  /// - Parameter count: their number.
  /// - Throws: `FitError` when there is no memory.
  package init(_ count: Int) throws {
    guard let start = kernels_allocate(count) else {
      throw FitError.failed("there is no memory for \(count) numbers")
    }
    self.count = count
    self.start = start
  }

  deinit { kernels_release(start, count) }
}
