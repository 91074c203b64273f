import COneDNN

extension Convolution: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    let weights: Tensor
    let weightsIndex: Int
    let biasIndex: Int?
    let relu: Double?
    let backwardData: PrimitiveDescription?
    let backwardWeights: PrimitiveDescription?

    var readsOutputBackward: Bool { relu != nil }

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient =
        try relu.map {
          try rectifierGradient(gradient, output: output, slope: $0, builder)
        } ?? gradient
      var inputGradient: Tensor?
      if let backwardData {
        let made = try builder.tensor(backwardData.sourceGradient)
        try builder.emit(
          backwardData,
          [
            (
              DNNL_ARG_DIFF_DST,
              try builder.reordered(gradient, to: backwardData.destinationGradient)
            ),
            (DNNL_ARG_WEIGHTS, try builder.reordered(weights, to: backwardData.weights)),
            (DNNL_ARG_DIFF_SRC, made),
          ])
        inputGradient = made
      }
      if let backwardWeights {
        let kept = builder.gradient(weightsIndex, weights.descriptor)
        let direct = backwardWeights.weightsGradient == weights.descriptor
        let made = direct ? kept : try builder.tensor(backwardWeights.weightsGradient)
        var arguments = [
          (DNNL_ARG_SRC, try builder.reordered(input, to: backwardWeights.source)),
          (
            DNNL_ARG_DIFF_DST,
            try builder.reordered(gradient, to: backwardWeights.destinationGradient)
          ),
          (DNNL_ARG_DIFF_WEIGHTS, made),
        ]
        var bias: (index: Int, gradient: Tensor)?
        if let biasIndex {
          let room = builder.gradient(
            biasIndex, try builder.parameters.descriptor(of: biasIndex, orKeptAs: nil))
          arguments.append((DNNL_ARG_DIFF_BIAS, room))
          bias = (biasIndex, room)
        }
        try builder.emit(backwardWeights, arguments)
        if !direct { try builder.reorder(made, to: kept) }
        builder.update(weightsIndex, by: kept)
        if let bias { builder.update(bias.index, by: bias.gradient) }
      }
      return [inputGradient]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let relu = site.absorbRelu()
    let sizes = [channels, site.inputs[0].descriptor.sizes[1], kernel, kernel]
    var source = try TensorDescriptor(anyOrder: site.inputs[0].descriptor.sizes).raw
    var weights = try TensorDescriptor(anyOrder: sizes).raw
    var bias = try hasBias ? TensorDescriptor(plain: [channels]).raw : dnnl_memory_desc_t()
    var destination = try TensorDescriptor(anyOrder: site.outputSizes).raw
    let strides = [Int64](repeating: Int64(stride), count: 2)
    let before = [Int64](repeating: Int64(padding), count: 2)
    // What is left at the end is not covered: the last window ends before.
    let after = zip(site.inputs[0].descriptor.sizes[2...], site.outputSizes[2...]).map {
      Int64(($1 - 1) * stride + kernel - $0 - padding)
    }
    var operation = dnnl_convolution_desc_t()
    try check(
      dnnl_convolution_forward_desc_init(
        &operation, site.isTraining ? dnnl_forward_training : dnnl_forward_inference,
        dnnl_convolution_direct, &source, &weights, &bias, &destination, strides, before, after),
      "a convolution")
    let forward = try PrimitiveDescription(
      "forward", site.engine, operation, .init(reluSlope: relu))

    var backwardWeights: PrimitiveDescription?
    var backwardData: PrimitiveDescription?
    if site.isTraining {
      try check(
        dnnl_convolution_backward_weights_desc_init(
          &operation, dnnl_convolution_direct, &source, &weights, &bias, &destination, strides,
          before, after), "a convolution")
      backwardWeights = try PrimitiveDescription(
        "backward by weights", site.engine, operation, forward: forward)
      if site.wantsGradients[0] {
        try check(
          dnnl_convolution_backward_data_desc_init(
            &operation, dnnl_convolution_direct, &source, &weights, &destination, strides, before,
            after), "a convolution")
        backwardData = try PrimitiveDescription(
          "backward by data", site.engine, operation, forward: forward)
      }
    }

    let index = site.parameter(0)
    let kept = builder.parameter(
      index,
      try builder.parameters.descriptor(
        of: index, orKeptAs: backwardWeights?.weightsGradient ?? forward.weights))
    let input = try builder.reordered(site.inputs[0], to: forward.source)
    let output = try builder.tensor(forward.destination)
    var arguments = [
      (DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, try builder.reordered(kept, to: forward.weights)),
      (DNNL_ARG_DST, output),
    ]
    if hasBias { arguments.append((DNNL_ARG_BIAS, try site.list(1))) }
    try builder.emit(forward, arguments)
    return Compiled(
      output: output, input: input, weights: kept, weightsIndex: index,
      biasIndex: hasBias ? site.parameter(1) : nil, relu: relu, backwardData: backwardData,
      backwardWeights: backwardWeights)
  }
}
