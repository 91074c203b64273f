import Matrices

/// What the best of several is worth on other units than those that chose it: the bootstrap bias
/// correction of Tsamardinos, Greasidou and Borboudakis (2018).
///
/// In each draw the units are drawn with replacement, the best on them is chosen, and scored on the
/// units that were left out. Candidates are settings on selection units, or cells on test units.
package struct SelectionCorrection: Equatable, Sendable {
  /// The accuracy of the best on all units, which chose it.
  package let best: Double
  /// The mean accuracy, over the draws, of the best on the units that were left out.
  package let corrected: Double
  /// The draws that left units out and so count.
  package let draws: Int

  /// Corrects the accuracy of the best of candidates that are chosen by accuracy.
  ///
  /// It is nil where no draw could leave units out, as with a single unit in each fold.
  ///
  /// - Parameters:
  ///   - rows: of each unit, at least 1.
  ///   - correct: candidates × units: the rows predicted right, summed over `seeds`. Of equally good
  ///     candidates the first is chosen.
  ///   - seeds: how many predictions of each row were counted.
  ///   - folds: the fold of each unit, 0 …, within which units are drawn; nil is one for all.
  ///   - draws: how many.
  ///   - random: draws the units.
  package init?(
    rows: [Int], correct: [[Int]], seeds: Int = 1, folds: [Int]? = nil, draws: Int = 1000,
    using random: inout RandomStream
  ) {
    precondition(correct.allSatisfy { $0.count == rows.count })
    func right(_ candidate: Int, _ counts: [Int]) -> Int {
      weightedSum(correct[candidate], counts)
    }
    self.init(
      units: rows.count, candidates: correct.count, folds: folds, draws: draws, using: &random,
      quality: { Double(right($0, $1)) },
      accuracy: { candidate, counts in
        let predictions = seeds * weightedSum(rows, counts)
        return Double(right(candidate, counts)) / Double(max(1, predictions))
      })
  }

  /// Corrects the accuracy of the best of candidates that are chosen by any measure.
  ///
  /// It is nil where no draw could leave units out, as with a single unit in each fold.
  ///
  /// - Parameters:
  ///   - units: how many units there are.
  ///   - candidates: how many candidates there are, at least 1.
  ///   - folds: the fold of each unit, 0 …, within which units are drawn; nil is one for all.
  ///   - draws: how many.
  ///   - random: draws the units.
  ///   - quality: what a candidate is chosen by, higher is better, given how often each unit counts;
  ///     differences within 1e-12 are ties, of which the first candidate is chosen.
  ///   - accuracy: a candidate's score, given how often each unit counts.
  package init?(
    units: Int, candidates: Int, folds: [Int]? = nil, draws: Int = 1000,
    using random: inout RandomStream, quality: (_ candidate: Int, _ counts: [Int]) -> Double,
    accuracy: (_ candidate: Int, _ counts: [Int]) -> Double
  ) {
    precondition(folds.map { $0.count == units } ?? true)
    guard candidates > 0 else { return nil }
    func chosen(_ counts: [Int]) -> Int {
      var (best, highest) = (0, -Double.infinity)
      for candidate in 0..<candidates {
        let value = quality(candidate, counts)
        if value > highest + 1e-12 { (best, highest) = (candidate, value) }
      }
      return best
    }
    var members = [[Int]](repeating: [], count: (folds?.max() ?? 0) + 1)
    for unit in 0..<units { members[folds?[unit] ?? 0].append(unit) }
    var (sum, counted) = (0.0, 0)
    for _ in 0..<draws {
      var counts = [Int](repeating: 0, count: units)
      for fold in members {
        for _ in fold { counts[fold[random.below(fold.count)]] += 1 }
      }
      let leftOut = counts.map { $0 == 0 ? 1 : 0 }
      guard leftOut.contains(1) else { continue }
      sum += accuracy(chosen(counts), leftOut)
      counted += 1
    }
    guard counted > 0 else { return nil }
    let all = [Int](repeating: 1, count: units)
    best = accuracy(chosen(all), all)
    corrected = sum / Double(counted)
    self.draws = counted
  }
}

/// Σ values · counts of as many of both.
private func weightedSum(_ values: [Int], _ counts: [Int]) -> Int {
  let (values, counts) = (values.span, counts.span)
  var sum = 0
  for index in values.indices { sum &+= values[index] &* counts[index] }
  return sum
}
