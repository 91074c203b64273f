import Learning

/// How a network is trained: settings that every network has, with defaults of its own.
public struct Training: SettingGroup {
  /// Which optimiser.
  public enum OptimiserName: String, SettingChoice { case adam, adamw, sgd }

  /// Passes over the training rows.
  @Setting("passes over the training rows, at most", in: 1...100_000) public var epochs = 100
  /// Rows of a batch.
  @Setting("rows of a batch", in: 1...100_000) public var batch = 32
  /// How parameters follow their gradients.
  @Setting("“adam”, “adamw” or “sgd”") public var optimiser = OptimiserName.adam
  /// The learning rate.
  @Setting("how far a step goes, at first", above: 0) public var learningRate = 1e-3
  /// L2 in the loss.
  @Setting("L2 penalty in the loss: this share of a parameter joins its gradient", in: 0.0...)
  public var l2 = 0.0
  /// How weights begin.
  @Setting("how weights begin: “he”, “glorot” or “pytorch”")
  public var initialisation = Initialisation.he

  /// The defaults, some of them changed.
  ///
  /// - Parameter change: changes what is different for a network.
  public init(_ change: (inout Training) -> Void = { _ in }) {
    change(&self)
  }
}

extension Initialisation: SettingChoice {}
