import CKernels
import Glibc

extension OptimiserStep {
  /// The step as kernels take it: all that is the same for every parameter, worked out in double precision.
  ///
  /// - Parameter scale: what gradients are multiplied by before anything else, below 1 where they are
  ///   shortened to ``clipNorm``.
  /// - Returns: the coefficients.
  package func coefficients(scale: Double = 1) -> kernels_step {
    var step = kernels_step()
    step.scale = Float(scale)
    step.l2 = Float(l2)
    step.shrinkage = Float(1 - rate * weightDecay)
    switch optimiser {
    case .sgd(let momentum):
      step.rule = momentum > 0 ? KERNELS_MOMENTUM : KERNELS_DESCENT
      step.rate = Float(rate)
      step.momentum = Float(momentum)
    case .adam(let beta1, let beta2, let epsilon):
      step.rule = KERNELS_ADAM
      step.rate = Float(rate / (1 - pow(beta1, Double(number))))
      step.first_share = Float(1 - beta1)
      step.beta2 = Float(beta2)
      step.second_share = Float(1 - beta2)
      step.root_scale = Float(1 / (1 - pow(beta2, Double(number))).squareRoot())
      step.epsilon = Float(epsilon)
    }
    return step
  }

  /// What gradients are multiplied by so that their norm is at most ``clipNorm``, as PyTorch has it.
  ///
  /// - Parameter squaredNorm: the sum of the squares of all gradients, before ``l2`` joins them.
  /// - Returns: 1 where nothing is to be shortened.
  package func clipScale(squaredNorm: Double) -> Double {
    guard let clipNorm else { return 1 }
    return min(1, clipNorm / (squaredNorm.squareRoot() + 1e-6))
  }
}
