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
  package static let summary = "a vote of the k nearest training rows, by Euclidean distance"
  package static let reference = "Fix and Hodges 1951; Cover and Hart 1967"
  package static let listFitting = ListFitting.exact

  @Setting("number of neighbours", in: 1...) package var k = 5
  @Setting("“uniform” votes, or by inverse “distance”") package var weights = Weights.uniform

  package init() {}

  package func cost(for shape: DataShape) -> Cost {
    Cost(
      operations: 3 * shape.elements * Double(shape.rows),
      bytes: 4 * shape.elements + 4 * 64 * Double(shape.rows))
  }

  /// All settings look at the same distances.
  package static func cost(of list: [NearestNeighbours], for shape: DataShape) -> Cost {
    list.first?.cost(for: shape) ?? Cost(operations: 0, bytes: 0)
  }

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    if k > samples.count {
      context.log.note("knn: only \(samples.count) training rows for k = \(k)")
    }
    return Fitted(
      features: samples.features, labels: samples.labels.map { Int32($0) },
      rowWeights: samples.weights, classCount: samples.classCount, k: min(k, samples.count),
      usesDistance: weights == .distance)
  }

  package struct Fitted: FittedModel {
    /// The training rows.
    let features: Matrix
    let labels: [Int32]
    let rowWeights: [Float]?
    let classCount: Int
    let k: Int
    let usesDistance: Bool

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
      var votes = list.map { _ in [Float]() }
      search.forEachQuery(queries) { neighbours in
        for (index, model) in list.enumerated() { votes[index] += model.vote(neighbours) }
      }
      return votes.map {
        Matrix(rows: queries.rows, columns: first.classCount, elements: $0)
      }
    }

    /// The share of the votes that each class gets.
    private func vote(_ neighbours: [NeighbourSearch.Neighbour]) -> [Float] {
      var votes = [Double](repeating: 0, count: classCount)
      let nearest = neighbours.prefix(k)
      let hasEqualRow = nearest.first?.squaredDistance == 0
      for neighbour in nearest {
        var weight = rowWeights.map { Double($0[neighbour.row]) } ?? 1
        if usesDistance {
          if hasEqualRow {
            if neighbour.squaredDistance > 0 { continue }
          } else {
            weight /= Double(neighbour.squaredDistance).squareRoot()
          }
        }
        votes[Int(labels[neighbour.row])] += weight
      }
      let total = votes.reduce(0, +)
      return votes.map { Float($0 / total) }
    }
  }
}

/// Finds the nearest training rows by computing all distances, a block of queries at a time.
struct NeighbourSearch {
  struct Neighbour {
    var row: Int
    var squaredDistance: Float

    /// Nearer, or as near and first in the table.
    func precedes(_ other: Neighbour) -> Bool {
      (squaredDistance, row) < (other.squaredDistance, other.row)
    }
  }

  var features: Matrix
  var k: Int
  private let blockRows = 64

  init(features: Matrix, k: Int) {
    self.features = features
    self.k = k
  }

  /// Calls the closure once a query, in order, with its k nearest rows, the nearest first.
  func forEachQuery(_ queries: Matrix, _ body: ([Neighbour]) -> Void) {
    for start in stride(from: 0, to: queries.rows, by: blockRows) {
      let block = queries.rows(start..<min(start + blockRows, queries.rows))
      let distances = block.squaredDistances(to: features)
      for query in 0..<block.rows { body(nearest(distances.row(query))) }
    }
  }

  /// The k smallest, kept in order by insertion: k is small beside the number of rows.
  private func nearest(_ distances: Span<Float>) -> [Neighbour] {
    var best: [Neighbour] = []
    best.reserveCapacity(k + 1)
    var farthest = Float.infinity
    for row in distances.indices {
      let distance = distances[row]
      if best.count == k {
        // A later row must be strictly nearer to displace an earlier one.
        guard distance < farthest else { continue }
        best.removeLast()
      }
      let neighbour = Neighbour(row: row, squaredDistance: distance)
      var index = best.count
      while index > 0, neighbour.precedes(best[index - 1]) { index -= 1 }
      best.insert(neighbour, at: index)
      farthest = best[best.count - 1].squaredDistance
    }
    return best
  }
}
