import Learning
import Matrices
import Testing

import Transformations

@Suite struct TransformationsTests {
  @Test func moreCentresThanRowsCostNoMore() {
    var few = RadialBasis()
    few.centers = 120
    var many = few
    many.centers = 1_000_000_000
    let shape = DataShape(rows: 120, columns: 4, classes: 2)
    #expect(many.cost(for: shape) == few.cost(for: shape))
  }

  private let context = FitContext(random: RandomStream(seed: 1))

  private func samples(_ rows: [[Float]], labels: [Int]? = nil) -> Samples {
    let labels = labels ?? rows.indices.map { $0 % 2 }
    return Samples(features: Matrix(rows), labels: labels, classCount: 1 + (labels.max() ?? 0))
  }

  // MARK: Scalings

  private let training: [[Float]] = [[1, 5, 100], [2, 5, 300], [4, 5, 200], [5, 5, 400]]

  @Test func minmaxStretchesTrainingRows() {
    let fitted = MinMaxScaling().fit(samples(training), in: context)
    #expect(
      fitted.transform(Matrix([[1, 5, 400], [3, 6, 0]])) == Matrix([[0, 0, 1], [0.5, 1, -1 / 3]]))
  }

  @Test func standardUsesThePopulationDeviation() {
    let fitted = StandardScaling().fit(samples(training), in: context)
    #expect(fitted.shifts == [3, 5, 250])
    #expect(abs(fitted.divisors[0] - 2.5.squareRoot()) < 1e-12)
    #expect(fitted.divisors[1] == 1)
  }

  @Test func robustUsesMedianAndQuartiles() {
    let fitted = RobustScaling().fit(samples(training), in: context)
    #expect(fitted.shifts == [3, 5, 250])
    // numpy.percentile of 1, 2, 4, 5: 1.75 and 4.25.
    #expect(fitted.divisors == [2.5, 1, 150])
  }

  /// Nearly equal large numbers keep the digits in which they differ.
  @Test func scalingKeepsTheDigitsThatMatter() {
    let fitted = StandardScaling().fit(
      samples([[16_777_210], [16_777_212], [16_777_214], [16_777_216]]), in: context)
    let scaled = fitted.transform(Matrix([[16_777_210], [16_777_216]]))
    #expect(abs(scaled[1, 0] - 1.3416408) < 1e-5 && abs(scaled[0, 0] + 1.3416408) < 1e-5)
  }

  // MARK: Principal components

  @Test func componentsKeepTheVariance() throws {
    var random = RandomStream(seed: 4)
    let features = Matrix(rows: 50, columns: 4) { row, span in
      let hidden = random.normal()
      for column in 0..<4 {
        span[column] = Float(hidden * Double(column + 1) + 0.01 * random.normal())
      }
    }
    let samples = Samples(features: features, labels: .init(repeating: 0, count: 50), classCount: 1)
    let fitted = try PrincipalComponents().fit(samples, in: context)
    #expect(fitted.directions.rows == 1)
    // The direction is (1, 2, 3, 4), its largest coordinate positive.
    let norm = Float(30).squareRoot()
    for column in 0..<4 {
      #expect(abs(fitted.directions[0, column] - Float(column + 1) / norm) < 0.01)
    }
    var two = PrincipalComponents()
    two.components = 2
    #expect(try two.fit(samples, in: context).transform(features).columns == 2)
  }

  @Test func wideAndTallDataGiveTheSameComponents() throws {
    var random = RandomStream(seed: 5)
    let wide = Matrix(rows: 6, columns: 6) { span in
      for index in 0..<36 { span[index] = Float(random.normal()) }
    }
    // The same rows with columns of zeros behind them make the data wide.
    let wider = Matrix(rows: 6, columns: 9) { row, span in
      for column in 0..<6 { span[column] = wide[row, column] }
    }
    func components(_ features: Matrix) throws -> Matrix {
      var model = PrincipalComponents()
      model.components = 3
      let samples = Samples(
        features: features, labels: .init(repeating: 0, count: 6), classCount: 1)
      return try model.fit(samples, in: context).transform(features)
    }
    let (a, b) = (try components(wide), try components(wider))
    for row in 0..<6 {
      for column in 0..<3 { #expect(abs(a[row, column] - b[row, column]) < 1e-4) }
    }
  }

  @Test func tooManyComponentsAreNoted() throws {
    let log = FitLog()
    var model = PrincipalComponents()
    model.components = 9
    let fitted = try model.fit(
      samples(training), in: FitContext(random: RandomStream(seed: 1), log: log))
    // One of the three columns is constant.
    #expect(fitted.directions.rows == 2)
    #expect(log.notes == ["pca: only 2 of 9 components exist"])
  }

  // MARK: Radial basis

  @Test func closenessIsExponential() throws {
    var model = RadialBasis()
    model.centers = 2
    model.gamma = 0.5
    let log = FitLog()
    let fitted = try model.fit(
      samples([[0, 0], [3, 4], [0, 0]]), in: FitContext(random: RandomStream(seed: 1), log: log))
    let result = fitted.transform(Matrix([[0, 0], [1, 0]]))
    #expect(result[0, 0] == 1)
    #expect(abs(result[1, 0] - 0.60653067) < 1e-6)
    #expect(log.notes.isEmpty)
  }

  @Test func fewDistinctRowsBecomeTheCentres() throws {
    var model = RadialBasis()
    model.centers = 10
    let log = FitLog()
    let fitted = try model.fit(
      samples([[1, 0], [0, 0], [1, 0], [2, 0]]),
      in: FitContext(random: RandomStream(seed: 1), log: log))
    #expect(fitted.centres == Matrix([[1, 0], [0, 0], [2, 0]]))
    #expect(log.notes == ["rbf: only 3 distinct training rows for 10 centres; all are used"])
  }

  @Test func clustersAreFound() throws {
    var random = RandomStream(seed: 8)
    let centres: [(Float, Float)] = [(0, 0), (10, 0), (0, 10)]
    let features = Matrix(rows: 90, columns: 2) { row, span in
      span[0] = centres[row % 3].0 + Float(random.normal()) * 0.1
      span[1] = centres[row % 3].1 + Float(random.normal()) * 0.1
    }
    for seed in 0..<10 as Range<UInt64> {
      var stream = RandomStream(seed: seed)
      let found = try KMeans(clusters: 3).centres(of: features, using: &stream)
      let distances = Matrix(centres.map { [$0.0, $0.1] }).squaredDistances(to: found)
      for row in 0..<3 { #expect((0..<3).map { distances[row, $0] }.min() ?? 1 < 0.01) }
    }
  }

  // MARK: Polynomials

  @Test func monomialsStandInTheUsualOrder() {
    let features = Matrix([[2, 3, 5]])
    var model = Polynomial()
    #expect(
      model.fit(samples([[0, 0, 0], [1, 1, 1]]), in: context).transform(features)
        == Matrix([[1, 2, 3, 5, 4, 6, 10, 9, 15, 25]]))
    model.interactions = .only
    model.bias = false
    #expect(
      model.fit(samples([[0, 0, 0], [1, 1, 1]]), in: context).transform(features)
        == Matrix([[2, 3, 5, 6, 10, 15]]))
    model.degree = 3
    #expect(
      model.fit(samples([[0, 0, 0], [1, 1, 1]]), in: context).transform(features)
        == Matrix([[2, 3, 5, 6, 10, 15, 30]]))
  }

  @Test(arguments: [(57, 2, 1711), (58, 2, 1770), (64, 2, 2145), (4, 3, 35)])
  func columnCounts(columns: Int, degree: Int, expected: Int) {
    var model = Polynomial()
    model.degree = degree
    #expect(model.columns(from: DataShape(rows: 1, columns: columns, classes: 2)) == expected)
  }

  @Test func tooManyMonomialsAreRefused() {
    var model = Polynomial()
    model.degree = 3
    let answer = model.accepts(DataShape(rows: 10, columns: 500, classes: 2))
    #expect(answer == .no("500 columns would become 21084251, more than a million"))
  }

  // MARK: Selection

  @Test func theMostDifferentColumnsAreKeptInOrder() {
    let labels = [0, 0, 0, 1, 1, 1]
    let rows: [[Float]] = [
      [7, 0, 1, 0], [7, 1, 2, 0.1], [7, 0, 3, 0.2], [7, 1, 4, 5], [7, 0, 5, 5.1], [7, 1, 6, 5.2],
    ]
    var model = Selection()
    model.k = 2
    #expect(model.fit(samples(rows, labels: labels), in: context).columns == [2, 3])
    // scipy.stats.f_oneway of column 2: F = 13.5.
    let scores = Selection.scores(samples(rows, labels: labels))
    #expect(abs(scores[2] - 13.5) < 1e-9 && scores[0] == -1)
  }
}
