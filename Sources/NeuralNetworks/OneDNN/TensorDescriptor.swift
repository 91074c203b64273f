import COneDNN

/// The sizes of an array of single-precision numbers and their order in memory.
///
/// Pictures are batch × channels × height × width, vectors batch × elements, whatever the order.
struct TensorDescriptor: Equatable {
  /// Owns oneDNN's description, which never changes.
  private final class Layout {
    let handle: OpaquePointer
    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { onednn_layout_destroy(handle) }
  }

  private let layout: Layout?

  /// Nothing at all.
  static var empty: TensorDescriptor { TensorDescriptor(layout: nil) }

  private init(layout: Layout?) { self.layout = layout }

  /// Takes over what a function of oneDNN makes.
  private init(
    _ subject: @autoclosure () -> String, _ make: (inout OpaquePointer?) -> dnnl_status_t
  ) throws {
    var handle: OpaquePointer?
    try check(make(&handle), subject())
    layout = handle.map(Layout.init)
  }

  /// Row-major order.
  init(plain sizes: [Int]) throws {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde]
    try self.init(sizes, tags[sizes.count - 1])
  }

  /// Any order: a primitive chooses it.
  init(anyOrder sizes: [Int]) throws { try self.init(sizes, dnnl_format_tag_any) }

  private init(_ sizes: [Int], _ tag: dnnl_format_tag_t) throws {
    try self.init("an array of \(sizes)") {
      onednn_layout_create(&$0, Int32(sizes.count), sizes.map(Int64.init), tag)
    }
  }

  /// A copy of a description that belongs to oneDNN; empty for none.
  init(copying handle: OpaquePointer?) throws {
    guard let handle, onednn_layout_rank(handle) > 0 else {
      self = .empty
      return
    }
    try self.init("an array") { onednn_layout_copy(&$0, handle) }
  }

  /// Lends oneDNN's description, which is nil of what is empty.
  func withHandle<Result>(_ body: (OpaquePointer?) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(layout) { try body(layout?.handle) }
  }

  /// Reads oneDNN's description; nil of what is empty.
  private func read<Value>(_ body: (OpaquePointer) -> Value) -> Value? {
    withHandle { $0.map(body) }
  }

  static func == (left: Self, right: Self) -> Bool {
    left.withHandle { left in
      right.withHandle { right in
        guard let left, let right else { return left == right }
        return onednn_layout_equal(left, right) != 0
      }
    }
  }

  /// The sizes, the outermost first.
  var sizes: [Int] {
    read { layout in
      UnsafeBufferPointer(
        start: onednn_layout_sizes(layout), count: Int(onednn_layout_rank(layout))
      ).map { Int($0) }
    } ?? []
  }

  /// The bytes that it takes, padding included.
  var bytes: Int { read { Int(onednn_layout_bytes($0)) } ?? 0 }
  /// Whether there is nothing at all.
  var isEmpty: Bool { layout == nil }
  /// How the numbers lie in blocks; of no use for fewer than two sizes.
  var blocking: onednn_blocking { read(onednn_layout_blocking) ?? onednn_blocking() }

  /// A part of the array in the memory of the whole; nil where the order does not allow it.
  func part(sizes: [Int], offsets: [Int]) -> TensorDescriptor? {
    try? withHandle { whole in
      try TensorDescriptor("a part of an array") {
        onednn_layout_create_part(
          &$0, whole, sizes.map(Int64.init), offsets.map(Int64.init))
      }
    }
  }
}
