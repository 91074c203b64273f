import Learning
import Matrices

/// Principal components: the directions in which the training rows vary most.
package struct PrincipalComponents: Transformation {
  package static let name = "pca"
  package static let revision = 2
  package static let summary = "principal components that keep a share of the variance"
  package static let reference = "Jolliffe, Principal Component Analysis, 2002"

  @Setting("share of the training variance to keep", in: 0.0...1.0) package var variance = 0.95
  @Setting(
    "number of components; where it is given, the share does not count", in: 1..., none: "none")
  package var components: Int? = nil

  package init() {}

  package func accepts(_ shape: DataShape) -> Acceptance {
    shape.rows >= 2 ? .yes : .no("needs at least 2 training rows")
  }

  package func columns(from shape: DataShape) -> Int {
    min(components ?? shape.columns, shape.columns, shape.rows)
  }

  package func cost(for shape: DataShape) -> Cost {
    let order = Double(min(shape.rows, shape.columns))
    return Cost(
      operations: shape.elements * order + 10 * order * order * order,
      bytes: 24 * order * order + 4 * shape.elements)
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> Fitted {
    let features = samples.features
    let means = features.columnMeans
    let isWide = features.rows < features.columns
    let (values, vectors) =
      try isWide
      ? SymmetricMatrix(rowProductsOf: features, means: means).eigensystem()
      : SymmetricMatrix(columnProductsOf: features, means: means).eigensystem()
    // Smaller eigenvalues are rounding, and their directions chance.
    let smallest =
      (values.first ?? 0) * Double(max(features.rows, features.columns)) * 0x1p-52
    let rank = max(1, values.prefix(features.rows - 1).count { $0 > smallest })
    let kept = keptComponents(values, rank: rank, context)
    // Of wide tables the rows' products are fewer: an eigenvector u of XXᵀ gives the direction Xᵀu.
    let directions =
      isWide
      ? features.combinations(Array(vectors.prefix(kept * features.rows)), means: means) : vectors
    return Fitted(
      means: means,
      directions: Matrix(rows: kept, columns: features.columns) { component, span in
        let vector = directions[component * features.columns..<(component + 1) * features.columns]
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // The sign of an eigenvector is arbitrary: the largest coordinate is made positive.
        let largest = vector.max { abs($0) < abs($1) } ?? 1
        let scale = (largest < 0 ? -1 : 1) / (length > 0 ? length : 1)
        for (column, coordinate) in vector.enumerated() { span[column] = Float(scale * coordinate) }
      })
  }

  private func keptComponents(_ values: [Double], rank: Int, _ context: FitContext) -> Int {
    if let components {
      if components > rank {
        context.log.note("pca: only \(rank) of \(components) components exist")
      }
      return min(components, rank)
    }
    let total = values.reduce(0) { $0 + max(0, $1) }
    guard total > 0 else { return 1 }
    var sum = 0.0
    for (index, value) in values.prefix(rank).enumerated() {
      sum += max(0, value)
      if sum / total > variance { return index + 1 }
    }
    return rank
  }

  package struct Fitted: FittedTransformation {
    /// The training means, one a column.
    package let means: [Double]
    /// Unit vectors: components × columns.
    package let directions: Matrix

    package func transform(_ features: Matrix) -> Matrix {
      features.columns(less: means).rowProducts(with: directions)
    }

    package func columns(from count: Int) -> Int? {
      means.count == count && directions.columns == count ? directions.rows : nil
    }
  }
}
