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

  /// One of the operations that oneDNN describes by a structure of its own.
  ///
  /// - Parameters:
  ///   - name: for errors.
  ///   - engine: where it will run.
  ///   - operation: oneDNN's structure.
  ///   - attributes: changes.
  ///   - forward: for backward operations what they are the gradient of.
  /// - Throws: `FitError` when oneDNN cannot do it.
  init<Operation>(
    _ name: String, _ engine: Engine, _ operation: Operation, _ attributes: Attributes = .init(),
    forward: PrimitiveDescription? = nil
  ) throws {
    self.name = name
    self.engine = engine
    handle = try Self.withAttributes(attributes, name) { attributes in
      try withUnsafePointer(to: operation) { operation in
        var handle: OpaquePointer?
        try check(
          dnnl_primitive_desc_create(
            &handle, UnsafeRawPointer(operation), attributes, engine.handle, forward?.handle), name)
        return handle
      }
    }
  }

  /// Copies an array into another order.
  init(
    reorder name: String, _ engine: Engine, from source: TensorDescriptor,
    to destination: TensorDescriptor
  ) throws {
    self.name = name
    self.engine = engine
    handle = try Self.withAttributes(.init(), name) { attributes in
      try withUnsafePointer(to: source.raw) { source in
        try withUnsafePointer(to: destination.raw) { destination in
          var handle: OpaquePointer?
          try check(
            dnnl_reorder_primitive_desc_create(
              &handle, source, engine.handle, destination, engine.handle, attributes), name)
          return handle
        }
      }
    }
  }

  /// Puts arrays one behind the other along their second size.
  init(
    concatenation name: String, _ engine: Engine, of sources: [TensorDescriptor],
    to destination: TensorDescriptor
  ) throws {
    self.name = name
    self.engine = engine
    handle = try Self.withAttributes(.init(), name) { attributes in
      try withUnsafePointer(to: destination.raw) { destination in
        var handle: OpaquePointer?
        try check(
          dnnl_concat_primitive_desc_create(
            &handle, destination, Int32(sources.count), 1, sources.map(\.raw), attributes,
            engine.handle), name)
        return handle
      }
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
      try check(
        dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, Float(slope), 0), name)
      try check(dnnl_primitive_attr_set_post_ops(handle, operations), name)
    }
    return try body(handle)
  }

  private func descriptor(_ query: dnnl_query_t) -> TensorDescriptor {
    guard let found = dnnl_primitive_desc_query_md(handle, query, 0) else {
      return TensorDescriptor(dnnl_memory_desc_t())
    }
    return TensorDescriptor(found.pointee)
  }

  var source: TensorDescriptor { descriptor(dnnl_query_src_md) }
  var weights: TensorDescriptor { descriptor(dnnl_query_weights_md) }
  var destination: TensorDescriptor { descriptor(dnnl_query_dst_md) }
  var sourceGradient: TensorDescriptor { descriptor(dnnl_query_diff_src_md) }
  var weightsGradient: TensorDescriptor { descriptor(dnnl_query_diff_weights_md) }
  var destinationGradient: TensorDescriptor { descriptor(dnnl_query_diff_dst_md) }
  /// What the forward pass leaves for the backward pass; empty where nothing.
  var workspace: TensorDescriptor { descriptor(dnnl_query_workspace_md) }
  /// Memory that is needed only while it runs; empty where none.
  var scratchpad: TensorDescriptor { descriptor(dnnl_query_scratchpad_md) }
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
    try withUnsafePointer(to: descriptor.raw) {
      try check(dnnl_memory_create(&handle, $0, engine.handle, start), "an array")
    }
    self.handle = handle
  }

  deinit { dnnl_memory_destroy(handle) }

  /// Points it to another place.
  func move(to start: UnsafeMutableRawPointer) throws {
    try check(dnnl_memory_set_data_handle(handle, start), "an array")
  }
}
