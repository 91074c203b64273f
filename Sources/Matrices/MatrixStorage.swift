import FileSystem
import Glibc

/// The memory behind a matrix: aligned memory of its own, or a read-only mapped file.
@usableFromInline
final class MatrixStorage: @unchecked Sendable {
  // Sendable: written only while the one initialiser that made it runs, read-only ever after.
  @usableFromInline let start: UnsafeMutablePointer<Float>
  @usableFromInline let count: Int
  private let file: MappedFile?
  /// Whether the memory came from the system by itself: pages that are never written then cost none.
  private let isMapped: Bool

  /// Cache lines are 64 bytes wide, and so are the widest vector registers.
  static let alignment = 64
  /// Below this the heap is faster, which keeps what was given back.
  private static let leastMappedBytes = 1 << 26

  /// Zeros.
  init(count: Int) {
    self.count = count
    file = nil
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let pages =
      bytes >= Self.leastMappedBytes
      ? mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED
    if let pages, pages != MAP_FAILED {
      isMapped = true
      start = pages.bindMemory(to: Float.self, capacity: count)
    } else {
      isMapped = false
      let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
      start = raw.bindMemory(to: Float.self, capacity: max(count, 1))
      start.initialize(repeating: 0, count: max(count, 1))
    }
  }

  /// The floats that start `offset` bytes into a mapped file.
  ///
  /// - Precondition: the file holds them, and `offset` is a multiple of four.
  init(file: MappedFile, offset: Int, count: Int) {
    precondition(offset % 4 == 0 && offset >= 0 && offset + count * 4 <= file.bytes)
    self.count = count
    self.file = file
    isMapped = false
    let raw = UnsafeMutableRawPointer(mutating: file.start + offset)
    start = raw.bindMemory(to: Float.self, capacity: count)
  }

  /// Lets an initialiser write some of the elements.
  func fill(
    _ range: Range<Int>, with body: (inout MutableSpan<Float>) throws -> Void
  ) rethrows {
    let elements = UnsafeMutableBufferPointer(start: start + range.lowerBound, count: range.count)
    var span = elements.mutableSpan
    try body(&span)
  }

  deinit {
    if isMapped {
      munmap(start, count * MemoryLayout<Float>.stride)
    } else if file == nil {
      UnsafeMutableRawPointer(start).deallocate()
    }
  }
}
