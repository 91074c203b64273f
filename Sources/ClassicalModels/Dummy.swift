import Learning
import Matrices

/// Predicts without looking at the columns: what any model must beat.
package struct Dummy: Model {
  package enum Strategy: String, SettingChoice {
    /// Always the most frequent training class.
    case majority
    /// Each class as often as it stands in the training rows, by chance.
    case stratified
  }

  package static let name = "dummy"
  package static let summary = "ignores the columns: the majority class, or classes drawn by share"

  @Setting("“majority”, or “stratified” draws") package var strategy = Strategy.majority

  package init() {}

  package var usesChance: Bool { strategy == .stratified }

  /// Labels are counted; columns are not looked at.
  package func cost(for shape: DataShape) -> Cost {
    Cost(operations: Double(shape.rows), bytes: 8 * Double(shape.rows + shape.classes))
  }

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    // Balancing makes classes equal but for rounding, which is not to decide which is largest.
    let exact = samples.classWeights
    let largest = exact.max() ?? 0
    let weights = exact.map { $0 > largest * (1 - 1e-6) ? largest : $0 }
    let total = weights.reduce(0, +)
    var random = context.random
    return Fitted(
      shares: weights.map { Float($0 / total) }, draws: strategy == .stratified,
      seed: Int(truncatingIfNeeded: random.next()))
  }

  package struct Fitted: FittedModel {
    /// The share of each class among the training rows.
    let shares: [Float]
    let draws: Bool
    let seed: Int

    package func probabilities(of features: Matrix) -> Matrix {
      Matrix(rows: features.rows, columns: shares.count) { _, span in
        for label in shares.indices { span[label] = shares[label] }
      }
    }

    package func fits(columns: Int, classes: Int) -> Bool { shares.count == classes }

    package func predictions(for features: Matrix) -> Predictions {
      let probabilities = probabilities(of: features)
      guard draws else { return Predictions(probabilities: probabilities) }
      return Predictions(
        classes: (0..<features.rows).map { draw(features.row($0)) }, probabilities: probabilities)
    }

    /// The draw depends on the row's own values alone, so that it is the same in any company.
    private func draw(_ row: Span<Float>) -> Int {
      var bits = UInt64(truncatingIfNeeded: seed)
      for index in row.indices {
        bits = (bits ^ UInt64(row[index].bitPattern)) &* 0x9E37_79B9_7F4A_7C15
        bits ^= bits >> 29
      }
      var random = RandomStream(seed: bits)
      var rest = random.uniform()
      for (label, share) in shares.enumerated() {
        rest -= Double(share)
        if rest < 0 { return label }
      }
      return shares.lastIndex { $0 > 0 } ?? 0
    }
  }
}
