import Learning
import Matrices

/// Predicts the class whose mean row is nearest.
struct NearestCentroid: Model {
  static let name = "centroid"
  static let summary = "the class whose mean row is nearest"

  @Setting("how fast probability falls with squared distance", above: 0) var sharpness = 1.0

  func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    let rows = samples.rowsByClass
    let centres = Matrix(rows: rows.count, columns: samples.features.columns) { label, centre in
      let means = samples.features.gathering(rows: rows[label]).columnMeans
      for column in means.indices { centre[column] = Float(means[column]) }
    }
    return Fitted(centres: centres, sharpness: Float(sharpness))
  }

  struct Fitted: FittedModel {
    let centres: Matrix
    let sharpness: Float

    func probabilities(of features: Matrix) -> Matrix {
      features.squaredDistances(to: centres).map { -sharpness * $0 }.softmaxRows()
    }
  }
}
