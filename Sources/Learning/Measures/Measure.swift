/// A figure by which settings can be selected and cells compared.
package enum Measure: String, CaseIterable, Codable, Sendable {
  /// The share of rows predicted right.
  case accuracy
  /// The mean recall over classes with rows.
  case balancedAccuracy = "balanced_accuracy"
  /// The mean precision over classes with rows.
  case precisionMacro = "precision_macro"
  /// The mean recall over classes with rows.
  case recallMacro = "recall_macro"
  /// The mean F1 over classes with rows.
  case f1Macro = "f1_macro"
  /// The mean F1 over classes, weighted by their rows.
  case f1Weighted = "f1_weighted"
  /// The share of rows whose class is among the three most probable.
  case top3Accuracy = "top3_accuracy"
  /// The mean area under the one-versus-rest curves.
  case aucMacro = "auc_macro"
  /// The mean negative logarithm of the probability given to the true class.
  case logLoss = "log_loss"

  /// Whether less is better.
  package var isMinimised: Bool { self == .logLoss }

  /// Whether one figure is better than another; those within 1e-12 are equal.
  package func isBetter(_ figure: Double, than other: Double) -> Bool {
    (isMinimised ? other - figure : figure - other) > 1e-12
  }

  /// Whether the predicted classes are not enough to compute it.
  package var needsProbabilities: Bool {
    switch self {
    case .top3Accuracy, .aucMacro, .logLoss: true
    default: false
    }
  }

  /// Whether it is one of those that ``Evaluation`` computes only when ranks are asked for.
  package var needsRanks: Bool { self == .top3Accuracy || self == .aucMacro }

  /// One line on what it is.
  package var summary: String {
    switch self {
    case .accuracy: "share of rows predicted right"
    case .balancedAccuracy: "mean recall over the classes that have rows"
    case .precisionMacro: "mean precision over the classes that have rows; 0 without predictions"
    case .recallMacro: "mean recall over the classes that have rows"
    case .f1Macro: "mean F1 over the classes that have rows"
    case .f1Weighted: "mean F1 over the classes, weighted by their rows"
    case .top3Accuracy:
      "share of rows whose class is among the three most probable; ties count their share"
    case .aucMacro:
      "mean area under the one-versus-rest curves; ties count one half; two classes: the plain one"
    case .logLoss: "mean −ln of the probability of the true class, clipped at 2⁻²³"
    }
  }
}
