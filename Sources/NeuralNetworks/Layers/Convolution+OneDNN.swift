import COneDNN

extension Convolution: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    /// The zeros around the input, where they are its own.
    let margin: Int
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
        inputGradient = margin > 0 ? try builder.cut(made, margin: margin) : made
      }
      if let backwardWeights {
        let kept = builder.gradient(weightsIndex, weights.descriptor)
        let order = try backwardWeights.weightsGradient
        let direct = order == weights.descriptor
        let made = direct ? kept : try builder.tensor(order)
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
    // oneDNN has nothing fast for kernels that lie in the padding as a whole.
    let margin = padding < kernel ? 0 : padding
    let given =
      margin > 0 ? try builder.surround(site.inputs[0], margin: margin) : site.inputs[0]
    let primitives = try descriptions(site, given.descriptor.sizes, padding - margin, relu)
    let index = site.parameter(0)
    let kept = builder.parameter(
      index,
      try builder.parameters.descriptor(
        of: index,
        orKeptAs: primitives.backwardWeights?.weightsGradient ?? primitives.forward.weights))
    let input = try builder.reordered(given, to: primitives.forward.source)
    var output = try builder.tensor(primitives.forward.destination)
    output.isRectified = relu == 0
    var arguments = [
      (DNNL_ARG_SRC, input),
      (DNNL_ARG_WEIGHTS, try builder.reordered(kept, to: primitives.forward.weights)),
      (DNNL_ARG_DST, output),
    ]
    if hasBias { arguments.append((DNNL_ARG_BIAS, try site.list(1))) }
    try builder.emit(primitives.forward, arguments)
    return Compiled(
      output: output, input: input, margin: margin, weights: kept, weightsIndex: index,
      biasIndex: hasBias ? site.parameter(1) : nil, relu: relu,
      backwardData: primitives.backwardData, backwardWeights: primitives.backwardWeights)
  }

  private struct Descriptions {
    var forward: PrimitiveDescription
    var backwardData: PrimitiveDescription?
    var backwardWeights: PrimitiveDescription?
  }

  /// What oneDNN does forward and, where gradients are wanted, backward.
  private func descriptions(
    _ site: LayerSite, _ inputSizes: [Int], _ padding: Int, _ relu: Double?
  ) throws -> Descriptions {
    let arrays = [
      try TensorDescriptor(anyOrder: inputSizes),
      try TensorDescriptor(anyOrder: [channels, inputSizes[1], kernel, kernel]),
      try hasBias ? TensorDescriptor(plain: [channels]) : .empty,
      try TensorDescriptor(anyOrder: site.outputSizes),
    ]
    // What is left at the end is not covered: the last window ends before.
    let after = zip(inputSizes[2...], site.outputSizes[2...]).map {
      Int64(($1 - 1) * stride + kernel - $0 - padding)
    }
    let window = onednn_window(
      strides: (Int64(stride), Int64(stride)), before: (Int64(padding), Int64(padding)),
      after: (after[0], after[1]))

    // Winograd's way where it pays and oneDNN has it, the direct one elsewhere.
    func description(
      _ name: String, _ attributes: PrimitiveDescription.Attributes = .init(),
      forward: PrimitiveDescription? = nil,
      _ make: (
        inout OpaquePointer?, onednn_context, dnnl_alg_kind_t, [OpaquePointer?]
      ) -> dnnl_status_t
    ) throws -> PrimitiveDescription {
      func description(_ algorithm: dnnl_alg_kind_t) throws -> PrimitiveDescription {
        try PrimitiveDescription(name, site.engine, arrays, attributes, forward: forward) {
          make(&$0, $1, algorithm, $2)
        }
      }
      if paysByWinograd(site.outputSizes, inputChannels: inputSizes[1]),
        let found = try? description(dnnl_convolution_winograd)
      {
        return found
      }
      return try description(dnnl_convolution_direct)
    }

    let forward = try description("forward", .init(reluSlope: relu)) {
      // For prediction Winograd would want its weights in an order of its own.
      let kind =
        site.isTraining || $2 == dnnl_convolution_winograd
        ? dnnl_forward_training : dnnl_forward_inference
      return onednn_describe_convolution(
        &$0, $1, kind, $2, $3[0], $3[1], $3[2], $3[3], window)
    }
    var result = Descriptions(forward: forward)
    guard site.isTraining else { return result }
    result.backwardWeights = try description("backward by weights", forward: forward) {
      onednn_describe_convolution_backward_by_weights(
        &$0, $1, $2, $3[0], $3[1], $3[2], $3[3], window)
    }
    guard site.wantsGradients[0] else { return result }
    result.backwardData = try description("backward by data", forward: forward) {
      onednn_describe_convolution_backward_by_data(&$0, $1, $2, $3[0], $3[1], $3[3], window)
    }
    return result
  }

  /// Whether F(4 × 4, 3 × 3) of Lavin and Gray (2016) spares work: a quarter of the multiplications, less
  /// what tiles of 4 × 4 stand over the edges, and transformations that many channels share.
  private func paysByWinograd(_ outputSizes: [Int], inputChannels: Int) -> Bool {
    guard kernel == 3, stride == 1, padding <= 1, channels % 16 == 0, inputChannels % 16 == 0
    else { return false }
    let covered = outputSizes[2...].reduce(1) { $0 * (($1 + 3) / 4 * 4) }
    let tiles = outputSizes[0] * covered / 16
    return Double(covered) < 1.6 * Double(outputSizes[2] * outputSizes[3]) && tiles >= 32
  }
}

extension ProgramBuilder {
  /// A picture with zeros around it, in plain order.
  fileprivate func surround(_ picture: Tensor, margin: Int) throws -> Tensor {
    let sizes = picture.descriptor.sizes
    let wide = Array(sizes[..<2]) + sizes[2...].map { $0 + 2 * margin }
    var result = try tensor(TensorDescriptor(plain: wide))
    result.isFree = false
    let count = result.descriptor.bytes / MemoryLayout<Float>.stride
    emit("zeros", [result]) { arrays, _ in arrays[0].update(repeating: 0, count: count) }
    guard
      let part = result.descriptor.part(sizes: sizes, offsets: [0, 0, margin, margin])
    else { return result }
    var inner = result
    inner.descriptor = part
    try reorder(picture, to: inner)
    return result
  }

  /// A picture without what is around it, in plain order.
  fileprivate func cut(_ picture: Tensor, margin: Int) throws -> Tensor {
    let picture = try plain(picture)
    var sizes = picture.descriptor.sizes
    for side in 2..<sizes.count { sizes[side] -= 2 * margin }
    guard let part = picture.descriptor.part(sizes: sizes, offsets: [0, 0, margin, margin])
    else { return picture }
    var inner = picture
    inner.descriptor = part
    let result = try tensor(TensorDescriptor(plain: sizes))
    try reorder(inner, to: result)
    return result
  }
}
