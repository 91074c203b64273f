import COneDNN
import Learning
import Matrices

/// The parameters of a network with the optimiser's numbers, each in the order that its layer chose.
final class ParameterStore {
  let network: Network
  let named: [Network.NamedParameter]
  let engine: Engine
  /// How many numbers the optimiser keeps for each of the network's.
  let moments: Int
  /// The threads of its loops.
  let threads: Int
  /// The orders in memory; the first layer to be compiled decides.
  private var descriptors: [TensorDescriptor?]
  private var offsets: [Int] = []
  /// The numbers of each parameter in memory, those that fill up its order among them.
  private(set) var counts: [Int] = []
  private var setBytes = 0
  private var block: MemoryBlock?
  private var keptGradients: MemoryBlock?

  init(_ network: Network, moments: Int, threads: Int, engine: Engine) {
    self.network = network
    self.threads = threads
    self.moments = moments
    self.engine = engine
    named = network.parameters
    descriptors = [TensorDescriptor?](repeating: nil, count: named.count)
  }

  /// The order in which a parameter is kept.
  ///
  /// - Parameters:
  ///   - index: the number of the parameter.
  ///   - wanted: the order it gets when it has none yet; nil for row-major.
  /// - Returns: its order from now on.
  /// - Throws: `FitError` for impossible sizes.
  func descriptor(of index: Int, orKeptAs wanted: TensorDescriptor?) throws -> TensorDescriptor {
    if let known = descriptors[index] { return known }
    let chosen = try wanted ?? TensorDescriptor(plain: named[index].parameter.shape)
    descriptors[index] = chosen
    return chosen
  }

  private func bytes(of index: Int) throws -> Int {
    MemoryPlan.aligned(try descriptor(of: index, orKeptAs: nil).bytes)
  }

  /// The bytes of one set of all parameters.
  func bytesOfOneSet() throws -> Int {
    try named.indices.reduce(0) { $0 + (try bytes(of: $1)) }
  }

  /// The bytes of the parameters and the optimiser's numbers.
  func bytes() throws -> Int { try bytesOfOneSet() * (1 + moments) }

  /// Takes the memory; all orders are fixed from now on.
  func allocate() throws {
    var offset = 0
    offsets = []
    counts = []
    for index in named.indices {
      counts.append(try descriptor(of: index, orKeptAs: nil).bytes / MemoryLayout<Float>.stride)
      offsets.append(offset)
      offset += try bytes(of: index)
    }
    setBytes = offset
    block = try MemoryBlock(bytes: offset * (1 + moments), for: "the parameters")
  }

  /// The numbers of a parameter, or those that the optimiser keeps for it.
  ///
  /// - Parameters:
  ///   - index: the number of the parameter.
  ///   - moment: 0 for the parameter, 1 and more for the optimiser's numbers.
  /// - Returns: where they are.
  /// - Precondition: ``allocate()`` was called.
  func numbers(of index: Int, moment: Int = 0) -> UnsafeMutablePointer<Float> {
    guard let block else { preconditionFailure("the parameters have no memory yet") }
    return (block.start + setBytes * moment + offsets[index]).assumingMemoryBound(to: Float.self)
  }

  /// The room where the gradient of a parameter is kept when all are wanted at once.
  func keptGradient(of index: Int) throws -> UnsafeMutablePointer<Float> {
    let room = try keptGradients ?? MemoryBlock(bytes: setBytes, for: "the gradients")
    keptGradients = room
    return (room.start + offsets[index]).assumingMemoryBound(to: Float.self)
  }

  /// The bytes that are held.
  var heldBytes: Int { (block?.bytes ?? 0) + (keptGradients?.bytes ?? 0) }

  /// The numbers of each parameter in plain order.
  func arrays(moment: Int = 0) -> NetworkState {
    NetworkState(
      named.indices.map { index in
        array(of: index, at: numbers(of: index, moment: moment))
      })
  }

  /// The numbers of each parameter in plain order, for someone who reads them one after the other.
  func lentArrays(moment: Int) -> [LentArray] {
    named.indices.map { index in
      let shape = named[index].parameter.shape
      return LentArray(shape: shape) { [self] body in
        let source = numbers(of: index, moment: moment)
        if let order = descriptors[index], let plain = try? TensorDescriptor(plain: shape),
          order == plain
        {
          body(UnsafeRawBufferPointer(start: source, count: plain.bytes))
        } else {
          array(of: index, at: source).values.withBytes { body($0) }
        }
      }
    }
  }

  /// The kept gradients in plain order; zero for statistics.
  func gradientArrays() throws -> [ShapedArray] {
    try named.indices.map { index in
      guard named[index].parameter.role == .trained else {
        return ShapedArray(shape: named[index].parameter.shape) { _ in }
      }
      return array(of: index, at: try keptGradient(of: index))
    }
  }

  private func array(of index: Int, at source: UnsafeMutablePointer<Float>) -> ShapedArray {
    let shape = named[index].parameter.shape
    return ShapedArray(shape: shape) { span in
      guard let order = descriptors[index],
        let plain = try? TensorDescriptor(plain: shape)
      else { return }
      span.withUnsafeMutableBufferPointer { buffer in
        guard let destination = buffer.baseAddress else { return }
        copy(UnsafeMutableRawPointer(source), order, UnsafeMutableRawPointer(destination), plain)
      }
    }
  }

  /// Takes other numbers.
  func load(_ state: NetworkState, moment: Int = 0) {
    for (index, array) in state.arrays.enumerated() {
      guard let order = descriptors[index],
        let plain = try? TensorDescriptor(plain: array.shape)
      else { continue }
      let destination = UnsafeMutableRawPointer(numbers(of: index, moment: moment))
      array.values.withBytes { bytes in
        guard let source = bytes.baseAddress else { return }
        copy(UnsafeMutableRawPointer(mutating: source), plain, destination, order)
      }
    }
  }

  /// Copies numbers from one order into another; both are of the same sizes, so that it cannot fail.
  private func copy(
    _ source: UnsafeMutableRawPointer, _ from: TensorDescriptor,
    _ destination: UnsafeMutableRawPointer, _ to: TensorDescriptor
  ) {
    guard from != to else {
      destination.copyMemory(from: source, byteCount: from.bytes)
      return
    }
    do {
      let description = try PrimitiveDescription(reorder: "reorder", engine, from: from, to: to)
      let scratchpad = try description.scratchpad
      let room = try MemoryBlock(bytes: scratchpad.bytes, for: "a reorder")
      var arrays = [
        try ArrayHandle(from, engine, at: source), try ArrayHandle(to, engine, at: destination),
      ]
      if !scratchpad.isEmpty {
        arrays.append(try ArrayHandle(scratchpad, engine, at: room.start))
      }
      try Primitive(description).run(
        zip([DNNL_ARG_FROM, DNNL_ARG_TO, DNNL_ARG_SCRATCHPAD], arrays).map {
          dnnl_exec_arg_t(arg: $0, memory: $1.handle)
        }, on: engine)
      withExtendedLifetime((arrays, room)) {}
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
