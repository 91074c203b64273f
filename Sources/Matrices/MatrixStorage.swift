import FileSystem

/// The memory behind a matrix: aligned heap memory, or a read-only mapped file.
@usableFromInline
final class MatrixStorage: @unchecked Sendable {
  // Sendable: written only while the one initialiser that made it runs, read-only ever after.
  @usableFromInline let start: UnsafeMutablePointer<Float>
  @usableFromInline let count: Int
  private let file: MappedFile?

  /// Cache lines are 64 bytes wide, and so are the widest vector registers.
  static let alignment = 64

  /// Zeros.
  init(count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: Self.alignment)
    start = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
    file = nil
  }

  /// The floats that start `offset` bytes into a mapped file.
  ///
  /// - Precondition: the file holds them, and `offset` is a multiple of four.
  init(file: MappedFile, offset: Int, count: Int) {
    precondition(offset % 4 == 0 && offset >= 0 && offset + count * 4 <= file.bytes)
    self.count = count
    self.file = file
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
    if file == nil { UnsafeMutableRawPointer(start).deallocate() }
  }
}
