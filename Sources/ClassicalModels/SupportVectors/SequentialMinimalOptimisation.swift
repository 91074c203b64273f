import Matrices

/// Solves the dual of a two-class support vector machine (Platt 1998) with the second-order choice
/// of pairs of Fan, Chen and Lin 2005, as LIBSVM does.
///
/// Minimises ½ αᵀQα − Σα with 0 ≤ αᵢ ≤ Cᵢ and Σ yᵢαᵢ = 0, Qᵢⱼ = yᵢyⱼKᵢⱼ. Kernel values are in
/// single precision, the gradient and α in double.
package struct SequentialMinimalOptimisation {
  package struct Solution {
    package var alpha: [Double]
    /// The decision value is Σ yᵢαᵢK(xᵢ, x) − rho.
    package var rho: Double
    package var isConverged: Bool
  }

  /// The full kernel matrix of all classes.
  let kernel: Matrix
  /// Where this problem's samples stand in the kernel matrix.
  let rows: [Int]
  /// ±1 for each sample.
  let signs: [Double]
  /// The upper bound of each α.
  let bounds: [Double]
  /// Stops when no pair violates the optimality conditions by more.
  let tolerance: Double

  package init(
    kernel: Matrix, rows: [Int], signs: [Double], bounds: [Double], tolerance: Double = 1e-3
  ) {
    self.kernel = kernel
    self.rows = rows
    self.signs = signs
    self.bounds = bounds
    self.tolerance = tolerance
  }

  private struct Progress {
    package var alpha: [Double]
    var gradient: [Double]
  }

  package func solve() -> Solution {
    let count = rows.count
    var progress = Progress(
      alpha: [Double](repeating: 0, count: count), gradient: [Double](repeating: -1, count: count))
    let diagonal = rows.map { Double(kernel[$0, $0]) }
    // LIBSVM's bound on the number of steps.
    let mostSteps = max(10_000_000, 100 * count)
    for _ in 0..<mostSteps {
      guard let (i, j) = violatingPair(progress, diagonal) else {
        return Solution(alpha: progress.alpha, rho: rho(progress), isConverged: true)
      }
      step(i, j, &progress, diagonal)
    }
    return Solution(alpha: progress.alpha, rho: rho(progress), isConverged: false)
  }

  private func canGrow(_ t: Int, _ alpha: [Double]) -> Bool {
    signs[t] > 0 ? alpha[t] < bounds[t] : alpha[t] > 0
  }

  private func canShrink(_ t: Int, _ alpha: [Double]) -> Bool {
    signs[t] > 0 ? alpha[t] > 0 : alpha[t] < bounds[t]
  }

  /// The sample that most wants yα to grow, and the one that, with it, lowers the objective most.
  private func violatingPair(
    _ progress: Progress, _ diagonal: [Double]
  ) -> (Int, Int)? {
    var first = -1
    var largest = -Double.infinity
    for t in rows.indices where canGrow(t, progress.alpha) {
      let value = -signs[t] * progress.gradient[t]
      if value >= largest { (first, largest) = (t, value) }
    }
    guard first >= 0 else { return nil }
    let row = kernel.row(rows[first])
    var second = -1
    var smallest = Double.infinity
    var bestGain = Double.infinity
    for t in rows.indices where canShrink(t, progress.alpha) {
      let value = -signs[t] * progress.gradient[t]
      smallest = min(smallest, value)
      let difference = largest - value
      guard difference > 0 else { continue }
      let curvature = diagonal[first] + diagonal[t] - 2 * Double(row[rows[t]])
      let gain = -difference * difference / (curvature > 0 ? curvature : 1e-12)
      if gain <= bestGain { (second, bestGain) = (t, gain) }
    }
    return second >= 0 && largest - smallest >= tolerance ? (first, second) : nil
  }

  /// Moves αᵢ and αⱼ to their joint optimum within the bounds, yᵢαᵢ + yⱼαⱼ unchanged.
  private func step(_ i: Int, _ j: Int, _ progress: inout Progress, _ diagonal: [Double]) {
    let rowI = kernel.row(rows[i])
    let rowJ = kernel.row(rows[j])
    let curvature = max(diagonal[i] + diagonal[j] - 2 * Double(rowI[rows[j]]), 1e-12)
    // In t = yᵢαᵢ the derivative is yᵢgᵢ − yⱼgⱼ.
    let slope = signs[i] * progress.gradient[i] - signs[j] * progress.gradient[j]
    var move = -slope / curvature
    let roomI = signs[i] > 0 ? bounds[i] - progress.alpha[i] : progress.alpha[i]
    let roomJ = signs[j] > 0 ? progress.alpha[j] : bounds[j] - progress.alpha[j]
    move = min(move, roomI, roomJ)
    setAlpha(i, progress.alpha[i] + signs[i] * move, reaching: move == roomI, &progress)
    setAlpha(j, progress.alpha[j] - signs[j] * move, reaching: move == roomJ, &progress)
    for t in rows.indices {
      progress.gradient[t] +=
        signs[t] * move * (Double(rowI[rows[t]]) - Double(rowJ[rows[t]]))
    }
  }

  /// A step that uses all the room ends on the bound itself, without rounding.
  private func setAlpha(
    _ t: Int, _ value: Double, reaching bound: Bool, _ progress: inout Progress
  ) {
    progress.alpha[t] = bound ? (value > bounds[t] / 2 ? bounds[t] : 0) : value
  }

  /// The mean of yᵢgᵢ over free samples, else the middle of what the bounded ones allow.
  private func rho(_ progress: Progress) -> Double {
    var free = (count: 0, sum: 0.0)
    var (low, high) = (-Double.infinity, Double.infinity)
    for t in rows.indices {
      let value = signs[t] * progress.gradient[t]
      let isFree = progress.alpha[t] > 0 && progress.alpha[t] < bounds[t]
      if isFree {
        free.count += 1
        free.sum += value
      } else if canGrow(t, progress.alpha) {
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
