import Learning
import Matrices

/// The kernel of training rows with each other: all at hand, or, where that would be too much memory,
/// those of one pair of classes at a time.
struct TrainingKernel {
  /// The most rows whose values are all held: 1 GiB of them.
  static let mostRows = 16_384

  let kernel: Kernel
  let features: Matrix
  private let all: Matrix?

  /// - Throws: ``FitError/diverged(_:)`` when values are beyond single precision.
  init(_ kernel: Kernel, features: Matrix) throws {
    self.kernel = kernel
    self.features = features
    all = features.rows <= Self.mostRows ? try Self.finite(kernel.values(among: features)) : nil
  }

  /// The values of some rows with each other, padded as the solver wants them.
  ///
  /// - Throws: ``FitError/diverged(_:)`` when values are beyond single precision.
  func values(among rows: [Int]) throws -> Matrix {
    if let all { return SequentialMinimalOptimisation.padded(all, among: rows) }
    let own = try Self.finite(kernel.values(among: features.gathering(rows: rows)))
    return SequentialMinimalOptimisation.padded(own, among: Array(rows.indices))
  }

  private static func finite(_ values: Matrix) throws -> Matrix {
    guard values.isFinite else {
      throw FitError.diverged("kernel values are beyond single precision; scale the columns")
    }
    return values
  }
}

/// Trains a machine on every pair of classes.
struct PairwiseTraining {
  let samples: Samples
  let kernel: TrainingKernel

  /// Machines that differ in C or tolerance alone; each pair's values are gathered once for all, and
  /// each solution starts from the one before.
  ///
  /// - Parameters:
  ///   - list: of one kernel.
  ///   - chosen: the rows to learn from; nil for all.
  ///   - log: is told of pairs that did not converge, and of progress.
  /// - Returns: one machine a setting.
  /// - Throws: ``FitError/diverged(_:)`` when kernel values are beyond single precision.
  func machines(
    _ list: [SupportVectorMachine], among chosen: [Int]?, log: FitLog
  ) throws -> [PairwiseMachine] {
    var rowsByClass = [[Int]](repeating: [], count: samples.classCount)
    for row in chosen ?? Array(0..<samples.count) { rowsByClass[samples.labels[row]].append(row) }
    var machines = list.map { _ in Unfinished() }
    let pairCount = samples.classCount * (samples.classCount - 1) / 2
    for first in 0..<samples.classCount {
      for second in first + 1..<max(first + 1, samples.classCount) {
        let rows = rowsByClass[first] + rowsByClass[second]
        let signs = rows.map { samples.labels[$0] == first ? 1.0 : -1.0 }
        let values = try kernel.values(among: rows)
        var last: SequentialMinimalOptimisation.Solution?
        for (index, model) in list.enumerated() {
          let solution = SequentialMinimalOptimisation(
            kernel: values, signs: signs, bounds: rows.map { model.C * samples.weight($0) },
            tolerance: model.tolerance
          ).solve(from: last)
          last = solution
          if !solution.isConverged {
            log.note("svm, C = \(model.C): a pair of classes stopped unconverged")
          }
          machines[index].pairs.append(.init(first: first, second: second, rho: solution.rho))
          machines[index].coefficients.append(
            rows.indices.filter { solution.alpha[$0] > 0 }
              .map { (rows[$0], signs[$0] * solution.alpha[$0]) })
        }
        log.progress(Double(machines[0].pairs.count) / Double(pairCount))
      }
    }
    return machines.map {
      PairwiseMachine(
        kernel: kernel.kernel, features: samples.features, classCount: samples.classCount,
        pairs: $0.pairs, coefficients: $0.coefficients)
    }
  }

  private struct Unfinished {
    var pairs: [PairwiseMachine.Pair] = []
    var coefficients: [[(row: Int, value: Double)]] = []
  }
}
