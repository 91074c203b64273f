import Glibc
import Learning
import Matrices

/// Centres of clusters (k-means++, Arthur and Vassilvitskii 2007; Lloyd 1982).
///
/// Each new centre is the best of 2 + ⌊ln k⌋ candidates, as in scikit-learn.
package struct KMeans {
  package var clusters: Int
  var mostRounds = 300
  /// Rounds end when the centres' squared shifts sum to less than this share of the mean variance.
  var tolerance = 1e-4

  package init(clusters: Int) { self.clusters = clusters }

  /// - Parameters:
  ///   - features: rows × columns with at least as many distinct rows as clusters.
  ///   - random: the stream to draw from.
  /// - Returns: clusters × columns.
  /// - Throws: `FitError` when distances are beyond single precision.
  package func centres(
    of features: Matrix, using random: inout RandomStream
  ) throws -> Matrix {
    // No difference exceeds twice the largest value.
    guard
      4 * Double(features.columns) * largestSquare(of: features)
        < Double(Float.greatestFiniteMagnitude)
    else {
      throw FitError.failed("distances between rows are beyond single precision; scale the columns")
    }
    // Around their mean row the numbers are smallest, and products most precise.
    let means = features.columnMeans
    let found = centresAroundMean(of: features.columns(less: means), using: &random)
    return found.columns(less: means.map { -$0 })
  }

  private func centresAroundMean(
    of features: Matrix, using random: inout RandomStream
  ) -> Matrix {
    var centres = startingCentres(of: features, using: &random)
    let limit = tolerance * meanVariance(of: features)
    let squares = features.squaredRowLengths
    var assignment = [Int](repeating: -1, count: features.rows)
    for _ in 0..<mostRounds {
      let nearest = Nearest(to: centres, from: features, squares: squares)
      let moved = means(of: features, nearest)
      var shift = 0.0
      for cluster in 0..<clusters {
        let (old, new) = (centres.row(cluster), moved.row(cluster))
        for column in 0..<features.columns {
          let difference = Double(new[column]) - Double(old[column])
          shift += difference * difference
        }
      }
      centres = moved
      if nearest.clusters == assignment || shift <= limit { break }
      assignment = nearest.clusters
    }
    return centres
  }

  private func startingCentres(
    of features: Matrix, using random: inout RandomStream
  ) -> Matrix {
    let trials = 2 + Int(log(Double(clusters)))
    var chosen = [random.below(features.rows)]
    var distances = squaredDistances(features, to: chosen[0])
    while chosen.count < clusters {
      let total = distances.reduce(0) { $0 + Double($1) }
      var best: (row: Int, distances: [Float], sum: Double)?
      for _ in 0..<trials {
        let row = draw(distances, total: total, using: &random)
        let candidate = zip(distances, squaredDistances(features, to: row)).map { min($0, $1) }
        let sum = candidate.reduce(0) { $0 + Double($1) }
        if sum < best?.sum ?? .infinity { best = (row, candidate, sum) }
      }
      guard let best else { break }
      chosen.append(best.row)
      distances = best.distances
    }
    return features.gathering(rows: chosen)
  }

  private func squaredDistances(_ features: Matrix, to row: Int) -> [Float] {
    let column = features.squaredDistances(to: features.rows(row..<row + 1)).elements
    return column.indices.map { column[$0] }
  }

  /// A row, each as likely as its squared distance from the centres so far.
  private func draw(
    _ distances: [Float], total: Double, using random: inout RandomStream
  ) -> Int {
    var rest = random.uniform() * total
    var last = 0
    for (row, distance) in distances.enumerated() where distance > 0 {
      rest -= Double(distance)
      last = row
      if rest < 0 { break }
    }
    return last
  }

  private func largestSquare(of features: Matrix) -> Double {
    let elements = features.elements
    var largest: Float = 0
    for index in elements.indices { largest = max(largest, abs(elements[index])) }
    return Double(largest) * Double(largest)
  }

  private func meanVariance(of features: Matrix) -> Double {
    let means = features.columnMeans
    var sum = 0.0
    for row in 0..<features.rows {
      let source = features.row(row)
      for column in 0..<features.columns {
        let deviation = Double(source[column]) - means[column]
        sum += deviation * deviation
      }
    }
    return sum / Double(max(1, features.rows * features.columns))
  }

  /// The mean of each cluster's rows; an empty cluster takes the row farthest from its centre.
  private func means(of features: Matrix, _ nearest: Nearest) -> Matrix {
    var counts = [Int](repeating: 0, count: clusters)
    for cluster in nearest.clusters { counts[cluster] += 1 }
    var assignment = nearest.clusters
    var farthest = assignment.indices.sorted {
      (nearest.distances[$1], $0) < (nearest.distances[$0], $1)
    }[...]
    for cluster in 0..<clusters where counts[cluster] == 0 {
      while let row = farthest.popFirst() {
        guard counts[assignment[row]] > 1 else { continue }
        counts[assignment[row]] -= 1
        assignment[row] = cluster
        counts[cluster] = 1
        break
      }
    }
    var sums = [Double](repeating: 0, count: clusters * features.columns)
    for row in 0..<features.rows {
      let source = features.row(row)
      let start = assignment[row] * features.columns
      for column in 0..<features.columns { sums[start + column] += Double(source[column]) }
    }
    return Matrix(rows: clusters, columns: features.columns) { cluster, span in
      for column in 0..<features.columns {
        span[column] = Float(
          sums[cluster * features.columns + column] / Double(max(1, counts[cluster])))
      }
    }
  }
}

/// The nearest centre of every row; the first of equally near ones.
private struct Nearest {
  var clusters: [Int] = []
  var distances: [Float] = []

  // Rows go in blocks, so that memory does not grow with rows × clusters. Distances are made of
  // products: where they lose digits it matters little to which of two centres a row belongs.
  init(to centres: Matrix, from features: Matrix, squares: [Float]) {
    let lengths = centres.squaredRowLengths
    clusters.reserveCapacity(features.rows)
    distances.reserveCapacity(features.rows)
    for start in stride(from: 0, to: features.rows, by: 4096) {
      let end = min(start + 4096, features.rows)
      let block = features.rows(start..<end).product(centres, transposingOther: true)
      for row in 0..<block.rows {
        let products = block.row(row)
        var best = 0
        var least = Float.infinity
        for cluster in products.indices {
          let distance = lengths[cluster] - 2 * products[cluster]
          if distance < least { (best, least) = (cluster, distance) }
        }
        clusters.append(best)
        distances.append(max(0, squares[start + row] + least))
      }
    }
  }
}
