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
  private let pairs: [Pair]

  /// The samples of two classes.
  private struct Pair {
    var first: Int
    var second: Int
    var rows: [Int]
    /// 1 for the first class, −1 for the second.
    var signs: [Double]
  }

  init(samples: Samples, kernel: TrainingKernel) {
    self.samples = samples
    self.kernel = kernel
    let rowsByClass = samples.rowsByClass
    pairs = rowsByClass.indices.flatMap { first in
      (first + 1..<max(first + 1, rowsByClass.count)).map { second in
        let rows = rowsByClass[first] + rowsByClass[second]
        return Pair(
          first: first, second: second, rows: rows,
          signs: rows.map { samples.labels[$0] == first ? 1 : -1 })
      }
    }
  }

  private func bounds(_ rows: [Int], _ model: SupportVectorMachine) -> [Double] {
    rows.map { model.C * samples.weight($0) }
  }

  /// Machines that differ in C or tolerance alone; each pair's values are gathered once for all, and
  /// each solution starts from the one before.
  ///
  /// - Parameters:
  ///   - list: of one kernel.
  ///   - log: is told of pairs that did not converge, and of progress.
  /// - Returns: one machine a setting.
  /// - Throws: ``FitError/diverged(_:)`` when kernel values are beyond single precision.
  func machines(_ list: [SupportVectorMachine], log: FitLog) throws -> [PairwiseMachine] {
    var decided = list.map { _ in [PairwiseMachine.Pair]() }
    var coefficients = list.map { _ in [[(row: Int, value: Double)]]() }
    for (number, pair) in pairs.enumerated() {
      let values = try kernel.values(among: pair.rows)
      var last: SequentialMinimalOptimisation.Solution?
      for (index, model) in list.enumerated() {
        let solution = SequentialMinimalOptimisation(
          kernel: values, signs: pair.signs, bounds: bounds(pair.rows, model),
          tolerance: model.tolerance
        ).solve(from: last)
        last = solution
        if !solution.isConverged {
          log.note("svm, C = \(model.C): a pair of classes stopped unconverged")
        }
        decided[index].append(.init(first: pair.first, second: pair.second, rho: solution.rho))
        coefficients[index].append(
          pair.rows.indices.filter { solution.alpha[$0] > 0 }
            .map { (pair.rows[$0], pair.signs[$0] * solution.alpha[$0]) })
      }
      log.progress(Double(number + 1) / Double(pairs.count))
    }
    return zip(decided, coefficients).map { decided, coefficients in
      PairwiseMachine(
        kernel: kernel.kernel, features: samples.features, classCount: samples.classCount,
        pairs: decided, coefficients: coefficients)
    }
  }

  /// For each pair the probability that a decision value means, learnt from the values of rows that
  /// each time took no part in the fit.
  ///
  /// - Parameters:
  ///   - model: the setting.
  ///   - folds: rows that are left out together.
  /// - Returns: one a pair.
  /// - Throws: ``FitError/diverged(_:)`` when kernel values are beyond single precision.
  func sigmoids(_ model: SupportVectorMachine, folds: [[Int]]) throws -> [Sigmoid] {
    var foldOfRow = [Int](repeating: 0, count: samples.count)
    for (fold, rows) in folds.enumerated() { for row in rows { foldOfRow[row] = fold } }
    return try pairs.map { pair in
      let values = try kernel.values(among: pair.rows)
      var decisions = [Double](repeating: 0, count: pair.rows.count)
      // Most samples of a fold's problem stood in the one before: their α show the way.
      var alpha = decisions
      for fold in folds.indices {
        let places = pair.rows.indices
        let kept = places.filter { foldOfRow[pair.rows[$0]] != fold }
        let held = places.filter { foldOfRow[pair.rows[$0]] == fold }
        guard !held.isEmpty, !kept.isEmpty else { continue }
        let solution = SequentialMinimalOptimisation(
          kernel: SequentialMinimalOptimisation.padded(values, among: kept),
          signs: kept.map { pair.signs[$0] }, bounds: bounds(kept.map { pair.rows[$0] }, model),
          tolerance: model.tolerance
        ).solve(fromAlpha: kept.map { alpha[$0] })
        for place in held { alpha[place] = 0 }
        for (index, place) in kept.enumerated() { alpha[place] = solution.alpha[index] }
        for place in held {
          let row = values.row(place)
          decisions[place] = kept.reduce(-solution.rho) {
            alpha[$1] == 0 ? $0 : $0 + pair.signs[$1] * alpha[$1] * Double(row[$1])
          }
        }
      }
      return Sigmoid(
        fitting: decisions, isPositive: pair.signs.map { $0 > 0 },
        weights: pair.rows.map { samples.weight($0) })
    }
  }
}
