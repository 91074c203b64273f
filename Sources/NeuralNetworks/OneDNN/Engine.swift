import COneDNN
import Glibc

/// oneDNN's processor with a stream of work on it.
final class Engine {
  let handle: OpaquePointer?
  let stream: OpaquePointer?

  /// Keeps oneDNN to the instructions that the project's own loops are kept to; it heeds that only before
  /// its first primitive, and only once.
  private static let limitsInstructions: Void = {
    switch getenv("EXPLORE_CPU_PATH").map({ String(cString: $0) }) {
    case "portable": dnnl_set_max_cpu_isa(dnnl_cpu_isa_sse41)
    case "avx2": dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2)
    default: break
    }
  }()

  /// The widest instructions that decide oneDNN's single-precision results.
  static var instructions: String {
    limitsInstructions
    let isa = dnnl_get_effective_cpu_isa().rawValue
    func has(_ family: dnnl_cpu_isa_t) -> Bool { isa & family.rawValue == family.rawValue }
    return has(dnnl_cpu_isa_avx512_core)
      ? "avx512" : has(dnnl_cpu_isa_avx2) ? "avx2" : has(dnnl_cpu_isa_avx) ? "avx" : "sse4.1"
  }

  init() throws {
    Self.limitsInstructions
    var engine: OpaquePointer?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "the processor")
    handle = engine
    var stream: OpaquePointer?
    let status = dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue))
    self.stream = stream
    try check(status, "a stream of work")
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(handle)
  }
}
