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
    let (columns, classes) = (objective.columns, objective.freeClasses)
    var right = [Double](repeating: 0, count: columns * classes)
    for label in 0..<classes {
      for column in 0..<columns {
        right[column * classes + label] = gradient[label * (columns + 1) + column]
      }
    }
    inverse.apply(to: &right, count: classes)
    var result = gradient
    for label in 0..<classes {
      for column in 0..<columns {
        result[label * (columns + 1) + column] = right[column * classes + label]
      }
      result[label * (columns + 1) + columns] /= interceptCurvature
    }
    return result
  }
}

/// XᵀX of the centred columns, or only its diagonal where there are too many columns to factorise.
enum ColumnCurvature {
  case full(SymmetricMatrix)
  case diagonal([Double])

  enum Inverse {
    case full(CholeskyFactor)
    case diagonal([Double])

    /// Multiplies `right`, columns × count, in place.
    func apply(to right: inout [Double], count: Int) {
      switch self {
      case .full(let factor): factor.solve(&right, count: count)
      case .diagonal(let divisors):
        for index in right.indices { right[index] /= divisors[index / count] }
      }
    }
  }

  static func isFull(_ shape: DataShape) -> Bool { shape.columns <= 4096 }

  /// - Parameter samples: with centred columns.
  init(_ samples: Samples) {
    let columns = samples.features.columns
    if Self.isFull(samples.shape) {
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
      return .full(try products.choleskyFactor())
    case .diagonal(let squares):
      return .diagonal(squares.map { $0 * factor + penalty })
    }
  }
}
