import Learning
import Matrices

/// The mean log loss with its penalty, loss + ‖W‖² / (2 · C · Σ weights), and a preconditioner.
struct PenalisedLogistic: MinimisationProblem {
  let objective: LogisticObjective
  /// One a column.
  let penalties: [Double]
  let inverse: ColumnCurvature.Inverse
  let interceptCurvature: Double

  /// - Parameters:
  ///   - objective: the mean loss.
  ///   - curvature: of the columns.
  ///   - C: the inverse penalty.
  ///   - point: where the probabilities that scale the curvature are taken.
  init(
    _ objective: LogisticObjective, _ curvature: ColumnCurvature, C: Double, near point: [Double]
  ) {
    self.objective = objective
    let penalty = 1 / (C * objective.totalWeight)
    penalties = objective.penaltyFactors.map { $0 * penalty }
    interceptCurvature = max(objective.evaluate(point).curvature, 1e-8)
    inverse = curvature.inverse(
      scaledBy: interceptCurvature / objective.totalWeight, penalties: penalties)
  }

  func evaluate(_ point: [Double]) -> (value: Double, gradient: [Double]) {
    var (value, gradient, _) = objective.evaluate(point)
    let width = objective.columns + 1
    for label in 0..<objective.freeClasses {
      for (column, penalty) in penalties.enumerated() {
        let weight = point[label * width + column]
        value += penalty / 2 * weight * weight
        gradient[label * width + column] += penalty * weight
      }
    }
    return (value, gradient)
  }

  /// Each class's weights by the inverse of c·XᵀX + Λ, its intercept by the inverse of c.
  func precondition(_ gradient: [Double]) -> [Double] {
    let width = objective.columns + 1
    var result = gradient
    for label in 0..<objective.freeClasses {
      result[label * width + objective.columns] /= interceptCurvature
    }
    inverse.apply(to: &result, classes: objective.freeClasses)
    return result
  }
}

/// XᵀX of the centred columns, or its diagonal: where the columns are uncorrelated that is all of it,
/// and where there are too many of them it has to do.
enum ColumnCurvature {
  case full(SymmetricMatrix)
  case diagonal([Double])

  enum Inverse {
    /// In single precision: it only steers the solver.
    case full(Matrix)
    case diagonal([Double])

    /// Multiplies each class's weights, which are followed by its intercept, in place.
    func apply(to point: inout [Double], classes: Int) {
      let width = point.count / classes
      switch self {
      case .full(let inverse):
        let weights = Matrix(rows: classes, columns: width - 1) { label, span in
          for column in 0..<width - 1 { span[column] = Float(point[label * width + column]) }
        }
        let products = weights.product(inverse)
        for label in 0..<classes {
          for column in 0..<width - 1 {
            point[label * width + column] = Double(products[label, column])
          }
        }
      case .diagonal(let divisors):
        for label in 0..<classes {
          for column in 0..<width - 1 { point[label * width + column] /= divisors[column] }
        }
      }
    }
  }

  static func isFull(_ shape: DataShape) -> Bool { shape.columns <= 4096 }

  /// - Parameters:
  ///   - samples: with centred columns.
  ///   - isUncorrelated: whether the columns' products with each other are all 0.
  init(_ samples: Samples, isUncorrelated: Bool) {
    let columns = samples.features.columns
    if !isUncorrelated, Self.isFull(samples.shape) {
      self = .full(
        SymmetricMatrix(
          columnProductsOf: samples.features, means: [Double](repeating: 0, count: columns),
          weights: samples.weights))
      return
    }
    var squares = [Double](repeating: 0, count: columns)
    for row in 0..<samples.count {
      let source = samples.features.row(row)
      for column in 0..<columns {
        squares[column] += samples.weight(row) * Double(source[column]) * Double(source[column])
      }
    }
    self = .diagonal(squares)
  }

  /// The same with the diagonal alone.
  var withoutProducts: ColumnCurvature {
    guard case .full(let products) = self else { return self }
    return .diagonal(products.diagonal)
  }

  /// The inverse of factor · XᵀX plus the penalties on the diagonal.
  ///
  /// Penalties too small to be told from rounding in single precision are raised: where columns
  /// depend on each other the inverse would hold nothing but rounding.
  func inverse(scaledBy factor: Double, penalties: [Double]) -> Inverse {
    let diagonal =
      switch self {
      case .full(let products): products.diagonal
      case .diagonal(let squares): squares
      }
    let least = 1e-5 * factor * diagonal.reduce(0, +) / Double(max(1, diagonal.count))
    if case .full(var products) = self {
      products.scale(by: factor)
      products.addToDiagonal(penalties.map { max($0, least) })
      if let inverse = try? products.choleskyFactor().inverse() { return .full(inverse) }
    }
    return .diagonal(
      zip(diagonal, penalties).map { max($0 * factor + $1, .leastNormalMagnitude) })
  }
}
