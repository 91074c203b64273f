import COneDNN
import Learning

/// An array while a program is planned: what it holds and where, but no memory yet.
struct Tensor {
  var descriptor: TensorDescriptor
  /// The number of its place among the program's.
  var place: Int
  /// Whether nobody else will read it, so that it may be overwritten.
  var isFree: Bool
  /// Of a value, whether it is max(x, 0) of something; of a gradient, whether it is 0 already where such
  /// a value is 0.
  var isRectified = false
}

/// What a program is for.
enum ProgramPurpose: Equatable {
  /// Scores without chance.
  case prediction
  /// Scores, then gradients by the parameters.
  case training
  /// Scores, then gradients by the parameters and by the rows.
  case gradients

  var hasBackward: Bool { self != .prediction }
}

/// Collects the calls of a program, layer after layer, then the backward pass in the opposite order.
final class ProgramBuilder {
  /// Where the numbers of an array lie.
  enum Place {
    /// In the program's own memory, at a place that the plan gives.
    case planned(bytes: Int)
    /// The numbers of a parameter.
    case parameter(Int)
    /// The gradient of a parameter: planned, or kept where all gradients are wanted at once.
    case gradient(Int, bytes: Int)
  }

  /// One step of a program.
  struct Call {
    enum Work {
      case primitive(PrimitiveDescription, [(argument: Int32, tensor: Tensor)])
      case function([Tensor], (_ arrays: [UnsafeMutablePointer<Float>], _ run: Run) throws -> Void)
    }
    var name: String
    var work: Work
  }

  let engine: Engine
  let network: Network
  let batch: Int
  let purpose: ProgramPurpose
  let parameters: ParameterStore
  private(set) var places: [Place] = []
  private(set) var forwardCalls: [Call] = []
  private(set) var backwardCalls: [Call] = []
  /// Places that are needed from their first use to the end of the program.
  private(set) var kept: Set<Int> = []
  private(set) var scores: Tensor
  private(set) var scoreGradients: Tensor?
  private(set) var rowGradients: [(node: Int, tensor: Tensor)] = []
  /// What the inputs hold, in plain order.
  private(set) var inputs: [(node: Int, tensor: Tensor)] = []

  private var isBackward = false
  private var consumers: [[Int]]
  private var values: [Tensor?]
  private var absorbed: [Bool]
  /// What calls are named after.
  private var current = ""

  /// Plans a program.
  ///
  /// - Throws: `FitError` when oneDNN cannot do what a layer wants.
  init(
    _ network: Network, _ parameters: ParameterStore, batch: Int, purpose: ProgramPurpose,
    engine: Engine
  ) throws {
    self.network = network
    self.parameters = parameters
    self.batch = batch
    self.purpose = purpose
    self.engine = engine
    let nodes = network.nodes
    consumers = [[Int]](repeating: [], count: nodes.count)
    values = [Tensor?](repeating: nil, count: nodes.count)
    absorbed = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices {
      for input in nodes[index].inputs { consumers[input].append(index) }
    }
    scores = Tensor(
      descriptor: try TensorDescriptor(plain: [batch, nodes[network.output].shape.count]),
      place: 0, isFree: false)
    let operations = try addForward()
    if purpose.hasBackward { try addBackward(operations) }
  }

  /// Whether gradients are wanted by what a node gives.
  private func needsGradient() -> [Bool] {
    var needs = [Bool](repeating: false, count: network.nodes.count)
    for (index, node) in network.nodes.enumerated() {
      needs[index] =
        node.parameters.contains { $0.role == .trained }
        || node.inputs.contains { needs[$0] } || (purpose == .gradients && node.inputs.isEmpty)
    }
    return needs
  }

  /// Puts the name of the layer before what is wrong.
  private func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FitError {
      throw FitError.failed("\(current): \(error)")
    }
  }

  private func addForward() throws -> [(any Operation)?] {
    var operations = [(any Operation)?](repeating: nil, count: network.nodes.count)
    let needs = purpose.hasBackward ? needsGradient() : []
    for (index, node) in network.nodes.enumerated() where !absorbed[index] {
      guard let layer = node.layer as? any OneDNNLayer else {
        throw FitError.failed("\(node.name): the processor cannot compute “\(node.details)”")
      }
      current = node.name
      let inputs = node.inputs.compactMap { values[$0] }
      let site = LayerSite(
        builder: self, node: index, inputs: inputs,
        wantsGradients: node.inputs.map { purpose.hasBackward && needs[$0] })
      let operation = try naming { try layer.compile(site) }
      // What an activation was fused into stands for it.
      let last = consumers[index].first.flatMap { absorbed[$0] ? $0 : nil } ?? index
      var value = operation.output
      value.isFree =
        value.isFree && consumers[last].count == 1
        && !(purpose.hasBackward && operation.readsOutputBackward)
      values[index] = value
      values[last] = value
      operations[last] = operation
    }
    current = "scores"
    guard let output = values[network.output] else { return operations }
    scores = try reordered(output, to: scores.descriptor)
    kept.insert(scores.place)
    return operations
  }

  private func addBackward(_ operations: [(any Operation)?]) throws {
    isBackward = true
    let needs = needsGradient()
    var gradients = [Tensor?](repeating: nil, count: network.nodes.count)
    var given = try tensor(scores.descriptor)
    given.isFree = true
    scoreGradients = given
    gradients[network.output] = given
    for (index, node) in network.nodes.enumerated().reversed() where needs[index] {
      guard let operation = operations[index], let gradient = gradients[index] else { continue }
      // The layer that an activation was fused into has the inputs.
      let first = absorbed[index] ? node.inputs[0] : index
      let layer = network.nodes[first]
      current = layer.name
      guard !layer.inputs.isEmpty else {
        rowGradients.append((index, try plain(gradient)))
        kept.insert(rowGradients[rowGradients.count - 1].tensor.place)
        continue
      }
      let results = try naming { try operation.backward(gradient, self) }
      for (input, result) in zip(layer.inputs, results) where needs[input] {
        guard let result else { continue }
        gradients[input] = try gradients[input].map { try sum($0, result) } ?? result
      }
    }
  }

  /// Adds what two consumers of a value ask of it.
  private func sum(_ known: Tensor, _ other: Tensor) throws -> Tensor {
    let other = try reordered(other, to: known.descriptor)
    // oneDNN allows the sum to take the place of the first alone.
    let (first, second) = known.isFree ? (known, other) : (other, known)
    var result = first.isFree ? first : try tensor(known.descriptor)
    result.isRectified = known.isRectified && other.isRectified
    try emit(
      binary(dnnl_binary_add, known.descriptor, other.descriptor, named: "sum of gradients"),
      [(DNNL_ARG_SRC_0, first), (DNNL_ARG_SRC_1, second), (DNNL_ARG_DST, result)])
    return result
  }
}

// What layers use.
extension ProgramBuilder {
  /// A new array.
  func tensor(_ descriptor: TensorDescriptor) throws -> Tensor {
    places.append(.planned(bytes: descriptor.bytes))
    return Tensor(descriptor: descriptor, place: places.count - 1, isFree: true)
  }

  /// The numbers of a parameter, in the order in which they are kept.
  func parameter(_ index: Int, _ descriptor: TensorDescriptor) -> Tensor {
    places.append(.parameter(index))
    return Tensor(descriptor: descriptor, place: places.count - 1, isFree: false)
  }

  /// Room for the gradient of a parameter, in the order in which the parameter is kept.
  func gradient(_ index: Int, _ descriptor: TensorDescriptor) -> Tensor {
    places.append(.gradient(index, bytes: descriptor.bytes))
    return Tensor(descriptor: descriptor, place: places.count - 1, isFree: false)
  }

  /// Room for the gradient of a parameter only where all gradients are wanted at once; without that it
  /// must not be touched.
  func gradientWhereKept(_ index: Int) throws -> Tensor {
    let descriptor = try parameters.descriptor(of: index, orKeptAs: nil)
    places.append(.gradient(index, bytes: 0))
    return Tensor(descriptor: descriptor, place: places.count - 1, isFree: false)
  }

  /// Takes note of what an input holds, which stays to the end of the program.
  func keepInput(_ node: Int, _ tensor: Tensor) {
    inputs.append((node, tensor))
    kept.insert(tensor.place)
  }

  /// Adds a call of a primitive; what it needs for itself is added.
  func emit(
    _ description: PrimitiveDescription, _ arguments: [(argument: Int32, tensor: Tensor)]
  ) throws {
    var arguments = arguments
    let scratchpad = try description.scratchpad
    if !scratchpad.isEmpty { arguments.append((DNNL_ARG_SCRATCHPAD, try tensor(scratchpad))) }
    add(Call(name: "\(current) \(description.name)", work: .primitive(description, arguments)))
  }

  /// Adds a call of a function on arrays.
  func emit(
    _ name: String, _ tensors: [Tensor],
    _ body: @escaping (_ arrays: [UnsafeMutablePointer<Float>], _ run: Run) throws -> Void
  ) {
    add(Call(name: "\(current) \(name)", work: .function(tensors, body)))
  }

  private func add(_ call: Call) {
    if isBackward { backwardCalls.append(call) } else { forwardCalls.append(call) }
  }

  /// The same numbers in another order; the array itself where it has that order.
  func reordered(_ tensor: Tensor, to descriptor: TensorDescriptor) throws -> Tensor {
    guard tensor.descriptor != descriptor else { return tensor }
    var result = try self.tensor(descriptor)
    result.isRectified = tensor.isRectified
    try reorder(tensor, to: result)
    return result
  }

  /// Copies an array into another, whatever their orders.
  func reorder(_ tensor: Tensor, to result: Tensor) throws {
    let description = try PrimitiveDescription(
      reorder: "reorder", engine, from: tensor.descriptor, to: result.descriptor)
    try emit(description, [(DNNL_ARG_FROM, tensor), (DNNL_ARG_TO, result)])
  }

  /// The same numbers in row-major order.
  func plain(_ tensor: Tensor) throws -> Tensor {
    try reordered(tensor, to: TensorDescriptor(plain: tensor.descriptor.sizes))
  }

  /// Adds the step of the optimiser by a gradient.
  func update(_ index: Int, by gradient: Tensor) {
    let parameters = self.parameters
    emit("update", [gradient]) { arrays, run in
      guard let step = run.step else { return }
      parameters.update(index, by: arrays[0], step)
    }
  }

  /// An operation on two arrays, number by number.
  func binary(
    _ kind: dnnl_alg_kind_t, _ left: TensorDescriptor, _ right: TensorDescriptor,
    named name: String, _ attributes: PrimitiveDescription.Attributes = .init()
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription(name, engine, [left, right], attributes) {
      onednn_describe_binary(&$0, $1, kind, $2[0], $2[1], $2[0])
    }
  }

  /// Takes an activation into the layer before it; nil where that cannot be done.
  ///
  /// - Parameters:
  ///   - node: the layer before.
  ///   - accepts: whether the layer can apply it.
  /// - Returns: the slope of max(x, 0) + slope · min(x, 0).
  fileprivate func absorbRelu(after node: Int, _ accepts: (Double) -> Bool) -> Double? {
    guard consumers[node].count == 1, node != network.output,
      let activation = network.nodes[consumers[node][0]].layer as? Activation,
      let slope = activation.reluSlope, accepts(slope)
    else { return nil }
    absorbed[consumers[node][0]] = true
    return slope
  }
}

/// A layer that oneDNN computes.
protocol OneDNNLayer: Layer {
  /// Adds the layer's calls to a program.
  ///
  /// - Parameter site: its place in the network.
  /// - Returns: what it gives, and how its gradients are made.
  /// - Throws: `FitError` when oneDNN cannot do it.
  func compile(_ site: LayerSite) throws -> any Operation
}

/// A layer in a program.
protocol Operation {
  /// What it gives.
  var output: Tensor { get }
  /// Whether the backward pass reads ``output``, so that others may not overwrite it.
  var readsOutputBackward: Bool { get }

  /// Adds the calls of the backward pass.
  ///
  /// - Parameters:
  ///   - gradient: of the loss by ``output``, in any order; to be overwritten only when free.
  ///   - builder: the program.
  /// - Returns: the gradient by each input; nil for those that nobody wants.
  /// - Throws: `FitError` when oneDNN cannot do it.
  func backward(_ gradient: Tensor, _ builder: ProgramBuilder) throws -> [Tensor?]
}

extension Operation {
  var readsOutputBackward: Bool { false }
}

/// The place of a layer in a network whose program is planned.
struct LayerSite {
  let builder: ProgramBuilder
  /// The number of the node.
  let node: Int
  /// What it is given, in the orders that its producers chose.
  let inputs: [Tensor]
  /// Whether the gradient by each input is wanted.
  let wantsGradients: [Bool]

  var engine: Engine { builder.engine }
  /// Whether a backward pass follows.
  var isTraining: Bool { builder.purpose.hasBackward }
  /// The sizes of what it gives, the batch first.
  var outputSizes: [Int] { [builder.batch] + builder.network.nodes[node].shape.sizes }

  /// The number of one of the layer's parameters among the network's.
  func parameter(_ index: Int) -> Int {
    builder.network.nodes[..<node].reduce(index) { $0 + $1.parameters.count }
  }

  /// The numbers of a parameter that is a list.
  func list(_ index: Int) throws -> Tensor {
    let number = parameter(index)
    return builder.parameter(
      number, try builder.parameters.descriptor(of: number, orKeptAs: nil))
  }

  /// Takes a rectifier that follows into this layer.
  ///
  /// - Parameter accepts: whether the layer can apply one of this slope.
  /// - Returns: its slope below zero; nil where none follows.
  func absorbRelu(where accepts: (Double) -> Bool = { _ in true }) -> Double? {
    builder.absorbRelu(after: node, accepts)
  }
}

extension Network.Node {
  fileprivate var details: String { layer.details }
}
