import Learning
import Matrices

/// One weighted sum of the columns for each class; the largest wins.
package struct LinearClassifier: FittedModel, Equatable {
  /// Classes × columns.
  package let weights: Matrix
  /// One a class.
  package let intercepts: [Float]
  /// Whether the soft-max of the sums is meant as probabilities, as in logistic regression.
  package let isCalibrated: Bool

  /// Rounds what was fitted to single precision.
  ///
  /// - Parameters:
  ///   - weights: classes × columns, row by row.
  ///   - intercepts: one a class.
  ///   - isCalibrated: whether the soft-max of the sums is meant as probabilities.
  init(weights: [Double], intercepts: [Double], isCalibrated: Bool) {
    let columns = weights.count / max(1, intercepts.count)
    self.weights = Matrix(
      rows: intercepts.count, columns: columns, elements: weights.map { Float($0) })
    self.intercepts = intercepts.map { Float($0) }
    self.isCalibrated = isCalibrated
  }

  /// A classifier of two classes from the weights of the second: the first has the same, negated,
  /// or none where a soft-max of both is to give the logistic function.
  init(twoClasses weights: [Double], intercept: Double, isCalibrated: Bool) {
    let first = isCalibrated ? 0.0 : -1.0
    self.init(
      weights: weights.map { first * $0 } + weights, intercepts: [first * intercept, intercept],
      isCalibrated: isCalibrated)
  }

  func scores(of features: Matrix) -> Matrix {
    let products = features.rowProducts(with: weights)
    return Matrix(rows: products.rows, columns: products.columns) { row, span in
      let source = products.row(row)
      for label in 0..<products.columns { span[label] = source[label] + intercepts[label] }
    }
  }

  package func fits(columns: Int, classes: Int) -> Bool {
    weights.rows == classes && intercepts.count == classes && weights.columns == columns
  }

  package func probabilities(of features: Matrix) -> Matrix { scores(of: features).softmaxRows() }

  package func predictions(for features: Matrix) -> Predictions {
    let scores = scores(of: features)
    var predictions = Predictions(scores: scores)
    if isCalibrated { predictions.scores = nil }
    return predictions
  }
}
