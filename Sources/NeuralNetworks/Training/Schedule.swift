import Glibc

/// How the learning rate changes: a function of how far training is, and of how many plateaus were met.
package struct Schedule: Equatable, Sendable {
  /// The way after the warm-up.
  package enum Shape: Equatable, Sendable {
    /// The same rate always.
    case constant
    /// Multiplied by a factor after each of some epochs.
    case step(factor: Double, after: [Int])
    /// Half a cosine from the whole rate to a share of it at the end (Loshchilov and Hutter 2017).
    case cosine(end: Double)
    /// Other rates from some epochs on, ascending.
    case piecewise(from: [Int], rates: [Double])
    /// Multiplied by a factor at each plateau.
    case plateau(factor: Double)
  }

  package var rate: Double
  package var epochs: Int
  package var warmupEpochs: Int
  package var warmupStart: Double
  package var shape: Shape

  package init(
    rate: Double, epochs: Int, warmupEpochs: Int = 0, warmupStart: Double = 0.1,
    shape: Shape = .constant
  ) {
    self.rate = rate
    self.epochs = epochs
    self.warmupEpochs = warmupEpochs
    self.warmupStart = warmupStart
    self.shape = shape
  }

  /// The learning rate of a step.
  ///
  /// Warm-up and cosine go on with every step; the rest changes between epochs.
  ///
  /// - Parameters:
  ///   - epoch: from 1.
  ///   - step: the step within the epoch, from 0.
  ///   - steps: the steps of an epoch.
  ///   - plateaus: those of the earlier epochs.
  /// - Returns: the rate.
  package func rate(epoch: Int, step: Int, of steps: Int, plateaus: Int = 0) -> Double {
    let passed = Double(epoch - 1) + Double(step) / Double(steps)
    return fullRate(epoch: epoch, passed: passed, plateaus: plateaus) * warmth(passed)
  }

  private func warmth(_ passed: Double) -> Double {
    guard passed < Double(warmupEpochs) else { return 1 }
    return warmupStart + (1 - warmupStart) * passed / Double(warmupEpochs)
  }

  private func fullRate(epoch: Int, passed: Double, plateaus: Int) -> Double {
    switch shape {
    case .constant: return rate
    case .step(let factor, let after):
      return after.reduce(rate) { epoch > $1 ? $0 * factor : $0 }
    case .cosine(let end):
      let length = Double(epochs - warmupEpochs)
      let share = max(0, passed - Double(warmupEpochs)) / length
      return rate * (end + (1 - end) * (1 + cos(Double.pi * share)) / 2)
    case .piecewise(let from, let rates):
      return from.lastIndex { $0 <= epoch }.map { rates[$0] } ?? rate
    case .plateau(let factor):
      return rate * pow(factor, Double(plateaus))
    }
  }

  /// How often a number of epochs in a row brought nothing better than all before.
  ///
  /// - Parameters:
  ///   - measured: the larger the better.
  ///   - patience: the number of epochs.
  /// - Returns: how often.
  package static func plateaus(in measured: [Double], patience: Int) -> Int {
    var best = -Double.infinity
    var waited = 0
    var count = 0
    for value in measured {
      waited = value > best ? 0 : waited + 1
      best = max(best, value)
      if waited == patience {
        count += 1
        waited = 0
      }
    }
    return count
  }
}
