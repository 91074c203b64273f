import Learning
import Matrices

/// Each column shifted and divided by numbers found on the training rows.
///
/// The numbers are in double precision: a column of large, nearly equal values would otherwise lose
/// the digits that tell its rows apart.
package struct ColumnScaling: FittedTransformation, Equatable {
  package let shifts: [Double]
  package let divisors: [Double]

  /// A divisor of 0, of a constant column, is replaced by 1.
  init(shifts: [Double], divisors: [Double]) {
    self.shifts = shifts
    self.divisors = divisors.map { $0 > 0 ? $0 : 1 }
  }

  package func transform(_ features: Matrix) -> Matrix {
    features.columns(less: shifts, dividedBy: divisors)
  }
}

extension ColumnScaling {
  package func columns(from count: Int) -> Int? {
    shifts.count == count && divisors.count == count ? count : nil
  }
}

/// Each column's training values stretched to 0...1.
package struct MinMaxScaling: Transformation {
  package static let name = "minmax"
  package static let summary = "each column from its training minimum and maximum to 0 and 1"
  package static let isScaling = true

  package init() {}

  package func fit(_ samples: Samples, in context: FitContext) -> ColumnScaling {
    let features = samples.features
    var lowest = [Float](repeating: .infinity, count: features.columns)
    var highest = [Float](repeating: -.infinity, count: features.columns)
    for row in 0..<features.rows {
      let source = features.row(row)
      for column in 0..<features.columns {
        lowest[column] = min(lowest[column], source[column])
        highest[column] = max(highest[column], source[column])
      }
    }
    return ColumnScaling(
      shifts: lowest.map(Double.init),
      divisors: zip(lowest, highest).map { Double($1) - Double($0) })
  }
}

/// Each column to mean 0 and standard deviation 1 on the training rows.
package struct StandardScaling: Transformation {
  package static let name = "standard"
  package static let summary = "each column to mean 0 and standard deviation 1 on the training rows"
  package static let isScaling = true

  package init() {}

  package func fit(_ samples: Samples, in context: FitContext) -> ColumnScaling {
    let features = samples.features
    let means = features.columnMeans
    var squares = [Double](repeating: 0, count: features.columns)
    for row in 0..<features.rows {
      let source = features.row(row)
      for column in 0..<features.columns {
        let deviation = Double(source[column]) - means[column]
        squares[column] += deviation * deviation
      }
    }
    let deviations = zip(squares, means).map { square, mean in
      let deviation = (square / Double(max(1, features.rows))).squareRoot()
      // What rounding leaves of a constant column is no spread.
      return deviation <= abs(mean) * 1e-14 ? 0 : deviation
    }
    return ColumnScaling(shifts: means, divisors: deviations)
  }
}

/// Each column's training median to 0 and its interquartile range to 1.
package struct RobustScaling: Transformation {
  package static let name = "robust"
  package static let summary = "each column's training median to 0, its interquartile range to 1"
  package static let isScaling = true

  package init() {}

  package func fit(_ samples: Samples, in context: FitContext) -> ColumnScaling {
    let features = samples.features
    var medians: [Double] = []
    var ranges: [Double] = []
    for column in 0..<features.columns {
      let sorted = (0..<features.rows).map { features[$0, column] }.sorted()
      medians.append(quantile(0.5, of: sorted))
      ranges.append(quantile(0.75, of: sorted) - quantile(0.25, of: sorted))
    }
    return ColumnScaling(shifts: medians, divisors: ranges)
  }

  /// Between two values the quantile is interpolated linearly (type 7 of Hyndman and Fan 1996).
  private func quantile(_ share: Double, of sorted: [Float]) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return Double(last) }
    let (low, high) = (Double(sorted[index]), Double(sorted[index + 1]))
    return low + (place - Double(index)) * (high - low)
  }
}
