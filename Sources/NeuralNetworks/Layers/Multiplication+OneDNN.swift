import COneDNN
import Learning

extension Multiplication: OneDNNLayer {
  /// Two signals of one shape.
  private struct Equal: Operation {
    let output: Tensor
    let inputs: [Tensor]
    let wants: [Bool]

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: output.descriptor)
      return try [1, 0].enumerated().map { place, other in
        guard wants[place] else { return nil }
        let made = try builder.tensor(output.descriptor)
        try builder.emit(
          builder.binary(
            dnnl_binary_mul, gradient.descriptor, inputs[other].descriptor, named: "backward"),
          [(DNNL_ARG_SRC_0, gradient), (DNNL_ARG_SRC_1, inputs[other]), (DNNL_ARG_DST, made)])
        return made
      }
    }
  }

  /// A picture and a factor for each of its channels.
  private struct Channels: Operation {
    let output: Tensor
    let picture: Tensor
    let factors: Tensor
    let order: ChannelOrder
    let wants: [Bool]

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      let gradient = try builder.reordered(gradient, to: picture.descriptor)
      let order = self.order
      let threads = builder.parameters.threads
      let channels = factors.descriptor.sizes[1]
      var factorGradient: Tensor?
      if wants[1] {
        let made = try builder.tensor(factors.descriptor)
        builder.emit("backward by factors", [gradient, picture, made]) { arrays, _ in
          order.sumOfProducts(
            arrays[0], arrays[1], channels: channels, into: arrays[2], threads: threads)
        }
        factorGradient = made
      }
      var pictureGradient: Tensor?
      if wants[0] {
        let made = gradient.isFree ? gradient : try builder.tensor(gradient.descriptor)
        try builder.scaleChannels(
          gradient, by: factors, order, into: made, named: "backward by picture")
        pictureGradient = made
      }
      return [pictureGradient, factorGradient]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    let builder = site.builder
    let picture = site.inputs[0]
    let sizes = picture.descriptor.sizes
    let other = site.inputs[1]
    guard other.descriptor.sizes != sizes else {
      let second = try builder.reordered(other, to: picture.descriptor)
      let output = try builder.tensor(picture.descriptor)
      try builder.emit(
        builder.binary(
          dnnl_binary_mul, picture.descriptor, second.descriptor, named: "forward"),
        [(DNNL_ARG_SRC_0, picture), (DNNL_ARG_SRC_1, second), (DNNL_ARG_DST, output)])
      return Equal(output: output, inputs: [picture, second], wants: site.wantsGradients)
    }
    let given =
      picture.descriptor.channelOrder == nil ? try builder.plain(picture) : picture
    guard let order = given.descriptor.channelOrder else {
      throw FitError.failed("the channels of a picture are in an order that is not known")
    }
    let factors = try builder.plain(other)
    let output = try builder.tensor(given.descriptor)
    try builder.scaleChannels(given, by: factors, order, into: output, named: "forward")
    return Channels(
      output: output, picture: given, factors: factors, order: order, wants: site.wantsGradients)
  }
}
