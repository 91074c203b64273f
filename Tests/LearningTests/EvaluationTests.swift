import Learning
import Matrices
import Testing

@Suite struct EvaluationTests {
  private func evaluation(_ labels: [Int], _ rows: [[Float]], scores: [[Float]]? = nil)
    -> Evaluation
  {
    var predictions = Predictions(probabilities: Matrix(rows))
    predictions.scores = scores.map { Matrix($0) }
    return Evaluation(labels: labels, predictions: predictions, classCount: rows[0].count)
  }

  @Test func perfectPredictions() {
    let result = evaluation([0, 1, 2], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    #expect(result.accuracy == 1 && result.auc == 1)
    #expect(result.top3Accuracy == nil)
    #expect(result.logLoss == 0 && result.clippedRows == 0)
  }

  @Test func equalProbabilitiesGoToTheFirstClass() {
    let result = evaluation([1, 0], [[0.5, 0.5], [0.5, 0.5]])
    #expect(result.confusion.counts == [1, 0, 1, 0])
    #expect(result.auc == 0.5)
  }

  @Test func tiesForTheThirdPlaceCountTheirShare() {
    // The true class is tied with two others for the last two of three places.
    let result = evaluation([1], [[0.4, 0.2, 0.2, 0.2, 0]])
    #expect(abs((result.top3Accuracy ?? 0) - 2.0 / 3) < 1e-12)
    #expect(evaluation([4], [[0.4, 0.2, 0.2, 0.2, 0]]).top3Accuracy == 0)
    #expect(evaluation([0], [[0.2, 0.2, 0.2, 0.2, 0.2]]).top3Accuracy == 0.6)
  }

  @Test func lossesAreClippedAndCounted() {
    let result = evaluation([0, 1], [[0, 1], [0.25, 0.75]])
    #expect(result.clippedRows == 1)
    #expect(abs(result.logLoss - (15.942385152878742 + 0.2876820724517809) / 2) < 1e-12)
  }

  @Test func absentClassesAreLeftOutOfMeans() {
    // Class 2 has no rows, but one row is taken for it.
    let result = evaluation([0, 0, 1, 1], [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]])
    #expect(result[.balancedAccuracy] == 0.5)
    #expect(result[.recallMacro] == 0.5)
    #expect(result[.precisionMacro] == (0.5 + 1) / 2)
    #expect(result.confusion.precision(2) == 0 && result.confusion.f1(2) == 0)
    #expect(abs((result[.f1Weighted] ?? 0) - (0.5 * 2 + 2 / 3.0 * 2) / 4) < 1e-12)
  }

  @Test func areaUnderTheCurveNeedsBothSides() {
    #expect(evaluation([0, 0], [[1, 0], [0.5, 0.5]]).auc == nil)
    // Three classes, of which the third has no rows: the mean of two curves.
    let result = evaluation([0, 1], [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1]])
    #expect(result.auc == 1)
  }

  @Test func scoresRankWhereProbabilitiesAreOnlyASoftMax() {
    // In single precision both probabilities are 1; the scores still tell the rows apart.
    let result = evaluation(
      [0, 1, 1], [[0, 1], [0, 1], [0, 1]], scores: [[0, 50], [0, 60], [0, 70]])
    #expect(result.auc == 1)
  }

  @Test func foldsAreAveragedAsCounts() {
    var sum = ConfusionMatrix(classCount: 2)
    sum.add(ConfusionMatrix(labels: [0, 1], predicted: [0, 0], classCount: 2))
    sum.add(ConfusionMatrix(labels: [0, 1], predicted: [0, 1], classCount: 2))
    sum.divide(by: 2)
    #expect(sum.counts == [1, 0, 0.5, 0.5] && sum.accuracy == 0.75)
  }

  @Test func unknownClassesGetNoProbability() {
    let known = Predictions(scores: Matrix([[1, 3], [2, 0]]))
    let spread = known.spread(over: 4, known: [1, 3])
    #expect(spread.classes == [3, 1])
    #expect(spread.probabilities[0, 0] == 0 && spread.probabilities[0, 2] == 0)
    #expect(spread.scores?[1, 1] == 2)
    #expect((spread.scores?[1, 0] ?? 0) < -1e30)
  }
}
