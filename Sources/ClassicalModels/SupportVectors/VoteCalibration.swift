import Glibc

/// Makes probabilities of the decisions of all pairs, of which the class that the vote predicts has the
/// largest.
///
/// A sigmoid of each pair (Platt 2000) and pairwise coupling (Wu, Lin and Weng 2004), as LIBSVM has them, but
/// for three things. Few rows can turn a sigmoid round: here none may fall, and each is drawn towards the one
/// that all pairs have in common. Coupled probabilities of many classes are too even: they are raised to a power
/// (temperature scaling, Guo et al. 2017). And they may contradict the vote: the predicted class and those above
/// it then share their mean.
package struct VoteCalibration: Codable, Equatable, Sendable {
  /// One a pair.
  var sigmoids: [Sigmoid]
  /// The power of the coupled probabilities.
  var power = 1.0

  /// Learns the sigmoids from decisions on rows that took no part in the fit.
  ///
  /// - Parameters:
  ///   - decisions: of each pair, those of its rows.
  ///   - isFirst: whether each row is of the pair's first class.
  ///   - weights: of the rows.
  package init(decisions: [[Double]], isFirst: [[Bool]], weights: [[Double]]) {
    let common = Sigmoid(
      fitting: decisions.flatMap(\.self), isPositive: isFirst.flatMap(\.self),
      weights: weights.flatMap(\.self))
    sigmoids = decisions.indices.map { pair in
      Sigmoid(
        fitting: decisions[pair], isPositive: isFirst[pair], weights: weights[pair],
        usualSlope: decisions.count > 1 ? common.slope : nil)
    }
  }

  /// The coupled probabilities of a row's decisions, not yet raised to the power.
  package func coupled(_ decisions: Span<Float>, classCount: Int) -> [Double] {
    var coupling = PairwiseCoupling(classCount: classCount)
    var pair = 0
    for first in 0..<classCount {
      for second in first + 1..<max(first + 1, classCount) {
        coupling.set(first, over: second, sigmoids[pair].probability(Double(decisions[pair])))
        pair += 1
      }
    }
    return coupling.solve().map { max($0, 1e-12) }
  }

  /// Finds the power with the lowest log loss, one further row counting as of every class alike: without
  /// it, rows that are all right would be certain.
  ///
  /// - Parameters:
  ///   - logarithms: of the coupled probabilities, row by row.
  ///   - labels: of the rows.
  ///   - weights: of the rows.
  package mutating func fitPower(
    _ logarithms: [[Double]], labels: [Int], weights: [Double]
  ) {
    guard !labels.isEmpty else { return }
    let share = weights.reduce(0, +) / Double(weights.count) / Double(labels.count)
    /// The derivative of the loss, which rises with the power.
    func slope(_ power: Double) -> Double {
      var sum = 0.0
      for (row, own) in logarithms.enumerated() {
        let highest = power * (own.max() ?? 0)
        var (total, weighted, plain) = (0.0, 0.0, 0.0)
        for logarithm in own {
          let term = exp(power * logarithm - highest)
          total += term
          weighted += term * logarithm
          plain += logarithm
        }
        let expected = weighted / total
        sum +=
          weights[row] * (expected - own[labels[row]])
          + share * (expected - plain / Double(own.count))
      }
      return sum
    }
    var (low, high) = (0.05, 20.0)
    for _ in 0..<40 {
      let middle = (low * high).squareRoot()
      if slope(middle) < 0 { low = middle } else { high = middle }
    }
    power = (low * high).squareRoot()
  }

  /// The probabilities of a row's decisions; that of the predicted class is above all others.
  package func probabilities(
    _ decisions: Span<Float>, predicted: Int, classCount: Int
  ) -> [Float] {
    let coupled = self.coupled(decisions, classCount: classCount)
    let highest = coupled.max() ?? 1
    let raised = coupled.map { pow($0 / highest, power) }
    let total = raised.reduce(0, +)
    var shares = raised.map { Float($0 / total) }
    // The predicted class and those above it, down to their mean.
    let above = shares.indices.filter { $0 != predicted && shares[$0] >= shares[predicted] }
      .sorted { (shares[$1], $0) < (shares[$0], $1) }
    guard !above.isEmpty else { return shares }
    var (members, sum) = ([predicted], shares[predicted])
    for label in above where shares[label] >= sum / Float(members.count) {
      members.append(label)
      sum += shares[label]
    }
    let mean = sum / Float(members.count)
    for label in members { shares[label] = mean }
    shares[predicted] = max(mean, shares.max() ?? mean).nextUp
    return shares
  }
}
