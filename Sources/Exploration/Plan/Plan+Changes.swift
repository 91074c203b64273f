import Learning

extension Plan {
  /// What all results depend on and an earlier plan had otherwise, in words: nothing that was computed
  /// for that plan counts for this one.
  func changes(since earlier: Plan) -> [String] {
    // What one of the inputs still has in common keeps that input's cells.
    let known = inputs.compactMap { input in
      earlier.inputs.first { $0.name == input.name }.map { (now: input, then: $0) }
    }
    /// Whether an input has the rows of each part that it had in a protocol, whatever its name.
    func hasSameSplits(_ input: (now: Input, then: Input)) -> Bool {
      guard let now = inputs.firstIndex(where: { $0.name == input.now.name }),
        let then = earlier.inputs.firstIndex(where: { $0.name == input.then.name })
      else { return false }
      return protocols.contains { own in
        earlier.protocols.contains { $0.divisions[then].splits == own.divisions[now].splits }
      }
    }
    let sameData = known.filter {
      $0.now.data.key == $0.then.data.key && $0.now.data.missing == $0.then.data.missing
    }
    let parts: [(name: String, isSame: Bool)] = [
      ("inputs", !known.isEmpty),
      ("data", known.isEmpty || !sameData.isEmpty),
      ("seed", seed == earlier.seed), ("scaling", scaling == earlier.scaling),
      ("refit", refit == earlier.refit),
      // Fitting again moves rows of the split too.
      (
        "split",
        refit != earlier.refit || known.isEmpty
          || known.contains { hasSameSplits($0) }
      ),
      ("measure", measure == earlier.measure), ("balance", balance == earlier.balance),
    ]
    return parts.filter { !$0.isSame }.map(\.name)
  }
}
