import COneDNN

extension Activation {
  /// The slope below zero of max(x, 0) + slope · min(x, 0); nil for other functions.
  ///
  /// A negative slope cannot be told from the result, which is what the backward pass has.
  var reluSlope: Double? {
    switch function {
    case .relu: 0
    case .leakyRelu(let slope) where slope >= 0: slope
    default: nil
    }
  }
}

/// The gradient by what a rectifier was given, from what it gave.
///
/// - Parameters:
///   - gradient: by what it gave.
///   - output: what it gave.
///   - slope: its slope below zero, 0 or more.
///   - builder: the program.
/// - Returns: the gradient in the order of the output.
/// - Throws: `FitError` when oneDNN cannot do it.
func rectifierGradient(
  _ gradient: Tensor, output: Tensor, slope: Double, _ builder: ProgramBuilder
) throws -> Tensor {
  // What was made for a value that is zero is zero already.
  if slope == 0 && gradient.isRectified { return gradient }
  return try activationGradient(
    gradient, data: output, dnnl_eltwise_relu, dnnl_eltwise_relu_use_dst_for_bwd, slope, builder)
}

private func forwardActivation(
  _ kind: dnnl_alg_kind_t, _ data: TensorDescriptor, _ slope: Double, _ builder: ProgramBuilder
) throws -> PrimitiveDescription {
  try PrimitiveDescription("forward", builder.engine, [data]) {
    onednn_describe_activation(
      &$0, $1, builder.purpose.hasBackward ? dnnl_forward_training : dnnl_forward_inference, kind,
      $2[0], Float(slope))
  }
}

private func activationGradient(
  _ gradient: Tensor, data: Tensor, _ kind: dnnl_alg_kind_t, _ backwardKind: dnnl_alg_kind_t,
  _ slope: Double, _ builder: ProgramBuilder
) throws -> Tensor {
  let usesOutput = kind != backwardKind
  let gradient = try builder.reordered(gradient, to: data.descriptor)
  // The hint has to be of the same kind as the backward operation.
  let forward = try forwardActivation(
    backwardKind, data.descriptor, slope, builder)
  let description = try PrimitiveDescription(
    "activation backward", builder.engine, [gradient.descriptor, data.descriptor],
    forward: forward
  ) {
    onednn_describe_activation_backward(&$0, $1, backwardKind, $2[0], $2[1], Float(slope))
  }
  let made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
  try builder.emit(
    description,
    [
      (usesOutput ? DNNL_ARG_DST : DNNL_ARG_SRC, data), (DNNL_ARG_DIFF_DST, gradient),
      (DNNL_ARG_DIFF_SRC, made),
    ])
  return made
}

extension Activation: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let data: Tensor
    let kind: dnnl_alg_kind_t
    let backwardKind: dnnl_alg_kind_t
    let slope: Double

    var readsOutputBackward: Bool { kind != backwardKind }

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      [try activationGradient(gradient, data: data, kind, backwardKind, slope, builder)]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let kind: dnnl_alg_kind_t
    var backwardKind: dnnl_alg_kind_t
    var slope = 0.0
    switch function {
    case .relu: (kind, backwardKind) = (dnnl_eltwise_relu, dnnl_eltwise_relu_use_dst_for_bwd)
    case .leakyRelu(let given):
      (kind, backwardKind) = (dnnl_eltwise_relu, dnnl_eltwise_relu_use_dst_for_bwd)
      slope = given
      if given < 0 { backwardKind = kind }
    case .sigmoid:
      (kind, backwardKind) = (dnnl_eltwise_logistic, dnnl_eltwise_logistic_use_dst_for_bwd)
    case .tanh: (kind, backwardKind) = (dnnl_eltwise_tanh, dnnl_eltwise_tanh_use_dst_for_bwd)
    }
    let input = site.inputs[0]
    let overwrites = input.isFree && (kind != backwardKind || !site.isTraining)
    var output = overwrites ? input : try site.builder.tensor(input.descriptor)
    output.isFree = true
    output.isRectified = reluSlope == 0
    let forward = try forwardActivation(kind, input.descriptor, slope, site.builder)
    try site.builder.emit(forward, [(DNNL_ARG_SRC, input), (DNNL_ARG_DST, output)])
    return Compiled(
      output: output, data: kind == backwardKind ? input : output, kind: kind,
      backwardKind: backwardKind, slope: slope)
  }
}
