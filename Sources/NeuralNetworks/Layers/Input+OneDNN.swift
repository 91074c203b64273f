import COneDNN

extension Input: OneDNNLayer {
  private struct Compiled: Operation {
    let output: Tensor
    func backward(_ gradient: Tensor, _ builder: ProgramBuilder) -> [Tensor?] { [] }
  }

  func compile(_ site: LayerSite) throws -> any Operation {
    var output = try site.builder.tensor(TensorDescriptor(plain: site.outputSizes))
    // Backward passes read it again.
    output.isFree = false
    if site.isTraining { site.builder.keepInput(site.node, output) }
    let (count, batch) = (shape.count, site.builder.batch)
    let (first, columns) = (firstColumn, rowColumns)
    site.builder.emit("copy", [output]) { arrays, run in
      if count == columns {
        arrays[0].update(from: run.rows, count: run.count * count)
      } else {
        for row in 0..<run.count {
          (arrays[0] + row * count).update(from: run.rows + row * columns + first, count: count)
        }
      }
      (arrays[0] + run.count * count).update(repeating: 0, count: (batch - run.count) * count)
    }
    return Compiled(output: output)
  }
}
