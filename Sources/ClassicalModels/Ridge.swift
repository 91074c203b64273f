import Learning
import Matrices

/// Least squares on ±1 targets with an L2 penalty, one column a class (Hoerl and Kennard 1970).
///
/// Everything but the data is in double precision: with small penalties the sums of products are too
/// ill-conditioned for single.
package struct Ridge: Model {
  package static let name = "ridge"
  package static let summary = "least squares on ±1 targets with an L2 penalty, one-versus-rest"
  package static let reference = "Hoerl and Kennard 1970"
  package static let listFitting = ListFitting.exact
  package static let givesProbabilities = false

  @Setting("L2 penalty on the weights, not on the intercept", in: 0.0...) package var alpha = 1.0

  package init() {}

  package func cost(for shape: DataShape) -> Cost {
    let order = Double(min(shape.rows, shape.columns))
    return Cost(
      operations: shape.elements * order + order * order * order / 3,
      bytes: 8 * order * (2 * order + Double(shape.classes)) + 16
        * Double(shape.columns * shape.classes))
  }

  /// The sums of products are made once for the whole list.
  package static func cost(of list: [Ridge], for shape: DataShape) -> Cost {
    let order = Double(min(shape.rows, shape.columns))
    let one = list.first?.cost(for: shape) ?? Cost(operations: 0, bytes: 0)
    return Cost(
      operations: shape.elements * order + Double(list.count) * order * order * order / 3,
      bytes: one.bytes)
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> LinearClassifier {
    try RidgeProblem(samples).solve(alpha: alpha)
  }

  package static func fit(
    _ list: [Ridge], to samples: Samples, in context: FitContext
  ) throws -> [LinearClassifier] {
    let problem = RidgeProblem(samples)
    return try list.map { try problem.solve(alpha: $0.alpha) }
  }
}

/// The normal equations, in the columns or, where there are fewer rows than columns, in the rows.
private struct RidgeProblem {
  let samples: Samples
  let means: [Double]
  /// Rows × targets, centred; a row counts by its weight.
  let targets: [Double]
  let targetMeans: [Double]
  let products: SymmetricMatrix

  var isWide: Bool { samples.count < samples.features.columns }
  var targetCount: Int { targetMeans.count }

  init(_ samples: Samples) {
    self.samples = samples
    let features = samples.features
    let totalWeight = samples.classWeights.reduce(0, +)
    means = samples.columnMeans
    // Two classes need one target, that of the second.
    let positive = samples.classCount == 2 ? [1] : Array(0..<samples.classCount)
    let targetMeans = positive.map { 2 * samples.classWeights[$0] / totalWeight - 1 }
    targets = samples.labels.flatMap { label in
      zip(positive, targetMeans).map { ($0 == label ? 1 : -1) - $1 }
    }
    self.targetMeans = targetMeans
    if samples.count < features.columns {
      var products = SymmetricMatrix(rowProductsOf: features, means: means)
      if samples.weights != nil {
        products.scale(
          rowsAndColumnsBy: (0..<samples.count).map { samples.weight($0).squareRoot() })
      }
      self.products = products
    } else {
      products = SymmetricMatrix(
        columnProductsOf: features, means: means, weights: samples.weights)
    }
  }

  func solve(alpha: Double) throws -> LinearClassifier {
    let weights = isWide ? try solveInRows(alpha) : try solveInColumns(alpha)
    let columns = samples.features.columns
    // Columns × targets, turned.
    var turned = [Double](repeating: 0, count: weights.count)
    var intercepts = targetMeans
    for target in 0..<targetCount {
      for column in 0..<columns {
        let weight = weights[column * targetCount + target]
        turned[target * columns + column] = weight
        intercepts[target] -= weight * means[column]
      }
    }
    return samples.classCount == 2
      ? LinearClassifier(twoClasses: turned, intercept: intercepts[0], isCalibrated: false)
      : LinearClassifier(weights: turned, intercepts: intercepts, isCalibrated: false)
  }

  /// (XᵀX + αI) W = XᵀY.
  private func solveInColumns(_ alpha: Double) throws -> [Double] {
    var right = transposedProduct(with: targets, weighting: { samples.weight($0) })
    try solve(alpha, &right)
    return right
  }

  /// W = Xᵀ (XXᵀ + αI)⁻¹ Y, rows scaled by the roots of their weights.
  private func solveInRows(_ alpha: Double) throws -> [Double] {
    var right = targets
    for row in 0..<samples.count {
      for target in 0..<targetCount {
        right[row * targetCount + target] *= samples.weight(row).squareRoot()
      }
    }
    try solve(alpha, &right)
    return transposedProduct(with: right, weighting: { samples.weight($0).squareRoot() })
  }

  private func solve(_ alpha: Double, _ right: inout [Double]) throws {
    var matrix = products
    matrix.addToDiagonal(alpha)
    do throws(LinearAlgebraError) {
      try matrix.choleskyFactor().solve(&right, count: targetCount)
    } catch .notPositiveDefinite {
      // Without a penalty columns that depend on each other leave the smallest solution.
      right = try matrix.eigensystemSolution(right, count: targetCount)
    }
  }

  /// Xᵀ·R of the centred columns: columns × targets.
  private func transposedProduct(
    with right: [Double], weighting weight: (Int) -> Double
  ) -> [Double] {
    let columns = samples.features.columns
    var result = [Double](repeating: 0, count: columns * targetCount)
    for row in 0..<samples.count {
      let source = samples.features.row(row)
      let scale = weight(row)
      let factors = right[row * targetCount..<(row + 1) * targetCount].map { $0 * scale }
      for column in 0..<columns {
        let value = Double(source[column]) - means[column]
        for target in 0..<targetCount {
          result[column * targetCount + target] += value * factors[target]
        }
      }
    }
    return result
  }
}
