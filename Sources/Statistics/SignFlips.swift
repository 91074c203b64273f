import Matrices

/// Sign flips of the units' differences: were two learners equal by symmetry, each unit's difference
/// would have had either sign with the same probability (Fisher 1935).
///
/// Differences are whole counts, so that sums that are equal are known to be.
package enum SignFlips {
  /// Up to so many additions p-values of a family are counted exactly; about two seconds.
  static let affordableCost = 2_000_000_000

  /// The additions that ``exactP(_:)`` takes at most.
  static func cost(_ differences: [Int]) -> Int {
    let (sizes, threshold) = tail(differences)
    return sizes.count * threshold
  }

  /// The two-sided p-value over all sign flips: the share of them whose sum is at least as far from 0
  /// as the one observed.
  ///
  /// Not 2ⁿ sums are made; with whole numbers the sums' distribution grows unit by unit (Pagano and
  /// Tritchler 1983).
  ///
  /// - Parameter differences: a unit's each; 0 does not count.
  /// - Returns: 0...1; 1 where the differences sum to 0.
  package static func exactP(_ differences: [Int]) -> Double {
    let (sizes, threshold) = tail(differences)
    guard differences.reduce(0, +) != 0 else { return 1 }
    // Were the sizes of the minus signs to sum to at most the threshold, the whole would lie as far
    // out as the observed. `shares[s]` is the share of flips whose minus signs sum to s.
    var shares = [Double](repeating: 0, count: threshold + 1)
    shares[0] = 1
    var next = shares
    var largest = 0
    for size in sizes {
      largest = min(threshold, largest + size)
      add(size, to: shares.span, into: next.mutableSpan, largest: largest)
      swap(&shares, &next)
    }
    return min(1, 2 * shares.reduce(0, +))
  }

  /// The distribution of a sum, 0...largest, to which a size is added with probability one half.
  private static func add(
    _ size: Int, to sums: Span<Double>, into target: consuming MutableSpan<Double>, largest: Int
  ) {
    for sum in 0..<min(size, largest + 1) { target[sum] = sums[sum] / 2 }
    guard size <= largest else { return }
    for sum in size...largest { target[sum] = (sums[sum] + sums[sum - size]) / 2 }
  }

  /// The sizes of the differences without 0, ascending and divided by what all can be divided by,
  /// and the largest sum of minus signs that lies as far out as the smaller side observed.
  private static func tail(_ differences: [Int]) -> (sizes: [Int], threshold: Int) {
    var sizes = differences.filter { $0 != 0 }.map(abs).sorted()
    var divisor = 0
    for size in sizes {
      var (a, b) = (size, divisor)
      while b != 0 { (a, b) = (b, a % b) }
      divisor = a
    }
    if divisor > 1 { sizes = sizes.map { $0 / divisor } }
    let observed = abs(differences.reduce(0, +)) / max(1, divisor)
    return (sizes, (sizes.reduce(0, +) - observed) / 2)
  }

  /// How many flips are drawn: 10,000, or with many pairs as many as resolve the smallest p-value
  /// that Holm's adjustment asks for ten times over.
  static func draws(pairs: Int) -> Int { max(10_000, 200 * pairs) }

  /// The two-sided p-values of pairs over flips by chance, the same flips for all pairs; the observed
  /// counts as one of them.
  ///
  /// - Parameters:
  ///   - correct: learners × units.
  ///   - pairs: of learners.
  ///   - draws: at least 1.
  ///   - random: a bit is taken for each unit of each draw.
  /// - Returns: one p-value a pair, at least 1/(draws + 1).
  package static func drawnP(
    _ correct: [[Int]], pairs: [(first: Int, second: Int)], draws: Int,
    using random: inout RandomStream
  ) -> [Double] {
    let learners = correct.count
    // Units on which all are equal change no difference.
    let units = (correct.first ?? []).indices.filter { unit in
      correct.contains { $0[unit] != correct[0][unit] }
    }
    // A pair's flipped sum is the difference of two learners' own, and those of eight units are
    // looked up at once: blocks × 256 patterns of signs × learners.
    let blocks = (units.count + 7) / 8
    var sums = [Int](repeating: 0, count: blocks * 256 * learners)
    for (place, unit) in units.enumerated() {
      for pattern in 0..<256 {
        let sign = pattern >> (place % 8) & 1 == 0 ? 1 : -1
        let start = (place / 8 * 256 + pattern) * learners
        for learner in 0..<learners { sums[start + learner] += sign * correct[learner][unit] }
      }
    }
    let observed = pairs.map { pair in
      abs(units.reduce(0) { $0 + correct[pair.first][$1] - correct[pair.second][$1] })
    }
    var hits = [Int](repeating: 1, count: pairs.count)
    var flipped = [Int](repeating: 0, count: learners)
    let table = sums.span
    for _ in 0..<draws {
      for learner in 0..<learners { flipped[learner] = 0 }
      var bits: UInt64 = 0
      var target = flipped.mutableSpan
      for block in 0..<blocks {
        bits = block % 8 == 0 ? random.next() : bits >> 8
        let start = (block * 256 + Int(bits & 255)) * learners
        for learner in 0..<learners { target[learner] &+= table[start + learner] }
      }
      for (index, pair) in pairs.enumerated()
      where abs(flipped[pair.first] - flipped[pair.second]) >= observed[index] { hits[index] += 1 }
    }
    return hits.map { Double($0) / Double(draws + 1) }
  }
}
