/// How often each class was taken for each other one.
///
/// Counts may be fractions: averages over the repeats of a split.
package struct ConfusionMatrix: Equatable, Sendable {
  /// The number of classes.
  package let classCount: Int
  /// Rows are true classes, columns predicted ones, row by row.
  package private(set) var counts: [Double]

  /// A matrix without rows counted.
  package init(classCount: Int) {
    self.classCount = classCount
    counts = [Double](repeating: 0, count: classCount * classCount)
  }

  /// Counts true and predicted classes.
  package init(labels: [Int], predicted: [Int], classCount: Int) {
    self.init(classCount: classCount)
    for (label, prediction) in zip(labels, predicted) {
      counts[label * classCount + prediction] += 1
    }
  }

  /// How often `label` was taken for `predicted`.
  package subscript(label: Int, predicted: Int) -> Double { counts[label * classCount + predicted] }

  /// Counts rows of a class that were given a class.
  package mutating func add(_ label: Int, as predicted: Int, times: Double) {
    counts[label * classCount + predicted] += times
  }

  /// Adds another matrix's counts.
  package mutating func add(_ other: ConfusionMatrix) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// Divides all counts.
  package mutating func divide(by divisor: Double) {
    for index in counts.indices { counts[index] /= divisor }
  }

  /// Rows of a class.
  package func support(_ label: Int) -> Double {
    (0..<classCount).reduce(0) { $0 + self[label, $1] }
  }

  /// Rows that were predicted to be of a class.
  package func predictedCount(_ label: Int) -> Double {
    (0..<classCount).reduce(0) { $0 + self[$1, label] }
  }

  /// All rows.
  package var total: Double { counts.reduce(0, +) }

  /// The share of a class's predictions that were right; 0 without predictions.
  package func precision(_ label: Int) -> Double {
    ratio(self[label, label], predictedCount(label))
  }

  /// The share of a class's rows that were found; 0 without rows.
  package func recall(_ label: Int) -> Double { ratio(self[label, label], support(label)) }

  /// The harmonic mean of precision and recall; 0 when both are 0.
  package func f1(_ label: Int) -> Double {
    ratio(2 * self[label, label], support(label) + predictedCount(label))
  }

  /// The share of all rows that were right; 0 without rows.
  package var accuracy: Double {
    ratio((0..<classCount).reduce(0) { $0 + self[$1, $1] }, total)
  }

  /// The mean of a figure over the classes that have rows; 0 without any.
  package func macro(_ figure: (Int) -> Double) -> Double {
    let present = (0..<classCount).filter { support($0) > 0 }
    return ratio(present.reduce(0) { $0 + figure($1) }, Double(present.count))
  }

  /// The mean of a figure over the classes, each weighted by its rows.
  package func weighted(_ figure: (Int) -> Double) -> Double {
    ratio((0..<classCount).reduce(0) { $0 + support($1) * figure($1) }, total)
  }

  /// One of the figures; nil for one that needs more than classes.
  package subscript(measure: Measure) -> Double? {
    switch measure {
    case .accuracy: accuracy
    case .balancedAccuracy, .recallMacro: macro(recall)
    case .precisionMacro: macro(precision)
    case .f1Macro: macro(f1)
    case .f1Weighted: weighted(f1)
    case .top3Accuracy, .aucMacro, .logLoss: nil
    }
  }

  private func ratio(_ numerator: Double, _ denominator: Double) -> Double {
    denominator > 0 ? numerator / denominator : 0
  }
}
