import CKernels
import Glibc
import NeuralNetworks
import Testing

/// The fused optimisers beside PyTorch's formulas in double precision.
@Suite("Optimisers")
struct OptimiserTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var optimiser: Optimiser
    var l2 = 0.0
    var weightDecay = 0.0
    var scale = 1.0
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "descent", optimiser: .sgd(momentum: 0)),
    Case(name: "descent with L2", optimiser: .sgd(momentum: 0), l2: 0.01),
    Case(name: "momentum", optimiser: .sgd(momentum: 0.9), l2: 0.01),
    Case(name: "momentum, decay", optimiser: .sgd(momentum: 0.9), weightDecay: 0.1),
    Case(name: "Adam", optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)),
    Case(name: "Adam with L2", optimiser: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), l2: 0.1),
    Case(
      name: "AdamW", optimiser: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-6), weightDecay: 0.01),
    Case(
      name: "Adam, shortened", optimiser: .adam(beta1: 0.8, beta2: 0.999, epsilon: 1e-8),
      scale: 0.125),
  ]

  /// One parameter, as `torch.optim` changes it.
  struct Reference {
    var p: Double
    var m = 0.0
    var v = 0.0

    mutating func take(_ gradient: Double, _ step: OptimiserStep, scale: Double) {
      let g = scale * gradient + step.l2 * p
      p *= 1 - step.rate * step.weightDecay
      switch step.optimiser {
      case .sgd(let momentum):
        m = momentum * m + g
        p -= step.rate * m
      case .adam(let beta1, let beta2, let epsilon):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        let first = m / (1 - pow(beta1, Double(step.number)))
        let second = v / (1 - pow(beta2, Double(step.number)))
        p -= step.rate * first / (second.squareRoot() + epsilon)
      }
    }
  }

  @Test("Ten steps", arguments: cases, [1, 2])
  func tenSteps(_ own: Case, threads: Int) {
    for count in [1, 7, 16, 57, 20_003] {
      var parameters = (0..<count).map { Float(sin(Double($0) + 1)) }
      var references = parameters.map { Reference(p: Double($0)) }
      var first = [Float](repeating: 0, count: count)
      var second = first
      for number in 1...10 {
        let gradients = (0..<count).map { Float(cos(Double($0 * 7 + number * 13))) }
        let step = OptimiserStep(
          optimiser: own.optimiser, number: number, rate: 0.01, l2: own.l2,
          weightDecay: own.weightDecay)
        withUnsafePointer(to: step.coefficients(scale: own.scale)) {
          kernels_update($0, &parameters, gradients, &first, &second, count, threads)
        }
        for index in 0..<count {
          references[index].take(Double(gradients[index]), step, scale: own.scale)
        }
      }
      // Each step rounds a parameter by three halves of a unit at most, where it may have been larger.
      let share = 10 * 3 * 0x1p-24
      let largest = references.map { abs($0.p) }.max() ?? 0
      for index in 0..<count {
        let difference = abs(Double(parameters[index]) - references[index].p)
        #expect(difference <= share * max(abs(references[index].p), 0.1 * largest), "\(index)")
      }
    }
  }

  @Test("Gradients are shortened to the norm, never lengthened")
  func clipping() {
    var step = OptimiserStep(optimiser: .sgd(momentum: 0), number: 1, rate: 0.1)
    #expect(step.clipScale(squaredNorm: 1e9) == 1)
    step.clipNorm = 2
    #expect(step.clipScale(squaredNorm: 1) == 1)
    #expect(abs(step.clipScale(squaredNorm: 100) - 0.2) < 1e-6)
  }
}
