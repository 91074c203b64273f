import Learning

extension Plan {
  /// What all results depend on and an earlier plan had otherwise, in words: nothing that was computed
  /// for that plan counts for this one.
  func changes(since earlier: Plan) -> [String] {
    let parts: [(name: String, isSame: Bool)] = [
      ("data", data.key == earlier.data.key && data.missing == earlier.data.missing),
      ("seed", seed == earlier.seed), ("scaling", scaling == earlier.scaling),
      ("refit", refit == earlier.refit),
      // Fitting again moves rows of the split too.
      ("split", refit != earlier.refit || splits == earlier.splits),
      ("measure", measure == earlier.measure), ("balance", balance == earlier.balance),
    ]
    return parts.filter { !$0.isSame }.map(\.name)
  }
}
