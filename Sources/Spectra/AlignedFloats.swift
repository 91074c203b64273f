/// Zeroed single-precision numbers at an address that suits the widest vector registers.
package final class AlignedFloats: @unchecked Sendable {
  // Sendable: whoever shares one between threads writes it only before that.
  package let start: UnsafeMutablePointer<Float>
  package let count: Int

  /// Rows whose length is a multiple of this all start at a good address.
  package static let rowMultiple = 16
  private static let alignment = 64

  package init(count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: Self.alignment)
    start = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    start.initialize(repeating: 0, count: max(count, 1))
  }

  package convenience init(_ elements: [Float]) {
    self.init(count: elements.count)
    for index in elements.indices { start[index] = elements[index] }
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  package var elements: Span<Float> {
    @_lifetime(borrow self)
    borrowing get {
      _overrideLifetime(
        Span(_unsafeStart: UnsafePointer(start), count: count), borrowing: self)
    }
  }

  package func clear() { start.update(repeating: 0, count: count) }

  /// The length of a row of at least `count` elements that keeps the next row aligned.
  package static func stride(of count: Int) -> Int {
    (count + rowMultiple - 1) / rowMultiple * rowMultiple
  }
}
