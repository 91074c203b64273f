import CKernels
import Learning

extension BatchNormalisation: OneDNNLayer {
  /// Normalisation by the batch's statistics.
  ///
  /// oneDNN's own reads a picture once more each way, and its
  /// threads wait for each other in a loop, which costs much on a machine that has other work.
  private struct Compiled: Operation {
    let output: Tensor
    let input: Tensor
    let order: kernels_channels
    /// One number a channel each: the batch's mean and variance, and what takes the input to the output.
    let mean, variance, scale, shift: Tensor
    let weightIndex: Int
    let biasIndex: Int
    let epsilon: Double
    let rectifies: Bool

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: input.descriptor)
      var made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
      made.isRectified = input.isRectified
      let parameters = builder.parameters
      let weightGradient = builder.gradient(
        weightIndex, try parameters.descriptor(of: weightIndex, orKeptAs: nil))
      let biasGradient = builder.gradient(
        biasIndex, try parameters.descriptor(of: biasIndex, orKeptAs: nil))
      let spare = try builder.tensor(
        TensorDescriptor(plain: [kernels_normalisation_spare(order)]))
      let sums = try (0..<2).map { _ in try builder.tensor(mean.descriptor) }
      let (order, rectifies, zeroes) = (self.order, self.rectifies, input.isRectified)
      let (threads, epsilon) = (parameters.threads, self.epsilon)
      let filled = order.filled
      builder.emit(
        "backward",
        [
          input, gradient, made, mean, variance, scale, shift, weightGradient, biasGradient,
          sums[0], sums[1], spare,
        ]
      ) { arrays, _ in
        let (mean, variance, scale, shift) = (arrays[3], arrays[4], arrays[5], arrays[6])
        let (byShift, byScale) = (arrays[9], arrays[10])
        byShift.update(repeating: 0, count: filled)
        byScale.update(repeating: 0, count: filled)
        kernels_channel_gradient_sums(
          arrays[0], arrays[1], order, mean, scale, shift, rectifies ? 1 : 0, byShift, byScale,
          arrays[11], threads)
        for channel in 0..<order.channels {
          let inverse = 1 / (Double(variance[channel]) + epsilon).squareRoot()
          let product = Double(byScale[channel]) * inverse
          arrays[7][channel] = Float(product)
          arrays[8][channel] = byShift[channel]
          byShift[channel] = Float(Double(byShift[channel]) / order.countOfChannel)
          byScale[channel] = Float(product * inverse / order.countOfChannel)
        }
        kernels_channel_gradient(
          arrays[0], arrays[1], arrays[2], order, mean, scale, shift, byShift, byScale,
          rectifies ? 1 : 0, zeroes ? 1 : 0, threads)
      }
      builder.update(weightIndex, by: weightGradient)
      builder.update(biasIndex, by: biasGradient)
      return [made]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    if site.inputs[0].descriptor.sizes.count == 2 { return try compileVectors(site) }
    let builder = site.builder
    let input =
      site.inputs[0].descriptor.channels == nil
      ? try builder.plain(site.inputs[0]) : site.inputs[0]
    guard let order = input.descriptor.channels else {
      throw FitError.failed("the channels of a picture are in an order that is not known")
    }
    let rectifies = site.absorbRelu { $0 == 0 } != nil
    var output =
      input.isFree && !site.isTraining ? input : try builder.tensor(input.descriptor)
    output.isFree = true
    output.isRectified = rectifies
    let filled = order.filled
    let lists = try (0..<4).map { _ in
      try builder.tensor(TensorDescriptor(plain: [filled]))
    }
    let spare = try builder.tensor(TensorDescriptor(plain: [kernels_normalisation_spare(order)]))
    let (threads, epsilon) = (builder.parameters.threads, self.epsilon)
    let isTraining = site.isTraining
    let parameters = try (0..<4).map { try site.list($0) }
    builder.emit("forward", [input, output, spare] + lists + parameters) { arrays, run in
      let (mean, variance, scale, shift) = (arrays[3], arrays[4], arrays[5], arrays[6])
      let (runningMean, runningVariance) = (arrays[9], arrays[10])
      for list in 3..<7 { arrays[list].update(repeating: 0, count: filled) }
      if isTraining {
        kernels_channel_statistics(arrays[0], order, mean, variance, arrays[2], threads)
        if run.notesStatistics {
          noteStatistics(
            mean, variance, in: runningMean, runningVariance, channels: order.channels,
            count: order.countOfChannel)
        }
      } else {
        mean.update(from: runningMean, count: order.channels)
        variance.update(from: runningVariance, count: order.channels)
      }
      for channel in 0..<order.channels {
        let factor = Double(arrays[7][channel]) / (Double(variance[channel]) + epsilon).squareRoot()
        scale[channel] = Float(factor)
        shift[channel] = Float(Double(arrays[8][channel]) - Double(mean[channel]) * factor)
      }
      kernels_channel_map(
        arrays[0], arrays[1], order, scale, shift, rectifies ? 1 : 0, threads)
    }
    return Compiled(
      output: output, input: input, order: order, mean: lists[0], variance: lists[1],
      scale: lists[2], shift: lists[3], weightIndex: site.parameter(0),
      biasIndex: site.parameter(1), epsilon: epsilon, rectifies: rectifies)
  }

  /// Moves the running statistics towards those of a batch.
  ///
  /// - Parameters:
  ///   - mean: of the batch, a number a channel.
  ///   - variance: the mean squared difference in the batch.
  ///   - runningMean: is changed.
  ///   - runningVariance: is changed.
  ///   - channels: their number.
  ///   - count: the numbers of a channel in the batch.
  func noteStatistics(
    _ mean: UnsafePointer<Float>, _ variance: UnsafePointer<Float>,
    in runningMean: UnsafeMutablePointer<Float>, _ runningVariance: UnsafeMutablePointer<Float>,
    channels: Int, count: Double
  ) {
    let share = Float(momentum)
    let unbiased = Float(count / max(count - 1, 1))
    for channel in 0..<channels {
      runningMean[channel] += share * (mean[channel] - runningMean[channel])
      runningVariance[channel] += share * (variance[channel] * unbiased - runningVariance[channel])
    }
  }
}

extension TensorDescriptor {
  /// Where the channels of a picture lie, as kernels take it.
  fileprivate var channels: kernels_channels? {
    guard let order = channelOrder else { return nil }
    return kernels_channels(
      rows: order.rows, blocks: order.blocks, places: order.places, lanes: order.lanes,
      channels: sizes[1])
  }
}

extension kernels_channels {
  /// The numbers of a list with one a channel, those that fill up the last block among them.
  fileprivate var filled: Int { blocks * lanes }
  /// The numbers of each channel.
  fileprivate var countOfChannel: Double { Double(rows * places) }
}
