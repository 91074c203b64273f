import Glibc
import Matrices
import Statistics
import Testing

/// Families of learners.
@Suite struct ComparisonTests {
  /// Learners of increasing skill on units of several rows.
  private func family(
    _ seed: UInt64, learners: Int = 9, units: Int = 25, rows: ClosedRange<Int> = 1...6,
    seeds: Int = 1
  ) -> TestSetScores {
    var random = RandomStream(seed: seed)
    let sizes = (0..<units).map { _ in rows.lowerBound + random.below(rows.count) }
    let correct = (0..<learners).map { learner in
      sizes.map { size in
        (0..<size * seeds).count { _ in random.uniform() < 0.3 + 0.08 * Double(learner) }
      }
    }
    return TestSetScores(rows: sizes, correct: correct, seeds: seeds)
  }

  private func compare(_ evidence: Evidence, level: Double = 0.05) throws -> Comparison {
    var random = RandomStream(seed: 7)
    return try Comparison(evidence, level: level, using: &random)
  }

  private func evidences(_ seed: UInt64) -> [Evidence] {
    var random = RandomStream(seed: seed)
    let accuracies = (0..<8).map { learner in
      (0..<10).map { _ in 0.5 + 0.02 * Double(learner) + 0.03 * random.uniform() }
    }
    return [
      .testSet(family(seed)), .testSet(family(seed, units: 300, rows: 1...1)),
      .testSet(family(seed, units: 60, rows: 1...1)), .testSet(family(seed, units: 9, seeds: 3)),
      .folds(
        FoldScores(
          accuracies: accuracies, testRows: [Int](repeating: 20, count: 10),
          trainingRows: [Int](repeating: 180, count: 10))),
    ]
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func lettersIntervalsAndPValuesAgree(seed: UInt64) throws {
    for evidence in evidences(seed) {
      let comparison = try compare(evidence)
      let count = evidence.learners
      #expect(comparison.pairs.count == count * (count - 1) / 2)
      for pair in comparison.pairs {
        let shared = Set(comparison.letters[pair.first])
          .intersection(comparison.letters[pair.second])
        #expect(pair.isReal == shared.isEmpty)
        #expect(pair.isReal == (pair.adjustedP <= 0.05))
        #expect(pair.adjustedP >= pair.p && pair.adjustedP <= 1 && pair.p >= 0)
        #expect(pair.low <= pair.difference && pair.difference <= pair.high)
        if pair.low > 0 || pair.high < 0 { #expect(pair.isReal) }
        let gap = comparison.accuracies[pair.first] - comparison.accuracies[pair.second]
        #expect(abs(pair.difference - gap) < 1e-12)
      }
      #expect(comparison.letters[comparison.order[0]].contains("a"))
      let sorted = comparison.order.map { comparison.accuracies[$0] }
      #expect(sorted == sorted.sorted(by: >))
    }
  }

  @Test func swappingLearnersTurnsEverything() throws {
    for evidence in evidences(3) {
      let turned: Evidence
      switch evidence {
      case .testSet(var scores):
        scores.correct.reverse()
        turned = .testSet(scores)
      case .folds(var scores):
        scores.accuracies.reverse()
        turned = .folds(scores)
      }
      let (one, other) = (try compare(evidence), try compare(turned))
      let last = evidence.learners - 1
      for pair in one.pairs {
        let mirrored = other.pair(last - pair.first, last - pair.second)
        #expect(abs(mirrored.difference - pair.difference) < 1e-12)
        #expect(abs(mirrored.low - pair.low) < 1e-9 && abs(mirrored.high - pair.high) < 1e-9)
        #expect(abs(mirrored.p - pair.p) < 1e-12 && mirrored.isReal == pair.isReal)
      }
      let pair = one.pair(2, 0)
      #expect(pair.first == 2 && pair.second == 0)
      #expect(
        pair.difference == 0 - one.pair(0, 2).difference && pair.low == 0 - one.pair(0, 2).high)
      #expect(pair.turned == one.pairs[1])
    }
  }

  @Test func testsFollowFromTheEvidence() throws {
    func test(_ scores: TestSetScores) throws -> Comparison.Test {
      try compare(.testSet(scores)).pairs[0].test
    }
    let few = [Int](repeating: 1, count: 24) + [Int](repeating: 0, count: 76)
    let many = [Int](repeating: 1, count: 25) + [Int](repeating: 0, count: 75)
    let none = [Int](repeating: 0, count: 100)
    let single = [Int](repeating: 1, count: 100)
    #expect(try test(TestSetScores(rows: single, correct: [few, none])) == .exactMcNemar)
    #expect(try test(TestSetScores(rows: single, correct: [many, none])) == .mcNemar)
    #expect(
      try test(TestSetScores(rows: single, correct: [many, none], seeds: 2)) == .exactSignFlips)
    #expect(try test(family(1)) == .exactSignFlips)
  }

  /// Six units, all for the first: 2 of 64 flips lie as far out.
  @Test func exactFlipsByHand() throws {
    let scores = TestSetScores(
      rows: [2, 2, 2, 2, 2, 2], correct: [[2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1]])
    let pair = try compare(.testSet(scores)).pairs[0]
    #expect(pair.p == 2.0 / 64 && pair.isReal && pair.difference == 0.5)
    // 3 against 1 of each sign: |sum| ≥ 2 in 2·(1 + 4) of 16.
    #expect(SignFlips.exactP([1, 1, 1, -1]) == 10.0 / 16)
    #expect(SignFlips.exactP([5, 0, 0]) == 1)
    #expect(SignFlips.exactP([]) == 1)
  }

  @Test func drawnFlipsAreNearTheExact() throws {
    let scores = family(5, learners: 4, units: 40)
    var random = RandomStream(seed: 11)
    let pairs = [(first: 0, second: 1), (first: 0, second: 3), (first: 2, second: 3)]
    let drawn = SignFlips.drawnP(scores.correct, pairs: pairs, draws: 200_000, using: &random)
    for (pair, p) in zip(pairs, drawn) {
      let exact = SignFlips.exactP(
        zip(scores.correct[pair.first], scores.correct[pair.second]).map { $0 - $1 })
      // Four standard errors of a share of 200,000 draws, and the one that is added.
      #expect(abs(p - exact) < 4 * (exact * (1 - exact) / 200_000).squareRoot() + 1e-5)
    }
  }

  /// Sums that would take too long to be counted are drawn, and resolved for all pairs.
  @Test func costlyFamiliesAreDrawn() throws {
    var random = RandomStream(seed: 1)
    let rows = [Int](repeating: 100_000, count: 3000)
    let correct = (0..<2).map { learner in
      rows.map { 40_000 + random.below($0 / 2) + learner * 300 }
    }
    let scores = TestSetScores(rows: rows, correct: correct)
    let comparison = try compare(.testSet(scores))
    #expect(comparison.pairs[0].test == .signFlips(draws: 10_000))
    #expect(comparison.pairs[0].p >= 1.0 / 10_001)
    #expect(comparison == (try compare(.testSet(scores))))
  }

  @Test func equalPredictionsAreNotToldApart() throws {
    let same = [3, 1, 2, 0, 2, 3, 1]
    let comparison = try compare(
      .testSet(TestSetScores(rows: [3, 3, 3, 3, 3, 3, 3], correct: [same, same])))
    #expect(comparison.pairs[0].p == 1 && comparison.letters == ["a", "a"])
    #expect(comparison.pairs[0].low < 0 && comparison.pairs[0].high > 0)
    let folds = try compare(
      .folds(
        FoldScores(
          accuracies: [[0.7, 0.8], [0.7, 0.8]], testRows: [10, 10], trainingRows: [10, 10])))
    #expect(folds.pairs[0].p == 1 && folds.letters == ["a", "a"])
  }

  /// Two folds with the same difference have no variance; that is chance, and no certainty.
  @Test func foldsThatDifferAlike() throws {
    func pair(_ difference: Double) throws -> Comparison.Pair {
      try compare(
        .folds(
          FoldScores(
            accuracies: [[0.5 + difference, 0.6 + difference], [0.5, 0.6]], testRows: [100, 100],
            trainingRows: [100, 100]))
      ).pairs[0]
    }
    let small = try pair(0.02)
    #expect(small.p > 0.05 && small.low < 0 && small.high > 0.04 && !small.isReal)
    // The step of 0.01 has the standard deviation 0.01/√12; t with one degree of freedom.
    #expect(abs(small.p - 2 * (0.5 - atan(0.02 / (0.01 / 8.0.squareRoot())) / .pi)) < 1e-9)
    #expect(try pair(0.2).isReal)
  }

  @Test func refusals() {
    func refusal(_ evidence: Evidence) -> TestRefusal? {
      do throws(TestRefusal) {
        var random = RandomStream(seed: 1)
        _ = try Comparison(evidence, using: &random)
        return nil
      } catch { return error }
    }
    let five = TestSetScores(
      rows: [2, 2, 2, 2, 2], correct: [[1, 1, 1, 1, 1], [0, 0, 0, 0, 0]])
    #expect(refusal(.testSet(five)) == .fewUnits(5))
    #expect(
      TestRefusal.fewUnits(5).description
        == "5 independent test units; a test needs at least 6")
    #expect(
      refusal(.testSet(TestSetScores(rows: [1], correct: [[1]]))) == .nothingToCompare)
    #expect(
      refusal(.folds(FoldScores(accuracies: [[1], [0]], testRows: [5], trainingRows: [5])))
        == .fewFolds(1))
  }

  @Test func noDifferenceCanBeSeparatedByTooFewUnits() throws {
    // Six units: the smallest p-value is 1/32, and three pairs ask for 1/60.
    let scores = family(1, learners: 3, units: 6, rows: 2...5)
    #expect(try compare(.testSet(scores)).smallestSeparable == nil)
    let enough = try compare(.testSet(family(1, learners: 3, units: 60, rows: 2...5)))
    let smallest = try #require(enough.smallestSeparable)
    #expect(smallest > 0.02 && smallest < 0.3)
  }

  @Test func holmIsMonotone() {
    var random = RandomStream(seed: 3)
    for count in 1...30 {
      let p = (0..<count).map { _ in random.uniform() * random.uniform() * 0.2 }
      let adjusted = holm(p)
      for first in p.indices {
        #expect(adjusted[first] >= p[first])
        for second in p.indices where p[first] <= p[second] {
          #expect(adjusted[first] <= adjusted[second])
        }
      }
      #expect(adjusted.min() == min(1, (p.min() ?? 0) * Double(count)))
    }
    #expect(holm([]).isEmpty)
  }
}

@Suite struct CompactLettersTests {
  /// Two share a letter exactly where they are not told apart, whatever is told apart.
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func lettersMatchAnyRelation(seed: UInt64) {
    var random = RandomStream(seed: seed)
    let count = 2 + random.below(12)
    let share = random.uniform()
    var differ = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
    for first in 0..<count {
      for second in 0..<first {
        differ[first][second] = random.uniform() < share
        differ[second][first] = differ[first][second]
      }
    }
    let order = random.permutation(count)
    let letters = compactLetters(order: order) { differ[$0][$1] }.map(symbols)
    #expect(letters[order[0]].contains("a"))
    for first in 0..<count {
      #expect(!letters[first].isEmpty)
      for second in 0..<count where second != first {
        #expect(letters[first].isDisjoint(with: letters[second]) == differ[first][second])
      }
    }
  }

  /// Piepho 2004: of four means only the outer ones and their neighbours' neighbours differ.
  @Test func chain() {
    let letters = compactLetters(order: [2, 0, 3, 1]) { first, second in
      let rank = [1, 3, 0, 2]
      return abs(rank[first] - rank[second]) > 1
    }
    #expect(letters == ["ab", "c", "a", "bc"])
  }

  @Test func moreThanTheAlphabet() {
    let letters = compactLetters(order: Array(0..<60)) { _, _ in true }
    #expect(letters[0] == "a" && letters[25] == "z" && letters[26] == "A" && letters[51] == "Z")
    #expect(letters[52] == "(53)" && Set(letters).count == 60)
  }

  private func symbols(_ letters: String) -> Set<String> {
    var symbols: Set<String> = []
    var rest = letters[...]
    while let first = rest.first {
      let end = first == "(" ? rest.firstIndex(of: ")").map(rest.index(after:)) : nil
      let symbol = rest[..<(end ?? rest.index(after: rest.startIndex))]
      symbols.insert(String(symbol))
      rest = rest[symbol.endIndex...]
    }
    return symbols
  }
}
