import CKernels
import ContentHashing
import FileSystem
import JSONText
import Learning
import Matrices
import TextFormatting

/// A model that is a network: it describes its layers and how it is trained, and everything else comes
/// with the protocol.
public protocol NetworkModel: Model where Fitted == FittedNetwork<Self> {
  /// The settings of the training.
  var training: Training { get }

  /// Describes the layers.
  ///
  /// - Parameters:
  ///   - input: where they begin.
  ///   - classes: the number of classes, at least 1.
  /// - Returns: one score a class, before the soft-max.
  /// - Throws: ``NetworkError`` when the input cannot be taken.
  func scores(of input: NetworkInput, classes: Int) throws -> Signal
}

extension NetworkModel {
  /// The network for rows of a layout.
  ///
  /// - Parameters:
  ///   - layout: what the columns of a row are.
  ///   - classes: the number of classes.
  /// - Returns: its layers.
  /// - Throws: ``NetworkError`` when the network cannot take them.
  public func network(for layout: RowLayout, classes: Int) throws -> Network {
    try checkSizes(try settingValues)
    let network = try Network(to: scores(of: NetworkInput(layout), classes: classes))
    let given = network.nodes[network.output].shape
    guard given == .vector(classes) else {
      throw NetworkError(reason: "it gives \(given) scores for \(classes) classes")
    }
    return network
  }

  /// The best epoch is kept.
  public static var watchesValidation: Bool { true }

  /// Epochs.
  public static var budgetSetting: String? { "epochs" }

  /// Fewer epochs, and as much less warm-up.
  public func reduced(toShare share: Double) throws -> Self {
    try reduced(["epochs", "warmup_epochs"], toShare: share)
  }

  /// Those that the processor's widest vectors allow.
  public static var ownArithmetic: String? {
    "networks \(String(cString: kernels_network_path())), oneDNN \(Engine.instructions)"
  }

  /// Weights and the order of the rows are drawn.
  public var usesChance: Bool { true }

  /// The settings of the training go together.
  public func checkSettings() throws { try training.checkSettings() }

  /// Rows that its layers can take.
  public func accepts(_ shape: DataShape) -> Acceptance {
    do {
      _ = try network(for: shape.layout, classes: shape.classes)
    } catch {
      return .no("\(error)")
    }
    guard !training.augmentation.isActive || shape.layout.picture != nil else {
      return .no("shifts and masks need pictures, not \(shape.layout)")
    }
    return .yes
  }

  /// The operations of all epochs, and the memory of the compiled network with what is kept beside it.
  public func cost(for shape: DataShape) -> Cost { cost(for: shape, by: standardExecutor) }

  /// The same with another executor.
  package func cost(for shape: DataShape, by executor: any Executor) -> Cost {
    guard let network = try? network(for: shape.layout, classes: shape.classes) else {
      return Cost(operations: 0, bytes: 0)
    }
    let batch = BatchRecipe.sizes(rows: max(1, shape.rows), batch: training.batch).max() ?? 1
    let optimiser = training.optimiserRule
    let options = CompilationOptions(batch: batch, optimiser: optimiser, threads: 1)
    let state = 4 * network.parameters.reduce(0) { $0 + Double($1.parameter.count) }
    // Gradients are shortened when all of them are known.
    let gradients = training.clipNorm == nil ? 0 : state
    let batches = 2 * 4 * Double(shape.columns) * Double(batch)
    let compiled = executor.bytes(for: network, options)
    // The best epoch's numbers stay; a checkpoint copies next to nothing.
    let bytes =
      (compiled.isFinite ? compiled : state * Double(2 + optimiser.moments)) + state + gradients
      + batches
    let moments = state * Double(optimiser.moments)
    // Backward takes about twice as much as forward; a core does fifty of these operations while it
    // does one of a plain loop.
    return Cost(
      operations: 3 * network.operations * Double(shape.rows) * Double(training.epochs) / 50,
      bytes: bytes,
      details: "\(grouped(network.parameterCount)) parameters, \(byteCount(state)) of weights, "
        + "\(byteCount(moments)) of the optimiser’s moments, \(byteCount(bytes - state - moments)) of "
        + "activations, gradients and copies at a batch of \(batch)")
  }

  /// One where a step is so small that threads would wait for each other, or else as many as there may
  /// be.
  public func threads(for shape: DataShape, atMost most: Int) -> Int {
    guard let network = try? network(for: shape.layout, classes: shape.classes) else { return 1 }
    let step = 3 * network.operations * Double(min(training.batch, shape.rows))
    return step < leastOperationsForThreads ? 1 : max(1, most)
  }

  /// Trains the network.
  public func fit(_ samples: Samples, in context: FitContext) throws -> FittedNetwork<Self> {
    try fit(samples, in: context, by: standardExecutor)
  }

  /// Trains the network on an executor.
  ///
  /// - Parameters:
  ///   - samples: the training rows.
  ///   - context: chance, threads, validation rows, and where to keep checkpoints.
  ///   - executor: what computes.
  /// - Returns: the network with the numbers of the epoch that is kept.
  /// - Throws: ``FitError``, and ``NetworkError`` for rows that the layers cannot take.
  package func fit(
    _ samples: Samples, in context: FitContext, by executor: any Executor
  ) throws -> FittedNetwork<Self> {
    try checkSettings()
    try training.checkSettings()
    guard samples.count > 0 else { throw FitError.failed("there are no training rows") }
    let network = try network(for: samples.layout, classes: samples.classCount)
    noteLoneRows(network, samples, context)
    let run = TrainingRun(
      network: network, training: training, samples: samples, context: context,
      executor: executor,
      checkpoint: try checkpoint(for: network, samples, context))
    return FittedNetwork(
      architecture: self, layout: samples.layout, classes: samples.classCount,
      threads: context.threads, network: network, arrays: try run.run(), executor: executor)
  }

  /// Says so where a normalisation over a batch is one over a single number.
  private func noteLoneRows(_ network: Network, _ samples: Samples, _ context: FitContext) {
    let normalisesOne = network.nodes.contains {
      $0.layer is BatchNormalisation && $0.shape.sizes.dropFirst().reduce(1, *) == 1
    }
    guard normalisesOne,
      BatchRecipe.sizes(rows: samples.count, batch: training.batch).contains(1)
    else { return }
    context.log.note(
      "a batch of one row: what batch normalisation makes of it does not depend on the row; use a "
        + "larger “batch”")
  }

  private func checkpoint(
    for network: Network, _ samples: Samples, _ context: FitContext
  ) throws -> Checkpoint? {
    guard let folder = context.checkpoint else { return nil }
    var random = context.random
    let identity = [
      "explore checkpoint 1", Self.name, "\(Self.revision)", try settingValues.compactText,
      "\(samples.layout)", "\(samples.classCount)", "\(context.threads)", "\(random.next())",
      "\(samples.labels)", "\(samples.weights ?? [])", "\(context.validation?.labels ?? [])",
    ].joined(separator: "\n")
    return Checkpoint(
      folder: folder, identity: ContentHash(of: identity).description, log: context.log)
  }
}

/// Refuses settings of more than a million, whose products could overflow.
private func checkSizes(_ settings: JSONNode) throws {
  for setting in settings.members ?? [] {
    for value in setting.value.elements ?? [setting.value] {
      guard let size = value.integer, abs(size) > 1 << 20 else { continue }
      throw NetworkError(reason: "“\(setting.name)” of \(size) is too large")
    }
  }
}

/// The operations of a step from which on more than one thread is faster.
private let leastOperationsForThreads = 2e8
