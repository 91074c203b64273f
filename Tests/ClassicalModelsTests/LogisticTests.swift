import Learning
import Matrices
import Testing

import ClassicalModels

@Suite struct LogisticTests {
  private func task(classes: Int, rows: Int = 60, columns: Int = 4) -> Samples {
    var random = RandomStream(seed: 11)
    let labels = (0..<rows).map { $0 % classes }
    let features = Matrix(rows: rows, columns: columns) { row, span in
      for column in 0..<columns {
        span[column] = Float(random.normal() + (column % classes == labels[row] ? 1 : 0))
      }
    }
    return Samples(features: features, labels: labels, classCount: classes)
  }

  /// At the minimum of ½‖W‖² + C·Σ loss each weight is −C · Σ residual · x.
  @Test(arguments: [2, 3, 5], [0.01, 1.0, 100.0])
  func theGradientVanishes(classes: Int, C: Double) throws {
    let samples = task(classes: classes)
    var model = LogisticRegression()
    model.C = C
    model.tolerance = 1e-7
    let fitted = try model.fit(samples, in: context())
    let probabilities = fitted.probabilities(of: samples.features)
    for label in (classes == 2 ? 1 : 0)..<classes {
      var intercept = 0.0
      for column in 0..<4 {
        var gradient = Double(fitted.weights[label, column])
        for row in 0..<samples.count {
          let truth = samples.labels[row] == label ? 1.0 : 0
          let residual = Double(probabilities[row, label]) - truth
          gradient += C * residual * Double(samples.features[row, column])
          if column == 0 { intercept += residual }
        }
        #expect(abs(gradient) < 2e-4 * max(1, C * Double(samples.count) / 60))
      }
      #expect(abs(intercept) < 1e-3)
    }
  }

  @Test func theListReachesWhatEachSettingReaches() throws {
    let samples = task(classes: 3)
    let list = [100, 0.01, 1].map { C -> LogisticRegression in
      var model = LogisticRegression()
      model.C = C
      return model
    }
    let together = try LogisticRegression.fit(list, to: samples, in: context())
    for (model, fitted) in zip(list, together) {
      let alone = try model.fit(samples, in: context())
      for label in 0..<3 {
        for column in 0..<4 {
          #expect(
            abs(alone.weights[label, column] - fitted.weights[label, column]) < 2e-3
              * Float(max(1, model.C)))
        }
      }
    }
  }

  /// With more columns than rows the problem is solved in the rows' span; columns of zeros make it wide
  /// without changing it.
  @Test func wideDataHaveTheSameSolution() throws {
    let narrow = task(classes: 3, rows: 30, columns: 6)
    let wide = Samples(
      features: Matrix(rows: 30, columns: 40) { row, span in
        for column in 0..<6 { span[column * 5] = narrow.features[row, column] }
      }, labels: narrow.labels, classCount: 3)
    for C in [0.1, 10] {
      var model = LogisticRegression()
      model.C = C
      let a = try model.fit(narrow, in: context())
      let b = try model.fit(wide, in: context())
      for label in 0..<3 {
        for column in 0..<6 {
          #expect(abs(a.weights[label, column] - b.weights[label, column * 5]) < 2e-3 * Float(C))
          #expect(b.weights[label, column * 5 + 1] == 0)
        }
        #expect(abs(a.intercepts[label] - b.intercepts[label]) < 2e-3 * Float(C))
      }
    }
  }

  @Test func stoppingEarlyIsNoted() throws {
    var model = LogisticRegression()
    model.iterations = 1
    model.C = 100
    let log = FitLog()
    _ = try model.fit(task(classes: 3), in: context(log))
    #expect(log.notes == ["logistic, C = 100.0: stopped unconverged after 1 iterations"])
  }

  /// Columns with a large common value would drown in single precision if they were not centred.
  @Test func largeOffsetsDoNotHurt() throws {
    let samples = task(classes: 3)
    let shifted = Samples(
      features: samples.features.map { $0 + 1000 }, labels: samples.labels, classCount: 3)
    let a = try LogisticRegression().fit(samples, in: context())
    let b = try LogisticRegression().fit(shifted, in: context())
    for label in 0..<3 {
      for column in 0..<4 {
        #expect(abs(a.weights[label, column] - b.weights[label, column]) < 1e-2)
      }
    }
  }
}
