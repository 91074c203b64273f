import Learning
import Matrices
import Testing

import ModelContract

/// Models that each break one promise: every check has been seen to fail.
@Suite struct PlantedDefectTests {
  /// The mean of each class, of which the nearest wins: sound, and the base of the defective ones.
  struct Centroids: FittedModel {
    var centres: Matrix
    var defect = Defect.none
    /// Forgotten by `Codable` where the defect says so.
    var scale: Float = 1

    enum Defect: String, SettingChoice {
      case none, unstable, badSums, company, order, forgets, lazy, numbers, traps, constant, weights
      case list, finish, trainingOrder
    }

    private enum CodingKeys: CodingKey { case centres, defect, scale }

    init(centres: Matrix, defect: Defect, scale: Float = 1) {
      self.centres = centres
      self.defect = defect
      self.scale = scale
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      centres = try container.decode(Matrix.self, forKey: .centres)
      defect = try container.decode(Defect.self, forKey: .defect)
      scale = defect == .forgets ? 0.5 : try container.decode(Float.self, forKey: .scale)
    }

    func probabilities(of features: Matrix) -> Matrix {
      var distances = features.squaredDistances(to: centres)
      if defect == .company {
        // The rows' own mean shifts all of them.
        let mean = Float(features.columnMeans.reduce(0, +))
        distances = distances.map { $0 * (1 + mean / 100) }
      }
      let scale = scale
      var result = distances.map { -$0 * scale }.softmaxRows()
      if defect == .badSums { result = result.map { $0 * 0.9 } }
      if defect == .order {
        let first = result.rows > 0 ? result.rowElements(0) : []
        result = Matrix(rows: result.rows, columns: result.columns) { row, span in
          for column in 0..<result.columns {
            span[column] = row == 1 ? first[column] : result[row, column]
          }
        }
      }
      return result
    }
  }

  struct Defective: Model {
    static let name = "defective"
    @Setting("what is wrong") var defect = Centroids.Defect.none
    @Setting("for lists", in: 0...) var number = 0

    func fit(_ samples: Samples, in context: FitContext) throws -> Centroids {
      let count = samples.classCount
      if defect == .numbers, count == 1 { struct Odd: Error {}; throw Odd() }
      var sums = [Double](repeating: 0, count: count * samples.features.columns)
      var rows = [Double](repeating: 0, count: count)
      for row in 0..<samples.count {
        let label = samples.labels[row]
        let weight = defect == .weights && samples.weights != nil && label == 0 ? -1 : 1.0
        rows[label] += weight
        for column in 0..<samples.features.columns {
          sums[label * samples.features.columns + column] +=
            weight * Double(samples.features[row, column])
        }
      }
      if defect == .weights, samples.weights != nil { sums = sums.map { -$0 } }
      var centres = Matrix(rows: count, columns: samples.features.columns) { label, span in
        for column in 0..<samples.features.columns {
          span[column] = Float(
            sums[label * samples.features.columns + column] / max(1, rows[label]))
        }
      }
      var generator = SystemRandomNumberGenerator()
      switch defect {
      case .unstable:
        centres = centres.map { $0 + Float.random(in: 0..<0.1, using: &generator) }
      case .lazy: centres = centres.map { _ in 0 }
      case .trainingOrder:
        // Only the first rows count, and whatever comes first is class 0's centre.
        centres = samples.features.rows(0..<count)
      case .constant:
        if (0..<samples.count).allSatisfy({ samples.features[$0, 0] == samples.features[0, 0] }) {
          centres = centres.map { _ in .nan }
        }
      default: break
      }
      return Centroids(centres: centres, defect: defect)
    }

    static func fit(
      _ list: [Defective], to samples: Samples, in context: FitContext
    ) throws -> [Centroids] {
      try list.enumerated().map { index, model in
        var fitted = try model.fit(samples, in: context)
        if model.defect == .list, index > 0 { fitted.scale = 2 }
        return fitted
      }
    }

    func finish(
      _ fitted: Centroids, for samples: Samples, in context: FitContext
    ) -> Centroids {
      guard defect == .finish else { return fitted }
      return Centroids(centres: fitted.centres.map { -$0 }, defect: defect)
    }
  }

  private func checks(_ defect: Centroids.Defect) throws -> Set<String> {
    var model = Defective()
    model.defect = defect
    var second = model
    second.number = 1
    return Set(ModelContract.violations(of: model, list: [second]).map(\.check))
  }

  @Test func aSoundModelPasses() throws {
    #expect(try checks(.none) == [])
  }

  @Test(arguments: [
    (Centroids.Defect.unstable, "fitting twice"), (.badSums, "probabilities"),
    (.company, "rows alone"),
    (.order, "permuted rows"), (.forgets, "saving"), (.lazy, "easy task"),
    (.numbers, "single class"),
    (.constant, "constant columns"), (.weights, "weights of one"), (.list, "list"),
    (.finish, "finishing"),
    (.trainingOrder, "permuted training rows"), (.trainingOrder, "switched labels"),
    (.lazy, "two classes"),
  ])
  func everyCheckSeesItsDefect(defect: Centroids.Defect, check: String) throws {
    #expect(try checks(defect).contains(check))
  }

  /// A setting without help, and a default outside its own range.
  @Test func badDeclarationsAreSeen() {
    struct Unexplained: Model {
      static let name = "unexplained"
      @Setting("") var a = 1
      func fit(_ samples: Samples, in context: FitContext) throws -> Centroids {
        try Defective().fit(samples, in: context)
      }
    }
    struct OutOfRange: Model {
      static let name = "out-of-range"
      @Setting("too small", in: 2...) var a = 1
      func fit(_ samples: Samples, in context: FitContext) throws -> Centroids {
        try Defective().fit(samples, in: context)
      }
    }
    #expect(ModelContract.violations(of: Unexplained()).map(\.check) == ["description"])
    #expect(ModelContract.violations(of: OutOfRange()).map(\.check) == ["description"])
  }

  /// A model that answers missing values with too few predictions.
  @Test func droppedRowsAreSeen() {
    struct Dropping: FittedModel {
      var base: Centroids
      func probabilities(of features: Matrix) -> Matrix {
        let kept = (0..<features.rows).filter { features.rows($0..<$0 + 1).isFinite }
        return base.probabilities(of: features.gathering(rows: kept))
      }
    }
    struct Careless: Model {
      static let name = "careless"
      func fit(_ samples: Samples, in context: FitContext) throws -> Dropping {
        Dropping(base: try Defective().fit(samples, in: context))
      }
    }
    #expect(ModelContract.violations(of: Careless()).map(\.check).contains("not a number"))
  }

  // MARK: Transformations

  struct Shift: Transformation {
    static let name = "shift"
    enum Defect: String, SettingChoice {
      case none, unstable, wide, company, forgets, remembers, constant
    }
    @Setting("what is wrong") var defect = Defect.none

    final class Memory: @unchecked Sendable { var offset: Float = 0 }

    struct Fitted: FittedTransformation {
      var amount: Float
      var defect: Defect
      var memory = Memory()

      private enum CodingKeys: CodingKey { case amount, defect }

      init(amount: Float, defect: Defect) {
        self.amount = amount
        self.defect = defect
      }

      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        defect = try container.decode(Defect.self, forKey: .defect)
        amount = defect == .forgets ? 99 : try container.decode(Float.self, forKey: .amount)
      }

      func transform(_ features: Matrix) -> Matrix {
        var amount = amount
        if defect == .company { amount += Float(features.rows) }
        if defect == .remembers {
          amount += memory.offset
          if features.rows > 0, features[0, 0] < -40 { memory.offset += 1 }
          for row in 0..<features.rows where features[row, 0] > 300 { memory.offset += 1 }
        }
        let shifted = features.map { $0 + amount }
        return defect == .wide
          ? shifted.gathering(columns: Array(0..<features.columns) + [0]) : shifted
      }
    }

    func fit(_ samples: Samples, in context: FitContext) -> Fitted {
      var amount: Float = 1
      var generator = SystemRandomNumberGenerator()
      if defect == .unstable { amount = Float.random(in: 0..<1, using: &generator) }
      if defect == .constant, samples.features[0, 0] == samples.features[1, 0] {
        amount = .infinity
      }
      return Fitted(amount: amount, defect: defect)
    }
  }

  @Test(arguments: [
    (Shift.Defect.unstable, "fitting twice"), (.wide, "shape"), (.company, "rows alone"),
    (.forgets, "saving"),
    (.remembers, "training rows only"), (.constant, "constant columns"),
  ])
  func everyTransformationCheckSeesItsDefect(defect: Shift.Defect, check: String) {
    var shift = Shift()
    shift.defect = defect
    #expect(TransformationContract.violations(of: shift).map(\.check).contains(check))
  }

  @Test func badDeclarationsOfTransformationsAreSeen() {
    struct Unexplained: Transformation {
      static let name = "unexplained"
      @Setting("") var a = 1
      func fit(_ samples: Samples, in context: FitContext) -> Shift.Fitted {
        Shift().fit(samples, in: context)
      }
    }
    #expect(TransformationContract.violations(of: Unexplained()).map(\.check) == ["description"])
  }

  @Test func aSoundTransformationPasses() {
    #expect(TransformationContract.violations(of: Shift()) == [])
  }
}
