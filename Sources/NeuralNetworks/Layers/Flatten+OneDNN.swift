extension Flatten: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    let sizes: [Int]

    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?] {
      [try builder.reshapedPlain(gradient, sizes)]
    }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    Compiled(
      output: try site.builder.reshapedPlain(site.inputs[0], site.outputSizes),
      sizes: site.inputs[0].descriptor.sizes)
  }
}

extension ProgramBuilder {
  /// The numbers in row-major order under other sizes.
  func reshapedPlain(_ tensor: Tensor, _ sizes: [Int]) throws -> Tensor {
    var result = try plain(tensor)
    result.descriptor = try TensorDescriptor(plain: sizes)
    return result
  }
}
