import JSONText
import Learning
import Matrices

/// The checks that every model must pass, whatever it does inside.
///
/// ```swift
/// #expect(ModelContract.violations(of: MyModel()) == [])
/// ```
public struct ModelContract<Kind: Model> {
  private let model: Kind
  /// Settings that are fitted together as a list; the first of them is checked alone.
  private let list: [Kind]
  /// Whether the model looks at the columns, so that it must learn an easy task.
  private let learns: Bool
  /// The shape of the pictures that the model learns from; nil for rows of features.
  private let picture: PictureShape?
  private let task: ContractTask

  /// Runs all checks.
  ///
  /// - Parameters:
  ///   - model: the model, with settings that fit small tables.
  ///   - list: more settings, for the check that fitting a list equals fitting one by one.
  ///   - learns: false for a model that ignores the columns.
  ///   - picture: the shape of the pictures to give a model that needs some; nil for rows of features.
  /// - Returns: what was violated; nothing for a model that keeps the contract.
  public static func violations(
    of model: Kind = Kind(), list: [Kind] = [], learns: Bool = true, on picture: PictureShape? = nil
  ) -> [Violation] {
    ModelContract(
      model: model, list: [model] + list, learns: learns, picture: picture,
      task: task(on: picture)
    ).run()
  }

  private static func task(on picture: PictureShape?, classes: Int = 3) -> ContractTask {
    picture.map { .pictures($0, classes: classes) } ?? .clouds(classes: classes)
  }

  private func run() -> [Violation] {
    var log = ContractLog()
    log.check("description", description)
    log.check("fitting twice", fittingTwice)
    log.check("probabilities", probabilities)
    log.check("rows alone", rowsAlone)
    log.check("permuted rows", permutedRows)
    log.check("permuted training rows", permutedTrainingRows)
    log.check("saving", saving)
    log.check("easy task", easyTask)
    log.check("switched labels", switchedLabels)
    log.check("two classes", twoClasses)
    log.check("single class", singleClass)
    log.check("constant columns", constantColumns)
    log.check("weights of one", weightsOfOne)
    log.check("not a number", notANumber)
    log.check("list", fittingAList)
    log.check("finishing", finishing)
    return log.violations
  }

  private func fit(_ task: ContractTask, _ model: Kind? = nil) throws -> Kind.Fitted {
    try (model ?? self.model).fit(task.samples, in: contractContext())
  }

  private func predictions(_ task: ContractTask) throws -> Predictions {
    try fit(task).predictions(for: task.test)
  }

  // MARK: Checks

  /// A name, help for every setting, defaults within their own ranges, settings that survive coding.
  private func description() throws -> String? {
    if let flaw = Kind.flawInDescription() { return flaw }
    let node = try JSONNode(encoding: model)
    return try JSONNode(encoding: node.decode(Kind.self)) == node
      ? nil : "the settings change when they are written and read"
  }

  private func fittingTwice() throws -> String? {
    try predictions(task) == predictions(task)
      ? nil : "two fits with the same random stream predict differently"
  }

  private func probabilities() throws -> String? {
    let predictions = try predictions(task)
    let probabilities = predictions.probabilities
    guard probabilities.rows == task.test.rows, probabilities.columns == task.samples.classCount
    else { return "\(probabilities.rows) × \(probabilities.columns) instead of rows × classes" }
    for row in 0..<probabilities.rows {
      var sum: Float = 0
      for label in 0..<probabilities.columns {
        let value = probabilities[row, label]
        guard value >= 0, value <= 1 else { return "a probability is \(value)" }
        sum += value
      }
      guard abs(sum - 1) < 1e-4 else { return "a row adds up to \(sum)" }
    }
    return predictions.classes.allSatisfy { $0 >= 0 && $0 < task.samples.classCount }
      ? nil : "a predicted class is out of range"
  }

  /// A row's prediction has the same bits alone as in company.
  private func rowsAlone() throws -> String? {
    let fitted = try fit(task)
    let together = try fitted.predictions(for: task.test)
    for row in 0..<task.test.rows {
      let alone = try fitted.predictions(for: task.test.rows(row..<row + 1))
      guard alone.probabilities == together.probabilities.rows(row..<row + 1),
        alone.classes[0] == together.classes[row]
      else { return "row \(row) is predicted differently alone" }
    }
    return nil
  }

  private func permutedRows() throws -> String? {
    var random = RandomStream(seed: 5)
    let order = random.permutation(task.test.rows)
    let fitted = try fit(task)
    let straight = try fitted.predictions(for: task.test)
    let permuted = try fitted.predictions(for: task.test.gathering(rows: order))
    return permuted.probabilities == straight.probabilities.gathering(rows: order)
      && permuted.classes == order.map { straight.classes[$0] }
      ? nil : "predictions depend on the order of the rows"
  }

  private func permutedTrainingRows() throws -> String? {
    guard learns else { return nil }
    var random = RandomStream(seed: 6)
    let other = task.permuted(random.permutation(task.samples.count))
    let share = try agreement(predictions(task).classes, predictions(other).classes)
    return share >= 0.9 ? nil : "the order of training rows changes \(1 - share) of predictions"
  }

  /// Written to disk and read back, the model predicts the same bits.
  private func saving() throws -> String? {
    let fitted = try fit(task)
    let read = try savedAndLoaded(fitted)
    return try read.predictions(for: task.test) == fitted.predictions(for: task.test)
      ? nil : "the model predicts differently after saving and loading"
  }

  private func easyTask() throws -> String? {
    guard learns else { return nil }
    let accuracy = try task.accuracy(of: predictions(task))
    return accuracy >= 0.85 ? nil : "only \(accuracy) of three separate clouds is predicted right"
  }

  /// Numbering the classes otherwise only renumbers the predictions.
  private func switchedLabels() throws -> String? {
    let other = Samples(
      features: task.samples.features, labels: task.samples.labels.map { ($0 + 1) % 3 },
      classCount: 3, layout: task.samples.layout)
    let switched = try model.fit(other, in: contractContext()).predictions(for: task.test)
    guard learns else { return nil }
    let share = try agreement(
      switched.classes, predictions(task).classes.map { ($0 + 1) % 3 })
    return share >= 0.9 ? nil : "other numbers for the classes change \(1 - share) of predictions"
  }

  private func twoClasses() throws -> String? {
    let task = Self.task(on: picture, classes: 2)
    let predictions = try predictions(task)
    guard predictions.probabilities.columns == 2 else { return "two classes give other columns" }
    return !learns || task.accuracy(of: predictions) >= 0.85
      ? nil : "only \(task.accuracy(of: predictions)) of two separate clouds is predicted right"
  }

  /// One class is predicted, or refused with a reason.
  private func singleClass() throws -> String? {
    let one = Samples(
      features: task.samples.features, labels: [Int](repeating: 0, count: task.samples.count),
      classCount: 1, layout: task.samples.layout)
    do {
      let predictions = try model.fit(one, in: contractContext()).predictions(for: task.test)
      return predictions.classes.allSatisfy { $0 == 0 } && predictions.probabilities.isFinite
        ? nil : "a single class is not predicted"
    } catch is FitError {
      return nil
    }
  }

  private func constantColumns() throws -> String? {
    let columns = picture?.count ?? 3
    let constant = Matrix(
      rows: task.samples.count, columns: columns,
      elements: .init(repeating: 7, count: columns * task.samples.count))
    let predictions = try model.fit(
      task.replacing(features: constant).samples, in: contractContext()
    ).predictions(for: constant)
    return predictions.probabilities.isFinite
      ? nil : "constant columns give probabilities that are not finite"
  }

  private func weightsOfOne() throws -> String? {
    let weighted = Samples(
      features: task.samples.features, labels: task.samples.labels, classCount: 3,
      weights: .init(repeating: 1, count: task.samples.count), layout: task.samples.layout)
    let other = try model.fit(weighted, in: contractContext()).predictions(for: task.test)
    let share = try agreement(other.classes, predictions(task).classes)
    return share >= 0.99 ? nil : "weights of 1 change \(1 - share) of predictions"
  }

  /// Missing values never reach a model in a run; met nevertheless, they must not trap.
  private func notANumber() throws -> String? {
    let broken = task.samples.features.map { $0 > 3 ? .nan : $0 }
    do {
      let fitted = try model.fit(
        task.replacing(features: broken).samples, in: contractContext())
      let predictions = try fitted.predictions(for: broken)
      return predictions.classes.count == broken.rows ? nil : "predictions are missing"
    } catch {
      return nil
    }
  }

  /// What a list's fit gives for each setting is what the setting gives alone.
  private func fittingAList() throws -> String? {
    let together = try Kind.fit(list, to: task.samples, in: contractContext())
    guard together.count == list.count else {
      return "\(together.count) models for \(list.count) settings"
    }
    let shared = try Kind.Fitted.predictions(of: together, for: task.test)
    for (index, model) in list.enumerated() {
      let alone = try fit(task, model).predictions(for: task.test)
      guard try shared[index] == together[index].predictions(for: task.test) else {
        return "setting \(index) is predicted differently in company"
      }
      if Kind.listFitting == .approximate {
        let share = agreement(alone.classes, shared[index].classes)
        guard share >= 0.99,
          largestDifference(alone.probabilities, shared[index].probabilities) < 0.01
        else { return "setting \(index) differs by more than the solver's tolerance" }
      } else if alone != shared[index] {
        return "setting \(index) has other bits in a list than alone"
      }
    }
    return nil
  }

  private func finishing() throws -> String? {
    let fitted = try fit(task)
    let finished = try model.finish(fitted, for: task.samples, in: contractContext())
    let after = try finished.predictions(for: task.test)
    guard try after.classes == fitted.predictions(for: task.test).classes else {
      return "finishing changes the predicted classes"
    }
    return after.probabilities.isFinite ? nil : "finishing gives probabilities that are not finite"
  }
}

/// The largest difference between elements of two matrices of one shape.
func largestDifference(_ a: Matrix, _ b: Matrix) -> Float {
  var largest: Float = 0
  let (left, right) = (a.elements, b.elements)
  for index in left.indices { largest = max(largest, abs(left[index] - right[index])) }
  return largest
}
