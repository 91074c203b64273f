import COneDNN

/// The sizes of an array of single-precision numbers and their order in memory.
///
/// Pictures are batch × channels × height × width, vectors batch × elements, whatever the order.
struct TensorDescriptor: Equatable {
  /// oneDNN's own description.
  var raw: dnnl_memory_desc_t

  init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

  /// Row-major order.
  init(plain sizes: [Int]) throws {
    let tags = [dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde]
    try self.init(sizes, tags[sizes.count - 1])
  }

  /// Any order: a primitive chooses it.
  init(anyOrder sizes: [Int]) throws { try self.init(sizes, dnnl_format_tag_any) }

  private init(_ sizes: [Int], _ tag: dnnl_format_tag_t) throws {
    raw = dnnl_memory_desc_t()
    try check(
      dnnl_memory_desc_init_by_tag(
        &raw, Int32(sizes.count), sizes.map(Int64.init), dnnl_f32, tag),
      "an array of \(sizes)")
  }

  static func == (left: Self, right: Self) -> Bool {
    withUnsafePointer(to: left.raw) { left in
      withUnsafePointer(to: right.raw) { dnnl_memory_desc_equal(left, $0) != 0 }
    }
  }

  /// The sizes, the outermost first.
  var sizes: [Int] {
    withUnsafeBytes(of: raw.dims) { bytes in
      bytes.bindMemory(to: Int64.self).prefix(Int(raw.ndims)).map { Int($0) }
    }
  }

  /// The bytes that it takes, padding included.
  var bytes: Int { withUnsafePointer(to: raw) { Int(dnnl_memory_desc_get_size($0)) } }
  /// Whether there is anything at all.
  var isEmpty: Bool { raw.ndims == 0 }

  /// A part of the array in the memory of the whole; nil where the order does not allow it.
  func part(sizes: [Int], offsets: [Int]) -> TensorDescriptor? {
    var result = dnnl_memory_desc_t()
    let status = withUnsafePointer(to: raw) {
      dnnl_memory_desc_init_submemory(
        &result, $0, sizes.map(Int64.init), offsets.map(Int64.init))
    }
    return status == dnnl_success ? TensorDescriptor(result) : nil
  }
}
