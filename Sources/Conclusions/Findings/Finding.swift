/// Something that the reader of a run must know before believing its figures.
package struct Finding: Equatable, Sendable {
  /// How much depends on it.
  package enum Gravity: String, CaseIterable, Comparable, Sendable {
    /// Figures are wrong or mean something else than they seem to.
    case serious
    /// A conclusion that many would draw does not hold.
    case warning
    /// Worth knowing.
    case note

    package static func < (first: Gravity, second: Gravity) -> Bool {
      let order = Gravity.allCases
      return order.firstIndex(of: first) ?? 0 < order.firstIndex(of: second) ?? 0
    }
  }

  /// What was looked for.
  package enum Kind: String, CaseIterable, Sendable {
    case leakage
    case validationLeakage = "validation leakage"
    case failedCells = "failed cells"
    case worseThanDummy = "worse than dummy"
    case tooLittleData = "too little test data"
    case edgeOfRange = "edge of the range"
    case notConverged = "not converged"
    case neverPredicted = "class never predicted"
    case unusualFold = "unusual fold"
    case calibration
    case trainingGap = "train–validation gap"
    case mixedArithmetic = "mixed arithmetic"
    case differentRows = "different rows"
    case data
  }

  package var kind: Kind
  package var gravity: Gravity
  /// One line.
  package var title: String
  /// What was seen, with its numbers and the rule that was applied.
  package var seen: String
  /// What follows from it.
  package var meaning: String
  /// What can be done.
  package var advice: String
  /// The cells it is about, by their names; empty where it is about the run.
  package var cells: [String]
}
