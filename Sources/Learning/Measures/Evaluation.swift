import Glibc
import Matrices

/// The figures of one set of predictions.
package struct Evaluation: Equatable, Sendable {
  /// True against predicted classes.
  package var confusion: ConfusionMatrix
  /// The share of rows predicted right.
  package var accuracy: Double
  /// The share of rows whose class is among the three most probable; nil with 3 classes or fewer, and
  /// where ranks were not asked for.
  package var top3Accuracy: Double?
  /// The mean area under the curve; nil when no class has rows inside and outside, and where ranks
  /// were not asked for.
  package var auc: Double?
  /// The mean negative logarithm of the true class's probability.
  package var logLoss: Double
  /// Rows whose true class had a probability below 2⁻²³.
  package var clippedRows: Int

  /// Compares predictions with the truth; there is at least one row.
  ///
  /// What needs the rows sorted takes longer than all else, and is left out where no ranks are wanted.
  package init(labels: [Int], predictions: Predictions, classCount: Int, ranks: Bool = true) {
    precondition(labels.count == predictions.classes.count && !labels.isEmpty)
    confusion = ConfusionMatrix(
      labels: labels, predicted: predictions.classes, classCount: classCount)
    accuracy = confusion.accuracy
    (logLoss, clippedRows) = Self.logLoss(labels, predictions.probabilities)
    guard ranks else { return }
    if classCount > 3 { top3Accuracy = Self.topShare(3, labels, predictions.probabilities) }
    auc = Self.areaUnderCurve(labels, predictions.scores ?? predictions.probabilities, confusion)
  }

  /// One of the figures; nil where it is not defined for these rows.
  package subscript(measure: Measure) -> Double? {
    switch measure {
    case .top3Accuracy: top3Accuracy
    case .aucMacro: auc
    case .logLoss: logLoss
    case .accuracy, .balancedAccuracy, .precisionMacro, .recallMacro, .f1Macro, .f1Weighted:
      confusion[measure]
    }
  }

  private static func logLoss(_ labels: [Int], _ probabilities: Matrix) -> (Double, Int) {
    let smallest = 0x1p-23
    var sum = 0.0
    var clipped = 0
    for (row, label) in labels.enumerated() {
      let probability = Double(probabilities[row, label])
      if probability < smallest { clipped += 1 }
      sum -= log(max(probability, smallest))
    }
    return (sum / Double(labels.count), clipped)
  }

  /// A class tied for the last places counts the share of the places that are left for it.
  private static func topShare(_ places: Int, _ labels: [Int], _ ranking: Matrix) -> Double {
    var sum = 0.0
    for (row, label) in labels.enumerated() {
      let elements = ranking.row(row)
      let own = elements[label]
      var above = 0
      var tied = 0
      for column in elements.indices {
        if elements[column] > own { above += 1 } else if elements[column] == own { tied += 1 }
      }
      sum += min(1, Double(max(0, places - above)) / Double(tied))
    }
    return sum / Double(labels.count)
  }

  private static func areaUnderCurve(
    _ labels: [Int], _ ranking: Matrix, _ confusion: ConfusionMatrix
  ) -> Double? {
    let classCount = confusion.classCount
    let curves = classCount == 2 ? [1] : Array(0..<classCount)
    var areas: [Double] = []
    for label in curves {
      let inside = confusion.support(label)
      let outside = Double(labels.count) - inside
      guard inside > 0, outside > 0 else { continue }
      // The rank-sum form of Mann and Whitney: tied rows share their mean rank.
      let order = labels.indices.sorted { ranking[$0, label] < ranking[$1, label] }
      var rankSum = 0.0
      var start = 0
      while start < order.count {
        var end = start + 1
        while end < order.count, ranking[order[end], label] == ranking[order[start], label] {
          end += 1
        }
        let meanRank = Double(start + 1 + end) / 2
        for index in start..<end where labels[order[index]] == label { rankSum += meanRank }
        start = end
      }
      areas.append((rankSum - inside * (inside + 1) / 2) / (inside * outside))
    }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
