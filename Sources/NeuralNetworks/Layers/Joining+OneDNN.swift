import COneDNN
import Learning

extension Addition: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let relu: Double?
    let wants: [Bool]

    var readsOutputBackward: Bool { relu != nil }

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      var gradient =
        try relu.map {
          try rectifierGradient(gradient, output: output, slope: $0, builder)
        } ?? gradient
      // Several signals get the same array, which none of them may overwrite.
      if wants.count(where: { $0 }) > 1 { gradient.isFree = false }
      return wants.map { $0 ? gradient : nil }
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let order = site.inputs[0].descriptor
    // oneDNN 2.6 gives wrong sums with a rectifier behind them where blocks of channels are filled up.
    let isFull = order.sizes.reduce(4, *) == order.bytes
    let relu = isFull ? site.absorbRelu() : nil
    let inputs = try site.inputs.map { try builder.reordered($0, to: order) }
    var sum = inputs[0]
    var output =
      try inputs.first { $0.isFree } ?? builder.tensor(order)
    output.isRectified = relu == 0
    // Two signals at a time, beginning with the one whose memory the sum takes.
    var others = inputs
    if let place = inputs.firstIndex(where: { $0.isFree }) {
      sum = others.remove(at: place)
    } else {
      others.removeFirst()
    }
    for (index, other) in others.enumerated() {
      let attributes = PrimitiveDescription.Attributes(
        reluSlope: index == others.count - 1 ? relu : nil)
      try builder.emit(
        builder.binary(dnnl_binary_add, order, other.descriptor, named: "forward", attributes),
        [(DNNL_ARG_SRC_0, sum), (DNNL_ARG_SRC_1, other), (DNNL_ARG_DST, output)])
      sum = output
    }
    if others.isEmpty { throw FitError.failed("a sum of one signal") }
    return Compiled(output: sum, relu: relu, wants: site.wantsGradients)
  }
}

extension Concatenation: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let inputs: [TensorDescriptor]
    let wants: [Bool]

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      var results: [Tensor?] = []
      var whole = gradient
      var first = 0
      for (input, wanted) in zip(inputs, wants) {
        let sizes = input.sizes
        var offsets = [Int](repeating: 0, count: sizes.count)
        offsets[1] = first
        first += sizes[1]
        guard wanted else {
          results.append(nil)
          continue
        }
        if whole.descriptor.part(sizes: sizes, offsets: offsets) == nil {
          // A part that begins within a block of channels can only be cut out of plain order.
          whole = try builder.plain(whole)
        }
        guard let part = whole.descriptor.part(sizes: sizes, offsets: offsets) else {
          throw FitError.failed("the gradient of a concatenation cannot be divided")
        }
        let made = try builder.tensor(input)
        var source = whole
        source.descriptor = part
        try builder.reorder(source, to: made)
        results.append(made)
      }
      return results
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let orders = site.inputs.map(\.descriptor)
    let description = try PrimitiveDescription(
      concatenation: "forward", site.engine, of: orders,
      to: TensorDescriptor(anyOrder: site.outputSizes))
    let output = try site.builder.tensor(description.destination)
    var arguments = [(DNNL_ARG_DST, output)]
    for (index, input) in site.inputs.enumerated() {
      arguments.append((DNNL_ARG_MULTIPLE_SRC + Int32(index), input))
    }
    try site.builder.emit(description, arguments)
    return Compiled(output: output, inputs: orders, wants: site.wantsGradients)
  }
}
