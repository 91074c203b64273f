import COneDNN
import Learning

/// What a run of a program is told.
struct Run {
  /// The rows of the batch, and how many there are: those up to the program's batch are zero.
  var rows: UnsafePointer<Float>
  var count: Int
  /// For what is drawn by chance; nil to predict.
  var seed: UInt64?
  /// Whether statistics over the batch are taken note of.
  var notesStatistics = true
  /// The step that follows each gradient; nil when none follows.
  var step: OptimiserStep?
}

/// Calls over planned memory: a network for one batch size, ready to run.
final class Program {
  private struct Step {
    enum Work {
      case primitive(Primitive, [dnnl_exec_arg_t])
      case function(
        [UnsafeMutablePointer<Float>], ([UnsafeMutablePointer<Float>], Run) throws -> Void)
    }
    var name: String
    var work: Work
  }

  /// Where a call finds the gradient of a parameter.
  private struct GradientUse {
    var parameter: Int
    var planned: UnsafeMutableRawPointer
    /// The array of a primitive, or the place of the pointer of a function.
    var array: ArrayHandle?
    var step: Int
    var position: Int
  }

  let batch: Int
  private let engine: Engine
  private let parameters: ParameterStore
  /// What the steps point into.
  private let memory: MemoryBlock
  private let steps: [Step]
  private let forwardCount: Int
  private let arrays: [ArrayHandle]
  private var gradientUses: [GradientUse] = []
  private var keepsGradients = false
  private var movedPointers: [Int: [UnsafeMutablePointer<Float>]] = [:]
  let scores: UnsafeMutablePointer<Float>
  let scoreGradients: UnsafeMutablePointer<Float>?
  let rowGradients: [(node: Int, start: UnsafeMutablePointer<Float>)]
  private let inputs: [(node: Int, start: UnsafeMutablePointer<Float>)]

  /// Where each place of a planned program will be.
  static func plan(_ builder: ProgramBuilder) -> MemoryPlan {
    var first = [Int](repeating: -1, count: builder.places.count)
    var last = first
    let calls = builder.forwardCalls + builder.backwardCalls
    func touch(_ place: Int, _ time: Int) {
      if first[place] < 0 { first[place] = time }
      last[place] = max(last[place], time)
    }
    for (time, call) in calls.enumerated() {
      switch call.work {
      case .primitive(_, let arguments):
        for (_, tensor) in arguments { touch(tensor.place, time) }
      case .function(let tensors, _): for tensor in tensors { touch(tensor.place, time) }
      }
    }
    if let given = builder.scoreGradients {
      // It is written before the first call of the backward pass.
      first[given.place] = builder.forwardCalls.count
      last[given.place] = max(last[given.place], first[given.place])
    }
    for place in builder.kept where first[place] >= 0 { last[place] = calls.count }
    return MemoryPlan(
      builder.places.indices.map { place in
        let lifetime = max(first[place], 0)...max(last[place], 0)
        switch builder.places[place] {
        case .parameter: return .init(bytes: 0, lifetime: lifetime)
        case .planned(let bytes), .gradient(_, let bytes):
          return .init(bytes: first[place] < 0 ? 0 : bytes, lifetime: lifetime)
        }
      })
  }

  /// Compiles a planned program.
  ///
  /// - Parameters:
  ///   - builder: the plan.
  ///   - plan: the places in memory.
  ///   - memory: as many bytes as the plan says, at least.
  /// - Throws: `FitError` when oneDNN cannot compile a primitive.
  init(_ builder: ProgramBuilder, _ plan: MemoryPlan, in memory: MemoryBlock) throws {
    let (engine, parameters) = (builder.engine, builder.parameters)
    self.engine = engine
    self.parameters = parameters
    self.memory = memory
    batch = builder.batch
    func start(of place: Int) -> UnsafeMutableRawPointer {
      if case .parameter(let index) = builder.places[place] {
        return UnsafeMutableRawPointer(parameters.numbers(of: index))
      }
      return memory.start + plan.offsets[place]
    }
    func numbers(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
      start(of: tensor.place).assumingMemoryBound(to: Float.self)
    }
    var arrays: [ArrayHandle] = []
    var uses: [GradientUse] = []
    var steps: [Step] = []
    for call in builder.forwardCalls + builder.backwardCalls {
      func note(_ tensor: Tensor, _ array: ArrayHandle?, _ position: Int) {
        guard case .gradient(let index, _) = builder.places[tensor.place] else { return }
        uses.append(
          GradientUse(
            parameter: index, planned: start(of: tensor.place), array: array, step: steps.count,
            position: position))
      }
      switch call.work {
      case .primitive(let description, let arguments):
        var bound: [dnnl_exec_arg_t] = []
        for (position, (argument, tensor)) in arguments.enumerated() {
          let array = try ArrayHandle(tensor.descriptor, engine, at: start(of: tensor.place))
          arrays.append(array)
          note(tensor, array, position)
          bound.append(dnnl_exec_arg_t(arg: argument, memory: array.handle))
        }
        steps.append(Step(name: call.name, work: .primitive(try Primitive(description), bound)))
      case .function(let tensors, let body):
        for (position, tensor) in tensors.enumerated() { note(tensor, nil, position) }
        steps.append(Step(name: call.name, work: .function(tensors.map(numbers), body)))
      }
    }
    self.arrays = arrays
    self.steps = steps
    gradientUses = uses
    forwardCount = builder.forwardCalls.count
    scores = numbers(builder.scores)
    scoreGradients = builder.scoreGradients.map(numbers)
    rowGradients = builder.rowGradients.map { ($0.node, numbers($0.tensor)) }
    inputs = builder.inputs.map { ($0.node, numbers($0.tensor)) }
  }

  /// Computes the scores.
  func forward(_ run: Run) throws { try perform(0..<forwardCount, run) }

  /// Computes the gradients.
  ///
  /// - Parameters:
  ///   - run: what the forward pass was told, and the step.
  ///   - keepsGradients: whether the parameters' gradients are kept beside each other.
  /// - Throws: `FitError` when a primitive fails.
  func backward(_ run: Run, keepsGradients: Bool) throws {
    if keepsGradients != self.keepsGradients { try moveGradients(keeps: keepsGradients) }
    try perform(forwardCount..<steps.count, run)
  }

  private func moveGradients(keeps: Bool) throws {
    movedPointers = [:]
    for use in gradientUses {
      let start =
        keeps
        ? UnsafeMutableRawPointer(try parameters.keptGradient(of: use.parameter)) : use.planned
      if let array = use.array {
        try array.move(to: start)
      } else if keeps, case .function(let pointers, _) = steps[use.step].work {
        var moved = movedPointers[use.step] ?? pointers
        moved[use.position] = start.assumingMemoryBound(to: Float.self)
        movedPointers[use.step] = moved
      }
    }
    keepsGradients = keeps
  }

  /// The columns of the last rows that the inputs took; others are zero.
  func copyOfRows(columns: Int, _ network: Network) -> [Float] {
    var rows = [Float](repeating: 0, count: batch * columns)
    for (node, start) in inputs {
      guard let input = network.nodes[node].layer as? Input else { continue }
      let count = input.shape.count
      for row in 0..<batch {
        for column in 0..<count {
          rows[row * columns + input.firstColumn + column] = start[row * count + column]
        }
      }
    }
    return rows
  }

  private func perform(_ range: Range<Int>, _ run: Run) throws {
    for index in range {
      do {
        switch steps[index].work {
        case .primitive(let primitive, let arguments): try primitive.run(arguments, on: engine)
        case .function(let pointers, let body):
          try body(keepsGradients ? movedPointers[index] ?? pointers : pointers, run)
        }
      } catch let error as FitError {
        throw FitError.failed("\(steps[index].name): \(error)")
      }
    }
  }
}
