import Learning
import Matrices

/// Multinomial logistic regression with an L2 penalty: minimises ½‖W‖² + C·Σ log loss.
///
/// Two classes have one vector of weights, whose sum goes through the logistic function. The
/// intercepts are not penalised. A list of settings is fitted along the path of rising C, each from
/// the solution before.
package struct LogisticRegression: Model {
  package static let name = "logistic"
  package static let revision = 2
  package static let summary = "multinomial logistic regression with an L2 penalty"
  package static let reference = "Cox 1958; solver: Liu and Nocedal 1989, preconditioned"
  package static let listFitting = ListFitting.approximate

  @Setting("inverse of the L2 penalty: large values fit the training rows closely", above: 0)
  package var C = 1.0
  @Setting("stops when no derivative of the mean loss plus penalty exceeds this", above: 0)
  package var tolerance = 1e-5
  @Setting("stops, with a note, after so many iterations", in: 1...) package var iterations = 2000

  package init() {}

  package func cost(for shape: DataShape) -> Cost { Self.cost(settings: 1, shape) }

  /// The curvature of the columns, or the span of the rows, is found once for the whole list.
  package static func cost(of list: [LogisticRegression], for shape: DataShape) -> Cost {
    cost(settings: list.count, shape)
  }

  private static func cost(settings: Int, _ shape: DataShape) -> Cost {
    let classes = Double(shape.classes)
    let order = Double(min(shape.rows, shape.columns))
    let isWide = shape.rows < shape.columns
    let once = shape.elements * order + (isWide ? 10 * order * order * order : 0)
    let each = 30 * 4 * shape.elements * classes + (isWide ? 0 : order * order * order)
    return Cost(
      operations: once + Double(settings) * each,
      bytes: 8 * shape.elements + 8 * order * classes * 70 + 24 * order * order)
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> LinearClassifier {
    try Self.fit([self], to: samples, in: context)[0]
  }

  package static func fit(
    _ list: [LogisticRegression], to samples: Samples, in context: FitContext
  ) throws -> [LinearClassifier] {
    var fitted = [LinearClassifier?](repeating: nil, count: list.count)
    let objective = try LogisticObjective(samples, largestC: list.map(\.C).max() ?? 1)
    let curvature = ColumnCurvature(
      objective.samples, isUncorrelated: objective.isUncorrelated)
    var point = objective.startingPoint
    let path = list.indices.sorted { (list[$0].C, $0) < (list[$1].C, $1) }
    for (step, index) in path.enumerated() {
      let model = list[index]
      var minimiser = LimitedMemoryBFGS()
      minimiser.tolerance = model.tolerance
      minimiser.mostIterations = model.iterations
      var minimum = minimiser.minimise(
        PenalisedLogistic(objective, curvature, C: model.C, near: point), from: point)
      if !minimum.converged, minimum.iterations < model.iterations {
        // Rounding may spoil the products of columns that depend on each other, never their squares.
        minimiser.mostIterations -= minimum.iterations
        let first = minimum.iterations
        minimum = minimiser.minimise(
          PenalisedLogistic(objective, curvature.withoutProducts, C: model.C, near: minimum.point),
          from: minimum.point)
        minimum.iterations += first
      }
      guard minimum.value.isFinite else {
        throw FitError.diverged("the loss is not finite with C = \(model.C)")
      }
      if !minimum.converged {
        context.log.note(
          "logistic, C = \(model.C): stopped unconverged after \(minimum.iterations) iterations")
      }
      point = minimum.point
      fitted[index] = objective.classifier(at: point)
      context.log.progress(Double(step + 1) / Double(list.count))
    }
    return fitted.compactMap { $0 }
  }
}
