import TextFormatting

/// The layers of a network with their connections, shapes and parameters; no numbers.
public struct Network: Sendable {
  /// A layer in its place.
  public struct Node: Sendable {
    /// The name, different from all others, as in `convolution3`.
    public var name: String
    /// What it does.
    public var layer: any Layer
    /// The nodes it is given, all earlier ones; an ``Input`` has none.
    public var inputs: [Int]
    /// What it gives.
    public var shape: TensorShape
    /// Its arrays of numbers.
    public var parameters: [Parameter]
  }

  /// Every node after those it is given.
  public let nodes: [Node]
  /// The node whose values are the network's: one score a class.
  public let output: Int

  /// The layers that lead to an output, without those that do not.
  ///
  /// - Parameter output: a vector.
  /// - Throws: ``NetworkError`` when it is no vector.
  public init(to output: Signal) throws {
    guard output.shape.isVector else {
      throw NetworkError(
        node: output.builder.nodes[output.node].name,
        reason: "a network ends with a vector, not with \(output.shape)")
    }
    let all = output.builder.nodes
    var isNeeded = [Bool](repeating: false, count: all.count)
    isNeeded[output.node] = true
    for index in all.indices.reversed() where isNeeded[index] {
      for input in all[index].inputs { isNeeded[input] = true }
    }
    var places = [Int](repeating: 0, count: all.count)
    var kept: [Node] = []
    for index in all.indices where isNeeded[index] {
      places[index] = kept.count
      var node = all[index]
      node.inputs = node.inputs.map { places[$0] }
      kept.append(node)
    }
    nodes = kept
    self.output = places[output.node]
  }

  /// A parameter in its place.
  public struct NamedParameter: Sendable {
    /// As in `convolution3.weight`.
    public var name: String
    /// The node it belongs to.
    public var node: Int
    /// What it is.
    public var parameter: Parameter
  }

  /// All arrays of all layers, in the order of the nodes.
  public var parameters: [NamedParameter] {
    nodes.indices.flatMap { index in
      nodes[index].parameters.map {
        NamedParameter(name: "\(nodes[index].name).\($0.name)", node: index, parameter: $0)
      }
    }
  }

  /// The number of trained numbers.
  public var parameterCount: Int {
    parameters.reduce(0) { $0 + ($1.parameter.role == .trained ? $1.parameter.count : 0) }
  }

  /// Multiplications and additions of a forward pass of one row.
  public var operations: Double {
    nodes.reduce(0) { sum, node in
      sum + node.layer.operations(for: node.inputs.map { nodes[$0].shape })
    }
  }
}

/// What is wrong with the description of a network.
public struct NetworkError: Error, Equatable, CustomStringConvertible {
  /// The name of the layer, as in `convolution3`; nil where it is about the whole network.
  public var node: String?
  /// What is wrong, with the shapes.
  public var reason: String

  /// An error.
  public init(node: String? = nil, reason: String) {
    self.node = node
    self.reason = reason
  }

  /// The layer and what is wrong with it.
  public var description: String { node.map { "\($0): \(reason)" } ?? reason }
}
