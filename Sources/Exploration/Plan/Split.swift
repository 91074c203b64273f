/// Which rows are learnt from, selected on and tested on; rows count those of the data set.
package struct Split: Codable, Equatable, Sendable {
  /// One fit of every setting.
  package struct Fit: Codable, Equatable, Sendable {
    package var training: [Int]
    package var validation: [Int]
  }

  /// The repeat of the folds, from 0.
  package var repetition: Int
  /// The fold within its repeat, from 0.
  package var fold: Int
  /// What settings are selected by: one fit, or one for each inner fold; none where there is nothing
  /// to select and nothing to validate on.
  package var selection: [Fit]
  /// The rows the winner is fitted to, where they are not those of the one selection fit.
  package var final: [Int]?
  package var test: [Int]

  package init(
    repetition: Int = 0, fold: Int = 0, selection: [Fit], final: [Int]? = nil, test: [Int]
  ) {
    self.repetition = repetition
    self.fold = fold
    self.selection = selection
    self.final = final
    self.test = test
  }

  /// The rows the winner is fitted to.
  package var finalTraining: [Int] { final ?? selection.first?.training ?? [] }

  /// All rows that take part in learning or selection.
  package var learning: [Int] {
    Set(finalTraining + selection.flatMap { $0.training + $0.validation }).sorted()
  }
}
