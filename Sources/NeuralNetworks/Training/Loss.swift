import Glibc

/// What is minimised, row by row: a function of a row's scores and of what they should say.
package protocol Loss: Sendable {
  /// The loss of a row.
  ///
  /// - Parameters:
  ///   - probabilities: the soft-max of the row's scores.
  ///   - logarithms: their natural logarithms, exact for the smallest too.
  ///   - target: the probabilities that are wanted, which add up to 1.
  ///   - gradient: receives the derivatives by the scores.
  /// - Returns: the loss.
  func loss(
    _ probabilities: Span<Double>, logarithms: Span<Double>, target: Span<Double>,
    gradient: inout MutableSpan<Double>
  ) -> Double
}

/// −Σ target · ln probability, whose derivatives are probability − target.
package struct CrossEntropy: Loss {
  package init() {}

  package func loss(
    _ probabilities: Span<Double>, logarithms: Span<Double>, target: Span<Double>,
    gradient: inout MutableSpan<Double>
  ) -> Double {
    var sum = 0.0
    for index in probabilities.indices {
      if target[index] > 0 { sum -= target[index] * logarithms[index] }
      gradient[index] = probabilities[index] - target[index]
    }
    return sum
  }
}

/// The loss of a batch: the mean over its rows, each counting by its weight, as PyTorch's weighted mean.
package struct BatchLoss<Kind: Loss> {
  /// What a batch came to.
  package struct Figures {
    /// What is minimised.
    package var loss: Double
    /// The sum over the rows of −ln of the true class's probability.
    package var logLosses: Double
    /// Rows whose largest score is that of their class, the first of equal ones.
    package var correct: Int
  }

  private let kind: Kind
  private let classes: Int
  private let smoothing: Double
  /// The derivatives of the loss by the scores of the last batch: rows × classes.
  package private(set) var gradient: [Float] = []

  /// A loss; with `smoothing`, that share of each target is spread evenly over all classes (Szegedy and
  /// others 2016).
  package init(_ kind: Kind = CrossEntropy(), classes: Int, smoothing: Double = 0) {
    self.kind = kind
    self.classes = classes
    self.smoothing = smoothing
  }

  /// The loss of a batch and, in ``gradient``, its derivatives.
  ///
  /// - Parameters:
  ///   - scores: rows × classes.
  ///   - labels: the class of each row.
  ///   - weights: how much each row counts; nil when all count alike.
  /// - Returns: the figures; a loss of 0 and no gradient where no row counts.
  package mutating func evaluate(
    _ scores: UnsafePointer<Float>, labels: [Int], weights: [Float]?
  ) -> Figures {
    var gradient = [Float](repeating: 0, count: labels.count * classes)
    let total = weights?.reduce(0) { $0 + Double($1) } ?? Double(labels.count)
    let zeros = [Double](repeating: 0, count: classes)
    var (probabilities, logarithms, target, derivatives) = (zeros, zeros, zeros, zeros)
    var figures = Figures(loss: 0, logLosses: 0, correct: 0)
    for (row, label) in labels.enumerated() {
      let best = softMax(scores + row * classes, &probabilities, &logarithms)
      figures.correct += best == label ? 1 : 0
      figures.logLosses -= logarithms[label]
      for index in 0..<classes { target[index] = smoothing / Double(classes) }
      target[label] += 1 - smoothing
      var span = derivatives.mutableSpan
      let loss = kind.loss(
        probabilities.span, logarithms: logarithms.span, target: target.span, gradient: &span)
      let share = total > 0 ? (weights.map { Double($0[row]) } ?? 1) / total : 0
      figures.loss += share * loss
      for index in 0..<classes {
        gradient[row * classes + index] = Float(share * derivatives[index])
      }
    }
    self.gradient = gradient
    return figures
  }
}

/// The soft-max of a row's scores, and its natural logarithms.
///
/// - Returns: the class of the largest score.
private func softMax(
  _ scores: UnsafePointer<Float>, _ probabilities: inout [Double], _ logarithms: inout [Double]
) -> Int {
  var best = 0
  for index in probabilities.indices where scores[index] > scores[best] { best = index }
  let largest = Double(scores[best])
  var sum = 0.0
  for index in probabilities.indices {
    logarithms[index] = Double(scores[index]) - largest
    probabilities[index] = exp(logarithms[index])
    sum += probabilities[index]
  }
  let logarithm = log(sum)
  for index in probabilities.indices {
    logarithms[index] -= logarithm
    probabilities[index] /= sum
  }
  return best
}
