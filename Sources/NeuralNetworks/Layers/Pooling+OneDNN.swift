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
    var operation = dnnl_pooling_desc_t()
    var (data, given) = (input.raw, gradient.descriptor.raw)
    let sides = window.map(Int64.init)
    try check(
      dnnl_pooling_backward_desc_init(
        &operation, kind, &data, &given, sides, sides, [0, 0], padding(input, pooledOrder, window)),
      "a pooling")
    let description = try PrimitiveDescription(
      "backward", builder.engine, operation, forward: forward)
    let made = try builder.tensor(input)
    var arguments = [(DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_SRC, made)]
    if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
    try builder.emit(description, arguments)
    return [made]
  }
}

/// What lies behind the last window counts below zero: it is not covered.
private func padding(
  _ source: TensorDescriptor, _ destination: TensorDescriptor, _ window: [Int]
) -> [Int64] {
  (0..<2).map { Int64(destination.sizes[2 + $0] * window[$0] - source.sizes[2 + $0]) }
}

private func compilePooling(
  _ statistic: Pooling.Statistic, window: [Int], sizes: [Int], _ site: LayerSite
) throws -> CompiledPooling {
  let builder = site.builder
  let input = site.inputs[0]
  let kind = statistic == .max ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding
  var operation = dnnl_pooling_desc_t()
  var source = input.descriptor.raw
  let wanted = try TensorDescriptor(anyOrder: sizes)
  var destination = wanted.raw
  let sides = window.map(Int64.init)
  try check(
    dnnl_pooling_forward_desc_init(
      &operation, site.isTraining ? dnnl_forward_training : dnnl_forward_inference, kind, &source,
      &destination, sides, sides, [0, 0], padding(input.descriptor, wanted, window)), "a pooling")
  let forward = try PrimitiveDescription("forward", site.engine, operation)
  let output = try builder.tensor(forward.destination)
  var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, output)]
  var workspace: Tensor?
  if !forward.workspace.isEmpty {
    let made = try builder.tensor(forward.workspace)
    arguments.append((DNNL_ARG_WORKSPACE, made))
    workspace = made
  }
  try builder.emit(forward, arguments)
  let vector = site.outputSizes.count == 2
  return CompiledPooling(
    output: vector ? try builder.reshapedPlain(output, site.outputSizes) : output,
    forward: forward, input: input.descriptor, kind: kind, window: window,
    workspace: workspace, pooledOrder: forward.destination)
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
