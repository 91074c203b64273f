import COneDNN

extension Dense: OneDNNLayer {
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
      let rectified =
        try relu.map {
          try rectifierGradient(gradient, output: output, slope: $0, builder)
        } ?? gradient
      let gradient = try builder.plain(rectified)
      var inputGradient: Tensor?
      if let backwardData {
        let made = try builder.tensor(backwardData.sourceGradient)
        try builder.emit(
          backwardData,
          [(DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DIFF_SRC, made)])
        inputGradient = made
      }
      if let backwardWeights {
        let made = builder.gradient(weightsIndex, weights.descriptor)
        var arguments = [
          (DNNL_ARG_SRC, input), (DNNL_ARG_DIFF_DST, gradient), (DNNL_ARG_DIFF_WEIGHTS, made),
        ]
        var bias: (index: Int, gradient: Tensor)?
        if let biasIndex {
          let room = builder.gradient(
            biasIndex, try builder.parameters.descriptor(of: biasIndex, orKeptAs: nil))
          arguments.append((DNNL_ARG_DIFF_BIAS, room))
          bias = (biasIndex, room)
        }
        try builder.emit(backwardWeights, arguments)
        builder.update(weightsIndex, by: made)
        if let bias { builder.update(bias.index, by: bias.gradient) }
      }
      return [inputGradient]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let relu = site.absorbRelu()
    // The weights stay in plain order, which all three operations take without a copy of them.
    let input = try builder.plain(site.inputs[0])
    let weights = try site.list(0)
    var output = try builder.tensor(TensorDescriptor(plain: site.outputSizes))
    output.isRectified = relu == 0
    var source = input.descriptor.raw
    var matrix = weights.descriptor.raw
    var bias = try hasBias ? TensorDescriptor(plain: [outputs]).raw : dnnl_memory_desc_t()
    var destination = output.descriptor.raw
    var operation = dnnl_inner_product_desc_t()
    try check(
      dnnl_inner_product_forward_desc_init(
        &operation, site.isTraining ? dnnl_forward_training : dnnl_forward_inference, &source,
        &matrix, &bias, &destination), "a dense layer")
    let forward = try PrimitiveDescription(
      "forward", site.engine, operation, .init(reluSlope: relu))
    var arguments = [(DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, weights), (DNNL_ARG_DST, output)]
    if hasBias { arguments.append((DNNL_ARG_BIAS, try site.list(1))) }
    try builder.emit(forward, arguments)

    var backwardWeights: PrimitiveDescription?
    var backwardData: PrimitiveDescription?
    if site.isTraining {
      try check(
        dnnl_inner_product_backward_weights_desc_init(
          &operation, &source, &matrix, &bias, &destination), "a dense layer")
      backwardWeights = try PrimitiveDescription(
        "backward by weights", site.engine, operation, forward: forward)
      if site.wantsGradients[0] {
        try check(
          dnnl_inner_product_backward_data_desc_init(
            &operation, &source, &matrix, &destination), "a dense layer")
        backwardData = try PrimitiveDescription(
          "backward by data", site.engine, operation, forward: forward)
      }
    }
    return Compiled(
      output: output, input: input, weights: weights, weightsIndex: site.parameter(0),
      biasIndex: hasBias ? site.parameter(1) : nil, relu: relu, backwardData: backwardData,
      backwardWeights: backwardWeights)
  }
}
