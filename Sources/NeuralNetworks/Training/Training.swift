import Learning
import TextFormatting

/// How a network is trained: settings that every network has, with defaults of its own.
///
/// Training loss and accuracy are running means over the epoch's own forward passes, as everywhere in the
/// field: dropout is on, and the weights change meanwhile. Validation figures come from a pass of
/// prediction after the epoch. Losses are natural log losses, without label smoothing and row weights, so
/// that curves of different recipes compare.
public struct Training: SettingGroup {
  /// Which optimiser.
  public enum OptimiserName: String, SettingChoice { case adam, adamw, sgd }
  /// How the learning rate goes on.
  public enum ScheduleName: String, SettingChoice {
    case constant, step, cosine, piecewise, plateau
  }
  /// Which epoch's weights the network keeps.
  public enum Kept: String, SettingChoice { case best, last }
  /// By what epochs are compared.
  public enum EpochMeasure: String, SettingChoice {
    case accuracy, loss
    case balancedAccuracy = "balanced_accuracy"
    case f1Macro = "f1_macro"
  }
  /// By what a plateau is noticed.
  public enum PlateauMeasure: String, SettingChoice { case accuracy, loss }

  /// Passes over the training rows.
  @Setting("passes over the training rows, at most", in: 1...100_000) public var epochs = 100
  /// Rows of a batch.
  @Setting("rows of a batch; a last batch of one row joins the one before", in: 1...100_000)
  public var batch = 32
  /// How parameters follow their gradients.
  @Setting("how a step follows from the gradients; the moments of “adam” and “adamw” are PyTorch’s")
  public var optimiser = OptimiserName.adam
  /// Momentum of stochastic gradient descent.
  @Setting("of “sgd”: how much of the last step joins the next", in: 0.0..<1.0)
  public var momentum = 0.0
  /// The learning rate.
  @Setting("how far a step goes, at first or after the warm-up", above: 0)
  public var learningRate = 1e-3
  /// L2 in the loss, of all trained parameters, as PyTorch's `weight_decay` of Adam and SGD.
  @Setting("L2 penalty in the loss: this share of a parameter joins its gradient", in: 0.0...)
  public var l2 = 0.0
  /// Decoupled decay.
  @Setting(
    "of “adamw”: this share of a parameter, times the rate, is taken off in a step", in: 0.0...)
  public var weightDecay = 0.0
  /// The largest norm of a gradient.
  @Setting("gradients whose norm is larger are shortened to it", above: 0, none: "none")
  public var clipNorm: Double? = nil

  /// How the learning rate goes on.
  @Setting("how the learning rate goes on after the warm-up; settings of each stand below")
  public var schedule = ScheduleName.constant
  /// The epochs of a linear warm-up.
  @Setting("epochs in which the rate grows to its full size, step by step", in: 0...100_000)
  public var warmupEpochs = 0
  /// Where the warm-up begins.
  @Setting("the share of the rate with which a warm-up begins", in: 0.0...1.0)
  public var warmupStart = 0.1
  /// When a step schedule changes the rate.
  @Setting(
    "“step”: after which epochs the rate changes; a number below 1 is a share of all epochs",
    above: 0)
  public var stepAfter: [Double] = [0.5]
  /// By how much a step schedule changes the rate.
  @Setting("“step”: what the rate is multiplied by each time", above: 0) public var stepFactor = 0.5
  /// Where a cosine schedule ends.
  @Setting("“cosine”: the share of the rate with which training ends", in: 0.0...1.0)
  public var cosineEnd = 0.0
  /// The first epochs of the pieces behind the first one.
  @Setting("“piecewise”: from which epochs on other rates hold", in: 2...100_000)
  public var piecewiseEpochs: [Int] = []
  /// The rates of the pieces behind the first one.
  @Setting("“piecewise”: the rates that hold from those epochs on", above: 0)
  public var piecewiseRates: [Double] = []
  /// What a plateau does to the rate.
  @Setting("“plateau”: what the rate is multiplied by when nothing improves", in: 0.0..<1.0)
  public var plateauFactor = 0.5
  /// How long a plateau is.
  ///
  /// PyTorch's `ReduceLROnPlateau` waits one epoch more for the same number.
  @Setting("“plateau”: the rate changes after so many epochs without a better one", in: 1...100_000)
  public var plateauPatience = 3
  /// By what a plateau is noticed.
  @Setting("“plateau”: what must improve on validation rows")
  public var plateauBy = PlateauMeasure.accuracy

  /// When training stops early.
  @Setting(
    "training stops after so many epochs without a better one", in: 1...100_000, none: "none")
  public var patience: Int? = nil
  /// Which epoch's weights are kept.
  @Setting("which epoch’s weights are kept") public var keep = Kept.best
  /// What the best epoch and early stopping go by.
  @Setting(
    "what the best epoch is best in, on validation rows; of equal ones the first is kept"
  )
  public var bestBy = EpochMeasure.accuracy
  /// Label smoothing.
  @Setting("share of the target that is spread evenly over all classes", in: 0.0..<1.0)
  public var labelSmoothing = 0.0
  /// How weights begin.
  @Setting("how weights are drawn at the start; “pytorch” as its layers do by default")
  public var initialisation = Initialisation.he

  /// How far pictures are shifted while training.
  @Setting("pictures are shifted sideways by at most this share of their width", in: 0.0...1.0)
  public var shift = 0.0
  /// What comes in where a picture was shifted away.
  @Setting("what a shift leaves behind: “zeros”, or “wrap” for what went out at the other side")
  public var shiftEdge = Augmentation.Edge.zeros
  /// Frequency masks.
  @Setting("bands of frequencies (rows of pixels) that are set to 0 while training", in: 0...1000)
  public var frequencyMasks = 0
  /// The widest frequency mask.
  @Setting("the most rows of pixels in such a band", in: 1...100_000) public
    var frequencyMaskWidth = 20
  /// Time masks.
  @Setting("stretches of time (columns of pixels) that are set to 0 while training", in: 0...1000)
  public var timeMasks = 0
  /// The widest time mask.
  @Setting("the most columns of pixels in such a stretch", in: 1...100_000) public
    var timeMaskWidth = 40

  /// The defaults, some of them changed.
  ///
  /// - Parameter change: changes what is different for a network.
  public init(_ change: (inout Training) -> Void = { _ in }) {
    change(&self)
  }
}

extension Initialisation: SettingChoice {}

extension Training {
  /// Whether the settings go together.
  ///
  /// - Throws: `FitError.failed` with what contradicts what.
  public func checkSettings() throws {
    func refuse(_ reason: String) -> FitError { .failed(reason) }
    if momentum > 0, optimiser != .sgd {
      throw refuse("“momentum” belongs to the optimiser “sgd”; set it to 0 with “\(optimiser)”")
    }
    if weightDecay > 0, optimiser != .adamw {
      throw refuse(
        "“weight_decay” belongs to the optimiser “adamw”; with “\(optimiser)” use “l2”")
    }
    if warmupEpochs >= epochs, warmupEpochs > 0 {
      throw refuse("a warm-up of \(warmupEpochs) epochs leaves none of \(epochs)")
    }
    switch schedule {
    case .step:
      if stepAfter.isEmpty { throw refuse("the schedule “step” needs “step_after”") }
      for after in stepAfter where after >= 1 && after != after.rounded() {
        throw refuse("“step_after” counts whole epochs, or shares below 1, not \(shortest(after))")
      }
    case .piecewise:
      guard !piecewiseEpochs.isEmpty, piecewiseEpochs.count == piecewiseRates.count else {
        throw refuse(
          "the schedule “piecewise” needs as many “piecewise_rates” as “piecewise_epochs”, one at least; "
            + "there are \(piecewiseRates.count) and \(piecewiseEpochs.count)")
      }
      guard zip(piecewiseEpochs, piecewiseEpochs.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw refuse("“piecewise_epochs” must ascend")
      }
      if piecewiseEpochs[0] <= warmupEpochs {
        throw refuse(
          "“piecewise_epochs” begin in epoch \(piecewiseEpochs[0]), within the warm-up of "
            + "\(warmupEpochs)")
      }
    case .constant, .cosine, .plateau: break
    }
  }

  /// The optimiser with its constants, those of PyTorch.
  package var optimiserRule: Optimiser {
    switch optimiser {
    case .sgd: .sgd(momentum: momentum)
    case .adam, .adamw: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    }
  }

  /// The learning rate's way.
  package var rateSchedule: Schedule {
    let shape: Schedule.Shape =
      switch schedule {
      case .constant: .constant
      case .step:
        .step(
          factor: stepFactor,
          after: stepAfter.map { Int($0 < 1 ? $0 * Double(epochs) : min($0, 1e6)) })
      case .cosine: .cosine(end: cosineEnd)
      case .piecewise: .piecewise(from: piecewiseEpochs, rates: piecewiseRates)
      case .plateau: .plateau(factor: plateauFactor)
      }
    return Schedule(
      rate: learningRate, epochs: epochs, warmupEpochs: warmupEpochs, warmupStart: warmupStart,
      shape: shape)
  }

  /// What is done to pictures while training.
  package var augmentation: Augmentation {
    Augmentation(
      shift: shift, edge: shiftEdge, frequencyMasks: frequencyMasks,
      frequencyMaskWidth: frequencyMaskWidth, timeMasks: timeMasks, timeMaskWidth: timeMaskWidth)
  }
}
