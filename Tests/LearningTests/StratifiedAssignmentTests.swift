import Learning
import Matrices
import Testing

@Suite struct StratifiedAssignmentTests {
  private func parts(
    _ labels: [Int], units: [Int]? = nil, shares: [Double], seed: UInt64 = 1
  ) -> [[Int]] {
    StratifiedAssignment.parts(
      of: Array(labels.indices), labels: labels, units: units, shares: shares,
      random: RandomStream(seed: seed))
  }

  private func counts(_ rows: [Int], _ labels: [Int]) -> [Int] {
    (0..<(1 + (labels.max() ?? 0))).map { label in rows.count { labels[$0] == label } }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func everyRowIsInOnePart(seed: UInt64) {
    var random = RandomStream(seed: seed)
    let labels = (0..<200).map { _ in random.below(5) }
    let units = (0..<200).map { _ in random.below(60) }
    let all = parts(labels, units: units, shares: [0.7, 0.15, 0.15], seed: seed)
    #expect(all.flatMap { $0 }.sorted() == Array(0..<200))
    #expect(all.allSatisfy { $0 == $0.sorted() })
    // No unit stands in two parts.
    let unitsOfParts = all.map { Set($0.map { units[$0] }) }
    for a in 0..<3 { for b in 0..<a { #expect(unitsOfParts[a].isDisjoint(with: unitsOfParts[b])) } }
  }

  @Test func sharesAreKeptPerClass() {
    let labels = (0..<1000).map { $0 % 10 }
    let all = parts(labels, shares: [0.7, 0.15, 0.15])
    #expect(counts(all[0], labels) == [Int](repeating: 70, count: 10))
    #expect(counts(all[1], labels) == [Int](repeating: 15, count: 10))
  }

  @Test func foldsDifferByOneRowAClass() {
    let labels = (0..<103).map { $0 % 4 }
    let all = parts(labels, shares: [Double](repeating: 0.2, count: 5))
    for label in 0..<4 {
      let sizes = all.map { counts($0, labels)[label] }
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }
    let sizes = all.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 2)
  }

  @Test func aClassOfThreeUnitsIsInAllThreeParts() {
    for seed in 0..<30 as Range<UInt64> {
      let labels = [Int](repeating: 0, count: 60) + [1, 1, 1]
      let all = parts(labels, shares: [0.7, 0.15, 0.15], seed: seed)
      #expect(all.allSatisfy { counts($0, labels)[1] == 1 })
    }
  }

  @Test func bigUnitsKeepTheSharesClose() {
    // Forty songs of ten segments, four classes.
    let units = (0..<400).map { $0 / 10 }
    let labels = units.map { $0 % 4 }
    let all = parts(labels, units: units, shares: [0.7, 0.15, 0.15])
    #expect(counts(all[0], labels) == [70, 70, 70, 70] || all[0].count == 280)
    for label in 0..<4 { #expect(abs(counts(all[1], labels)[label] - 15) <= 5) }
  }

  @Test func theSeedDecides() {
    let labels = (0..<100).map { $0 % 2 }
    #expect(
      parts(labels, shares: [0.5, 0.5], seed: 1) == parts(labels, shares: [0.5, 0.5], seed: 1))
    #expect(
      parts(labels, shares: [0.5, 0.5], seed: 1) != parts(labels, shares: [0.5, 0.5], seed: 2))
  }
}
