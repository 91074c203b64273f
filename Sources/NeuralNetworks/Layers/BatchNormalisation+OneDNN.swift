import COneDNN

extension BatchNormalisation: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    let mean: Tensor
    let variance: Tensor
    let workspace: Tensor?
    let weight: Tensor
    let bias: Tensor
    let weightIndex: Int
    let biasIndex: Int
    let epsilon: Float
    let flags: UInt32
    let forward: PrimitiveDescription

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: input.descriptor)
      var operation = dnnl_batch_normalization_desc_t()
      var (given, data) = (gradient.descriptor.raw, input.descriptor.raw)
      try check(
        dnnl_batch_normalization_backward_desc_init(
          &operation, dnnl_backward, &given, &data, epsilon, flags), "a batch normalisation")
      let description = try PrimitiveDescription(
        "backward", builder.engine, operation, forward: forward)
      let made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
      let weightGradient = builder.gradient(weightIndex, weight.descriptor)
      let biasGradient = builder.gradient(biasIndex, weight.descriptor)
      var arguments = [
        (DNNL_ARG_SRC, input), (DNNL_ARG_MEAN, mean), (DNNL_ARG_VARIANCE, variance),
        (DNNL_ARG_SCALE, weight), (DNNL_ARG_SHIFT, bias), (DNNL_ARG_DIFF_DST, gradient),
        (DNNL_ARG_DIFF_SRC, made),
        (DNNL_ARG_DIFF_SCALE, weightGradient), (DNNL_ARG_DIFF_SHIFT, biasGradient),
      ]
      if let workspace { arguments.append((DNNL_ARG_WORKSPACE, workspace)) }
      try builder.emit(description, arguments)
      builder.update(weightIndex, by: weightGradient)
      builder.update(biasIndex, by: biasGradient)
      return [made]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let input = site.inputs[0]
    if input.descriptor.sizes.count == 2 { return try compileVectors(site) }
    let relu = site.absorbRelu { $0 == 0 }
    var flags = dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
    if relu != nil { flags |= dnnl_fuse_norm_relu.rawValue }
    if !site.isTraining { flags |= dnnl_use_global_stats.rawValue }
    var operation = dnnl_batch_normalization_desc_t()
    var data = input.descriptor.raw
    try check(
      dnnl_batch_normalization_forward_desc_init(
        &operation, site.isTraining ? dnnl_forward_training : dnnl_forward_inference, &data,
        Float(epsilon), flags), "a batch normalisation")
    let forward = try PrimitiveDescription("forward", site.engine, operation)
    let output =
      input.isFree && !site.isTraining ? input : try builder.tensor(forward.destination)
    let (weight, bias) = (try site.list(0), try site.list(1))
    let (runningMean, runningVariance) = (try site.list(2), try site.list(3))
    let mean = site.isTraining ? try builder.tensor(weight.descriptor) : runningMean
    let variance = site.isTraining ? try builder.tensor(weight.descriptor) : runningVariance
    var arguments = [
      (DNNL_ARG_SRC, input), (DNNL_ARG_DST, output), (DNNL_ARG_MEAN, mean),
      (DNNL_ARG_VARIANCE, variance), (DNNL_ARG_SCALE, weight), (DNNL_ARG_SHIFT, bias),
    ]
    var workspace: Tensor?
    if !forward.workspace.isEmpty {
      let made = try builder.tensor(forward.workspace)
      arguments.append((DNNL_ARG_WORKSPACE, made))
      workspace = made
    }
    try builder.emit(forward, arguments)
    if site.isTraining {
      let sizes = input.descriptor.sizes
      let count = sizes.reduce(1, *) / sizes[1]
      noteStatistics(
        [mean, variance, runningMean, runningVariance], channels: sizes[1], count: count, builder)
    }
    return Compiled(
      output: output, input: input, mean: mean, variance: variance, workspace: workspace,
      weight: weight, bias: bias, weightIndex: site.parameter(0), biasIndex: site.parameter(1),
      epsilon: Float(epsilon), flags: flags, forward: forward)
  }

  /// Moves the running statistics towards the batch's.
  func noteStatistics(
    _ tensors: [Tensor], channels: Int, count: Int, _ builder: ProgramBuilder
  ) {
    let share = Float(momentum)
    let unbiased = Float(Double(count) / Double(max(count - 1, 1)))
    builder.emit("running statistics", tensors) { arrays, run in
      guard run.notesStatistics else { return }
      for channel in 0..<channels {
        arrays[2][channel] += share * (arrays[0][channel] - arrays[2][channel])
        arrays[3][channel] += share * (arrays[1][channel] * unbiased - arrays[3][channel])
      }
    }
  }
}
