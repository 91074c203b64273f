import Learning
import Matrices

/// A decision for every pair of classes, and the vote among them.
package struct PairwiseMachine: FittedModel {
  package struct Pair: Codable, Equatable, Sendable {
    var first: Int
    var second: Int
    var rho: Double

    package init(first: Int, second: Int, rho: Double) {
      self.first = first
      self.second = second
      self.rho = rho
    }
  }

  let kernel: Kernel
  let classCount: Int
  /// The first class against all after it, then the second, and so on.
  let pairs: [Pair]
  /// Support vectors × columns, class by class; for the linear kernel each pair's weights, pairs × columns.
  let vectors: Matrix
  /// How many support vectors each class has; empty for the linear kernel.
  let counts: [Int]
  /// Support vectors × classes: yα in the pair with each other class, as LIBSVM has it; empty for the linear
  /// kernel.
  let coefficients: Matrix
  /// Of the machine that was selected.
  var calibration: VoteCalibration?

  /// A machine of the given training rows, and for each pair the rows with α > 0 and their yα.
  package init(
    kernel: Kernel, features: Matrix, classCount: Int, pairs: [Pair],
    coefficients: [[(row: Int, value: Double)]]
  ) {
    self.kernel = kernel
    self.classCount = classCount
    self.pairs = pairs
    if kernel.shape == .linear {
      vectors = Matrix(rows: pairs.count, columns: features.columns) { pair, span in
        var sums = [Double](repeating: 0, count: features.columns)
        for (row, value) in coefficients[pair] {
          let source = features.row(row)
          for column in sums.indices { sums[column] += value * Double(source[column]) }
        }
        for column in sums.indices { span[column] = Float(sums[column]) }
      }
      counts = []
      self.coefficients = Matrix(rows: 0, columns: 0, elements: [])
    } else {
      // Of each row's class the sign of its coefficient tells.
      var classOfRow = [Int?](repeating: nil, count: features.rows)
      for (pair, own) in zip(pairs, coefficients) {
        for (row, value) in own { classOfRow[row] = value > 0 ? pair.first : pair.second }
      }
      let support = (0..<classCount).map { label in
        classOfRow.indices.filter { classOfRow[$0] == label }
      }
      var place = [Int](repeating: 0, count: features.rows)
      for (index, row) in support.joined().enumerated() { place[row] = index }
      vectors = features.gathering(rows: Array(support.joined()))
      counts = support.map(\.count)
      let rows = vectors.rows
      self.coefficients = Matrix(rows: rows, columns: classCount) { span in
        for (pair, own) in zip(pairs, coefficients) {
          for (row, value) in own {
            let other = value > 0 ? pair.second : pair.first
            span[place[row] * classCount + other] = Float(value)
          }
        }
      }
    }
  }

  /// The most bytes of decisions that are held at once.
  static let blockBytes = 1 << 24

  /// Takes the decisions of a few rows at a time: with many classes those of all would not fit in memory.
  ///
  /// - Parameters:
  ///   - features: of the rows.
  ///   - body: is given the number of the first row and the decisions, rows × pairs.
  func forEachBlock(of features: Matrix, _ body: (Int, Matrix) -> Void) {
    let most = max(1, Self.blockBytes / (4 * max(1, pairs.count)))
    for start in stride(from: 0, to: features.rows, by: most) {
      body(start, decisions(for: features.rows(start..<min(features.rows, start + most))))
    }
  }

  /// Rows × pairs: above 0 for the pair's first class.
  package func decisions(for features: Matrix) -> Matrix {
    if kernel.shape == .linear {
      let sums = features.rowProducts(with: vectors)
      return Matrix(rows: sums.rows, columns: sums.columns) { row, span in
        let source = sums.row(row)
        for pair in pairs.indices { span[pair] = Float(Double(source[pair]) - pairs[pair].rho) }
      }
    }
    // Rows × classes: what a class's support vectors say in its pair with each other class.
    var start = 0
    let sums = counts.map { count in
      let own = start..<start + count
      start += count
      return kernel.values(features, vectors.rows(own)).rowProducts(
        with: coefficients.rows(own).transposed)
    }
    return Matrix(rows: features.rows, columns: pairs.count) { row, span in
      for (index, pair) in pairs.enumerated() {
        span[index] = Float(
          Double(sums[pair.first][row, pair.second]) + Double(sums[pair.second][row, pair.first])
            - pair.rho)
      }
    }
  }

  package func fits(columns: Int, classes: Int) -> Bool {
    classCount == classes && pairs.count == classes * (classes - 1) / 2
      && pairs.allSatisfy { 0 <= $0.first && $0.first < $0.second && $0.second < classes }
      && vectors.columns == columns && (calibration?.sigmoids.count ?? pairs.count) == pairs.count
      && (kernel.shape == .linear
        ? vectors.rows == pairs.count
        : counts.count == classes && counts.allSatisfy { (0...vectors.rows).contains($0) }
          && counts.reduce(0, +) == vectors.rows && coefficients.rows == vectors.rows
          && coefficients.columns == classes)
      && (1...10).contains(kernel.degree)
  }

  package func probabilities(of features: Matrix) -> Matrix {
    predictions(for: features).probabilities
  }

  package func predictions(for features: Matrix) -> Predictions {
    var classes = [Int](repeating: 0, count: features.rows)
    let figures = Matrix(rows: features.rows, columns: classCount) { span in
      forEachBlock(of: features) { start, decisions in
        for place in 0..<decisions.rows {
          let row = start + place
          let own = decisions.row(place)
          let votes = votes(own)
          classes[row] = votes.indices.reduce(0) { votes[$1] > votes[$0] ? $1 : $0 }
          let figures =
            calibration?.probabilities(own, predicted: classes[row], classCount: classCount)
            ?? scores(votes, own, predicted: classes[row])
          for label in 0..<classCount { span[row * classCount + label] = figures[label] }
        }
      }
    }
    guard calibration == nil else { return Predictions(classes: classes, probabilities: figures) }
    return Predictions(
      classes: classes, probabilities: figures.softmaxRows(), scores: figures)
  }

  private func votes(_ decisions: Span<Float>) -> [Int] {
    var votes = [Int](repeating: 0, count: classCount)
    for (index, pair) in pairs.enumerated() {
      votes[decisions[index] > 0 ? pair.first : pair.second] += 1
    }
    return votes
  }

  /// The votes, and within a third of a vote the summed decision values; the predicted class, the first of
  /// those with most votes, has the highest score of these.
  private func scores(_ votes: [Int], _ decisions: Span<Float>, predicted: Int) -> [Float] {
    var confidences = [Double](repeating: 0, count: classCount)
    for (index, pair) in pairs.enumerated() {
      confidences[pair.first] += Double(decisions[index])
      confidences[pair.second] -= Double(decisions[index])
    }
    var scores = (0..<classCount).map { label in
      Float(votes[label]) + Float(confidences[label] / (3 * (abs(confidences[label]) + 1)))
    }
    let highest = scores.indices.reduce(predicted) { scores[$1] > scores[$0] ? $1 : $0 }
    scores.swapAt(predicted, highest)
    return scores
  }
}
