/// How parameters follow their gradients.
package enum Optimiser: Equatable, Sendable {
  /// Stochastic gradient descent: v ← momentum · v + g; p ← p − rate · v, as PyTorch has it.
  case sgd(momentum: Double)
  /// Adam (Kingma and Ba 2015), and with decoupled decay AdamW (Loshchilov and Hutter 2019).
  case adam(beta1: Double, beta2: Double, epsilon: Double)

  /// How many numbers it keeps for each parameter.
  package var moments: Int {
    switch self {
    case .sgd(let momentum): momentum > 0 ? 1 : 0
    case .adam: 2
    }
  }
}

/// One step of an optimiser: what is the same for all parameters.
package struct OptimiserStep: Equatable, Sendable {
  package var optimiser: Optimiser
  /// The number of the step, from 1.
  package var number: Int
  package var rate: Double
  /// L2 in the loss: this share of the parameter is added to its gradient.
  package var l2: Double
  /// Decoupled decay: this share of the parameter, times the rate, is taken off it before the step.
  package var weightDecay: Double
  /// The largest norm of all gradients together, before L2 joins them as in PyTorch, to which larger
  /// ones are shortened; nil for none.
  package var clipNorm: Double?

  package init(
    optimiser: Optimiser, number: Int, rate: Double, l2: Double = 0, weightDecay: Double = 0,
    clipNorm: Double? = nil
  ) {
    self.optimiser = optimiser
    self.number = number
    self.rate = rate
    self.l2 = l2
    self.weightDecay = weightDecay
    self.clipNorm = clipNorm
  }
}
