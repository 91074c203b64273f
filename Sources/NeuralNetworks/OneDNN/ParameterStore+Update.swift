import CKernels
import Learning

extension ParameterStore {
  /// Changes a parameter by its gradient.
  ///
  /// - Parameters:
  ///   - index: the number of the parameter.
  ///   - gradient: in the order in which the parameter is kept.
  ///   - step: the optimiser's step.
  ///   - scale: what the gradient is multiplied with first.
  func update(
    _ index: Int, by gradient: UnsafePointer<Float>, _ step: OptimiserStep, scale: Double = 1
  ) {
    var coefficients = step.coefficients(scale: scale)
    kernels_update(
      &coefficients, numbers(of: index), gradient,
      moments > 0 ? numbers(of: index, moment: 1) : nil,
      moments > 1 ? numbers(of: index, moment: 2) : nil, counts[index], threads)
  }

  /// Whether no parameter is infinite or not a number.
  var isFinite: Bool {
    named.indices.allSatisfy {
      kernels_squared_norm(numbers(of: $0), counts[$0], threads).isFinite
    }
  }

  /// Changes all parameters by their kept gradients, shortened to ``OptimiserStep/clipNorm``.
  ///
  /// - Parameter step: the optimiser's step.
  /// - Throws: `FitError` for want of memory.
  func updateAll(_ step: OptimiserStep) throws {
    let trained = named.indices.filter { named[$0].parameter.role == .trained }
    var sum = 0.0
    for index in trained {
      // As PyTorch has it, before L2 joins the gradients.
      sum += kernels_squared_norm(try keptGradient(of: index), counts[index], threads)
    }
    let scale = step.clipScale(squaredNorm: sum)
    for index in trained { update(index, by: try keptGradient(of: index), step, scale: scale) }
  }
}
