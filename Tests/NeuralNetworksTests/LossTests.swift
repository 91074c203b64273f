import Glibc
import NeuralNetworks
import Testing

@Suite struct LossTests {
  /// Worked out by hand: scores 0, ln 2, ln 3 have the soft-max 1/6, 1/3, 1/2; a smoothing of 0.3 makes
  /// the target of class 1 0.1, 0.8, 0.1.
  @Test func labelSmoothing() {
    var loss = BatchLoss(classes: 3, smoothing: 0.3)
    let scores = [Float(0), Float(log(2.0)), Float(log(3.0))]
    let figures = loss.evaluate(scores, labels: [1], weights: nil)
    let expected = 0.1 * log(6.0) + 0.8 * log(3.0) + 0.1 * log(2.0)
    #expect(abs(figures.loss - expected) < 1e-7)
    #expect(abs(figures.logLosses - log(3.0)) < 1e-7)
    #expect(figures.correct == 0)
    for (given, wanted) in zip(loss.gradient, [1.0 / 6 - 0.1, 1.0 / 3 - 0.8, 0.5 - 0.1]) {
      #expect(abs(Double(given) - wanted) < 1e-7)
    }
  }

  /// The weighted mean: a row of weight 3 counts as three rows, and the scale of the weights nothing.
  @Test func weightsCountAsRepeatedRows() {
    let rows: [[Float]] = [[0.5, -1], [2, 0.25]]
    var weighted = BatchLoss(classes: 2)
    let once = weighted.evaluate(rows.flatMap { $0 }, labels: [0, 1], weights: [1.5, 0.5])
    var repeated = BatchLoss(classes: 2)
    let thrice = repeated.evaluate(
      [0, 0, 0, 1].flatMap { rows[$0] }, labels: [0, 0, 0, 1], weights: nil)
    #expect(abs(once.loss - thrice.loss) < 1e-12)
    for column in 0..<2 {
      #expect(abs(weighted.gradient[column] - 3 * repeated.gradient[column]) < 1e-6)
      #expect(abs(weighted.gradient[2 + column] - repeated.gradient[6 + column]) < 1e-6)
    }
  }

  @Test func derivativesAreThoseOfTheLoss() {
    let scores: [Float] = [1, -2, 0.5, 0, 3, -1]
    func value(_ scores: [Float]) -> Double {
      var loss = BatchLoss(classes: 3, smoothing: 0.1)
      return loss.evaluate(scores, labels: [2, 0], weights: [1, 4]).loss
    }
    var loss = BatchLoss(classes: 3, smoothing: 0.1)
    _ = loss.evaluate(scores, labels: [2, 0], weights: [1, 4])
    for index in scores.indices {
      var (up, down) = (scores, scores)
      up[index] += 1.0 / 1024
      down[index] -= 1.0 / 1024
      let slope = (value(up) - value(down)) * 512
      #expect(abs(slope - Double(loss.gradient[index])) < 1e-6)
    }
  }

  @Test func extremeScoresAndNoWeightAreFinite() {
    var loss = BatchLoss(classes: 2)
    let figures = loss.evaluate([1e30, -1e30], labels: [0], weights: nil)
    #expect(figures.loss == 0 && figures.correct == 1 && loss.gradient == [0, 0])
    let nothing = loss.evaluate([1, 2], labels: [0], weights: [0])
    #expect(nothing.loss == 0 && loss.gradient == [0, 0])
    #expect(!loss.evaluate([.nan, 0], labels: [0], weights: nil).loss.isFinite)
  }
}
