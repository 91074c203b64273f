import ExploreCommands
import Exploration
import Glibc
import JSONText
import Learning
import Matrices
import Testing

// MARK: Spaces

@Suite struct ValueRangeTests {
  private func draws(_ range: ValueRange, _ count: Int = 20_000) -> [Double] {
    var random = RandomStream(seed: 1)
    let space = SearchSpace([.init(name: "x", range: range)])
    return (0..<count).compactMap { _ in space.draw(using: &random)[0].number }
  }

  @Test func logarithmsAreUniform() {
    let values = draws(ValueRange(from: 0.001, to: 1000, scale: .log))
    #expect(values.allSatisfy { $0 >= 0.001 && $0 <= 1000 })
    for (decade, limit) in [0.01, 0.1, 1, 10, 100].enumerated() {
      let share = Double(values.count { $0 < limit }) / Double(values.count)
      // Four standard deviations of a share of 20,000.
      let expected = Double(decade + 1) / 6
      #expect(abs(share - expected) < 0.015, "below \(limit): \(share)")
    }
    // Four digits are enough for a table.
    #expect(values.allSatisfy { "\($0)".count <= 9 })
  }

  @Test func numbersAreUniform() {
    let values = draws(ValueRange(from: -1, to: 3))
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - 1) < 0.04)
    let negative = Double(values.count { $0 < 0 }) / Double(values.count)
    #expect(abs(negative - 0.25) < 0.015)
  }

  @Test func wholeNumbersIncludeBothEnds() {
    let values = draws(ValueRange(from: 3, to: 7, isInteger: true))
    for whole in 3...7 {
      let share = Double(values.count { $0 == Double(whole) }) / Double(values.count)
      #expect(abs(share - 0.2) < 0.012, "\(whole): \(share)")
    }
    let logs = draws(ValueRange(from: 1, to: 100, scale: .log, isInteger: true))
    #expect(logs.min() == 1 && logs.max() == 100)
    #expect(logs.allSatisfy { $0 == $0.rounded() })
    // ln(10.5 / 0.5) of ln(100.5 / 0.5).
    let share = Double(logs.count { $0 <= 10 }) / Double(logs.count)
    #expect(abs(share - 0.5741) < 0.015, "\(share)")
  }

  @Test func stepsAreCounted() {
    let range = ValueRange(from: 0.1, to: 0.5, step: 0.1)
    #expect(range.count == 5)
    #expect(Set(draws(range, 500)).sorted() == [0.1, 0.2, 0.3, 0.4, 0.5])
    #expect(ValueRange(from: 10, to: 100, step: 25, isInteger: true).count == 4)
    #expect(ValueRange(from: 1, to: 2, scale: .log).count == nil)
  }

  @Test func aSmallSpaceIsTriedWholeAndALargerOneWithoutRepetition() {
    let space = SearchSpace([
      .init(name: "k", range: ValueRange(from: 1, to: 4, isInteger: true)),
      .init(name: "weights", values: ["a", "b"]), .init(name: "fixed", values: [7]),
    ])
    var random = RandomStream(seed: 5)
    let all = space.draws(8, using: &random)
    #expect(all == space.draws(100, using: &random))
    let texts = all.map { JSONNode($0).compactText }
    #expect(Array(texts.prefix(3)) == [#"[1,"a",7]"#, #"[1,"b",7]"#, #"[2,"a",7]"#])
    let some = space.draws(6, using: &random).map { JSONNode($0).compactText }
    #expect(some.count == 6 && Set(some).count == 6)
    #expect(Set(some).isSubset(of: Set(texts)))
  }
}

// MARK: Brackets

@Suite struct BracketTests {
  private func rungs(_ procedure: TuningProcedure) -> [[[Double]]] {
    guard case .brackets(let brackets) = procedure else { return [] }
    return brackets.map { $0.rungs.map { [Double($0.count), $0.budget] } }
  }

  @Test func twentySevenSettingsAreHalvedThreeTimes() {
    let found = rungs(SuccessiveHalving().procedure(settings: 27))
    let expected: [[Double]] = [[27, 1.0 / 27], [9, 1.0 / 9], [3, 1.0 / 3], [1, 1]]
    #expect(found == [expected])
    let (count, budget) = SuccessiveHalving().procedure(settings: 27).fits(settings: 27)
    #expect(count == 40)
    #expect(abs(budget - 4) < 1e-9)
  }

  @Test func fewSettingsBeginWithMore() {
    let five: [[Double]] = [[5, 1.0 / 3], [1, 1]]
    #expect(rungs(SuccessiveHalving().procedure(settings: 5)) == [five])
    let two: [[Double]] = [[2, 1]]
    #expect(rungs(SuccessiveHalving().procedure(settings: 2)) == [two])
  }

  @Test func theLeastShareEndsTheHalving() throws {
    let tuner = try SuccessiveHalving(settings: ["minimum": 0.2, "trials": 16, "factor": 2])
    let expected: [[Double]] = [[16, 0.25], [8, 0.5], [4, 1]]
    #expect(rungs(tuner.procedure(settings: 16)) == [expected])
  }

  /// Table 1 of Li and others 2018: R = 81, η = 3.
  @Test func hyperbandHasThePublishedBrackets() throws {
    let tuner = try Hyperband(settings: ["minimum": 0.0123])
    #expect(tuner.draws == 81 + 34 + 15 + 8 + 5)
    let published: [[[Double]]] = [
      [[81, 1], [27, 3], [9, 9], [3, 27], [1, 81]], [[34, 3], [11, 9], [3, 27], [1, 81]],
      [[15, 9], [5, 27], [1, 81]], [[8, 27], [2, 81]], [[5, 81]],
    ]
    let found = rungs(tuner.procedure(settings: 143)).map { bracket in
      bracket.map { [$0[0], ($0[1] * 81).rounded()] }
    }
    #expect(found == published)
  }

  @Test func hyperbandGoesRoundUntilNothingIsLeft() throws {
    let tuner = try Hyperband(settings: ["minimum": 0.1, "trials": 40])
    let begun = rungs(tuner.procedure(settings: 40)).map { $0[0][0] }
    #expect(begun == [9, 5, 3, 9, 5, 3, 6])
  }

  @Test func everyFullFitIsLast() {
    for settings in 1...60 {
      for bracket in rungs(Hyperband().procedure(settings: settings)) {
        let counts = bracket.map { $0[0] }
        #expect(bracket.last?[1] == 1)
        #expect((counts.last ?? 0) >= 1)
        #expect(counts == counts.sorted(by: >))
      }
    }
  }
}

// MARK: Proposals

@Suite struct TreeParzenTests {
  @Test(arguments: [
    ValueRange(from: -2, to: 5), ValueRange(from: 0.01, to: 100, scale: .log),
  ])
  func densitiesAddUpToOne(range: ValueRange) {
    let estimator = ParzenEstimator([range.from, 1, 1.5, 4], in: range)
    let steps = 20_000
    let sum = (0..<steps).reduce(0.0) { sum, step in
      // The density is one over the logarithm on a log scale.
      let share = (Double(step) + 0.5) / Double(steps)
      let value = range.value(atShare: share).number ?? 0
      let width = range.scale == .log ? 9.210_340_371_976_184 : range.to - range.from
      return sum + exp(estimator.logDensity(of: value)) * width / Double(steps)
    }
    #expect(abs(sum - 1) < 1e-3, "\(sum)")
  }

  @Test(arguments: [
    ValueRange(from: 1, to: 30, isInteger: true),
    ValueRange(from: 1, to: 30, scale: .log, isInteger: true),
  ])
  func probabilitiesAddUpToOne(range: ValueRange) {
    let estimator = ParzenEstimator([1, 7, 8], in: range)
    let sum = (1...30).reduce(0.0) { $0 + exp(estimator.logDensity(of: Double($1))) }
    #expect(abs(sum - 1) < 1e-9, "\(sum)")
    var random = RandomStream(seed: 3)
    let draws = (0..<20_000).map { _ in estimator.draw(using: &random) }
    for value in [1.0, 8, 20] {
      let share = Double(draws.count { $0 == value }) / 20_000
      let probability = exp(estimator.logDensity(of: value))
      #expect(abs(share - probability) < 0.015)
    }
  }

  private let space = SearchSpace([
    .init(name: "x", range: ValueRange(from: 0.001, to: 1000, scale: .log)),
    .init(name: "y", range: ValueRange(from: 0, to: 1)),
    .init(name: "k", range: ValueRange(from: 1, to: 50, isInteger: true)),
    .init(name: "c", values: ["a", "b", "c"]),
    .init(name: "l", values: [1, 2, 4, 8, 16, 32]),
  ])

  /// Smooth, with its minimum of 0 at x = 10, y = 0.3, k = 20, c = b, l = 4.
  private func loss(_ point: SearchSpace.Point) -> Double {
    func number(_ index: Int) -> Double { point[index].number ?? 0 }
    func logarithm(_ value: Double) -> Double {
      // Of base 2, to three digits.
      var (value, result, part) = (value, 0.0, 1.0)
      while value >= 2 { (value, result) = (value / 2, result + 1) }
      while value < 1 { (value, result) = (value * 2, result - 1) }
      for _ in 0..<12 {
        (value, part) = (value * value, part / 2)
        if value >= 2 { (value, result) = (value / 2, result + part) }
      }
      return result
    }
    let x = (logarithm(number(0)) - 3.32) / 6.64
    let y = (number(1) - 0.3) * 2
    let k = (number(2) - 20) / 25
    let l = (logarithm(number(4)) - 2) / 3
    return x * x + y * y + k * k + l * l + (point[3].string == "b" ? 0 : 0.2)
  }

  private func best(seed: Int, trials: Int, startup: Int) -> Double {
    var random = RandomStream(seed: seed, "search")
    var proposals = TreeParzenProposals(spaces: [space], transformations: 1, isMinimised: true)
    var best = Double.infinity
    for point in space.draws(startup, using: &random) {
      best = min(best, loss(point))
      proposals.add(.init(point: point), score: loss(point))
    }
    for _ in startup..<trials {
      guard let proposal = proposals.next(using: &random) else { break }
      best = min(best, loss(proposal.point))
      proposals.add(proposal, score: loss(proposal.point))
    }
    return best
  }

  @Test func proposalsBeatChance() {
    let seeds = 0..<40
    let proposed = seeds.map { best(seed: $0, trials: 50, startup: 10) }
    let drawn = seeds.map { best(seed: $0, trials: 50, startup: 50) }
    let means = (
      proposed.reduce(0, +) / Double(seeds.count), drawn.reduce(0, +) / Double(seeds.count)
    )
    #expect(means.0 < 0.6 * means.1, "\(means)")
    let wins = zip(proposed, drawn).filter { $0.0 < $0.1 }.count
    #expect(wins >= 28, "\(wins)")
  }

  @Test func nothingIsProposedTwiceAndASmallSpaceEnds() {
    let space = SearchSpace([
      .init(name: "a", values: [1, 2, 3]), .init(name: "b", values: ["x", "y"]),
    ])
    var random = RandomStream(seed: 2)
    var proposals = TreeParzenProposals(spaces: [space], transformations: 2, isMinimised: false)
    var seen: Set<String> = []
    while let proposal = proposals.next(using: &random) {
      let text = "\(proposal.transformation) \(JSONNode(proposal.point).compactText)"
      #expect(seen.insert(text).inserted)
      proposals.add(proposal, score: seen.count == 3 ? nil : Double(seen.count))
    }
    #expect(seen.count == 12)
  }

  /// Trials that failed are as bad as can be.
  @Test func failuresAreAvoided() {
    let space = SearchSpace([.init(name: "x", range: ValueRange(from: 0, to: 1))])
    var proposals = TreeParzenProposals(spaces: [space], transformations: 1, isMinimised: false)
    for step in 0..<40 {
      let value = (Double(step) + 0.5) / 40
      proposals.add(.init(point: [JSONNode(value)]), score: value < 0.5 ? nil : 1)
    }
    var random = RandomStream(seed: 8)
    let values = (0..<100).compactMap { _ in proposals.next(using: &random)?.point[0].number }
    #expect(values.count { $0 >= 0.5 } > 80)
  }
}

// MARK: Plans

@Suite struct TunedPlanTests {
  private let data = dataset((0..<120).map { $0 % 3 })

  private func plan(_ tuner: String, _ models: String, rest: String = "", seed: Int = 1) throws
    -> Plan
  {
    try planned(
      models, rest: #", "seed": \#(seed), "tuner": \#(tuner)"# + rest)
  }

  private func planned(_ models: String, rest: String) throws -> Plan {
    try ExplorationTests.plan(data, split: #"{"holdout": {}}"#, models: models, rest: rest)
  }

  private let ranges =
    #"[{"svm": {"kernel": ["linear", "rbf"], "C": {"from": 0.1, "to": 100, "scale": "log"}}}]"#

  @Test func everyTunerIsReadByItsName() throws {
    for tuner in Tuners.all where tuner.name != "grid" {
      let plan = try plan("\"\(tuner.name)\"", ranges)
      #expect(plan.tuner?.name == tuner.name)
      let trials = plan.trialCount(of: plan.cells[0])
      let expected = ["random": 30, "tpe": 30, "halving": 40, "hyperband": 69]
      #expect(trials == expected[tuner.name])
    }
    #expect(try plan("\"grid\"", #"["knn"]"#).tuner == nil)
  }

  @Test func allCellsOfAModelTryTheSame() throws {
    let transformations = #", "transformations": ["none", "pca", {"rbf": {"centers": [5, 6]}}]"#
    let plan = try plan(#"{"random": {"trials": 8}}"#, ranges, rest: transformations)
    #expect(plan.models[0].variants.count == 8)
    let texts = plan.cells.map { cell in
      plan.settings(of: cell).compactMap { plan.modelVariant($0, of: cell)?.text }
    }
    #expect(texts[0] == texts[1])
    #expect(texts[2].sorted() == texts[0].sorted())
    // Each variant of the transformation as often as the other.
    #expect(plan.settings(of: plan.cells[2]).count { $0.transformation == 0 } == 4)
    // The seed decides, not the cell's place.
    let other = try self.plan(#"{"random": {"trials": 8}}"#, ranges)
    #expect(other.models == plan.models)
    #expect(try self.plan(#"{"random": {"trials": 8}}"#, ranges, seed: 2).models != plan.models)
  }

  @Test func drawnCombinationsAreAllDifferent() throws {
    let transformations =
      #", "transformations": [{"rbf": {"centers": [4, 5, 6, 7, 8, 9]}}]"#
    let models = #"[{"knn": {"k": [1, 2, 3, 4, 5, 6, 7, 8, 9]}}]"#
    let plan = try plan(#"{"random": {"trials": 40}}"#, models, rest: transformations)
    let settings = plan.settings(of: plan.cells[0])
    #expect(settings.count == 40 && Set(settings).count == 40)
    #expect(Set(settings.map(\.transformation)).count == 6)
    #expect(Set(settings.map(\.model)).count == 9)
  }

  /// Where everything is tried, it does not matter who says so.
  @Test func aSmallSpaceHasTheKeysOfTheGrid() throws {
    let models = #"[{"knn": {"k": [1, 3, 5]}}, {"tree": {"depth": [1, 2]}}]"#
    let grid = try plan("\"grid\"", models).pieces.map(\.key)
    #expect(try plan("\"random\"", models).pieces.map(\.key) == grid)
    #expect(try Set(plan("\"halving\"", models).pieces.map(\.key)).isDisjoint(with: grid))
    let fewer = try plan(#"{"random": {"trials": 2}}"#, models).pieces.map(\.key)
    #expect(fewer[0] != grid[0] && fewer[1] == grid[1])
    // What is not tuned is the same for every tuner.
    let alone = #"["ridge"]"#
    let keys = try plan("\"grid\"", alone).pieces.map(\.key)
    for tuner in ["random", "halving", "hyperband", "tpe"] {
      #expect(try plan("\"\(tuner)\"", alone).pieces.map(\.key) == keys)
    }
  }

  @Test func theTunersSettingsArePartOfTheKey() throws {
    let keys = try [
      #"{"tpe": {"trials": 20}}"#, #"{"tpe": {"trials": 21}}"#,
      #"{"tpe": {"trials": 20, "startup": 5}}"#, #"{"random": {"trials": 20}}"#,
      #"{"random": {"trials": 20, "seconds": 9}}"#, #"{"halving": {"trials": 20}}"#,
      #"{"halving": {"trials": 20, "factor": 2}}"#,
    ].map { try plan($0, ranges).pieces[0].key }
    #expect(Set(keys).count == keys.count)
  }

  @Test(arguments: [
    (
      #"{"C": {"from": 1, "to": 1}}"#, "models[0].svm.C: a range goes from a number to a larger one"
    ),
    (#"{"C": {"from": 0, "to": 1}}"#, "models[0].svm.C.from: expected a number above 0, found 0"),
    (#"{"C": {"min": 1, "max": 2}}"#, "models[0].svm.C: a range is written as in {\"from\": 1, "),
    (#"{"C": {"from": 1}}"#, "models[0].svm.C: “to” is missing"),
    (#"{"C": {"from": 1, "to": 2, "scale": "liner"}}"#, "did you mean “linear”?"),
    (#"{"C": {"from": 1, "to": 2, "stepp": 1}}"#, "unknown key “stepp”; did you mean “step”?"),
    (#"{"C": {"from": 1, "to": 2, "scale": "log", "step": 1}}"#, "goes with a linear scale only"),
    (#"{"C": {"from": 1, "to": 2, "step": 5}}"#, "the range is 1 long"),
    (#"{"coef0": {"from": 0, "to": 2, "scale": "log"}}"#, "a log scale has no 0"),
    (
      #"{"kernel": {"from": 0, "to": 2}}"#, "a range is one of numbers; this setting takes “linear”"
    ),
    (#"{"degree": {"from": 0.5, "to": 2}}"#, "expected a whole number from 1 to 10, found 0.5"),
  ])
  func badRangesAreRefused(settings: String, words: String) throws {
    let error = #expect(throws: ExperimentError.self) {
      try plan("\"random\"", #"[{"svm": \#(settings)}]"#)
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("dir/e.json, line 1, column ") == true)
  }
}

@Suite struct RangeEdgeTests {
  private func dimension(_ values: [JSONNode]) -> SearchSpace.Dimension {
    .init(name: "k", values: values, lower: 1)
  }

  @Test func listsHaveEdges() {
    let list = dimension([2, 5, 20])
    #expect(list.edge(at: 20)?.end == .highest)
    #expect(list.edge(at: 2)?.end == .lowest)
    #expect(list.edge(at: 5) == nil)
    #expect(dimension([2, 5]).edge(at: 5) == nil, "two values are a comparison, not a search")
    #expect(dimension([1, 5, 9]).edge(at: 1) == nil, "there is nothing below")
    #expect(dimension([2, 5, 9, nil]).edge(at: 9) == nil, "unlimited is more")
    #expect(dimension([2, 5, 9, nil]).edge(at: nil) == nil)
    #expect(dimension(["a", "b", "c"]).edge(at: "a") == nil)
  }

  @Test func rangesHaveEdgesOfTwoPerCent() {
    let range = SearchSpace.Dimension(
      name: "C", range: ValueRange(from: 0.01, to: 100, scale: .log))
    #expect(range.edge(at: 90)?.end == .highest)
    #expect(range.edge(at: 80) == nil)
    #expect(range.edge(at: 0.0105)?.end == .lowest)
    let bounded = SearchSpace.Dimension(
      name: "share", range: ValueRange(from: 0, to: 1), lower: 0, upper: nil)
    #expect(bounded.edge(at: 0.001) == nil)
    #expect(bounded.edge(at: 0.99)?.end == .highest)
  }
}
