import COneDNN

/// What oneDNN would do and in which orders it wants its arrays; nothing is compiled yet.
final class PrimitiveDescription {
  let name: String
  let engine: Engine
  let handle: OpaquePointer?

  /// Changes to what a primitive does.
  struct Attributes {
    /// What is applied to each result: max(x, 0) + slope · min(x, 0).
    var reluSlope: Double?

    init(reluSlope: Double? = nil) { self.reluSlope = reluSlope }
  }

  /// Describes an operation.
  ///
  /// - Parameters:
  ///   - name: for errors.
  ///   - engine: where it will run.
  ///   - arrays: what is lent to `make`; an empty one as nil.
  ///   - attributes: changes.
  ///   - forward: for backward operations what they are the gradient of.
  ///   - make: calls the function of oneDNN that describes the operation.
  /// - Throws: `FitError` when oneDNN cannot do it.
  init(
    _ name: String, _ engine: Engine, _ arrays: [TensorDescriptor],
    _ attributes: Attributes = .init(), forward: PrimitiveDescription? = nil,
    _ make: (
      _ result: inout OpaquePointer?, _ context: onednn_context, _ arrays: [OpaquePointer?]
    ) -> dnnl_status_t
  ) throws {
    self.name = name
    self.engine = engine
    handle = try Self.withAttributes(attributes, name) { attributes in
      try withExtendedLifetime((arrays, forward)) {
        var handle: OpaquePointer?
        let context = onednn_context(
          engine: engine.handle, attributes: attributes, forward: forward?.handle)
        try check(make(&handle, context, arrays.map { $0.withHandle { $0 } }), name)
        return handle
      }
    }
  }

  /// Copies an array into another order.
  convenience init(
    reorder name: String, _ engine: Engine, from source: TensorDescriptor,
    to destination: TensorDescriptor
  ) throws {
    try self.init(name, engine, [source, destination]) {
      onednn_describe_reorder(&$0, $1, $2[0], $2[1])
    }
  }

  /// Puts arrays one behind the other along their second size.
  convenience init(
    concatenation name: String, _ engine: Engine, of sources: [TensorDescriptor],
    to destination: TensorDescriptor
  ) throws {
    try self.init(name, engine, [destination] + sources) {
      onednn_describe_concatenation(
        &$0, $1, Int32(sources.count), Array($2.dropFirst()), $2[0])
    }
  }

  deinit { dnnl_primitive_desc_destroy(handle) }

  private static func withAttributes<Result>(
    _ attributes: Attributes, _ name: String, _ body: (OpaquePointer?) throws -> Result
  ) throws -> Result {
    var handle: OpaquePointer?
    try check(dnnl_primitive_attr_create(&handle), name)
    defer { dnnl_primitive_attr_destroy(handle) }
    // The memory plan places what a primitive needs for itself.
    try check(dnnl_primitive_attr_set_scratchpad_mode(handle, dnnl_scratchpad_mode_user), name)
    if let slope = attributes.reluSlope {
      var operations: OpaquePointer?
      try check(dnnl_post_ops_create(&operations), name)
      defer { dnnl_post_ops_destroy(operations) }
      try check(onednn_append_rectifier(operations, Float(slope)), name)
      try check(dnnl_primitive_attr_set_post_ops(handle, operations), name)
    }
    return try body(handle)
  }

  private func descriptor(_ query: dnnl_query_t) throws -> TensorDescriptor {
    try TensorDescriptor(copying: onednn_description_layout(handle, query))
  }

  var source: TensorDescriptor { get throws { try descriptor(dnnl_query_src_md) } }
  var weights: TensorDescriptor { get throws { try descriptor(dnnl_query_weights_md) } }
  var destination: TensorDescriptor { get throws { try descriptor(dnnl_query_dst_md) } }
  var sourceGradient: TensorDescriptor { get throws { try descriptor(dnnl_query_diff_src_md) } }
  var weightsGradient: TensorDescriptor {
    get throws { try descriptor(dnnl_query_diff_weights_md) }
  }
  var destinationGradient: TensorDescriptor {
    get throws { try descriptor(dnnl_query_diff_dst_md) }
  }
  /// What the forward pass leaves for the backward pass; empty where nothing.
  var workspace: TensorDescriptor { get throws { try descriptor(dnnl_query_workspace_md) } }
  /// Memory that is needed only while it runs; empty where none.
  var scratchpad: TensorDescriptor { get throws { try descriptor(dnnl_query_scratchpad_md) } }
}

/// Compiled code of oneDNN for one operation on arrays of fixed sizes.
final class Primitive {
  private let handle: OpaquePointer?

  init(_ description: PrimitiveDescription) throws {
    var handle: OpaquePointer?
    try check(dnnl_primitive_create(&handle, description.handle), description.name)
    self.handle = handle
  }

  deinit { dnnl_primitive_destroy(handle) }

  /// Runs it and waits for it.
  func run(_ arguments: [dnnl_exec_arg_t], on engine: Engine) throws {
    try check(
      dnnl_primitive_execute(handle, engine.stream, Int32(arguments.count), arguments), "a call")
    try check(dnnl_stream_wait(engine.stream), "a call")
  }
}

/// An array in memory that belongs to someone else.
final class ArrayHandle {
  let handle: OpaquePointer?

  init(_ descriptor: TensorDescriptor, _ engine: Engine, at start: UnsafeMutableRawPointer) throws {
    var handle: OpaquePointer?
    try descriptor.withHandle {
      try check(onednn_array_create(&handle, $0, engine.handle, start), "an array")
    }
    self.handle = handle
  }

  deinit { dnnl_memory_destroy(handle) }

  /// Points it to another place.
  func move(to start: UnsafeMutableRawPointer) throws {
    try check(dnnl_memory_set_data_handle(handle, start), "an array")
  }
}
