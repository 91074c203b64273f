import JSONText
import Matrices

/// A classifier that can be fitted: a small value whose stored properties are its settings.
///
/// Fitting returns another type, so predicting before fitting cannot be written.
public protocol Model: Component {
  /// What fitting returns.
  associatedtype Fitted: FittedModel

  /// How a list of settings is fitted.
  static var listFitting: ListFitting { get }
  /// Whether the probabilities are meant as such; false for a soft-max of scores, with which a
  /// log loss must not be compared.
  static var givesProbabilities: Bool { get }

  /// Whether fits stop, or keep their best epoch, by the validation rows they are given.
  ///
  /// Such a model is never fitted again on training and validation rows together.
  static var watchesValidation: Bool { get }

  /// The setting that says how much work a fit is, such as `epochs`: tuners fit many settings with a share
  /// of it first. nil where they take a share of the training rows.
  static var budgetSetting: String? { get }

  /// The same settings with a share of the work.
  ///
  /// - Parameter share: above 0, below 1.
  /// - Returns: the settings that take so much less.
  /// - Throws: ``FitError`` when there are no such settings.
  func reduced(toShare share: Double) throws -> Self

  /// The loops that decide the last bits of its results beside those of all models, as in
  /// `networks avx512, oneDNN avx512`; nil where there are none.
  static var ownArithmetic: String? { get }

  /// Learns from samples.
  ///
  /// - Throws: ``FitError`` when there can be no model.
  func fit(_ samples: Samples, in context: FitContext) throws -> Fitted

  /// Learns once for each setting of a list; called where ``listFitting`` is not
  /// ``ListFitting/separate``.
  static func fit(_ list: [Self], to samples: Samples, in context: FitContext) throws -> [Fitted]

  /// The cost of fitting a list of settings.
  static func cost(of list: [Self], for shape: DataShape) -> Cost

  /// How many threads a fit to data of this shape works with; others may give other bits.
  ///
  /// - Parameters:
  ///   - shape: the training data.
  ///   - most: how many there may be, at least 1.
  /// - Returns: from 1 to `most`.
  func threads(for shape: DataShape, atMost most: Int) -> Int

  /// Finishes the one setting that was selected, where the trials could do without something
  /// costly, such as calibrated probabilities.
  func finish(
    _ fitted: Fitted, for samples: Samples, in context: FitContext
  ) throws -> Fitted
}

/// How a model fits a list of settings.
public enum ListFitting: String, Sendable {
  /// One after the other, each on its own.
  case separate
  /// Together, each with the bits it has alone.
  case exact
  /// Together, equal to each alone within the solver's tolerance.
  case approximate
}

extension Model {
  /// One after the other.
  public static var listFitting: ListFitting { .separate }
  /// Real probabilities.
  public static var givesProbabilities: Bool { true }

  /// Validation rows are not looked at.
  public static var watchesValidation: Bool { false }

  /// Training rows.
  public static var budgetSetting: String? { nil }

  /// A share of the whole number that ``budgetSetting`` names, at least 1.
  public func reduced(toShare share: Double) throws -> Self {
    try reduced(Self.budgetSetting.map { [$0] } ?? [], toShare: share)
  }

  /// The same settings with a share of some whole numbers, each at least 1 where it is not 0.
  package func reduced(_ names: [String], toShare share: Double) throws -> Self {
    let members = (try settingValues.members ?? []).map { member -> JSONNode.Member in
      guard names.contains(member.name), let whole = member.value.integer, whole > 0 else {
        return member
      }
      let reduced = max(1, Int((share * Double(whole)).rounded()))
      return .init(member.name, JSONNode(reduced))
    }
    return try Self(settings: JSONNode(.object(members)))
  }

  /// Those of all models alone.
  public static var ownArithmetic: String? { nil }

  /// One.
  public func threads(for shape: DataShape, atMost most: Int) -> Int { 1 }

  /// A loop over ``fit(_:in:)``.
  public static func fit(
    _ list: [Self], to samples: Samples, in context: FitContext
  ) throws -> [Fitted] {
    try list.map { try $0.fit(samples, in: context) }
  }

  /// The sum of the costs of all, and the memory of the largest.
  public static func cost(of list: [Self], for shape: DataShape) -> Cost {
    let costs = list.map { $0.cost(for: shape) }
    let largest = costs.max { $0.bytes < $1.bytes }
    return Cost(
      operations: costs.reduce(0) { $0 + $1.operations }, bytes: largest?.bytes ?? 0,
      details: largest?.details ?? "")
  }

  /// Nothing is left to do.
  public func finish(
    _ fitted: Fitted, for samples: Samples, in context: FitContext
  ) throws -> Fitted { fitted }
}

/// A model that has learnt and can predict; saving and loading come with `Codable`.
public protocol FittedModel: Codable, Sendable {
  /// The probabilities of the classes: rows × classes, each row adding up to 1.
  ///
  /// A row's probabilities must not depend on the other rows. A row whose probabilities are not finite counts
  /// as not predicted.
  ///
  /// - Throws: an error that says why they cannot be computed.
  func probabilities(of features: Matrix) throws -> Matrix

  /// The predicted classes with their probabilities, and the raw scores of an uncalibrated model.
  func predictions(for features: Matrix) throws -> Predictions

  /// The predictions of several models that were fitted together, which may share their work.
  static func predictions(of list: [Self], for features: Matrix) throws -> [Predictions]

  /// Whether the state is whole and tells so many classes from so many columns; asked of a state that
  /// was read from a file.
  func fits(columns: Int, classes: Int) -> Bool
}

extension FittedModel {
  /// The most probable classes; the first of equal ones.
  public func predictions(for features: Matrix) throws -> Predictions {
    Predictions(probabilities: try probabilities(of: features))
  }

  /// Each model's own predictions, one after the other.
  public static func predictions(of list: [Self], for features: Matrix) throws -> [Predictions] {
    try list.map { try $0.predictions(for: features) }
  }

  /// Tries a row of zeros.
  public func fits(columns: Int, classes: Int) -> Bool {
    let zeros = Matrix(rows: 1, columns: columns) { _ in }
    return (try? probabilities(of: zeros))?.columns == classes
  }
}

/// What a model says of some rows.
public struct Predictions: Sendable, Equatable {
  /// The predicted class of each row.
  public var classes: [Int]
  /// Rows × classes, each row adding up to 1.
  public var probabilities: Matrix
  /// The raw scores, rows × classes, where the probabilities are only their soft-max; the area
  /// under the curve and the top three come from these.
  public var scores: Matrix?

  /// Predictions with classes of their own, such as a vote's.
  public init(classes: [Int], probabilities: Matrix, scores: Matrix? = nil) {
    precondition(classes.count == probabilities.rows)
    self.classes = classes
    self.probabilities = probabilities
    self.scores = scores
  }

  /// The most probable classes; the first of equal ones.
  public init(probabilities: Matrix) {
    self.init(classes: probabilities.largestColumns, probabilities: probabilities)
  }

  /// The classes of the largest scores and, marked as uncalibrated, the scores' soft-max.
  public init(scores: Matrix) {
    self.init(
      classes: scores.largestColumns, probabilities: scores.softmaxRows(), scores: scores)
  }
}
