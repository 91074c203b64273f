import CKernels

// Rows of numbers, which oneDNN normalises one number at a time.

extension BatchNormalisation {
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    /// Of the batch.
    let mean: Tensor
    let variance: Tensor
    let weight: Tensor
    let bias: Tensor
    let weightIndex: Int
    let biasIndex: Int
    let sizes: kernels_normalisation

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.plain(gradient)
      var made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
      made.isRectified = false
      let weightGradient = builder.gradient(weightIndex, weight.descriptor)
      let biasGradient = builder.gradient(biasIndex, bias.descriptor)
      let (sizes, threads) = (self.sizes, builder.parameters.threads)
      builder.emit(
        "backward",
        [input, weight, bias, mean, variance, gradient, made, weightGradient, biasGradient]
      ) { arrays, _ in
        var layer = sizes.with(
          x: arrays[0], scale: arrays[1], shift: arrays[2], mean: arrays[3], variance: arrays[4])
        kernels_normalise_back(&layer, arrays[5], arrays[6], arrays[7], arrays[8], threads)
      }
      builder.update(weightIndex, by: weightGradient)
      builder.update(biasIndex, by: biasGradient)
      return [made]
    }
  }

  /// Adds the calls for rows of numbers.
  func compileVectors(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let input = try builder.plain(site.inputs[0])
    var sizes = kernels_normalisation()
    sizes.rows = input.descriptor.sizes[0]
    sizes.channels = input.descriptor.sizes[1]
    sizes.epsilon = Float(epsilon)
    sizes.finds_statistics = site.isTraining ? 1 : 0
    sizes.rectifies = site.absorbRelu { $0 == 0 } == nil ? 0 : 1
    let output =
      input.isFree && !site.isTraining ? input : try builder.tensor(input.descriptor)
    let (weight, bias) = (try site.list(0), try site.list(1))
    let (runningMean, runningVariance) = (try site.list(2), try site.list(3))
    let mean = site.isTraining ? try builder.tensor(weight.descriptor) : runningMean
    let variance = site.isTraining ? try builder.tensor(weight.descriptor) : runningVariance
    let (known, threads) = (sizes, builder.parameters.threads)
    builder.emit("forward", [input, weight, bias, mean, variance, output]) { arrays, _ in
      var layer = known.with(
        x: arrays[0], scale: arrays[1], shift: arrays[2], mean: arrays[3], variance: arrays[4])
      layer.y = arrays[5]
      kernels_normalise(&layer, threads)
    }
    if site.isTraining {
      builder.emit("running statistics", [mean, variance, runningMean, runningVariance]) {
        arrays, run in
        guard run.notesStatistics else { return }
        noteStatistics(
          arrays[0], arrays[1], in: arrays[2], arrays[3], channels: known.channels,
          count: Double(known.rows))
      }
    }
    return Compiled(
      output: output, input: input, mean: mean, variance: variance, weight: weight, bias: bias,
      weightIndex: site.parameter(0), biasIndex: site.parameter(1), sizes: sizes)
  }
}

extension kernels_normalisation {
  /// The same sizes with arrays.
  fileprivate func with(
    x: UnsafeMutablePointer<Float>, scale: UnsafeMutablePointer<Float>,
    shift: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    variance: UnsafeMutablePointer<Float>
  ) -> Self {
    var layer = self
    layer.x = UnsafePointer(x)
    layer.scale = UnsafePointer(scale)
    layer.shift = UnsafePointer(shift)
    layer.mean = mean
    layer.variance = variance
    return layer
  }
}
