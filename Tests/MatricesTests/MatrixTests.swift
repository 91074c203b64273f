import Matrices
import Testing

@Suite struct MatrixTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var stream = RandomStream(seed: seed)
    return Matrix(rows: rows, columns: columns) { span in
      for index in 0..<rows * columns { span[index] = Float(stream.normal()) }
    }
  }

  /// The sums every kernel is compared with, in double precision.
  private func product(_ a: Matrix, _ b: Matrix, _ term: (Double, Double) -> Double) -> [[Double]] {
    (0..<a.rows).map { i in
      (0..<b.rows).map { j in
        (0..<a.columns).reduce(0.0) { $0 + term(Double(a[i, $1]), Double(b[j, $1])) }
      }
    }
  }

  @Test(arguments: [
    (1, 1, 1), (4, 3, 8), (5, 4, 7), (13, 11, 64), (3, 2, 100), (7, 1, 33), (1, 9, 16),
  ])
  func rowProductsAndDistances(rows: Int, others: Int, columns: Int) {
    let a = random(rows, columns, seed: 1)
    let b = random(others, columns, seed: 2)
    let products = a.rowProducts(with: b)
    let distances = a.squaredDistances(to: b)
    let expected = product(a, b, *)
    let expectedDistances = product(a, b) { ($0 - $1) * ($0 - $1) }
    for i in 0..<rows {
      for j in 0..<others {
        #expect(abs(Double(products[i, j]) - expected[i][j]) < 1e-4)
        #expect(abs(Double(distances[i, j]) - expectedDistances[i][j]) < 1e-3)
      }
    }
  }

  /// Whatever tile a row falls into, its sums have the same bits.
  @Test func kernelsDoNotDependOnTheOtherRows() {
    for columns in 1...40 {
      let a = random(9, columns, seed: 3)
      let b = random(8, columns, seed: 4)
      let products = a.rowProducts(with: b)
      let distances = a.squaredDistances(to: b)
      for i in 0..<9 {
        let row = a.rows(i..<i + 1)
        #expect(row.rowProducts(with: b) == products.rows(i..<i + 1))
        #expect(row.squaredDistances(to: b) == distances.rows(i..<i + 1))
        for j in 0..<8 {
          #expect(row.rowProducts(with: b.rows(j..<j + 1))[0, 0] == products[i, j])
        }
      }
    }
  }

  @Test func equalRowsAreAtDistanceZero() {
    let a = random(5, 100, seed: 5).map { $0 * 1000 }
    let distances = a.squaredDistances(to: a)
    for i in 0..<5 { #expect(distances[i, i] == 0) }
  }

  @Test func matrixProductAgreesWithRowProducts() {
    let a = random(6, 20, seed: 6)
    let b = random(9, 20, seed: 7)
    let byBlas = a.product(b, transposingOther: true)
    let byKernel = a.rowProducts(with: b)
    for i in 0..<6 { for j in 0..<9 { #expect(abs(byBlas[i, j] - byKernel[i, j]) < 1e-4) } }
    #expect(largest(a.product(b.transposed), byBlas) < 1e-5)
  }

  private func largest(_ a: Matrix, _ b: Matrix) -> Float {
    (0..<a.rows).flatMap { i in (0..<a.columns).map { abs(a[i, $0] - b[i, $0]) } }.max() ?? 0
  }

  @Test func slicesShareAndGathersCopy() {
    let a = Matrix([[1, 2], [3, 4], [5, 6]])
    #expect(a.rows(1..<3) == Matrix([[3, 4], [5, 6]]))
    #expect(a.gathering(rows: [2, 0, 2]) == Matrix([[5, 6], [1, 2], [5, 6]]))
    #expect(a.gathering(columns: [1]) == Matrix([[2], [4], [6]]))
    #expect(a.transposed == Matrix([[1, 3, 5], [2, 4, 6]]))
    #expect(a.columnMeans == [3, 4])
    #expect(a.rowElements(1) == [3, 4])
  }

  @Test func finiteness() {
    #expect(Matrix([[1, 2]]).isFinite)
    #expect(!Matrix([[1, .nan]]).isFinite)
    #expect(!Matrix([[1, .infinity]]).isFinite)
  }

  @Test func wrongShapesTrap() async {
    await #expect(processExitsWith: .failure) { _ = Matrix([[1, 2]])[0, 2] }
    await #expect(processExitsWith: .failure) {
      _ = Matrix([[1, 2]]).rowProducts(with: Matrix([[1, 2, 3]]))
    }
  }
}

@Suite struct SymmetricMatrixTests {
  @Test func columnProductsAreThoseOfCentredColumns() {
    let matrix = Matrix([[1, 2], [3, 5], [8, 11]])
    let products = SymmetricMatrix(columnProductsOf: matrix, means: matrix.columnMeans)
    #expect(abs(products.elements[0] - 26) < 1e-12)
    #expect(abs(products.elements[1] - 33) < 1e-12)
    #expect(abs(products.elements[3] - 42) < 1e-12)
  }

  @Test func rowAndColumnProductsHaveTheSameTrace() {
    var stream = RandomStream(seed: 1)
    let matrix = Matrix(rows: 7, columns: 300) { span in
      for index in 0..<2100 { span[index] = Float(stream.normal()) }
    }
    let byColumns = SymmetricMatrix(columnProductsOf: matrix, means: matrix.columnMeans).trace
    let byRows = SymmetricMatrix(rowProductsOf: matrix, means: matrix.columnMeans).trace
    #expect(abs(byColumns - byRows) < 1e-9 * byRows)
  }

  @Test func eigensystemDescendsAndRecomposes() throws {
    let matrix = SymmetricMatrix(order: 3, elements: [4, 1, 0, 1, 3, 1, 0, 1, 2])
    let (values, vectors) = try matrix.eigensystem()
    #expect(values == values.sorted(by: >))
    for i in 0..<3 {
      for j in 0..<3 {
        let sum = (0..<3).reduce(0.0) {
          $0 + values[$1] * vectors[$1 * 3 + i] * vectors[$1 * 3 + j]
        }
        #expect(abs(sum - matrix.elements[i * 3 + j]) < 1e-12)
      }
    }
  }

  @Test func choleskySolves() throws {
    let matrix = SymmetricMatrix(order: 2, elements: [4, 2, 2, 3])
    var right = [2.0, 1, 5, 4]
    try matrix.choleskyFactor().solve(&right, count: 2)
    // [4 2; 2 3] X = [2 1; 5 4]
    for (value, expected) in zip(right, [-0.5, -0.625, 2, 1.75]) {
      #expect(abs(value - expected) < 1e-12)
    }
  }

  @Test func indefiniteMatricesAreRefused() {
    let matrix = SymmetricMatrix(order: 2, elements: [1, 2, 2, 1])
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) {
      try matrix.choleskyFactor()
    }
  }

  @Test func singularSystemsGetTheSmallestSolution() throws {
    let matrix = SymmetricMatrix(order: 2, elements: [1, 1, 1, 1])
    let solution = try matrix.eigensystemSolution([2, 2], count: 1)
    #expect(abs(solution[0] - 1) < 1e-12 && abs(solution[1] - 1) < 1e-12)
  }
}

@Suite struct RandomStreamTests {
  /// The numbers of a seed must never change: they decide every split.
  @Test func streamsAreFixed() {
    var stream = RandomStream(seed: 42)
    #expect(
      [stream.next(), stream.next()] == [1_546_998_764_402_558_742, 6_990_951_692_964_543_102])
    var named = RandomStream(seed: 42, "split/holdout")
    #expect(named.permutation(6) == [4, 1, 2, 0, 3, 5])
  }

  @Test func partsAreIndependentOfDraws() {
    let stream = RandomStream(seed: 1)
    var drawn = stream
    _ = drawn.next()
    var a = stream.derived(3)
    var b = drawn.derived(3)
    var c = stream.derived(4)
    let first = a.next()
    #expect(first == b.next())
    #expect(first != c.next())
  }

  @Test func numbersAreUniform() {
    var stream = RandomStream(seed: 9)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.below(7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<50_000 {
      let value = stream.normal()
      sum += value
      squares += value * value
    }
    #expect(abs(sum / 50_000) < 0.02 && abs(squares / 50_000 - 1) < 0.03)
    for _ in 0..<1000 { #expect((0..<1).contains(stream.uniform())) }
  }
}
