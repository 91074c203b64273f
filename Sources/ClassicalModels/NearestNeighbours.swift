import Learning
import Matrices

/// A vote of the nearest training rows (Fix and Hodges 1951).
package struct NearestNeighbours: Model {
  package enum Weights: String, SettingChoice {
    /// Every neighbour counts the same.
    case uniform
    /// A neighbour counts by the inverse of its distance; one at distance 0 takes all the weight.
    case distance
  }

  package static let name = "knn"
  package static let revision = 2
  package static let summary = "a vote of the k nearest training rows, by Euclidean distance"
  package static let reference = "Fix and Hodges 1951; Cover and Hart 1967"
  package static let listFitting = ListFitting.exact

  @Setting("number of neighbours", in: 1...) package var k = 5
  @Setting("“uniform” votes, or by inverse “distance”") package var weights = Weights.uniform

  package init() {}

  package func cost(for shape: DataShape) -> Cost {
    Cost(
      operations: Double(shape.rows)
        * (2 * shape.elements + 3 * Double(shape.rows) + 200 * Double(min(k, shape.rows))),
      bytes: 8 * shape.elements + 4 * 256 * Double(shape.rows))
  }

  /// All settings look at the same distances.
  package static func cost(of list: [NearestNeighbours], for shape: DataShape) -> Cost {
    list.max { $0.k < $1.k }?.cost(for: shape) ?? Cost(operations: 0, bytes: 0)
  }

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    if k > samples.count {
      context.log.note("knn: only \(samples.count) training rows for k = \(k)")
    }
    let scale = samples.features.distanceScale
    return Fitted(
      features: samples.features.multiplied(by: scale), scale: scale,
      labels: samples.labels.map { Int32($0) },
      rowWeights: samples.weights, classCount: samples.classCount, k: min(k, samples.count),
      usesDistance: weights == .distance)
  }

  package struct Fitted: FittedModel {
    /// The training rows, multiplied by the scale.
    let features: Matrix
    /// A power of two that keeps squared distances within single precision.
    let scale: Float
    let labels: [Int32]
    let rowWeights: [Float]?
    let classCount: Int
    let k: Int
    let usesDistance: Bool

    package func fits(columns: Int, classes: Int) -> Bool {
      features.columns == columns && features.rows > 0 && labels.count == features.rows
        && (rowWeights?.count ?? labels.count) == labels.count
        && labels.allSatisfy { (0..<Int32(classes)).contains($0) } && classCount == classes
        && (1...features.rows).contains(k)
    }

    package func probabilities(of features: Matrix) -> Matrix {
      Self.probabilities([self], of: features)[0]
    }

    package static func predictions(of list: [Fitted], for features: Matrix) -> [Predictions] {
      probabilities(list, of: features).map { Predictions(probabilities: $0) }
    }

    /// The neighbours are searched once, for the largest k; all models have the same training rows.
    private static func probabilities(_ list: [Fitted], of queries: Matrix) -> [Matrix] {
      guard let first = list.first else { return [] }
      let search = NeighbourSearch(features: first.features, k: list.map(\.k).max() ?? 1)
      let classes = first.classCount
      var votes = list.map { _ in [Float](repeating: 0, count: queries.rows * classes) }
      var sums = [Double](repeating: 0, count: classes)
      var query = 0
      search.forEachQuery(queries.multiplied(by: first.scale)) { neighbours in
        for (index, model) in list.enumerated() {
          let total = model.count(neighbours, in: &sums)
          for label in 0..<classes {
            votes[index][query * classes + label] = Float(sums[label] / total)
          }
        }
        query += 1
      }
      return votes.map { Matrix(rows: queries.rows, columns: classes, elements: $0) }
    }

    /// Sums the votes that each class gets.
    ///
    /// - Returns: all votes.
    private func count(
      _ neighbours: [NeighbourSearch.Neighbour], in sums: inout [Double]
    ) -> Double {
      for label in sums.indices { sums[label] = 0 }
      let hasEqualRow = neighbours.first?.squaredDistance == 0
      var total = 0.0
      for neighbour in neighbours.prefix(k) {
        var weight = rowWeights.map { Double($0[neighbour.row]) } ?? 1
        if usesDistance {
          if hasEqualRow {
            if neighbour.squaredDistance > 0 { break }
          } else {
            weight /= Double(neighbour.squaredDistance).squareRoot()
          }
        }
        sums[Int(labels[neighbour.row])] += weight
        total += weight
      }
      return total
    }
  }
}
