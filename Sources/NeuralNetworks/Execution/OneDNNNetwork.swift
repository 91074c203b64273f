import CKernels
import Learning
import Matrices

/// A network compiled for oneDNN: parameters, memory that all programs share, and a program for each
/// purpose and batch size that was met.
final class OneDNNNetwork: CompiledNetwork {
  private let network: Network
  private let options: CompilationOptions
  private let engine: Engine
  private let parameters: ParameterStore
  private var memory: MemoryBlock
  private var predicting: Program?
  /// By the number of rows.
  private var training: [Int: Program] = [:]
  /// The last forward pass for training.
  private var last: (program: Program, run: Run)?
  /// The scores of more rows than a program takes.
  private var gathered: MemoryBlock?

  init(_ network: Network, _ state: NetworkState, _ options: CompilationOptions) throws {
    kernels_set_threads(options.threads)
    self.network = network
    self.options = options
    engine = try Engine()
    parameters = ParameterStore(
      network, moments: options.optimiser?.moments ?? 0, threads: options.threads, engine: engine)
    let builder = try ProgramBuilder(
      network, parameters, batch: options.batch,
      purpose: options.optimiser == nil ? .prediction : .training, engine: engine)
    let plan = Program.plan(builder)
    memory = try MemoryBlock(bytes: plan.bytes, for: "a batch of \(options.batch)")
    try parameters.allocate()
    parameters.load(state)
    let program = try Program(builder, plan, in: memory)
    if options.optimiser == nil {
      predicting = program
    } else {
      training[options.batch] = program
    }
  }

  var bytes: Int { memory.bytes + parameters.heldBytes }

  func forward(
    _ rows: UnsafePointer<Float>, count: Int, training seed: UInt64?
  ) throws -> UnsafePointer<Float> {
    kernels_set_threads(options.threads)
    var run = Run(rows: rows, count: count, seed: seed)
    guard seed != nil else { return try predict(run) }
    let program = try training[count] ?? compiled(.training, batch: count)
    training[count] = program
    try program.forward(run)
    run.notesStatistics = false
    last = (program, run)
    return UnsafePointer(program.scores)
  }

  /// Predicts in batches of one size, the last one filled up with zeros: a row's scores are then the same
  /// bits wherever it stands.
  private func predict(_ run: Run) throws -> UnsafePointer<Float> {
    last = nil
    let program = try predicting ?? compiled(.prediction, batch: options.batch)
    predicting = program
    guard run.count > program.batch else {
      try program.forward(run)
      return UnsafePointer(program.scores)
    }
    let outputs = network.nodes[network.output].shape.count
    let columns = network.rowColumns
    let needed = run.count * outputs * MemoryLayout<Float>.stride
    var room = try gathered ?? MemoryBlock(bytes: needed, for: "the scores")
    if room.bytes < needed { room = try MemoryBlock(bytes: needed, for: "the scores") }
    gathered = room
    let start = room.start.assumingMemoryBound(to: Float.self)
    for first in stride(from: 0, to: run.count, by: program.batch) {
      var part = run
      part.rows += first * columns
      part.count = min(program.batch, run.count - first)
      try program.forward(part)
      (start + first * outputs).update(from: program.scores, count: part.count * outputs)
    }
    return UnsafePointer(start)
  }

  func backward(_ scoreGradients: UnsafePointer<Float>, _ step: OptimiserStep) throws {
    kernels_set_threads(options.threads)
    guard let (program, run) = last, let given = program.scoreGradients else {
      throw FitError.failed("a backward pass follows a forward pass for training")
    }
    last = nil
    given.update(
      from: scoreGradients, count: run.count * network.nodes[network.output].shape.count)
    var changed = run
    changed.step = step.clipNorm == nil ? step : nil
    try program.backward(changed, keepsGradients: step.clipNorm != nil)
    if step.clipNorm != nil { try parameters.updateAll(step) }
  }

  func gradients(
    _ scoreGradients: UnsafePointer<Float>
  ) throws -> (parameters: [ShapedArray], rows: Matrix) {
    kernels_set_threads(options.threads)
    guard let (trained, run) = last else {
      throw FitError.failed("a backward pass follows a forward pass for training")
    }
    let builder = try ProgramBuilder(
      network, parameters, batch: run.count, purpose: .gradients, engine: engine)
    let plan = Program.plan(builder)
    let room = try MemoryBlock(bytes: plan.bytes, for: "the gradients")
    let program = try Program(builder, plan, in: room)
    let columns = network.rowColumns
    // The rows are those that the forward pass took with it.
    let rows = trained.copyOfRows(columns: columns, network)
    try rows.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      var repeated = run
      repeated.rows = start
      try program.forward(repeated)
      program.scoreGradients?.update(
        from: scoreGradients, count: run.count * network.nodes[network.output].shape.count)
      try program.backward(repeated, keepsGradients: true)
    }
    let gradients = Matrix(rows: run.count, columns: columns) { span in
      for (node, start) in program.rowGradients {
        guard let input = network.nodes[node].layer as? Input else { continue }
        for row in 0..<run.count {
          for column in 0..<input.shape.count {
            span[row * columns + input.firstColumn + column] =
              start[row * input.shape.count + column]
          }
        }
      }
    }
    return (try parameters.gradientArrays(), gradients)
  }

  /// A program beside the first; all programs share the memory, which holds nothing between a backward pass
  /// and the next forward pass.
  private func compiled(_ purpose: ProgramPurpose, batch: Int) throws -> Program {
    let builder = try ProgramBuilder(
      network, parameters, batch: batch, purpose: purpose, engine: engine)
    let plan = Program.plan(builder)
    if plan.bytes <= memory.bytes { return try Program(builder, plan, in: memory) }
    // A larger batch than was foreseen: what was compiled before points to the old memory.
    predicting = nil
    training = [:]
    last = nil
    memory = try MemoryBlock(bytes: plan.bytes, for: "a batch of \(batch)")
    return try Program(builder, plan, in: memory)
  }

  var isFinite: Bool {
    kernels_set_threads(options.threads)
    return parameters.isFinite
  }

  func state() -> NetworkState { parameters.arrays() }

  func load(_ state: NetworkState) { parameters.load(state) }

  func optimiserState() -> [NetworkState] {
    (0..<parameters.moments).map { parameters.arrays(moment: $0 + 1) }
  }

  func lentArrays() -> [[LentArray]] {
    (0...parameters.moments).map { parameters.lentArrays(moment: $0) }
  }

  func load(optimiserState: [NetworkState]) {
    for (index, state) in optimiserState.prefix(parameters.moments).enumerated() {
      parameters.load(state, moment: index + 1)
    }
  }
}

extension Network {
  /// All columns of the rows it is given.
  var rowColumns: Int {
    nodes.lazy.compactMap { ($0.layer as? Input)?.rowColumns }.first ?? 0
  }
}
