/// Mean and population variance.
package struct Moments: Equatable, Sendable {
  package var mean: Double
  package var variance: Double

  init(mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }

  /// Of sums over `count` values and over their squares.
  init(sum: Double, squares: Double, count: Int) {
    mean = sum / Double(count)
    variance = max(0, squares / Double(count) - mean * mean)
  }

  init(of values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    self.mean = mean
    variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  }

  /// Of `rows` rows of `columns` values, `stride` apart.
  init(of start: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int) {
    let count = Double(rows * columns)
    // Four sums each, which do not wait for one another.
    func sum(_ value: (Float) -> Double) -> Double {
      var sums = (0.0, 0.0, 0.0, 0.0)
      for row in 0..<rows {
        let values = start + row * stride
        let whole = columns & ~3
        var column = 0
        while column < whole {
          sums.0 += value(values[column])
          sums.1 += value(values[column + 1])
          sums.2 += value(values[column + 2])
          sums.3 += value(values[column + 3])
          column += 4
        }
        for column in whole..<columns { sums.0 += value(values[column]) }
      }
      return (sums.0 + sums.1) + (sums.2 + sums.3)
    }
    let mean = sum { Double($0) } / count
    self.mean = mean
    variance = sum { (Double($0) - mean) * (Double($0) - mean) } / count
  }
}
