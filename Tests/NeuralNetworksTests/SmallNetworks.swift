import Learning
import Matrices
import NeuralNetworks
import Synchronization
import Testing

/// Dense layers with batch normalisation and dropout, for rows of any layout.
struct SmallPerceptron: NetworkModel {
  static let name = "small"
  @Setting("outputs of the hidden layers") var widths = [16]
  @Setting("share dropped", in: 0.0..<1.0) var dropout = 0.0
  @Setting("whether layers are normalised") var normalises = true
  var training = Training { $0.learningRate = 0.01 }

  func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    var signal = try input.columns()
    for width in widths {
      signal = try signal.dense(width)
      if normalises { signal = try signal.batchNormalisation() }
      signal = try signal.relu().dropout(dropout)
    }
    return try signal.dense(classes)
  }
}

/// Convolution, pooling and a dense layer, for pictures with and without features.
struct SmallConvolution: NetworkModel {
  static let name = "small-convolution"
  var training = Training { $0.learningRate = 0.01 }

  func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    let picture = try input.picture().convolution(4, padding: 1).batchNormalisation().relu()
      .maxPooling(2).flattened()
    let all = try input.features().map { try picture.concatenated(with: $0) } ?? picture
    return try all.dense(classes)
  }
}

extension SmallPerceptron {
  /// One with other settings of the training.
  static func training(_ change: (inout SmallPerceptron) -> Void) -> SmallPerceptron {
    var model = SmallPerceptron()
    change(&model)
    return model
  }
}

/// Rows around one centre a class, in columns around 0.
func clouds(
  rows: Int, columns: Int = 4, classes: Int = 3, spread: Double = 0.6, seed: UInt64,
  layout: RowLayout? = nil
) -> Samples {
  var random = RandomStream(seed: seed)
  var centres = RandomStream(seed: 17)
  let centre = (0..<classes).map { _ in (0..<columns).map { _ in centres.normal() } }
  let labels = (0..<rows).map { $0 % classes }
  let features = Matrix(rows: rows, columns: columns) { row, span in
    for column in 0..<columns {
      span[column] = Float(centre[labels[row]][column] + spread * random.normal())
    }
  }
  return Samples(features: features, labels: labels, classCount: classes, layout: layout)
}

func context(
  seed: UInt64 = 1, validation: Samples? = nil, log: FitLog = FitLog()
) -> FitContext {
  FitContext(random: RandomStream(seed: seed), validation: validation, log: log)
}

/// What the tests of training run on.
enum TestedExecutor: String, CaseIterable, CustomTestStringConvertible {
  case reference, oneDNN

  var testDescription: String { rawValue }

  var executor: any Executor { self == .reference ? ReferenceExecutor() : OneDNNExecutor() }
}

/// An executor that notes what it is asked for.
final class WatchedExecutor: Executor {
  struct Seen: Sendable {
    /// The rows of each forward pass for training.
    var batches: [[[Float]]] = []
    /// The rows of each forward pass that predicts.
    var predicted: [Int] = []
    var steps: [OptimiserStep] = []
    var compiled = 0
  }

  private let log = Mutex(Seen())
  private let columns: Int
  private let inner: any Executor

  init(columns: Int, _ inner: any Executor = ReferenceExecutor()) {
    self.columns = columns
    self.inner = inner
  }

  var seen: Seen { log.withLock { $0 } }

  func compile(
    _ network: Network, _ state: NetworkState, _ options: CompilationOptions
  ) throws -> any CompiledNetwork {
    log.withLock { $0.compiled += 1 }
    return Watched(
      network: try inner.compile(network, state, options), executor: self)
  }

  func bytes(for network: Network, _ options: CompilationOptions) -> Double { 0 }

  private final class Watched: CompiledNetwork {
    let network: any CompiledNetwork
    let executor: WatchedExecutor

    init(network: any CompiledNetwork, executor: WatchedExecutor) {
      self.network = network
      self.executor = executor
    }

    var bytes: Int { network.bytes }

    func forward(
      _ rows: UnsafePointer<Float>, count: Int, training seed: UInt64?
    ) throws -> UnsafePointer<Float> {
      let columns = executor.columns
      let given = (0..<count).map { row in (0..<columns).map { rows[row * columns + $0] } }
      executor.log.withLock {
        if seed == nil { $0.predicted.append(count) } else { $0.batches.append(given) }
      }
      return try network.forward(rows, count: count, training: seed)
    }

    func backward(_ scoreGradients: UnsafePointer<Float>, _ step: OptimiserStep) throws {
      executor.log.withLock { $0.steps.append(step) }
      try network.backward(scoreGradients, step)
    }

    func gradients(
      _ scoreGradients: UnsafePointer<Float>
    ) throws -> (parameters: [ShapedArray], rows: Matrix) {
      try network.gradients(scoreGradients)
    }
    var isFinite: Bool { network.isFinite }
    func state() -> NetworkState { network.state() }
    func load(_ state: NetworkState) { network.load(state) }
    func optimiserState() -> [NetworkState] { network.optimiserState() }
    func load(optimiserState: [NetworkState]) { network.load(optimiserState: optimiserState) }
    func lentArrays() -> [[LentArray]] { network.lentArrays() }
  }
}
