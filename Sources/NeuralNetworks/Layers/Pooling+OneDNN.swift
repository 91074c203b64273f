import COneDNN

/// The largest number or the mean of windows that do not overlap.
private struct CompiledPooling: Operation {
  let output: Tensor
  let forward: PrimitiveDescription
  let input: TensorDescriptor
  let kind: dnnl_alg_kind_t
  let window: [Int]
  let workspace: Tensor?
  let pooledOrder: TensorDescriptor

  func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
    var shaped = gradient
    if gradient.descriptor.sizes != pooledOrder.sizes {
      shaped = try builder.reshapedPlain(gradient, pooledOrder.sizes)
    }
    let gradient = try builder.reordered(shaped, to: pooledOrder)
    let windows = onednn_window(input, pooledOrder, window)
    let description = try PrimitiveDescription(
      "backward", builder.engine, [input, gradient.descriptor], forward: forward
    ) {
      onednn_describe_pooling_backward(
        &$0, $1, kind, $2[0], $2[1], window.map(Int64.init), windows)
    }
    let made = try builder.tensor(input)
    var arguments = [(DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, made)]
    if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
    try builder.emit(description, arguments)
    return [made]
  }
}

extension onednn_window {
  /// Windows that stand side by side; what lies behind the last one counts below zero, since it is not
  /// covered.
  fileprivate init(
    _ source: TensorDescriptor, _ destination: TensorDescriptor, _ window: [Int]
  ) {
    let after = zip(zip(source.sizes[2...], destination.sizes[2...]), window).map {
      Int64($0.1 * $1 - $0.0)
    }
    self.init(
      strides: (Int64(window[0]), Int64(window[1])), before: (0, 0), after: (after[0], after[1]))
  }
}

private func compilePooling(
  _ statistic: Pooling.Statistic, window: [Int], sizes: [Int], _ site: LayerSite
) throws -> CompiledPooling {
  let builder = site.builder
  let input = site.inputs[0]
  let kind = statistic == .max ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding
  let wanted = try TensorDescriptor(anyOrder: sizes)
  let windows = onednn_window(input.descriptor, wanted, window)
  let forward = try PrimitiveDescription("forward", site.engine, [input.descriptor, wanted]) {
    onednn_describe_pooling(
      &$0, $1, site.isTraining ? dnnl_forward_training : dnnl_forward_inference, kind, $2[0],
      $2[1], window.map(Int64.init), windows)
  }
  let output = try builder.tensor(forward.destination)
  var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, output)]
  var workspace: Tensor?
  let room = try forward.workspace
  if !room.isEmpty {
    let made = try builder.tensor(room)
    arguments.append((DNNL_ARG_WORKSPACE, made))
    workspace = made
  }
  try builder.emit(forward, arguments)
  let vector = site.outputSizes.count == 2
  return CompiledPooling(
    output: vector ? try builder.reshapedPlain(output, site.outputSizes) : output,
    forward: forward, input: input.descriptor, kind: kind, window: window,
    workspace: workspace, pooledOrder: output.descriptor)
}

extension Pooling: OneDNNLayer {
  func compile(_ site: LayerSite) throws -> any Operation {
    try compilePooling(statistic, window: [size, size], sizes: site.outputSizes, site)
  }
}

extension GlobalPooling: OneDNNLayer {
  func compile(_ site: LayerSite) throws -> any Operation {
    let sizes = site.inputs[0].descriptor.sizes
    return try compilePooling(
      statistic, window: Array(sizes[2...]), sizes: Array(sizes[..<2]) + [1, 1], site)
  }
}
