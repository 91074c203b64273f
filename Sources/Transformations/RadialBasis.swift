import Glibc
import Learning
import Matrices

/// Closeness to centres of the training rows: exp(−γ · ‖x − c‖²) for each centre c of a k-means.
package struct RadialBasis: Transformation {
  package static let name = "rbf"
  package static let revision = 2
  package static let summary = "closeness to k-means centres: exp(−γ · ‖x − c‖²), a column a centre"
  package static let reference = "Broomhead and Lowe 1988; centres: Arthur and Vassilvitskii 2007"

  @Setting("number of k-means centres", in: 1...) package var centers = 200
  @Setting("how fast closeness falls with squared distance", above: 0) package var gamma = 0.025

  package init() {}

  package var usesChance: Bool { true }

  package func columns(from shape: DataShape) -> Int { min(centers, shape.rows) }

  package func cost(for shape: DataShape) -> Cost {
    let centres = Double(columns(from: shape))
    let products = Double(shape.rows) * centres
    return Cost(
      operations: products * Double(shape.columns) * 60,
      bytes: 4 * products + 8 * centres * Double(shape.columns))
  }

  package func fit(_ samples: Samples, in context: FitContext) throws -> Fitted {
    let distinct = samples.features.distinctRows
    let centres: Matrix
    if distinct.count <= centers {
      if distinct.count < centers {
        context.log.note(
          "rbf: only \(distinct.count) distinct training rows for \(centers) centres; all are used")
      }
      centres = samples.features.gathering(rows: distinct)
    } else {
      var random = context.random
      centres = try KMeans(clusters: centers).centres(of: samples.features, using: &random)
    }
    return Fitted(centres: centres, gamma: gamma)
  }

  package struct Fitted: FittedTransformation {
    /// Centres × columns.
    package let centres: Matrix
    package let gamma: Double

    package func transform(_ features: Matrix) -> Matrix {
      features.squaredDistances(to: centres).map { Float(exp(-gamma * Double($0))) }
    }

    package func columns(from count: Int) -> Int? {
      centres.columns == count ? centres.rows : nil
    }
  }
}

extension Matrix {
  /// The first of each set of equal rows, ascending.
  fileprivate var distinctRows: [Int] {
    func precedes(_ a: Int, _ b: Int) -> Bool {
      let (left, right) = (row(a), row(b))
      for column in left.indices where left[column] != right[column] {
        return left[column] < right[column]
      }
      return a < b
    }
    let order = (0..<rows).sorted(by: precedes)
    var first: [Int] = []
    for (index, row) in order.enumerated() {
      if index > 0, rows(order[index - 1]..<order[index - 1] + 1) == rows(row..<row + 1) {
        continue
      }
      first.append(row)
    }
    return first.sorted()
  }
}
