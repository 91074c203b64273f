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
  let pairs: [Pair]
  /// Support vectors × columns; for the linear kernel each pair's weights, pairs × columns.
  let vectors: Matrix
  /// Pairs × support vectors; empty for the linear kernel.
  let coefficients: Matrix
  /// One a pair, for the machine that was selected.
  var sigmoids: [Sigmoid]?

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
      self.coefficients = Matrix(rows: 0, columns: 0, elements: [])
    } else {
      let support = Set(coefficients.flatMap { $0.map(\.row) }).sorted()
      var place = [Int](repeating: 0, count: features.rows)
      for (index, row) in support.enumerated() { place[row] = index }
      vectors = features.gathering(rows: support)
      self.coefficients = Matrix(rows: pairs.count, columns: support.count) { pair, span in
        for (row, value) in coefficients[pair] { span[place[row]] = Float(value) }
      }
    }
  }

  /// Rows × pairs: above 0 for the pair's first class.
  package func decisions(for features: Matrix) -> Matrix {
    let sums =
      kernel.shape == .linear
      ? features.rowProducts(with: vectors)
      : kernel.values(features, vectors).rowProducts(with: coefficients)
    return Matrix(rows: sums.rows, columns: sums.columns) { row, span in
      let source = sums.row(row)
      for pair in pairs.indices { span[pair] = Float(Double(source[pair]) - pairs[pair].rho) }
    }
  }

  package func fits(columns: Int, classes: Int) -> Bool {
    classCount == classes && pairs.count == classes * (classes - 1) / 2
      && pairs.allSatisfy { 0 <= $0.first && $0.first < $0.second && $0.second < classes }
      && vectors.columns == columns && (sigmoids?.count ?? pairs.count) == pairs.count
      && (kernel.shape == .linear
        ? vectors.rows == pairs.count
        : coefficients.rows == pairs.count && coefficients.columns == vectors.rows)
      && (1...10).contains(kernel.degree)
  }

  package func probabilities(of features: Matrix) -> Matrix {
    predictions(for: features).probabilities
  }

  package func predictions(for features: Matrix) -> Predictions {
    let decisions = decisions(for: features)
    let votes = Matrix(rows: features.rows, columns: classCount) { row, span in
      for (index, pair) in pairs.enumerated() {
        span[decisions[row, index] > 0 ? pair.first : pair.second] += 1
      }
    }
    guard let sigmoids else {
      let scores = scores(votes, decisions)
      return Predictions(
        classes: votes.largestColumns, probabilities: scores.softmaxRows(), scores: scores)
    }
    let probabilities = Matrix(rows: features.rows, columns: classCount) { row, span in
      var coupling = PairwiseCoupling(classCount: classCount)
      for (index, pair) in pairs.enumerated() {
        coupling.set(
          pair.first, over: pair.second, sigmoids[index].probability(Double(decisions[row, index])))
      }
      for (label, probability) in coupling.solve().enumerated() {
        span[label] = Float(probability)
      }
    }
    return Predictions(classes: votes.largestColumns, probabilities: probabilities)
  }

  /// The votes, and within a third of a vote the summed decision values.
  private func scores(_ votes: Matrix, _ decisions: Matrix) -> Matrix {
    Matrix(rows: votes.rows, columns: classCount) { row, span in
      var confidences = [Double](repeating: 0, count: classCount)
      for (index, pair) in pairs.enumerated() {
        confidences[pair.first] += Double(decisions[row, index])
        confidences[pair.second] -= Double(decisions[row, index])
      }
      for label in 0..<classCount {
        let confidence = confidences[label]
        span[label] = votes[row, label] + Float(confidence / (3 * (abs(confidence) + 1)))
      }
    }
  }
}
