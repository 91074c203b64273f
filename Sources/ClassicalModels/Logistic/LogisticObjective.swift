import COpenBLAS
import Glibc
import Learning
import Matrices

/// The mean log loss over weighted rows as a function of weights and intercepts.
///
/// A point is free classes × (columns + 1) numbers: each class's weights, then its intercept. The
/// columns are centred, which spares the solver their means and single precision the digits that
/// nearly equal values have in common: the intercept is the score of a mean row. Wide columns are
/// shrunk to unit deviation, so that no unit of measurement decides how well the solver does. Of two
/// classes only the second is free, the first has score 0.
///
/// Data and products are in single precision; weights, losses and the sums over blocks of rows in
/// double.
struct LogisticObjective {
  /// Centred and scaled; of wide data the coordinates of the rows in their own span.
  let samples: Samples
  private let means: [Double]
  /// What each column was divided by, at least 1.
  private let scales: [Double]
  private let rowSpace: RowSpace?
  let totalWeight: Double
  let freeClasses: Int

  var columns: Int { samples.features.columns }
  /// The class whose score the free class `index` gives.
  private var firstFree: Int { samples.classCount == 2 ? 1 : 0 }

  /// - Parameters:
  ///   - samples: what is fitted.
  ///   - largestC: of the fits, the one with the smallest penalty.
  /// - Throws: `LinearAlgebraError` when the span of wide data cannot be found.
  init(_ samples: Samples, largestC: Double) throws {
    totalWeight = samples.classWeights.reduce(0, +)
    let means = samples.columnMeans
    self.means = means
    let deviations = samples.features.rootMeanSquares(around: means)
    rowSpace =
      samples.count < means.count
        && RowSpace.isPrecise(deviations, rows: samples.count, largestC: largestC)
      ? try RowSpace(samples.features.columns(less: means)) : nil
    if let rowSpace {
      let coordinates = rowSpace.coordinates
      let zeros = [Double](repeating: 0, count: coordinates.columns)
      scales = coordinates.rootMeanSquares(around: zeros).map { max(1, $0) }
      self.samples = samples.replacing(
        features: coordinates.columns(less: zeros, dividedBy: scales))
    } else {
      scales = deviations.map { max(1, $0) }
      self.samples = samples.replacing(
        features: samples.features.columns(less: means, dividedBy: scales))
    }
    freeClasses = samples.classCount == 2 ? 1 : samples.classCount
  }

  /// What ‖W‖² becomes in the scaled columns: a factor for the square of each column's weight.
  var penaltyFactors: [Double] { scales.map { 1 / ($0 * $0) } }

  /// Whether the columns' products with each other are all 0.
  var isUncorrelated: Bool { rowSpace != nil && samples.weights == nil }

  /// No weights, and the intercepts that give each class its share.
  var startingPoint: [Double] {
    var point = [Double](repeating: 0, count: freeClasses * (columns + 1))
    let shares = samples.classWeights.map { log(max($0, 1e-9) / totalWeight) }
    for index in 0..<freeClasses {
      point[index * (columns + 1) + columns] =
        samples.classCount == 2 ? shares[1] - shares[0] : shares[index]
    }
    return point
  }

  /// Rows a block: small enough that a block stays in the cache between its two products.
  private var blockRows: Int { min(max(16, 65_536 / max(1, columns)), 1024) }

  /// The mean loss, its gradient, and the mean over rows and classes of p(1 − p).
  func evaluate(_ point: [Double]) -> (loss: Double, gradient: [Double], curvature: Double) {
    let width = columns + 1
    var weights = [Float](repeating: 0, count: freeClasses * columns)
    var offsets = [Double](repeating: 0, count: freeClasses)
    for label in 0..<freeClasses {
      offsets[label] = point[label * width + columns]
      for column in 0..<columns {
        weights[label * columns + column] = Float(point[label * width + column])
      }
    }
    var total = (loss: 0.0, curvature: 0.0)
    var sums = [Double](repeating: 0, count: freeClasses * columns)
    var residualSums = [Double](repeating: 0, count: freeClasses)
    var scores = [Float](repeating: 0, count: blockRows * freeClasses)
    var blockGradient = [Float](repeating: 0, count: freeClasses * columns)
    samples.features.withUnsafeElements { features in
      for start in stride(from: 0, to: samples.count, by: blockRows) {
        let rows = min(blockRows, samples.count - start)
        let block = features + start * columns
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(freeClasses), Int32(columns),
          1, block, Int32(columns), weights, Int32(columns), 0, &scores, Int32(freeClasses))
        for row in 0..<rows {
          replaceByResiduals(
            &scores, at: row, sample: start + row, offsets, &total, &residualSums)
        }
        cblas_sgemm(
          CblasRowMajor, CblasTrans, CblasNoTrans, Int32(freeClasses), Int32(columns), Int32(rows),
          1, scores, Int32(freeClasses), block, Int32(columns), 0, &blockGradient, Int32(columns))
        for index in sums.indices { sums[index] += Double(blockGradient[index]) }
      }
    }
    var gradient = [Double](repeating: 0, count: point.count)
    for label in 0..<freeClasses {
      gradient[label * width + columns] = residualSums[label] / totalWeight
      for column in 0..<columns {
        gradient[label * width + column] = sums[label * columns + column] / totalWeight
      }
    }
    return (
      total.loss / totalWeight, gradient, total.curvature / totalWeight / Double(freeClasses)
    )
  }

  /// One row's scores become weight × (probability − truth).
  private func replaceByResiduals(
    _ scores: inout [Float], at row: Int, sample: Int, _ offsets: [Double],
    _ total: inout (loss: Double, curvature: Double), _ residualSums: inout [Double]
  ) {
    let start = row * freeClasses
    let target = samples.labels[sample] - firstFree
    // The fixed class of two has score 0.
    var largest = firstFree == 1 ? 0.0 : -Double.infinity
    for label in 0..<freeClasses {
      largest = max(largest, Double(scores[start + label]) + offsets[label])
    }
    let targetScore = target < 0 ? 0 : Double(scores[start + target]) + offsets[target]
    var sum = firstFree == 1 ? exp(-largest) : 0
    for label in 0..<freeClasses {
      let exponential = exp(Double(scores[start + label]) + offsets[label] - largest)
      sum += exponential
      scores[start + label] = Float(exponential)
    }
    let weight = samples.weight(sample)
    total.loss += weight * (log(sum) + largest - targetScore)
    for label in 0..<freeClasses {
      let probability = Double(scores[start + label]) / sum
      total.curvature += weight * probability * (1 - probability)
      let residual = weight * (probability - (label == target ? 1 : 0))
      residualSums[label] += residual
      scores[start + label] = Float(residual)
    }
  }

  func classifier(at point: [Double]) -> LinearClassifier {
    let width = columns + 1
    var weights: [Double] = []
    var intercepts: [Double] = []
    for label in 0..<freeClasses {
      let own = (0..<columns).map { point[label * width + $0] / scales[$0] }
      let ofColumns = rowSpace?.columnWeights(own) ?? own
      weights += ofColumns
      intercepts.append(
        zip(ofColumns, means).reduce(point[label * width + columns]) { $0 - $1.0 * $1.1 })
    }
    return samples.classCount == 2
      ? LinearClassifier(twoClasses: weights, intercept: intercepts[0], isCalibrated: true)
      : LinearClassifier(weights: weights, intercepts: intercepts, isCalibrated: true)
  }
}
