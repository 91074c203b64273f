import CKernels
import Learning

extension Dropout: OneDNNLayer {
  /// Nothing is dropped.
  private struct Identity: Operation {
    let output: Tensor
    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) -> [Tensor?] { [gradient] }
  }

  /// Numbers by themselves: the gradient's are dropped by the same draw.
  private struct Elements: Operation {
    let output: Tensor
    let rate: Double
    let stream: UInt32

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: output.descriptor)
      let made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
      drop(gradient, into: made, "backward", builder)
      return [made]
    }

    func drop(_ source: Tensor, into result: Tensor, _ name: String, _ builder: ProgramBuilder) {
      let (rate, stream, threads) = (self.rate, self.stream, builder.parameters.threads)
      let count = source.descriptor.bytes / MemoryLayout<Float>.stride
      builder.emit(name, [source, result]) { arrays, run in
        kernels_dropout(arrays[0], arrays[1], count, rate, run.seed ?? 0, stream, threads)
      }
    }
  }

  /// Channels or rows as a whole: one factor each, 0 or 1 / (1 − rate).
  private struct Groups: Operation {
    let output: Tensor
    /// Rows × channels of the order.
    let factors: Tensor
    let order: ChannelOrder

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: output.descriptor)
      let made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
      try builder.scaleChannels(gradient, by: factors, order, into: made, named: "backward")
      return [made]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    guard site.isTraining, rate > 0 else { return Identity(output: site.inputs[0]) }
    var input = site.inputs[0]
    if unit == .channels, input.descriptor.channelOrder == nil { input = try builder.plain(input) }
    var output = input.isFree ? input : try builder.tensor(input.descriptor)
    output.isFree = true
    let stream = UInt32(truncatingIfNeeded: site.node)
    let rows = input.descriptor.sizes[0]
    let order: ChannelOrder
    switch unit {
    case .elements:
      let operation = Elements(output: output, rate: rate, stream: stream)
      operation.drop(input, into: output, "forward", builder)
      return operation
    case .samples:
      let count = input.descriptor.bytes / MemoryLayout<Float>.stride / rows
      order = ChannelOrder(rows: rows, blocks: 1, places: count, lanes: 1)
    case .channels:
      guard let known = input.descriptor.channelOrder else {
        throw FitError.failed("the channels of a picture are in an order that is not known")
      }
      order = known
    }
    let factors = try builder.tensor(
      TensorDescriptor(plain: [rows, unit == .samples ? 1 : input.descriptor.sizes[1]]))
    let (count, rate) = (factors.descriptor.bytes / MemoryLayout<Float>.stride, self.rate)
    builder.emit("draw", [factors]) { arrays, run in
      arrays[0].update(repeating: 1, count: count)
      kernels_dropout(arrays[0], arrays[0], count, rate, run.seed ?? 0, stream, 1)
    }
    try builder.scaleChannels(input, by: factors, order, into: output, named: "forward")
    return Groups(output: output, factors: factors, order: order)
  }
}
