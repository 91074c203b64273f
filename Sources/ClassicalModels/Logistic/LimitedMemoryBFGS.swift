/// A smooth convex function to minimise.
protocol MinimisationProblem {
  func evaluate(_ point: [Double]) -> (value: Double, gradient: [Double])

  /// Multiplies by an approximate inverse of the second derivatives.
  func precondition(_ gradient: [Double]) -> [Double]
}

/// Limited-memory BFGS (Liu and Nocedal 1989) whose first matrix is the problem's preconditioner.
struct LimitedMemoryBFGS {
  struct Minimum {
    var point: [Double]
    var value: Double
    var iterations: Int
    var evaluations: Int
    var converged: Bool
  }

  /// Steps are remembered so many iterations.
  var memory = 30
  /// Converged when no derivative exceeds this.
  var tolerance = 1e-5
  var mostIterations = 2000

  private struct Step {
    var change: [Double]
    var gradientChange: [Double]
    var product: Double
  }

  func minimise(_ problem: some MinimisationProblem, from start: [Double]) -> Minimum {
    var point = start
    var (value, gradient) = problem.evaluate(point)
    var steps: [Step] = []
    var evaluations = 1
    for iteration in 0..<mostIterations {
      if largest(gradient) <= tolerance {
        return Minimum(
          point: point, value: value, iterations: iteration, evaluations: evaluations,
          converged: true)
      }
      let direction = self.direction(gradient, steps, problem)
      let slope = dot(direction, gradient)
      guard slope < 0, let next = search(problem, point, value, direction, slope, &evaluations)
      else {
        // Rounding hides any further descent. What is left may still be within ten tolerances.
        return Minimum(
          point: point, value: value, iterations: iteration, evaluations: evaluations,
          converged: largest(gradient) <= 10 * tolerance)
      }
      let change = zip(next.point, point).map { $0 - $1 }
      let gradientChange = zip(next.gradient, gradient).map { $0 - $1 }
      let product = dot(change, gradientChange)
      if product > 1e-300 {
        steps.append(Step(change: change, gradientChange: gradientChange, product: product))
        if steps.count > memory { steps.removeFirst() }
      }
      (point, value, gradient) = (next.point, next.value, next.gradient)
    }
    return Minimum(
      point: point, value: value, iterations: mostIterations, evaluations: evaluations,
      converged: largest(gradient) <= tolerance)
  }

  /// The two-loop recursion.
  private func direction(
    _ gradient: [Double], _ steps: [Step], _ problem: some MinimisationProblem
  ) -> [Double] {
    var rest = gradient
    var factors: [Double] = []
    for step in steps.reversed() {
      let factor = dot(step.change, rest) / step.product
      add(-factor, step.gradientChange, to: &rest)
      factors.append(factor)
    }
    var direction = problem.precondition(rest)
    for (step, factor) in zip(steps, factors.reversed()) {
      let correction = factor - dot(step.gradientChange, direction) / step.product
      add(correction, step.change, to: &direction)
    }
    return direction.map { -$0 }
  }

  /// The first of shrinking steps that lowers the value by a fair part of what the slope promises or,
  /// where single precision hides such small differences, whose own slope is not steep upwards
  /// (the approximate condition of Hager and Zhang 2005).
  private func search(
    _ problem: some MinimisationProblem, _ point: [Double], _ value: Double,
    _ direction: [Double], _ slope: Double, _ evaluations: inout Int
  ) -> (point: [Double], value: Double, gradient: [Double])? {
    var length = 1.0
    let noise = 1e-6 * abs(value)
    for _ in 0..<30 {
      let candidate = zip(point, direction).map { $0 + length * $1 }
      let (newValue, gradient) = problem.evaluate(candidate)
      evaluations += 1
      if newValue <= value + 1e-4 * length * slope
        || (newValue <= value + noise && dot(direction, gradient) <= -0.8 * slope)
      {
        return (candidate, newValue, gradient)
      }
      // The minimum of the parabola through both values and the slope, kept within bounds.
      let parabola = -slope * length * length / (2 * (newValue - value - slope * length))
      length = newValue.isFinite ? min(max(parabola, 0.1 * length), 0.5 * length) : 0.1 * length
    }
    return nil
  }

  private func largest(_ vector: [Double]) -> Double { vector.reduce(0) { max($0, abs($1)) } }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private func add(_ factor: Double, _ vector: [Double], to target: inout [Double]) {
    for index in target.indices { target[index] += factor * vector[index] }
  }
}
