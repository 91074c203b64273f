import Glibc
import Learning

/// Memory from the system by itself, zero at first: pages that are never touched cost nothing.
final class MemoryBlock {
  let start: UnsafeMutableRawPointer
  let bytes: Int

  /// - Parameters:
  ///   - bytes: how many; 0 is possible.
  ///   - purpose: what for, for the error.
  /// - Throws: `FitError` with the number when they cannot be had.
  init(bytes: Int, for purpose: String) throws {
    let rounded = max(bytes, 1)
    guard
      let start = mmap(
        nil, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else {
      throw FitError.failed(
        "\(megabytes(Double(bytes))) for \(purpose) cannot be had; a smaller batch needs less")
    }
    // Large pages spare the processor most of its address translation.
    if rounded >= 1 << 22 { madvise(start, rounded, MADV_HUGEPAGE) }
    self.start = start
    self.bytes = rounded
  }

  deinit { munmap(start, bytes) }
}

/// As in `1,234 MB`.
func megabytes(_ bytes: Double) -> String {
  let digits = String(Int((bytes / 1e6).rounded(.up)))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text + " MB"
}
