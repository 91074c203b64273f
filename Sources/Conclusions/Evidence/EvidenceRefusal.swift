import Statistics
import TextFormatting

/// Why cells cannot be compared.
package enum EvidenceRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  /// A cell without all of its test predictions.
  case notComputed(String)
  /// The cells were tested on different rows.
  case differentTestRows
  /// The rows were divided into different folds.
  case differentFolds
  /// A row has different classes in two runs.
  case differentLabels
  /// Rows of one unit are test rows of several folds.
  case unitsStraddleFolds(Int, of: Int, groupName: String?)
  /// Fewer test units than a test needs.
  case fewUnits(Int, groupName: String?)
  /// Another reason why there is no test.
  case test(TestRefusal)

  package var description: String {
    switch self {
    case .notComputed(let name): "\(name) was not computed to its end"
    case .differentTestRows: "they were tested on different rows"
    case .differentFolds: "their rows are divided into different folds"
    case .differentLabels: "their test rows have different classes"
    case .unitsStraddleFolds(let count, let all, let name):
      "\(count) of \(unitCountWords(all, name)) \(count == 1 ? "has" : "have") rows in several "
        + "folds, so that the folds are not independent and a test would find differences where "
        + "there are none"
    case .fewUnits(let count, let name):
      "there \(count == 1 ? "is" : "are") only \(unitCountWords(count, name)), and a test needs at "
        + "least \(Comparison.fewestUnits)"
    case .test(let refusal): refusal.description
    }
  }
}

/// A count of test units: `300 test rows`, or `75 test groups (song)` where rows come in groups.
func unitCountWords(_ count: Int, _ groupName: String?) -> String {
  groupName.map { "\(counted(count, "test group")) (\($0))" } ?? counted(count, "test row")
}
