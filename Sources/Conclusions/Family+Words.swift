import Learning
import Statistics
import TextFormatting

extension Family {
  /// The other members that are not told apart from the best.
  package var notToldApartFromBest: [Member] {
    comparison == nil ? [] : members.dropFirst().filter { $0.toBest?.isReal == false }
  }

  /// What the table lets one conclude, in words; nil for fewer than two compared cells.
  package var sentence: String? {
    guard let best, members.count >= 2 else { return nil }
    let scope = others.isEmpty ? "" : " of the \(members.count) cells that “compare” names"
    guard let comparison else {
      return
        "\(best.shortName) has the highest accuracy\(scope), \(percentage(best.accuracy)), but no cells "
        + "are compared: \(refusal ?? "")\(notComparedWords(best))"
    }
    let equals = notToldApartFromBest
    let worse = members.dropFirst().filter { $0.toBest?.isReal == true }
    let verdict =
      switch equals.count {
      case 0 where others.isEmpty: "every other cell is \(worseWord)"
      case 0: (members.count == 2 ? "the other is " : "every other of them is ") + worseWord
      case members.count - 1 where equals.count > 1:
        "but none of the other \(equals.count) cells can be told apart from it"
      case (worse.count + 1)... where equals.count > 4:
        "but only \(worse.count) of the other \(members.count - 1) cells "
          + "\(worse.count == 1 ? "is" : "are") shown to be worse (\(someNames(worse.map(\.shortName))))"
      case 1: "but \(equals[0].shortName) cannot be told apart from it"
      default:
        "but \(equals.count) cells cannot be told apart from it ("
          + someNames(equals.map(\.shortName)) + ")"
      }
    let place =
      equals.isEmpty
      ? "is \(bestWord)" : measure == .accuracy ? "comes first" : "comes first in accuracy"
    return "\(best.shortName) \(place)\(scope) with \(percentage(best.accuracy))"
      + "\(equals.isEmpty ? ": " : ", ")\(verdict)\(notComparedWords(best)); "
      + "\(separableWords(comparison))\(leaveOneOutWords); a shared letter means “not told apart”, not "
      + "“equal”\(measureWords)"
  }

  /// What the first of all in accuracy is called.
  private var bestWord: String { measure == .accuracy ? "best" : "most accurate" }

  private var worseWord: String { measure == .accuracy ? "worse" : "less accurate" }

  /// The first of the cells that were not compared, where it stands above the best of those that were.
  private func notComparedWords(_ best: Member) -> String {
    guard let other = others.first, other.accuracy > best.accuracy else { return "" }
    return "; \(other.shortName), which was not compared, has \(percentage(other.accuracy))"
  }

  private var measureWords: String {
    measure == .accuracy
      ? "" : "; cells are compared by accuracy, but chosen by \(measure.rawValue)"
  }

  private func separableWords(_ comparison: Comparison) -> String {
    let pairs = comparison.pairs.count
    guard let smallest = comparison.smallestSeparable else {
      return "with \(counted(pairs, "pair")) and \(evidence?.unitWords ?? "so few test units") no "
        + "difference, however large, could have been separated"
    }
    return
      "with \(counted(pairs, "pair")), a typical one must differ by about \(points(smallest)) to be told "
      + "apart"
  }

  /// Groups left out one by one are too few below so many: by simulation 15 of them call 8.4 of 100
  /// pairs of equal models different, 25 of them 6.1.
  private static let fewestLeftOut = 25

  private var leaveOneOutWords: String {
    guard isLeaveOneGroupOut, let evidence, evidence.units < Self.fewestLeftOut else { return "" }
    return
      "; with only \(evidence.unitWords) left out one by one, equal models are called different "
      + "more often than in 5 of 100 tables, about 8 with 15 groups"
  }

  private var theseCells: String {
    others.isEmpty
      ? "these \(members.count) cells" : "the \(members.count) cells that “compare” names"
  }

  /// What the best of so many cells is worth, in words; nil where it cannot be said.
  package var correctionSentence: String? {
    guard let correction else { return nil }
    let (accuracy, corrected) = (percentage(correction.accuracy), percentage(correction.corrected))
    guard accuracy != corrected else {
      return
        "the \(bestWord) of \(theseCells) has \(accuracy), not flattered by choosing it on these "
        + "test rows"
    }
    return
      "the \(bestWord) of \(theseCells) has \(accuracy), flattered by choosing it on these test "
      + "rows; on others the \(bestWord) of so many would have about \(corrected)"
  }
}
