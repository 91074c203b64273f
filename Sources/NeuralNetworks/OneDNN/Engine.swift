import COneDNN

/// oneDNN's processor with a stream of work on it.
final class Engine {
  let handle: OpaquePointer?
  let stream: OpaquePointer?

  init() throws {
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
