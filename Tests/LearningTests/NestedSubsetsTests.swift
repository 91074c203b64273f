import Learning
import Matrices
import Testing

@Suite struct NestedSubsetsTests {
  private let shares = [0.1, 0.25, 0.5, 0.9]

  @Test(arguments: 0..<20 as Range<UInt64>)
  func subsetsAreNestedWholeUnitsOfEqualShares(seed: UInt64) {
    var random = RandomStream(seed: seed)
    // Forty units of a class, one to six rows each.
    let sizes = (0..<120).map { _ in 1 + random.below(6) }
    let units = sizes.enumerated().flatMap { unit, size in [Int](repeating: unit, count: size) }
    let labels = units.map { $0 % 3 }
    let rows = labels.indices.filter { _ in random.below(8) > 0 }
    let subsets = NestedSubsets(
      of: rows, labels: labels, units: units, random: RandomStream(seed: seed))
    let all = shares.map { subsets.rows(share: $0) }
    for (smaller, larger) in zip(all, all.dropFirst()) {
      #expect(Set(smaller).isSubset(of: larger) && smaller.count < larger.count)
    }
    for (share, own) in zip(shares, all) {
      #expect(own == own.sorted() && Set(own).count == own.count && Set(own).isSubset(of: rows))
      let taken = Set(own.map { units[$0] })
      // A unit is taken as a whole, or not at all.
      #expect(rows.filter { taken.contains(units[$0]) } == own)
      for label in 0..<3 {
        let known = Set(rows.filter { labels[$0] == label }.map { units[$0] })
        let expected = Int((share * Double(known.count)).rounded())
        #expect(taken.count { known.contains($0) } == expected)
      }
    }
    #expect(subsets.rows(share: 1) == rows)
    #expect(subsets.rows(share: 0).isEmpty)
  }

  @Test func rowsAreUnitsWhereThereAreNoOthers() {
    let labels = (0..<100).map { $0 % 2 }
    func rows(_ seed: UInt64) -> [Int] {
      NestedSubsets(
        of: Array(labels.indices), labels: labels, units: nil, random: RandomStream(seed: seed)
      ).rows(share: 0.3)
    }
    #expect(rows(1).count == 30 && rows(1).count { labels[$0] == 0 } == 15)
    #expect(rows(1) == rows(1) && rows(1) != rows(2))
  }

  /// A unit with rows of two classes counts for the commoner one, of equally common ones the first.
  @Test func unitsOfSeveralClassesCountOnce() {
    let subsets = NestedSubsets(
      of: [0, 1, 2, 3, 4, 5, 6], labels: [0, 1, 1, 1, 0, 1, 0], units: [0, 0, 0, 1, 1, 2, 3],
      random: RandomStream(seed: 1))
    // Unit 0 and 2 are of class 1, units 1 and 3 of class 0: half is one of each.
    let half = subsets.rows(share: 0.5)
    let units = Set(half.map { [0, 0, 0, 1, 1, 2, 3][$0] })
    #expect(units.count == 2 && units.count { [0, 2].contains($0) } == 1)
  }
}
