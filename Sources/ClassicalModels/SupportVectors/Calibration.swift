import Glibc

/// A decision value as a probability: 1 / (1 + exp(slope · value + offset)).
package struct Sigmoid: Codable, Equatable, Sendable {
  var slope: Double
  var offset: Double

  /// The slope of decisions that say nothing: they still rank.
  private static let flattest = -0.01

  /// The probability of the positive class, kept off 0 and 1 by 1e-7.
  package func probability(_ decision: Double) -> Double {
    let z = slope * decision + offset
    let probability = z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))
    return min(max(probability, 1e-7), 1 - 1e-7)
  }

  /// Fits by Newton's method with backtracking (Platt 2000, as corrected by Lin, Lin and Weng
  /// 2007), to targets moved off 0 and 1 by the counts of both classes; the probability always rises with the
  /// decision.
  ///
  /// - Parameters:
  ///   - decisions: of rows of both classes.
  ///   - isPositive: whether each row is of the positive class.
  ///   - weights: of the rows.
  ///   - usualSlope: draws the slope towards it and the offset towards 0, the stronger the fewer rows there are:
  ///     a slope of 0 costs as much as an offset of 1; nil for no such pull.
  package init(
    fitting decisions: [Double], isPositive: [Bool], weights: [Double], usualSlope: Double? = nil
  ) {
    let problem = Problem(decisions, isPositive, weights, usualSlope: usualSlope)
    self = problem.minimum(holdingSlope: false)
    if slope > Self.flattest { self = problem.minimum(holdingSlope: true) }
  }

  private init(slope: Double, offset: Double) {
    self.slope = slope
    self.offset = offset
  }

  /// What is minimised.
  private struct Problem {
    let decisions: [Double]
    let targets: [Double]
    let weights: [Double]
    let start: Double
    /// Of the slope's and the offset's distance, squared and halved.
    let pull: (slope: Double, offset: Double)
    let usualSlope: Double

    init(
      _ decisions: [Double], _ isPositive: [Bool], _ weights: [Double], usualSlope: Double?
    ) {
      var (positive, negative) = (0.0, 0.0)
      for (weight, positiveRow) in zip(weights, isPositive) {
        if positiveRow { positive += weight } else { negative += weight }
      }
      self.decisions = decisions
      self.weights = weights
      targets = isPositive.map { $0 ? (positive + 1) / (positive + 2) : 1 / (negative + 2) }
      start = log((negative + 1) / (positive + 1))
      self.usualSlope = usualSlope ?? 0
      pull = usualSlope.map { (2 / ($0 * $0), 2) } ?? (0, 0)
    }

    func minimum(holdingSlope: Bool) -> Sigmoid {
      var best = Sigmoid(slope: holdingSlope ? Sigmoid.flattest : 0, offset: start)
      var value = loss(best)
      for _ in 0..<100 {
        var (h11, h22, h21) = (1e-12 + pull.slope, 1e-12 + pull.offset, 0.0)
        var g1 = pull.slope * (best.slope - usualSlope)
        var g2 = pull.offset * best.offset
        for index in decisions.indices {
          let z = best.slope * decisions[index] + best.offset
          let p = z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))
          let curvature = weights[index] * p * (1 - p)
          let residual = weights[index] * (targets[index] - p)
          h11 += decisions[index] * decisions[index] * curvature
          h22 += curvature
          h21 += decisions[index] * curvature
          g1 += decisions[index] * residual
          g2 += residual
        }
        if holdingSlope { (h21, g1) = (0, 0) }
        if abs(g1) < 1e-5, abs(g2) < 1e-5 { break }
        let determinant = h11 * h22 - h21 * h21
        let stepSlope = -(h22 * g1 - h21 * g2) / determinant
        let stepOffset = -(h11 * g2 - h21 * g1) / determinant
        let descent = g1 * stepSlope + g2 * stepOffset
        var length = 1.0
        while true {
          let candidate = Sigmoid(
            slope: best.slope + length * stepSlope, offset: best.offset + length * stepOffset)
          let next = loss(candidate)
          if next < value + 1e-4 * length * descent {
            (best, value) = (candidate, next)
            break
          }
          length /= 2
          if length < 1e-10 { return best }
        }
      }
      return best
    }

    private func loss(_ sigmoid: Sigmoid) -> Double {
      let distance = sigmoid.slope - usualSlope
      var sum =
        (pull.slope * distance * distance + pull.offset * sigmoid.offset * sigmoid.offset) / 2
      for index in decisions.indices {
        let z = sigmoid.slope * decisions[index] + sigmoid.offset
        sum +=
          weights[index]
          * (z >= 0
            ? targets[index] * z + log1p(exp(-z)) : (targets[index] - 1) * z + log1p(exp(z)))
      }
      return sum
    }
  }
}

/// Class probabilities that agree best with the probabilities of all pairs (Wu, Lin and Weng 2004,
/// their second method, by their iteration).
package struct PairwiseCoupling {
  let classCount: Int
  private var pairwise: [Double]

  package init(classCount: Int) {
    self.classCount = classCount
    pairwise = [Double](repeating: 0, count: classCount * classCount)
  }

  /// Sets the probability of a class in its pair with another.
  package mutating func set(_ first: Int, over second: Int, _ probability: Double) {
    pairwise[first * classCount + second] = probability
    pairwise[second * classCount + first] = 1 - probability
  }

  package func solve() -> [Double] {
    let k = classCount
    var q = [Double](repeating: 0, count: k * k)
    for t in 0..<k {
      for j in 0..<k where j != t {
        q[t * k + t] += pairwise[j * k + t] * pairwise[j * k + t]
        q[t * k + j] = -pairwise[j * k + t] * pairwise[t * k + j]
      }
    }
    var p = [Double](repeating: 1 / Double(k), count: k)
    var qp = [Double](repeating: 0, count: k)
    for _ in 0..<max(100, k) {
      var pqp = 0.0
      for t in 0..<k {
        qp[t] = (0..<k).reduce(0) { $0 + q[t * k + $1] * p[$1] }
        pqp += p[t] * qp[t]
      }
      // The power that follows enlarges errors of small probabilities.
      if qp.allSatisfy({ abs($0 - pqp) < 1e-6 / Double(k) }) { break }
      for t in 0..<k {
        let change = (pqp - qp[t]) / q[t * k + t]
        p[t] += change
        let scale = 1 + change
        pqp =
          (pqp + change * (change * q[t * k + t] + 2 * qp[t])) / (scale * scale)
        for j in 0..<k {
          qp[j] = (qp[j] + change * q[t * k + j]) / scale
          p[j] /= scale
        }
      }
    }
    return p
  }
}
