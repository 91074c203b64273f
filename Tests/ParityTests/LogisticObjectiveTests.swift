import ClassicalModels
import Glibc
import JSONText
import Learning
import Matrices
import ProgramSupport
import Testing
import Transformations

/// What logistic regression minimises, ½‖W‖² + C·Σ log loss, at our solution and at scikit-learn's.
struct LogisticComparison {
  /// As in `pca+logistic`.
  var cell: String
  var C: Double
  var ours: Double
  var theirs: Double

  /// Whether scikit-learn stopped, satisfied by its tolerance, clearly above the minimum.
  var theyStoppedEarly: Bool { theirs > 1.01 * ours }

  /// All recorded settings of a table, transformation by transformation.
  static func all(_ name: String) throws -> [LogisticComparison] {
    let reference = try Fixture.read(name)
    let samples = try Fixture.scaledTraining(name, reference)
    let context = FitContext(random: RandomStream(seed: 1))
    return try [
      ("none", samples.features),
      ("pca", PrincipalComponents().fit(samples, in: context).transform(samples.features)),
      ("polynomial", Polynomial().fit(samples, in: context).transform(samples.features)),
    ].flatMap { transformation, features in
      let own = Samples(
        features: features, labels: samples.labels, classCount: samples.classCount)
      let list = [0.01, 0.1, 1, 10, 100].map { C in
        var model = LogisticRegression()
        model.C = C
        return model
      }
      let cell = "\(transformation)+logistic"
      let theirs = (reference["cells"]?[cell]?["objectives"]?.elements ?? []).compactMap(\.number)
      return zip(zip(list, try LogisticRegression.fit(list, to: own, in: context)), theirs).map {
        LogisticComparison(
          cell: cell, C: $0.0.C, ours: objective($0.0, $0.1, own), theirs: $1)
      }
    }
  }

  private static func objective(
    _ model: LogisticRegression, _ fitted: LinearClassifier, _ samples: Samples
  ) -> Double {
    var squares = 0.0
    let weights = fitted.weights.elements
    for index in weights.indices { squares += Double(weights[index]) * Double(weights[index]) }
    // The true class's probability from the scores, in double precision and without any clipping.
    let products = samples.features.rowProducts(with: fitted.weights)
    var loss = 0.0
    for row in 0..<samples.count {
      let scores = (0..<products.columns).map {
        Double(products[row, $0]) + Double(fitted.intercepts[$0])
      }
      let largest = scores.max() ?? 0
      loss +=
        log(scores.reduce(0) { $0 + exp($1 - largest) }) + largest - scores[samples.labels[row]]
    }
    return squares / 2 + model.C * loss
  }
}

@Suite struct LogisticObjectiveTests {
  private func compare(_ name: String) throws {
    let comparisons = try LogisticComparison.all(name)
    #expect(comparisons.count == 15)
    for each in comparisons {
      if getenv("EXPLORE_SHOW") != nil {
        print(name, each.cell, each.C, each.ours, each.theirs, each.theirs / each.ours - 1)
      }
      #expect(each.ours <= each.theirs * (1 + 1e-6), "\(name) \(each)")
    }
  }

  @Test(arguments: ["wine", "breast-cancer", "digits"])
  func builtInTables(name: String) throws { try compare(name) }

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func gtzan() throws { try compare("gtzan-30-sec") }
}
