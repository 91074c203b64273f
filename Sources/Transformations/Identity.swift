import Learning
import Matrices

/// Leaves the columns as they are; as a scaling and as a transformation.
package struct Identity: Transformation {
  package static let name = "none"
  package static let summary = "leaves the columns as they are"
  package static let isScaling = true
  package static let changesNothing = true

  package init() {}

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted { Fitted() }

  package struct Fitted: FittedTransformation {
    package func transform(_ features: Matrix) -> Matrix { features }

    package func columns(from count: Int) -> Int? { count }
  }
}
