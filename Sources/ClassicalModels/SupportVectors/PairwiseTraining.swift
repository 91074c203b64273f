import Glibc
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

  /// - Throws: ``FitError/diverged(_:)`` when values are beyond single precision, or so small that they vanish.
  init(_ kernel: Kernel, features: Matrix) throws {
    self.kernel = kernel
    self.features = features
    if kernel.shape == .linear, features.hasVanishingSquares {
      throw FitError.diverged("kernel values vanish in single precision; scale the columns")
    }
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

  /// What makes probabilities of decision values, learnt from those of rows that took no part in the fit.
  ///
  /// - Parameters:
  ///   - model: the setting.
  ///   - folds: rows that are left out together.
  /// - Returns: nil where no class has rows in two folds, so that nothing can be learnt.
  /// - Throws: ``FitError/diverged(_:)`` when kernel values are beyond single precision.
  func calibration(of model: SupportVectorMachine, folds: [[Int]]) throws -> VoteCalibration? {
    let machines = try self.machines(of: model, without: folds)
    // Rows of a class that their fold's machine knows.
    let held = folds.map { rows in
      let isHeld = Set(rows)
      let known = Set(
        samples.labels.indices.filter { !isHeld.contains($0) }.map { samples.labels[$0] })
      return rows.filter { known.contains(samples.labels[$0]) }
    }
    guard held.contains(where: { !$0.isEmpty }) else { return nil }
    var decisions = pairs.map { _ in [Double]() }
    var isFirst = pairs.map { _ in [Bool]() }
    var weights = pairs.map { _ in [Double]() }
    for (machine, rows) in zip(machines, held) {
      machine.forEachBlock(of: samples.features.gathering(rows: rows)) { start, block in
        for place in 0..<block.rows {
          let row = rows[start + place]
          let label = samples.labels[row]
          for other in 0..<samples.classCount where other != label {
            let pair = pairNumber(label, other)
            decisions[pair].append(Double(block[place, pair]))
            isFirst[pair].append(label < other)
            weights[pair].append(samples.weight(row))
          }
        }
      }
    }
    var calibration = VoteCalibration(decisions: decisions, isFirst: isFirst, weights: weights)
    guard samples.classCount > 2 else { return calibration }
    // A single number needs no more rows than this, and coupling is slow where classes are many.
    let step = max(
      1, samples.count * samples.classCount * samples.classCount / Self.mostCoupledElements)
    var logarithms: [[Double]] = []
    var labels: [Int] = []
    var rowWeights: [Double] = []
    for (machine, rows) in zip(machines, held) {
      let own = rows.indices.filter { $0 % step == 0 }.map { rows[$0] }
      machine.forEachBlock(of: samples.features.gathering(rows: own)) { start, block in
        for place in 0..<block.rows {
          let row = own[start + place]
          logarithms.append(
            calibration.coupled(block.row(place), classCount: samples.classCount).map { log($0) })
          labels.append(samples.labels[row])
          rowWeights.append(samples.weight(row))
        }
      }
    }
    calibration.fitPower(logarithms, labels: labels, weights: rowWeights)
    return calibration
  }

  /// Rows × classes² of the rows that the power of the coupled probabilities is fitted to, at most.
  private static let mostCoupledElements = 20_000_000

  /// The place of a pair in ``pairs``.
  private func pairNumber(_ a: Int, _ b: Int) -> Int {
    let (first, second) = (min(a, b), max(a, b))
    return first * (2 * samples.classCount - first - 1) / 2 + second - first - 1
  }

  /// For each fold a machine of the other rows.
  private func machines(
    of model: SupportVectorMachine, without folds: [[Int]]
  ) throws -> [PairwiseMachine] {
    var foldOfRow = [Int](repeating: 0, count: samples.count)
    for (fold, rows) in folds.enumerated() { for row in rows { foldOfRow[row] = fold } }
    var decided = folds.map { _ in [PairwiseMachine.Pair]() }
    var coefficients = folds.map { _ in [[(row: Int, value: Double)]]() }
    for pair in pairs {
      let values = try kernel.values(among: pair.rows)
      // Most samples of a fold's problem stood in the one before: their α show the way.
      var alpha = [Double](repeating: 0, count: pair.rows.count)
      for fold in folds.indices {
        let kept = pair.rows.indices.filter { foldOfRow[pair.rows[$0]] != fold }
        let solution = SequentialMinimalOptimisation(
          kernel: SequentialMinimalOptimisation.padded(values, among: kept),
          signs: kept.map { pair.signs[$0] }, bounds: bounds(kept.map { pair.rows[$0] }, model),
          tolerance: model.tolerance
        ).solve(fromAlpha: kept.map { alpha[$0] })
        for place in pair.rows.indices { alpha[place] = 0 }
        for (index, place) in kept.enumerated() { alpha[place] = solution.alpha[index] }
        decided[fold].append(.init(first: pair.first, second: pair.second, rho: solution.rho))
        coefficients[fold].append(
          kept.filter { alpha[$0] > 0 }.map { (pair.rows[$0], pair.signs[$0] * alpha[$0]) })
      }
    }
    return zip(decided, coefficients).map { decided, coefficients in
      PairwiseMachine(
        kernel: kernel.kernel, features: samples.features, classCount: samples.classCount,
        pairs: decided, coefficients: coefficients)
    }
  }
}
