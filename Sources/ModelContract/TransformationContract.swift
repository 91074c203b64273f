import Learning
import Matrices

/// The checks that every transformation must pass, whatever it does inside.
public struct TransformationContract<Kind: Transformation> {
  private let transformation: Kind
  private let task = ContractTask.clouds()

  /// Runs all checks.
  ///
  /// - Parameter transformation: with settings that fit small tables.
  /// - Returns: what was violated; nothing for a transformation that keeps the contract.
  public static func violations(of transformation: Kind = Kind()) -> [Violation] {
    TransformationContract(transformation: transformation).run()
  }

  private func run() -> [Violation] {
    var log = ContractLog()
    log.check("description", description)
    log.check("fitting twice", fittingTwice)
    log.check("shape", shape)
    log.check("rows alone", rowsAlone)
    log.check("saving", saving)
    log.check("training rows only", trainingRowsOnly)
    log.check("constant columns", constantColumns)
    return log.violations
  }

  private func fit(_ samples: Samples) throws -> Kind.Fitted {
    try transformation.fit(samples, in: contractContext())
  }

  private func description() -> String? { Kind.flawInDescription() }

  private func fittingTwice() throws -> String? {
    try fit(task.samples).transform(task.test) == fit(task.samples).transform(task.test)
      ? nil : "two fits with the same random stream differ"
  }

  private func shape() throws -> String? {
    let result = try fit(task.samples).transform(task.test)
    let most = transformation.columns(from: task.samples.shape)
    guard result.rows == task.test.rows else { return "\(result.rows) rows for \(task.test.rows)" }
    guard result.columns <= most else {
      return "\(result.columns) columns, but \(most) were promised"
    }
    return result.isFinite ? nil : "a value is not finite"
  }

  private func rowsAlone() throws -> String? {
    let fitted = try fit(task.samples)
    let together = fitted.transform(task.test)
    for row in 0..<task.test.rows {
      guard fitted.transform(task.test.rows(row..<row + 1)) == together.rows(row..<row + 1) else {
        return "row \(row) is transformed differently alone"
      }
    }
    return nil
  }

  private func saving() throws -> String? {
    let fitted = try fit(task.samples)
    let read = try savedAndLoaded(fitted)
    return read.transform(task.test) == fitted.transform(task.test)
      ? nil : "rows are transformed differently after saving and loading"
  }

  /// Transforming rows does not change what later rows become.
  private func trainingRowsOnly() throws -> String? {
    let fitted = try fit(task.samples)
    let before = fitted.transform(task.test)
    _ = fitted.transform(task.test.map { $0 * 100 - 50 })
    return fitted.transform(task.test) == before
      ? nil : "transforming rows changes what others become"
  }

  private func constantColumns() throws -> String? {
    let constant = Matrix(
      rows: task.samples.count, columns: 3,
      elements: .init(repeating: 7, count: 3 * task.samples.count))
    let samples = task.replacing(features: constant).samples
    do {
      return try fit(samples).transform(constant).isFinite
        ? nil : "constant columns give values that are not finite"
    } catch is FitError {
      return nil
    }
  }
}
