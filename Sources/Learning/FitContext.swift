import FileSystem
import Matrices
import Synchronization

/// What a fit may use beside its samples.
public struct FitContext: Sendable {
  /// A random stream of this fit's own: copy it into a variable and draw.
  public var random: RandomStream
  /// How many threads the fit may use, at least 1.
  public var threads: Int
  /// Rows on which a model that trains by epochs may watch its progress; nil where there are none.
  public var validation: Samples?
  /// When the fit will be stopped from outside; nil for never.
  public var deadline: ContinuousClock.Instant?
  /// A folder of this fit's own where it may keep how far it is; nil for none.
  ///
  /// After a kill it finds there what it kept. At first the folder is not there; it is removed, with
  /// all that is in it, when the fit is not needed any more.
  package var checkpoint: Path?
  /// Takes notes, progress and points of the learning curve.
  public let log: FitLog

  /// A context; without arguments but a stream, one thread and nobody listening.
  public init(
    random: RandomStream, threads: Int = 1, validation: Samples? = nil,
    deadline: ContinuousClock.Instant? = nil, log: FitLog = FitLog()
  ) {
    self.random = random
    self.threads = threads
    self.validation = validation
    self.deadline = deadline
    self.log = log
  }
}

/// What a fit tells while it runs.
public final class FitLog: Sendable {
  /// One point of a learning curve.
  public struct CurvePoint: Codable, Equatable, Sendable {
    /// The epoch, from 1.
    public var step: Int
    /// The mean natural log loss and the accuracy, 0...1, on training and validation rows; nil where
    /// not measured.
    public var trainLoss, validationLoss, trainAccuracy, validationAccuracy: Double?
    /// The learning rate of the epoch's last step, and the seconds the epoch took; nil where there is
    /// none.
    public var learningRate, seconds: Double?

    /// What was measured after an epoch, from 1; the rest is nil.
    public init(
      step: Int, trainLoss: Double? = nil, validationLoss: Double? = nil,
      trainAccuracy: Double? = nil, validationAccuracy: Double? = nil,
      learningRate: Double? = nil, seconds: Double? = nil
    ) {
      self.learningRate = learningRate
      self.seconds = seconds
      self.step = step
      self.trainLoss = trainLoss
      self.validationLoss = validationLoss
      self.trainAccuracy = trainAccuracy
      self.validationAccuracy = validationAccuracy
    }
  }

  private struct State {
    var notes: [String] = []
    var curve: [CurvePoint] = []
    var keptStep: Int?
  }
  private let state = Mutex(State())
  private let onProgress: @Sendable (Double) -> Void
  private let onPoint: @Sendable (CurvePoint) -> Void

  /// An empty log.
  ///
  /// - Parameters:
  ///   - onProgress: is told the share of the fit that is done, 0...1; by default nobody is.
  ///   - onPoint: is told each point of the learning curve; by default nobody is.
  public init(
    onProgress: @escaping @Sendable (Double) -> Void = { _ in },
    onPoint: @escaping @Sendable (CurvePoint) -> Void = { _ in }
  ) {
    self.onProgress = onProgress
    self.onPoint = onPoint
  }

  /// Remembers, once, something the reader of the table must know, such as “stopped unconverged”.
  public func note(_ words: String) {
    state.withLock { if !$0.notes.contains(words) { $0.notes.append(words) } }
  }

  /// Adds a point to the learning curve.
  public func record(_ point: CurvePoint) {
    state.withLock { $0.curve.append(point) }
    onPoint(point)
  }

  /// Tells which step of the learning curve the fitted model is from, where it is not the last.
  public func keep(step: Int) { state.withLock { $0.keptStep = step } }

  /// Tells how much of the fit is done, 0...1.
  public func progress(_ share: Double) { onProgress(share) }

  /// The notes so far.
  public var notes: [String] { state.withLock { $0.notes } }
  /// The learning curve so far.
  public var curve: [CurvePoint] { state.withLock { $0.curve } }
  /// The step of the curve that the fitted model is from; nil for the last, or where there is none.
  public var keptStep: Int? { state.withLock { $0.keptStep } }
}
