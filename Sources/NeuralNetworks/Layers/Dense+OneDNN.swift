import CKernels

// Own kernels, not oneDNN's: its inner product makes the whole gradient of the weights before anything can
// follow it, which for a large layer is most of a step's traffic and a third more memory.

extension Dense: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    let weights: Int
    let bias: Int?
    let shape: Shape
    let wantsInputGradient: Bool

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.plain(gradient)
      let made = wantsInputGradient ? try builder.tensor(input.descriptor) : nil
      let (shape, parameters) = (self.shape, builder.parameters)
      var tensors = [
        input, gradient,
        // With a step to follow it the gradient is never whole.
        try builder.gradientWhereKept(weights),
        try builder.tensor(TensorDescriptor(plain: [shape.outputs])),
      ]
      if let bias {
        tensors[3] = builder.gradient(bias, tensors[3].descriptor)
      }
      if let made { tensors.append(made) }
      let (weights, bias, hasInputGradient) = (self.weights, self.bias, made != nil)
      builder.emit("backward", tensors) { arrays, run in
        let inputGradient = hasInputGradient ? arrays[4] : nil
        let (batch, threads) = (shape.batch, parameters.threads)
        parameters.withDense(shape, weights: weights, bias: bias) { layer in
          if var step = run.step?.coefficients() {
            kernels_dense_backward(
              layer, &step, arrays[0], arrays[1], batch, inputGradient, arrays[3], threads)
          } else {
            kernels_dense_gradients(
              layer, arrays[0], arrays[1], batch, arrays[2], bias == nil ? nil : arrays[3],
              threads)
            if let inputGradient {
              kernels_dense_input_gradients(layer, arrays[1], batch, inputGradient, threads)
            }
          }
        }
      }
      return [made]
    }
  }

  /// The sizes that kernels are told.
  fileprivate struct Shape {
    var inputs: Int
    var outputs: Int
    var batch: Int
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let input = try builder.plain(site.inputs[0])
    let output = try builder.tensor(TensorDescriptor(plain: site.outputSizes))
    let shape = Shape(
      inputs: input.descriptor.sizes[1], outputs: outputs, batch: input.descriptor.sizes[0])
    let spare = try builder.tensor(
      TensorDescriptor(plain: [shape.batch, shape.inputs + shape.outputs]))
    // In plain order from the start.
    _ = try site.list(0)
    let weights = site.parameter(0)
    let bias = hasBias ? site.parameter(1) : nil
    let parameters = builder.parameters
    builder.emit("forward", [input, output, spare]) { arrays, _ in
      parameters.withDense(shape, weights: weights, bias: bias) {
        kernels_dense_forward(
          $0, arrays[0], shape.batch, arrays[1], arrays[2], parameters.threads)
      }
    }
    return Compiled(
      output: output, input: input, weights: weights, bias: bias, shape: shape,
      wantsInputGradient: site.isTraining && site.wantsGradients[0])
  }
}

extension ParameterStore {
  /// Lends a dense layer's numbers to kernels.
  fileprivate func withDense(
    _ shape: Dense.Shape, weights: Int, bias: Int?, _ body: (UnsafePointer<kernels_dense>) -> Void
  ) {
    func numbers(_ index: Int?, _ moment: Int) -> UnsafeMutablePointer<Float>? {
      moment > moments ? nil : index.map { self.numbers(of: $0, moment: moment) }
    }
    let layer = kernels_dense(
      inputs: shape.inputs, outputs: shape.outputs, planned_batch: shape.batch,
      weights: self.numbers(of: weights), bias: numbers(bias, 0), first: numbers(weights, 1),
      second: numbers(weights, 2), bias_first: numbers(bias, 1), bias_second: numbers(bias, 2))
    withUnsafePointer(to: layer, body)
  }
}
