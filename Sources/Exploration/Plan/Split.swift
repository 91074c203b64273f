/// Which rows are learnt from, selected on and tested on; rows count those of the data set.
package struct Split: Equatable, Sendable {
  /// One fit of every setting.
  package struct Fit: Equatable, Sendable {
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

  /// The split with fewer rows to learn from; what is validated and tested on stays.
  ///
  /// - Parameter rows: the rows that are left of those to learn from, ascending.
  /// - Returns: the smaller split.
  func learning(from rows: [Int]) -> Split {
    var split = self
    for fit in selection.indices { split.selection[fit].training.formIntersection(rows) }
    split.final?.formIntersection(rows)
    return split
  }

  /// All rows that take part in learning or selection.
  package var learning: [Int] {
    Set(finalTraining + selection.flatMap { $0.training + $0.validation }).sorted()
  }
}

extension [Int] {
  /// Keeps the elements that are in another list; both are ascending.
  fileprivate mutating func formIntersection(_ others: [Int]) {
    var place = 0
    removeAll { element in
      while place < others.count, others[place] < element { place += 1 }
      return place == others.count || others[place] != element
    }
  }
}
