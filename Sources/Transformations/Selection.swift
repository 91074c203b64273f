import Learning
import Matrices

/// The columns whose class means differ most, by the F statistic of a one-way analysis of variance.
package struct Selection: Transformation {
  package static let name = "select"
  package static let summary = "the k columns with the largest ANOVA F between classes"
  package static let reference = "Fisher 1925; scikit-learn's SelectKBest(f_classif)"

  @Setting("number of columns to keep", in: 1...) package var k = 40

  package init() {}

  package func columns(from shape: DataShape) -> Int { min(k, shape.columns) }

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    let scores = Self.scores(samples)
    if k > scores.count {
      context.log.note("select: there are only \(scores.count) columns for k = \(k)")
    }
    let best = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    return Fitted(columns: best.prefix(k).sorted())
  }

  /// F of every column; −1 for a constant one.
  package static func scores(_ samples: Samples) -> [Double] {
    let features = samples.features
    let columns = features.columns
    let means = features.columnMeans
    var classMeans = [Double](repeating: 0, count: samples.classCount * columns)
    var counts = [Double](repeating: 0, count: samples.classCount)
    for row in 0..<samples.count {
      let source = features.row(row)
      let start = samples.labels[row] * columns
      counts[samples.labels[row]] += 1
      for column in 0..<columns { classMeans[start + column] += Double(source[column]) }
    }
    for label in counts.indices where counts[label] > 0 {
      for column in 0..<columns { classMeans[label * columns + column] /= counts[label] }
    }
    var within = [Double](repeating: 0, count: columns)
    for row in 0..<samples.count {
      let source = features.row(row)
      let start = samples.labels[row] * columns
      for column in 0..<columns {
        let deviation = Double(source[column]) - classMeans[start + column]
        within[column] += deviation * deviation
      }
    }
    let present = counts.count { $0 > 0 }
    let degrees = Double(samples.count - present) / Double(max(1, present - 1))
    return (0..<columns).map { column in
      let between = counts.indices.reduce(0.0) { sum, label in
        let deviation = classMeans[label * columns + column] - means[column]
        return sum + counts[label] * deviation * deviation
      }
      guard between > 0 || within[column] > 0 else { return -1 }
      return between / within[column] * degrees
    }
  }

  package struct Fitted: FittedTransformation {
    /// The kept columns, ascending.
    package let columns: [Int]

    package func transform(_ features: Matrix) -> Matrix { features.gathering(columns: columns) }

    package func columns(from count: Int) -> Int? {
      columns.allSatisfy((0..<count).contains) ? columns.count : nil
    }
  }
}
