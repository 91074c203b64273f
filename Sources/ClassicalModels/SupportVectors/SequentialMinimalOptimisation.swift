import CKernels
import Matrices

/// Solves the dual of a two-class support vector machine (Platt 1998) with the second-order choice
/// of pairs of Fan, Chen and Lin 2005, as LIBSVM does.
///
/// Samples that stand firmly at a bound are set aside for a while (shrinking, Joachims 1999).
///
/// Minimises ½ αᵀQα − Σα with 0 ≤ αᵢ ≤ Cᵢ and Σ yᵢαᵢ = 0, Qᵢⱼ = yᵢyⱼKᵢⱼ. Kernel values are in
/// single precision, the gradient and α in double.
package struct SequentialMinimalOptimisation {
  package struct Solution {
    package var alpha: [Double]
    /// The decision value is Σ yᵢαᵢK(xᵢ, x) − rho.
    package var rho: Double
    package var isConverged: Bool
    /// −yᵢ times the derivative by αᵢ.
    fileprivate var values: [Double]
  }

  /// Kernel values of all pairs of samples, samples × samples, then zeros up to a number of columns
  /// that the loops take.
  let kernel: Matrix
  /// ±1 for each sample.
  let signs: [Double]
  /// The upper bound of each α.
  let bounds: [Double]
  /// Stops when no pair violates the optimality conditions by more.
  let tolerance: Double
  private let diagonal: [Float]

  /// The values of some samples with each other, as a problem wants them.
  package static func padded(_ kernel: Matrix, among samples: [Int]) -> Matrix {
    Matrix(rows: samples.count, columns: paddedCount(samples.count)) { index, span in
      let source = kernel.row(samples[index])
      for (column, sample) in samples.enumerated() { span[column] = source[sample] }
    }
  }

  /// The samples' number, rounded up to what the loops take at a time.
  private static func paddedCount(_ samples: Int) -> Int { (samples + 7) / 8 * 8 }

  package init(kernel: Matrix, signs: [Double], bounds: [Double], tolerance: Double = 1e-3) {
    precondition(kernel.columns == Self.paddedCount(kernel.rows))
    self.kernel = kernel
    self.signs = signs
    self.bounds = bounds
    self.tolerance = tolerance
    diagonal = (0..<kernel.columns).map { $0 < kernel.rows ? kernel[$0, $0] : 0 }
  }

  /// Solves the problem until no pair violates the conditions by more than the tolerance.
  ///
  /// - Parameter start: the solution of the same samples under other bounds, from which the way to
  ///   this one is short.
  /// - Returns: a solution, converged or not.
  package func solve(from start: Solution? = nil) -> Solution {
    var search = start.map { scaled($0) } ?? Search(signs: signs, columns: columns)
    return solve(&search)
  }

  private func solve(_ search: inout Search) -> Solution {
    for t in signs.indices { setRoom(t, &search) }
    // LIBSVM's bound on the number of steps.
    var stepsLeft = max(10_000_000, 100 * signs.count)
    optimise(&search, &stepsLeft)
    return Solution(
      alpha: search.alpha, rho: rho(search), isConverged: stepsLeft > 0, values: search.values)
  }

  /// Takes steps until no pair violates the conditions or no step is left.
  private func optimise(_ search: inout Search, _ stepsLeft: inout Int) {
    let none = [Float](repeating: 0, count: columns)
    let stepsBetweenLooks = min(1000, max(signs.count, 50))
    var stepsUntilLook = stepsBetweenLooks
    kernel.withUnsafeElements { kernel in
      var largest = kernels_smo_move(&search.values, search.growth, none, none, 0, columns)
      while stepsLeft > 0, largest.place >= 0 {
        let i = Int(largest.place)
        let partner = kernels_smo_partner(
          search.values, search.shrinkage, kernel + i * columns, diagonal, Double(diagonal[i]),
          largest.value, columns)
        guard partner.place >= 0, largest.value - partner.value >= tolerance else { return }
        if stepsUntilLook == 0 {
          stepsUntilLook = stepsBetweenLooks
          let active = unsettled(search, highest: largest.value, lowest: partner.value)
          if active.count < signs.count * 3 / 4 {
            optimise(active, &search, &stepsLeft)
            largest = kernels_smo_move(&search.values, search.growth, none, none, 0, columns)
            continue
          }
        }
        let j = Int(partner.place)
        let move = step(i, j, kernel[i * columns + j], &search)
        largest = kernels_smo_move(
          &search.values, search.growth, kernel + i * columns, kernel + j * columns, move, columns)
        stepsLeft -= 1
        stepsUntilLook -= 1
      }
    }
  }

  /// The samples that may still move: not those at a bound that they could leave only by violating
  /// the conditions less than all others do.
  private func unsettled(_ search: Search, highest: Double, lowest: Double) -> [Int] {
    signs.indices.filter { t in
      (search.growth[t] == 0 && search.values[t] >= lowest)
        || (search.shrinkage[t] == 0 && search.values[t] <= highest)
    }
  }

  /// Optimises some of the samples with the others held, in a problem of their own.
  private func optimise(_ active: [Int], _ search: inout Search, _ stepsLeft: inout Int) {
    let problem = SequentialMinimalOptimisation(
      kernel: Self.padded(kernel, among: active),
      signs: active.map { signs[$0] }, bounds: active.map { bounds[$0] }, tolerance: tolerance)
    var own = Search(signs: problem.signs, columns: problem.columns)
    for (place, t) in active.enumerated() {
      own.alpha[place] = search.alpha[t]
      own.values[place] = search.values[t]
      problem.setRoom(place, &own)
    }
    problem.optimise(&own, &stepsLeft)
    let none = [Float](repeating: 0, count: columns)
    kernel.withUnsafeElements { kernel in
      for (place, t) in active.enumerated() where own.alpha[place] != search.alpha[t] {
        let move = signs[t] * (own.alpha[place] - search.alpha[t])
        _ = kernels_smo_move(
          &search.values, search.growth, kernel + t * columns, none, move, columns)
        search.alpha[t] = own.alpha[place]
        setRoom(t, &search)
      }
    }
    for (place, t) in active.enumerated() { search.values[t] = own.values[place] }
  }

  /// Solves the problem from α that may violate its bounds and its sum, such as those of a problem that
  /// has most samples in common with this one.
  package func solve(fromAlpha alpha: [Double]) -> Solution {
    var search = Search(signs: signs, columns: columns)
    var sums = (positive: 0.0, negative: 0.0)
    for t in signs.indices {
      search.alpha[t] = min(max(alpha[t], 0), bounds[t])
      if signs[t] > 0 { sums.positive += search.alpha[t] } else { sums.negative += search.alpha[t] }
    }
    guard sums.positive > 0, sums.negative > 0 else { return solve() }
    // The side that weighs more gives in: Σ yᵢαᵢ must be 0.
    let least = min(sums.positive, sums.negative)
    let none = [Float](repeating: 0, count: columns)
    kernel.withUnsafeElements { kernel in
      for t in signs.indices where search.alpha[t] > 0 {
        search.alpha[t] *= least / (signs[t] > 0 ? sums.positive : sums.negative)
        _ = kernels_smo_move(
          &search.values, search.growth, kernel + t * columns, none, signs[t] * search.alpha[t],
          columns)
      }
    }
    return solve(&search)
  }

  private var columns: Int { kernel.columns }

  /// Where the search stands.
  private struct Search {
    var alpha: [Double]
    /// −yᵢ times the derivative by αᵢ: how much the objective wants yᵢαᵢ to grow.
    var values: [Double]
    /// 0 where yᵢαᵢ may grow, else −∞.
    var growth: [Float]
    /// 0 where yᵢαᵢ may shrink, else ∞.
    var shrinkage: [Float]

    init(signs: [Double], columns: Int) {
      alpha = [Double](repeating: 0, count: signs.count)
      values = signs + [Double](repeating: 0, count: columns - signs.count)
      growth = [Float](repeating: -.infinity, count: columns)
      shrinkage = [Float](repeating: .infinity, count: columns)
    }
  }

  /// Another solution's α, stretched to the lowest objective that the bounds allow.
  private func scaled(_ start: Solution) -> Search {
    var search = Search(signs: signs, columns: columns)
    var (sum, squares, room) = (0.0, 0.0, Double.infinity)
    for (t, alpha) in start.alpha.enumerated() where alpha > 0 {
      sum += alpha
      squares += alpha * (1 - signs[t] * start.values[t])
      room = min(room, bounds[t] / alpha)
    }
    guard sum > 0, squares > 0 else { return search }
    let factor = min(sum / squares, room)
    for t in signs.indices {
      let alpha = factor * start.alpha[t]
      // What was at its bound is there again, without rounding.
      search.alpha[t] = alpha > bounds[t] * (1 - 1e-12) ? bounds[t] : alpha
      search.values[t] = factor * start.values[t] + (1 - factor) * signs[t]
    }
    return search
  }

  /// Moves αᵢ and αⱼ to their joint optimum within the bounds, yᵢαᵢ + yⱼαⱼ unchanged.
  ///
  /// - Returns: by how much yᵢαᵢ grew.
  private func step(_ i: Int, _ j: Int, _ kernel: Float, _ search: inout Search) -> Double {
    let curvature = max(Double(diagonal[i]) + Double(diagonal[j]) - 2 * Double(kernel), 1e-12)
    let roomI = signs[i] > 0 ? bounds[i] - search.alpha[i] : search.alpha[i]
    let roomJ = signs[j] > 0 ? search.alpha[j] : bounds[j] - search.alpha[j]
    let move = min((search.values[i] - search.values[j]) / curvature, roomI, roomJ)
    setAlpha(i, search.alpha[i] + signs[i] * move, reaching: move == roomI, &search)
    setAlpha(j, search.alpha[j] - signs[j] * move, reaching: move == roomJ, &search)
    return move
  }

  /// A step that uses all the room ends on the bound itself, without rounding.
  private func setAlpha(_ t: Int, _ value: Double, reaching bound: Bool, _ search: inout Search) {
    search.alpha[t] = bound ? (value > bounds[t] / 2 ? bounds[t] : 0) : value
    setRoom(t, &search)
  }

  private func setRoom(_ t: Int, _ search: inout Search) {
    let isAboveZero = search.alpha[t] > 0
    let isBelowBound = search.alpha[t] < bounds[t]
    search.growth[t] = (signs[t] > 0 ? isBelowBound : isAboveZero) ? 0 : -.infinity
    search.shrinkage[t] = (signs[t] > 0 ? isAboveZero : isBelowBound) ? 0 : .infinity
  }

  /// The mean of yᵢgᵢ over free samples, else the middle of what the bounded ones allow.
  private func rho(_ search: Search) -> Double {
    var free = (count: 0, sum: 0.0)
    var (low, high) = (-Double.infinity, Double.infinity)
    for t in signs.indices {
      let value = -search.values[t]
      let isFree = search.alpha[t] > 0 && search.alpha[t] < bounds[t]
      if isFree {
        free.count += 1
        free.sum += value
      } else if search.growth[t] == 0 {
        high = min(high, value)
      } else {
        low = max(low, value)
      }
    }
    if free.count > 0 { return free.sum / Double(free.count) }
    if low.isInfinite { return high.isInfinite ? 0 : high }
    return high.isInfinite ? low : (low + high) / 2
  }
}
