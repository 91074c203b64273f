import Learning
import Matrices

/// The mean log loss with its penalty: loss + ‖W‖² / (2 · C · Σ weights), and a preconditioner.
struct PenalisedLogistic: MinimisationProblem {
  let objective: LogisticObjective
  let penalty: Double
  let inverse: ColumnCurvature.Inverse
  let interceptCurvature: Double

  /// - Parameters:
  ///   - objective: the mean loss.
  ///   - curvature: of the columns.
  ///   - C: the inverse penalty.
  ///   - point: where the probabilities that scale the curvature are taken.
  /// - Throws: `LinearAlgebraError` when the columns cannot be factorised.
  init(
    _ objective: LogisticObjective, _ curvature: ColumnCurvature, C: Double, near point: [Double]
  ) throws {
    self.objective = objective
    penalty = 1 / (C * objective.totalWeight)
    interceptCurvature = max(objective.evaluate(point).curvature, 1e-8)
    inverse = try curvature.inverse(
      scaledBy: interceptCurvature / objective.totalWeight, penalty: penalty)
  }

  func evaluate(_ point: [Double]) -> (value: Double, gradient: [Double]) {
    var (value, gradient, _) = objective.evaluate(point)
    let width = objective.columns + 1
    for label in 0..<objective.freeClasses {
      for index in label * width..<label * width + objective.columns {
        value += penalty / 2 * point[index] * point[index]
        gradient[index] += penalty * point[index]
      }
    }
    return (value, gradient)
  }

  /// Each class's weights by the inverse of c·XᵀX + λI, its intercept by the inverse of c.
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

  /// The inverse of factor · XᵀX + penalty · I.
  func inverse(scaledBy factor: Double, penalty: Double) throws -> Inverse {
    switch self {
    case .full(var products):
      products.scale(by: factor)
      products.addToDiagonal(penalty)
      return .full(try products.choleskyFactor().inverse())
    case .diagonal(let squares):
      return .diagonal(squares.map { $0 * factor + penalty })
    }
  }
}
