import Learning
import Matrices

/// What this machine's one core can do at best: what the lower bounds are made of.
struct Machine {
  /// Floating-point operations a second of a large matrix product in single precision.
  var operationsPerSecond: Double
  /// Bytes a second that a pass over a matrix much larger than the caches reads.
  var bytesPerSecond: Double

  static func measured() -> Machine {
    ArithmeticPath.useOneThread()
    let size = 2000
    let factor = Matrix(rows: size, columns: size) { span in
      for index in span.indices { span[index] = Float(index % 7) }
    }
    _ = factor.product(factor)
    let products = (0..<5).map { _ in
      let start = ContinuousClock.now
      _ = factor.product(factor)
      return start.secondsAgo
    }
    let large = Matrix(rows: 100_000, columns: 1000) { span in
      for index in span.indices { span[index] = 1 }
    }
    let one = Matrix(rows: 1, columns: 1000) { span in
      for index in span.indices { span[index] = 1 }
    }
    let passes = (0..<5).map { _ in
      let start = ContinuousClock.now
      _ = large.rowProducts(with: one)
      return start.secondsAgo
    }
    return Machine(
      operationsPerSecond: 2 * Double(size * size * size) / (products.min() ?? 1),
      bytesPerSecond: 4 * Double(large.rows * large.columns) / (passes.min() ?? 1))
  }

  static var benchmark: Benchmark {
    Benchmark(
      name: "machine", summary: "one core's rate of matrix products and of reading memory"
    ) { _ in
      let machine = measured()
      var products = Measurement(name: "machine/products")
      products.remark = "\(Int(machine.operationsPerSecond / 1e9)) GFLOP/s"
      var reading = Measurement(name: "machine/reading")
      reading.remark = "\(Int(machine.bytesPerSecond / 1e9)) GB/s"
      return [products, reading]
    }
  }
}

/// The least time that a cell of the grid can take on one core by the algorithms that are used: the
/// arithmetic that cannot be left out, at the rate of matrix products, or the reading, at the rate of
/// memory, whichever is longer.
struct LowerBound {
  let machine: Machine
  var trainingRows = 6993.0
  /// Validation and training rows are predicted for every setting, test rows once.
  var otherRows = 1498.0
  var testRows = 1499.0
  var classes = 10.0

  /// Columns after each transformation of ``Grid``.
  static let columns: [String: Double] = ["none": 58, "pca": 18, "rbf": 200, "polynomial": 1770]

  /// - Returns: seconds; nil for a model without a bound.
  func seconds(transformation: String, model: String) -> Double? {
    guard let d = Self.columns[transformation] else { return nil }
    let (n, all) = (trainingRows, trainingRows + otherRows + testRows)
    let pairs = classes * (classes - 1) / 2
    func arithmetic(_ operations: Double) -> Double { operations / machine.operationsPerSecond }
    func reading(_ bytes: Double) -> Double { bytes / machine.bytesPerSecond }
    switch model {
    case "ridge":
      // Products of columns, five factorisations, five predictions; double precision runs at half
      // the rate.
      return arithmetic(2 * (n * d * d + 5 * d * d * d / 3) + 5 * 2 * all * d * classes)
    case "logistic":
      // Products of columns, and some 30 passes for each C: scores and gradient.
      return max(
        arithmetic(2 * n * d * d + 5 * (30 * 4 * n * d * classes + 2 * all * d * classes)),
        reading(5 * 30 * 4 * n * d))
    case "svm":
      // Products of rows, here and in each of five calibrations' predictions, and five predictions.
      return arithmetic(2 * n * n * d + 5 * 2 * all * d * pairs + 2 * n * d * pairs)
    case "perceptron":
      // Some 30 passes, row after row: scores, and changes for some of them.
      return max(arithmetic(30 * 2 * n * d * classes), reading(30 * 4 * n * d))
    case "knn":
      return arithmetic(2 * n * all * d)
    case "tree":
      // Every level reads every value's rank once, through the list of rows.
      return reading(20 * n * d * 8)
    case "forest":
      // 200 trees of some 20 levels that look at √d columns.
      return reading(200 * 20 * n * d.squareRoot() * 8)
    default: return nil
    }
  }
}
