import Matrices

/// Labelled rows to learn from.
public struct Samples: Sendable {
  /// Rows × columns, finite numbers.
  public let features: Matrix
  /// The class of each row, 0..<classCount; every class has at least one row.
  public let labels: [Int]
  /// The number of classes, at least 1.
  public let classCount: Int
  /// How much each row counts; nil when all count 1.
  public let weights: [Float]?
  /// The unit of each row (a song, an artist), nil when each row is its own: rows of a unit belong on
  /// one side of any split.
  public let units: [Int]?
  /// What the columns are.
  public let layout: RowLayout

  /// Samples; one label a row, and as many weights and units where there are any; without a layout the
  /// columns are features.
  public init(
    features: Matrix, labels: [Int], classCount: Int, weights: [Float]? = nil,
    units: [Int]? = nil, layout: RowLayout? = nil
  ) {
    self.layout = layout ?? RowLayout(features: features.columns)
    precondition(self.layout.columns == features.columns)
    precondition(features.rows == labels.count && (weights?.count ?? labels.count) == labels.count)
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classCount })
    self.features = features
    self.labels = labels
    self.classCount = classCount
    self.weights = weights
    self.units = units
  }

  /// The number of rows.
  public var count: Int { labels.count }

  /// The shape of the data.
  public var shape: DataShape {
    DataShape(rows: features.rows, layout: layout, classes: classCount)
  }

  /// The weight of a row; 1 where there are no weights.
  public func weight(_ row: Int) -> Double { weights.map { Double($0[row]) } ?? 1 }

  /// The sum of the weights of each class's rows.
  public var classWeights: [Double] {
    var sums = [Double](repeating: 0, count: classCount)
    for row in labels.indices { sums[labels[row]] += weight(row) }
    return sums
  }

  /// The mean of each column over the rows, each counting by its weight; in double precision.
  public var columnMeans: [Double] {
    let total = classWeights.reduce(0, +)
    var means = [Double](repeating: 0, count: features.columns)
    for row in 0..<count {
      let share = weight(row) / total
      let source = features.row(row)
      for column in means.indices { means[column] += share * Double(source[column]) }
    }
    return means
  }

  /// The rows of each class, ascending.
  public var rowsByClass: [[Int]] {
    var rows = [[Int]](repeating: [], count: classCount)
    for (row, label) in labels.enumerated() { rows[label].append(row) }
    return rows
  }

  /// The same rows with other columns, which are features unless a layout says otherwise.
  public func replacing(features: Matrix, layout: RowLayout? = nil) -> Samples {
    Samples(
      features: features, labels: labels, classCount: classCount, weights: weights, units: units,
      layout: layout)
  }

  /// The given rows, in the given order; a row may be named more than once.
  public func gathering(rows: [Int]) -> Samples {
    Samples(
      features: features.gathering(rows: rows), labels: rows.map { labels[$0] },
      classCount: classCount, weights: weights.map { all in rows.map { all[$0] } },
      units: units.map { all in rows.map { all[$0] } }, layout: layout)
  }
}
