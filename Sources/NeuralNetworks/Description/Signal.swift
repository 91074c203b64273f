import Learning

/// What flows out of a layer while a network is described: layers are applied to it.
///
/// ```swift
/// try input.picture().convolution(32, padding: 1).batchNormalisation().relu().flattened().dense(10)
/// ```
public struct Signal {
  let builder: NetworkBuilder
  let node: Int

  /// The shape of one row.
  public var shape: TensorShape { builder.nodes[node].shape }

  /// What a layer makes of this and other signals of the same network.
  ///
  /// - Parameters:
  ///   - layer: the layer.
  ///   - others: what it is given beside this signal.
  ///   - name: a name of its own; nil for the layer's kind with a number.
  /// - Returns: what flows out of it.
  /// - Throws: ``NetworkError`` naming the layer and the shapes it cannot take.
  public func applying<Kind: Layer>(
    _ layer: Kind, with others: [Signal] = [], named name: String? = nil
  ) throws -> Signal {
    guard others.allSatisfy({ $0.builder === builder }) else {
      throw NetworkError(
        node: name ?? Kind.kind, reason: "it is given signals of two networks; begin with one input"
      )
    }
    return try builder.add(layer, to: [node] + others.map(\.node), named: name)
  }
}

/// Collects the nodes of a network under description.
final class NetworkBuilder {
  private(set) var nodes: [Network.Node] = []
  private var counts: [String: Int] = [:]

  func add<Kind: Layer>(
    _ layer: Kind, to inputs: [Int], named name: String?
  ) throws -> Signal {
    let number = counts[Kind.kind, default: 0] + 1
    counts[Kind.kind] = number
    let name = name ?? "\(Kind.kind)\(number)"
    let shapes = inputs.map { nodes[$0].shape }
    guard !nodes.contains(where: { $0.name == name }) else {
      throw NetworkError(node: name, reason: "two layers have this name")
    }
    do throws(ShapeProblem) {
      let shape = try layer.outputShape(of: shapes)
      try checkSize(shape.sizes, "a row of \(shape)")
      let parameters = layer.parameters(for: shapes)
      for parameter in parameters {
        try checkSize(parameter.shape, "“\(parameter.name)” of \(TensorShape(parameter.shape))")
      }
      nodes.append(
        .init(name: name, layer: layer, inputs: inputs, shape: shape, parameters: parameters))
      return Signal(builder: self, node: nodes.count - 1)
    } catch {
      throw NetworkError(node: name, reason: error.reason)
    }
  }
}

/// Refuses what no memory holds, before a product of sizes overflows.
private func checkSize(_ sizes: [Int], _ what: String) throws(ShapeProblem) {
  var product = 1
  for size in sizes {
    let (next, overflows) = product.multipliedReportingOverflow(by: size)
    guard !overflows, 1...(1 << 40) ~= next else { throw ShapeProblem("\(what) is too large") }
    product = next
  }
}

/// Where a network begins: the columns of a row.
public struct NetworkInput {
  /// What the columns are.
  public let layout: RowLayout
  private let builder = NetworkBuilder()

  /// The beginning of a new network.
  public init(_ layout: RowLayout) { self.layout = layout }

  /// All columns as a vector, the pixels of a picture too.
  ///
  /// - Throws: ``NetworkError`` when there are none.
  public func columns() throws -> Signal {
    try input(.vector(layout.columns), from: 0, named: "columns")
  }

  /// The picture.
  ///
  /// - Throws: ``NetworkError`` when the rows have none.
  public func picture() throws -> Signal {
    guard let picture = layout.picture else {
      throw NetworkError(reason: "it needs pictures, and is given \(layout)")
    }
    return try input(
      .picture(channels: picture.channels, height: picture.height, width: picture.width),
      from: 0, named: "picture")
  }

  /// The features, which stand behind the pixels where there is a picture; nil where there are none.
  ///
  /// - Throws: nothing that a description can cause.
  public func features() throws -> Signal? {
    guard layout.features > 0 else { return nil }
    return try input(
      .vector(layout.features), from: layout.picture?.count ?? 0, named: "features")
  }

  private func input(_ shape: TensorShape, from column: Int, named name: String) throws -> Signal {
    guard shape.count > 0 else { throw NetworkError(node: name, reason: "there are no columns") }
    if let known = builder.nodes.firstIndex(where: { $0.name == name }) {
      return Signal(builder: builder, node: known)
    }
    return try builder.add(
      Input(shape: shape, firstColumn: column, rowColumns: layout.columns), to: [], named: name)
  }
}
