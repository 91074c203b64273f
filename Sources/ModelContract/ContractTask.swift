import Learning
import Matrices

/// Small data sets that the checks fit to.
package struct ContractTask {
  package var samples: Samples
  /// Rows of the same kind that were not learnt from.
  package var test: Matrix
  var testLabels: [Int]

  /// Clouds around well-separated centres, one a class, with columns of different scale.
  package static func clouds(
    classes: Int = 3, rowsPerClass: Int = 30, columns: Int = 5, seed: UInt64 = 1
  ) -> ContractTask {
    var random = RandomStream(seed: seed)
    func rows(_ count: Int) -> (Matrix, [Int]) {
      let labels = (0..<count * classes).map { $0 % classes }
      let features = Matrix(rows: labels.count, columns: columns) { row, span in
        for column in 0..<columns {
          let centre = column % classes == labels[row] ? 4.0 : 0
          span[column] = Float((centre + random.normal()) * (column == 0 ? 3 : 1))
        }
      }
      return (features, labels)
    }
    let (features, labels) = rows(rowsPerClass)
    let (test, testLabels) = rows(20)
    return ContractTask(
      samples: Samples(features: features, labels: labels, classCount: classes), test: test,
      testLabels: testLabels)
  }

  /// Noisy pictures, each class with a bright band of rows at a height of its own.
  package static func pictures(
    _ shape: PictureShape, classes: Int = 3, rowsPerClass: Int = 30, seed: UInt64 = 1
  ) -> ContractTask {
    var random = RandomStream(seed: seed)
    func rows(_ count: Int) -> (Matrix, [Int]) {
      let labels = (0..<count * classes).map { $0 % classes }
      let features = Matrix(rows: labels.count, columns: shape.count) { row, span in
        for pixel in 0..<shape.count {
          let height = pixel / shape.width % shape.height
          let isBright = height * classes / shape.height == labels[row]
          span[pixel] = Float((isBright ? 2 : 0) + random.normal())
        }
      }
      return (features, labels)
    }
    let (features, labels) = rows(rowsPerClass)
    let (test, testLabels) = rows(20)
    return ContractTask(
      samples: Samples(
        features: features, labels: labels, classCount: classes,
        layout: RowLayout(picture: shape, features: 0)),
      test: test, testLabels: testLabels)
  }

  /// The same task with other features.
  func replacing(features: Matrix) -> ContractTask {
    var copy = self
    copy.samples = Samples(
      features: features, labels: samples.labels, classCount: samples.classCount,
      weights: samples.weights, units: samples.units,
      layout: features.columns == samples.layout.columns ? samples.layout : nil)
    return copy
  }

  /// The same task with its rows in another order.
  func permuted(_ order: [Int]) -> ContractTask {
    var copy = self
    copy.samples = samples.gathering(rows: order)
    return copy
  }

  func accuracy(of predictions: Predictions) -> Double {
    agreement(predictions.classes, testLabels)
  }
}

/// The share of places at which two lists agree.
func agreement(_ a: [Int], _ b: [Int]) -> Double {
  let equal = zip(a, b).count { $0 == $1 }
  return Double(equal) / Double(max(1, a.count))
}

/// The context that every check fits in: the same stream each time.
package func contractContext() -> FitContext { FitContext(random: RandomStream(seed: 20_26)) }
