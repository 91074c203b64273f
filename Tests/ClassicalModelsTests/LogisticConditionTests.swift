import ClassicalModels
import Glibc
import Learning
import Matrices
import Testing

/// Tables that are hard on a solver, not on the problem: units of measurement and columns that depend
/// on each other decide nothing.
@Suite struct LogisticConditionTests {
  /// Rows of three classes, told apart by the first column, and columns of noise.
  private func table(rows: Int, columns: Int, seed: UInt64) -> (features: Matrix, labels: [Int]) {
    var random = RandomStream(seed: seed)
    let labels = (0..<rows).map { $0 % 3 }
    let features = Matrix(rows: rows, columns: columns) { row, span in
      for column in 0..<columns { span[column] = Float(random.normal()) }
      span[0] += 1.5 * Float(labels[row])
    }
    return (features, labels)
  }

  private func loss(_ features: Matrix, _ labels: [Int], C: Double) throws -> Double {
    var model = LogisticRegression()
    model.C = C
    let notes = FitLog()
    let fitted = try model.fit(
      Samples(features: features, labels: labels, classCount: 3),
      in: FitContext(random: RandomStream(seed: 1), log: notes))
    #expect(notes.notes.isEmpty)
    let probabilities = fitted.predictions(for: features).probabilities
    return labels.indices.reduce(0) { $0 - log(Double(probabilities[$1, labels[$1]])) }
      / Double(labels.count)
  }

  @Test(arguments: [1, 1e3, 1e6] as [Float], [1, 100, 1e6, 1e12])
  func aColumnTwiceInOtherUnits(unit: Float, C: Double) throws {
    let (features, labels) = table(rows: 300, columns: 7, seed: 5)
    let copied = Matrix(rows: 300, columns: 8) { row, span in
      for column in 0..<7 { span[column] = features[row, column] }
      span[0] *= unit
      span[7] = span[0]
    }
    let once = try loss(features, labels, C: 1e6)
    // Even at C = 1 the penalty is small beside 300 rows.
    #expect(abs(try loss(copied, labels, C: C) - once) < 2e-3)
  }

  @Test(arguments: [1, 1e3, 1e5, 1e7, 1e9] as [Float])
  func aWideTableWithOneLargeColumn(unit: Float) throws {
    let (features, labels) = table(rows: 40, columns: 80, seed: 6)
    let scaled = Matrix(rows: 40, columns: 80) { row, span in
      for column in 0..<80 { span[column] = features[row, column] }
      span[79] *= unit
    }
    // All rows can be told apart by the columns of ordinary size.
    #expect(try loss(scaled, labels, C: 1) < 0.05)
  }
}
