import JSONText
import Learning
import Matrices

/// Proposes settings by the tree-structured Parzen estimator.
///
/// Bergstra et al. 2011. The trials so far are parted into the best 15 % and the others. Each dimension is drawn on its own:
/// of 24 values from the density of the good ones, the value for which this density is largest beside
/// that of the others. The branches of the tree are the variants of the transformation, and the several
/// spaces of a model that the experiment names more than once.
package struct TreeParzenProposals {
  package struct Proposal {
    package var transformation: Int
    package var space: Int
    package var point: SearchSpace.Point

    package init(transformation: Int = 0, space: Int = 0, point: SearchSpace.Point) {
      self.transformation = transformation
      self.space = space
      self.point = point
    }
  }

  private struct Trial {
    var proposal: Proposal
    var score: Double?
  }

  private let spaces: [SearchSpace]
  private let transformations: Int
  private let isMinimised: Bool
  private var trials: [Trial] = []
  private var known: Set<String> = []

  private static let goodShare = 0.15
  private static let candidates = 24
  /// How often something new is looked for before chance decides, and before there is nothing new.
  private static let mostRepetitions = 20
  private static let mostDraws = 1000

  package init(spaces: [SearchSpace], transformations: Int, isMinimised: Bool) {
    self.spaces = spaces
    self.transformations = transformations
    self.isMinimised = isMinimised
  }

  /// Takes note of a trial; one without a score is worse than all others.
  package mutating func add(_ proposal: Proposal, score: Double?) {
    trials.append(Trial(proposal: proposal, score: score))
    known.insert(key(proposal))
  }

  private func key(_ proposal: Proposal) -> String {
    "\(proposal.transformation) \(proposal.space) \(JSONNode(proposal.point).compactText)"
  }

  /// Settings that were not tried before; nil where there are none left.
  package func next(using random: inout RandomStream) -> Proposal? {
    let (good, others) = parted
    for _ in 0..<Self.mostRepetitions {
      let proposal = proposal(good, others, using: &random)
      if !known.contains(key(proposal)) { return proposal }
    }
    for _ in 0..<Self.mostDraws {
      let space = random.below(spaces.count)
      let proposal = Proposal(
        transformation: random.below(transformations), space: space,
        point: spaces[space].draw(using: &random))
      if !known.contains(key(proposal)) { return proposal }
    }
    return nil
  }

  /// The best trials, one at least, and the others.
  private var parted: (good: [Proposal], others: [Proposal]) {
    func loss(_ trial: Trial) -> Double {
      trial.score.map { isMinimised ? $0 : -$0 } ?? .infinity
    }
    let order = trials.indices.sorted { (loss(trials[$0]), $0) < (loss(trials[$1]), $1) }
    let count = Int((Self.goodShare * Double(trials.count)).rounded(.up))
    return (
      order.prefix(count).map { trials[$0].proposal },
      order.dropFirst(count).map { trials[$0].proposal }
    )
  }

  private func proposal(
    _ good: [Proposal], _ others: [Proposal], using random: inout RandomStream
  ) -> Proposal {
    let space = choice(
      good.map(\.space), others.map(\.space), of: spaces.count, using: &random)
    let transformation = choice(
      good.map(\.transformation), others.map(\.transformation), of: transformations,
      using: &random)
    let own = (
      good: good.filter { $0.space == space }, others: others.filter { $0.space == space }
    )
    let point = spaces[space].dimensions.enumerated().map { index, dimension in
      value(
        of: dimension, own.good.map { $0.point[index] }, own.others.map { $0.point[index] },
        using: &random)
    }
    return Proposal(transformation: transformation, space: space, point: point)
  }

  private func value(
    of dimension: SearchSpace.Dimension, _ good: [JSONNode], _ others: [JSONNode],
    using random: inout RandomStream
  ) -> JSONNode {
    guard let range = dimension.range else {
      if let order = dimension.numericOrder {
        // A list of numbers is a range of places in their order.
        let places = ValueRange(from: 0, to: Double(order.count - 1), isInteger: true)
        func ranks(_ values: [JSONNode]) -> [Double] {
          values.compactMap { value in order.firstIndex(of: value).map(Double.init) }
        }
        let place = number(in: places, ranks(good), ranks(others), using: &random)
        return order[Int(place)]
      }
      func numbers(_ values: [JSONNode]) -> [Int] {
        values.compactMap { dimension.values.firstIndex(of: $0) }
      }
      return dimension.values[
        choice(numbers(good), numbers(others), of: dimension.values.count, using: &random)]
    }
    return range.node(
      number(in: range, good.compactMap(\.number), others.compactMap(\.number), using: &random))
  }

  private func number(
    in range: ValueRange, _ good: [Double], _ others: [Double], using random: inout RandomStream
  ) -> Double {
    let likely = ParzenEstimator(good, in: range)
    let unlikely = ParzenEstimator(others, in: range)
    return best(using: &random) {
      likely.draw(using: &$0)
    } by: {
      likely.logDensity(of: $0) - unlikely.logDensity(of: $0)
    }
  }

  private func choice(
    _ good: [Int], _ others: [Int], of count: Int, using random: inout RandomStream
  ) -> Int {
    guard count > 1 else { return 0 }
    let likely = ChoiceEstimator(good, of: count)
    let unlikely = ChoiceEstimator(others, of: count)
    return best(using: &random) {
      likely.draw(using: &$0)
    } by: {
      likely.logProbability(of: $0) - unlikely.logProbability(of: $0)
    }
  }

  /// The first of the best candidates.
  private func best<Value>(
    using random: inout RandomStream, draw: (inout RandomStream) -> Value,
    by gain: (Value) -> Double
  ) -> Value {
    var best = draw(&random)
    var most = gain(best)
    for _ in 1..<Self.candidates {
      let candidate = draw(&random)
      let own = gain(candidate)
      if own > most { (best, most) = (candidate, own) }
    }
    return best
  }
}
