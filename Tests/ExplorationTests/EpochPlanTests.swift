import Exploration
import ExploreCommands
import FileSystem
import JSONText
import Learning
import Matrices
import Testing
import TextFormatting

/// A model that learns by epochs, with as many threads as it wants.
private struct ByEpochs: Model {
  static let name = "byepochs"
  static let watchesValidation = true
  @Setting("passes", in: 1...) var epochs = 10
  @Setting("threads it wants", in: 1...) var wanted = 4
  @Setting("outputs of each layer", in: 1...) var widths = [8, 4]
  var recipe = Recipe()

  /// Settings that several such models would have.
  struct Recipe: SettingGroup {
    enum Way: String, SettingChoice { case sgd, adam }
    @Setting("how far a step goes", above: 0) var learningRate = 0.1
    @Setting("how steps are made") var way = Way.sgd
  }

  struct Fitted: FittedModel {
    func probabilities(of features: Matrix) -> Matrix { features }
  }

  func threads(for shape: DataShape, atMost most: Int) -> Int { min(wanted, most) }
  func cost(for shape: DataShape) -> Cost {
    Cost(
      operations: Double(epochs) * shape.elements * 1e6, bytes: 61e6,
      details: "1,000 parameters, 61.0 MB of activations")
  }
  func fit(_ samples: Samples, in context: FitContext) throws -> Fitted {
    throw FitError.failed("only planned")
  }
}

private let registry = Registry(
  models: Registry.standard.models + [ByEpochs.self],
  transformations: Registry.standard.transformations)

@Suite struct EpochPlanTests {
  private let data = dataset((0..<60).map { $0 % 3 })

  private func plan(
    _ models: String, split: String = #"{"holdout": {}}"#, rest: String = ""
  ) throws -> Plan {
    let text =
      #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "split": \#(split), "models": \#(models)\#(rest)}"#
    return try Plan(
      Experiment(text: text, file: "dir/e.json", registry: registry), datasets: [data],
      registry: registry)
  }

  // MARK: Threads

  @Test func threadsAreResolvedAndPartOfTheKey() throws {
    let models = #"[{"byepochs": {"wanted": [1, 4]}}, {"knn": {"k": [1, 3]}}]"#
    func plan(_ threads: Int) throws -> Plan {
      try self.plan(models, rest: #", "limits": {"cell_threads": \#(threads)}"#)
    }
    let plans = try [1, 2, 4, 5].map(plan)
    let work = plans.map { WorkList($0, registry: registry) }
    #expect(work.map { $0.cells[0].threads } == [[1, 1], [1, 2], [1, 4], [1, 4]])
    #expect(work.map { $0.cores(of: .cell(1)) } == [1, 1, 1, 1])
    #expect(Set(plans.map { $0.pieces[0].key }).count == 3)
    // What works with one thread has the same key whatever is allowed.
    #expect(Set(plans.map { $0.pieces[1].key }).count == 1)
    let without = try self.plan(models)
    #expect(without.limits.threads == Machine.cores)
    #expect(without.pieces[1].key == plans[0].pieces[1].key)
  }

  @Test func aPlanOfAnEarlierVersionHasNoThreads() throws {
    let folder = try Path.makeTemporaryFolder("explore-plan")
    defer { try? folder.remove() }
    var node = try JSONNode(encoding: plan(#"["knn"]"#))
    node = JSONNode(
      .object(
        (node.members ?? []).map { member in
          guard member.name == "limits" else { return member }
          return .init("limits", ["seconds": 600, "megabytes": 4000])
        }))
    let path = folder / "plan.json"
    try path.writeAtomically(node.compactText)
    #expect(try Plan(readingFrom: path).limits.threads == nil)
  }

  @Test func whatWantsMoreThanThereIsRunsAlone() throws {
    let plan = try plan(
      #"["byepochs", "knn", "ridge"]"#, rest: #", "limits": {"cell_threads": 4}"#)
    let work = WorkList(plan, registry: registry)
    let (wide, small, other) = (WorkOrder.cell(0), WorkOrder.cell(1), WorkOrder.cell(2))
    let two = Capacity(cores: 2, bytes: 1e12)
    #expect(two.admits(wide, beside: [], work))
    #expect(!two.admits(small, beside: [wide], work) && !two.admits(wide, beside: [small], work))
    #expect(two.admits(small, beside: [other], work))
    #expect(!two.admits(.preparation(0), beside: [small, other], work))
    let five = Capacity(cores: 5, bytes: 1e12)
    #expect(five.admits(small, beside: [wide], work))
    #expect(!five.admits(other, beside: [wide, small], work))
    #expect(!Capacity(cores: 5, bytes: 10).admits(small, beside: [wide], work))
  }

  // MARK: Settings

  @Test func settingsOfGroupsAndListsAreTuned() throws {
    let plan = try plan(
      #"[{"byepochs": {"learning_rate": [0.01, 0.1], "way": "adam", "widths": [[16], [8, 4]]}}]"#)
    let variants = plan.models[0].variants
    #expect(
      variants.map(\.text) == [
        "learning_rate=0.01 way=adam widths=[16]", "learning_rate=0.01 way=adam widths=[8,4]",
        "learning_rate=0.1 way=adam widths=[16]", "learning_rate=0.1 way=adam widths=[8,4]",
      ])
    let model = try ByEpochs(settings: variants[0].settings)
    #expect(model.recipe.learningRate == 0.01 && model.recipe.way == .adam)
    #expect(model.widths == [16] && model.epochs == 10)
    // One list is one value.
    #expect(try self.plan(#"[{"byepochs": {"widths": [3, 2]}}]"#).models[0].variants.count == 1)
    #expect(ByEpochs.settings.map(\.group) == [nil, nil, nil, "recipe", "recipe"])
    let schema = ExperimentSchema(registry).schema.compactText
    #expect(schema.contains(#""learning_rate":{"description":"how far a step goes""#))
  }

  @Test(arguments: [
    (#"{"learningrate": 1}"#, "did you mean “learning_rate”?"),
    (#"{"learning_rate": 0}"#, "models[0].byepochs.learning_rate: expected a number above 0"),
    (#"{"way": "adem"}"#, "did you mean “adam”?"),
    (#"{"recipe": {}}"#, "recipe"), (#"{"widths": [[4], 3]}"#, "models[0].byepochs.widths[1]"),
    (#"{"widths": 3}"#, "a list"),
  ])
  func badSettingsOfGroupsAreRefused(settings: String, words: String) {
    let error = #expect(throws: ExperimentError.self) {
      try plan(#"[{"byepochs": \#(settings)}]"#)
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [("0", "from 1 to 1024"), ("1.5", "a whole number"), ("\"all\"", "found")])
  func badNumbersOfThreadsAreRefused(value: String, words: String) {
    let error = #expect(throws: ExperimentError.self) {
      try plan(#"["knn"]"#, rest: #", "limits": {"cell_threads": \#(value)}"#)
    }
    #expect(error?.description.contains("limits.cell_threads: expected") == true)
    #expect(error?.description.contains(words) == true)
  }

  @Test func aRunWithoutACellSaysWhy() {
    let error = #expect(throws: PlanError.self) { try plan(#"["cnn"]"#) }
    #expect(
      error.map { "\($0)" }?.hasPrefix(
        "no cell is left to compute; none+cnn: cnn: it needs pictures")
        == true)
  }

  // MARK: Costs

  @Test func epochsAndTrialsCount() throws {
    func operations(_ settings: String, split: String = #"{"holdout": {}}"#) throws -> Double {
      let plan = try plan(#"[{"byepochs": {\#(settings)}}]"#, split: split)
      return WorkList(plan, registry: registry).cost(of: .cell(0)).operations
    }
    let one = try operations(#""epochs": 10"#)
    #expect(abs(try operations(#""epochs": 100"#) / one - 10) < 0.1)
    #expect(abs(try operations(#""epochs": [10, 20]"#) / one - 3) < 0.1)
    // Three inner fits of 40 of 40 rows' two thirds, and one of the winner.
    let inner = try operations(
      #""epochs": [10, 20]"#, split: #"{"folds": {"count": 3, "inner": {"folds": 3}}}"#)
    let outer = try operations(
      #""epochs": [10, 20]"#, split: #"{"folds": {"count": 3, "validation": 0.15}}"#)
    #expect(inner / outer > 3 && inner / outer < 5)
  }

  @Test func whatDoesNotFitIsRefusedWithItsParts() throws {
    let plan = try plan(
      #"["byepochs", "knn"]"#, rest: #", "limits": {"cell_memory_mb": 60}"#)
    #expect(
      plan.cells[0].skipReason
        == "needs about 61.0 MB, more than limits.cell_memory_mb = 60: 1,000 parameters, "
        + "61.0 MB of activations")
    #expect(plan.cells[1].skipReason == nil)
  }

  // MARK: Validation

  @Test func validationRowsAreCutForWhatStopsByThem() throws {
    #expect(try plan(#"["knn"]"#).protocols[0].divisions[0].splits[0].selection.isEmpty)
    #expect(
      try plan(#"["knn", "byepochs"]"#).protocols[0].divisions[0].splits[0].selection.count == 1)
    for split in [
      #"{"folds": {"count": 3}}"#, #"{"folds": {"count": 3, "inner": {"folds": 2}}}"#,
    ] {
      #expect(
        try plan(#"["byepochs"]"#, split: split).protocols[0].divisions[0].splits.allSatisfy {
          !$0.selection.isEmpty
        })
    }
    // Without any it trains all its epochs; tuning cannot do without.
    let none = #"{"holdout": {"validation": 0}}"#
    #expect(
      try plan(#"["byepochs"]"#, split: none).protocols[0].divisions[0].splits[0].selection.isEmpty)
    #expect(throws: PlanError.self) {
      try plan(#"[{"byepochs": {"epochs": [1, 2]}}]"#, split: none)
    }
  }

  @Test func twoOfficialFoldsLeaveNoneToStopBy() throws {
    func splits(_ models: String, folds: Int) throws -> [Split] {
      var data = data
      data.textColumns["fold"] = data.labels.indices.map { "\($0 / 3 % folds)" }
      let text =
        #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "split": {"folds": {"column": "fold"}}, "models": \#(models)}"#
      return try Plan(
        Experiment(text: text, file: "dir/e.json", registry: registry), datasets: [data],
        registry: registry
      ).protocols[0].divisions[0].splits
    }
    let two = try splits(#"["byepochs"]"#, folds: 2)
    #expect(two.count == 2 && two.allSatisfy { $0.selection.isEmpty })
    #expect(try splits(#"["byepochs"]"#, folds: 3).allSatisfy { $0.selection.count == 1 })
    #expect(throws: PlanError.self) {
      try splits(#"[{"byepochs": {"epochs": [1, 2]}}]"#, folds: 2)
    }
  }

  @Test func whatStopsByValidationRowsIsNeverFittedAgain() throws {
    let plan = try plan(
      #"["byepochs", {"knn": {"k": [1, 3]}}]"#, rest: #", "refit": true"#)
    let (network, neighbours) = (plan.split(0, of: plan.cells[0]), plan.split(0, of: plan.cells[1]))
    #expect(network.final == nil && network.finalTraining == network.selection[0].training)
    #expect(neighbours.finalTraining.count > network.finalTraining.count)
    // The winner over inner folds has to be fitted once more.
    let folds = try self.plan(
      #"["byepochs"]"#, split: #"{"folds": {"count": 3, "inner": {"folds": 2}}}"#,
      rest: #", "refit": true"#)
    #expect(folds.split(0, of: folds.cells[0]).final != nil)
  }
}

@Suite struct PaceTests {
  @Test func whatIsLeftFollowsTheShare() {
    var pace = Pace()
    #expect(pace.secondsLeft(at: 1) == nil)
    pace.add(share: 0.001, at: 1)
    #expect(pace.secondsLeft(at: 2) == nil)
    pace.add(share: 0.002, at: 2)
    let left = pace.secondsLeft(at: 2)
    #expect(left.map { abs($0 - 998) < 1e-6 } == true)
    #expect(pace.secondsLeft(at: 12).map { abs($0 - 988) < 1e-6 } == true)
  }

  /// Nine tenths that were done before the kill took no second of this time.
  @Test func aResumedPieceIsNotFasterThanItIs() {
    var pace = Pace()
    pace.add(share: 0.9, at: 1)
    pace.add(share: 0.91, at: 11)
    #expect(pace.secondsLeft(at: 11).map { abs($0 - 90) < 1e-6 } == true)
  }
}
