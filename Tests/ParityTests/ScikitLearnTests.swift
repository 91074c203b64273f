import FileSystem
import JSONText
import ProgramSupport
import Testing
import TextFormatting

/// The same tables, splits and settings as scikit-learn; what it gave is in `Fixtures`, made by
/// `make_references.py`.
@Suite struct ScikitLearnTests {
  private static let grid: [(name: String, model: String)] = [
    ("logistic", #"{"logistic": {"C": [0.01, 0.1, 1, 10, 100]}}"#),
    ("svm", #"{"svm": {"C": [0.01, 0.1, 1, 10, 100]}}"#),
    ("svm-rbf", #"{"svm": {"kernel": "rbf", "C": [0.1, 1, 10, 100], "as": "svm-rbf"}}"#),
    (
      "svm-polynomial",
      #"{"svm": {"kernel": "polynomial", "C": [0.1, 1, 10, 100], "as": "svm-polynomial"}}"#
    ),
    ("perceptron", #"{"perceptron": {"eta": [0.0001, 0.001, 0.01, 0.1, 1]}}"#),
    ("ridge", #"{"ridge": {"alpha": [100, 10, 1, 0.1, 0.01]}}"#),
    ("tree", #"{"tree": {"depth": [1, 3, 5, 10, 20, "unlimited"]}}"#),
    ("forest", #"{"forest": {"trees": [10, 50, 100, 200], "depth": [3, 5, 10, "unlimited"]}}"#),
    ("knn", #"{"knn": {"k": [1, 3, 5, 7, 10], "weights": ["uniform", "distance"]}}"#),
  ]

  /// Runs our grid on the reference's split and gives its tables.
  private func run(
    _ data: String, _ reference: JSONNode, models: [String], transformations: String, seeds: Int = 1
  ) throws -> (results: ResultTable, trials: ResultTable, predictions: ResultTable) {
    let folder = try Path.makeTemporaryFolder("explore-parity")
    defer { try? folder.remove() }
    try (folder / "split.json").writeAtomically((reference["split"] ?? .null).compactText)
    let chosen = Self.grid.filter { models.contains($0.name) }.map(\.model)
    try (folder / "e.json").writeAtomically(
      """
      {"name": "parity", "data": \(data), "scaling": "minmax", "split": {"file": "split.json"},
       "transformations": \(transformations), "seeds": \(seeds), "models": [\(chosen.joined(separator: ","))]}
      """)
    let result = try Program.explore.run(
      ["run", (folder / "e.json").string, "--out", (folder / "run").string, "--quiet"],
      environment: ["EXPLORE_CACHE": (folder / "cache").string])
    try #require(result.code == 0, "\(result.errors)")
    let tables = folder / "run" / "tables"
    return (
      try ResultTable(tables / "results.csv"), try ResultTable(tables / "trials.csv"),
      try ResultTable(tables / "predictions.csv")
    )
  }

  /// Compares every trial of the cells without chance: the right validation rows of each trial, and
  /// the right test rows where both chose the same setting.
  private func compare(
    _ name: String, _ data: String, models: [String], trialTolerance: (String) -> Int,
    testTolerance: Int
  ) throws {
    let reference = try Fixture.read(name)
    let (results, trials, _) = try run(
      data, reference, models: models, transformations: #"["none", "pca", "polynomial"]"#)
    let validation = Double(reference["split"]?["validation"]?.elements?.count ?? 0)
    let test = Double(reference["split"]?["test"]?.elements?.count ?? 0)
    // Where scikit-learn stopped above the minimum, its predictions are not those of the minimum.
    let unfinished = try LogisticComparison.all(name).filter(\.theyStoppedEarly)
    var compared = 0
    for row in results.rows {
      let cell = "\(row["transformation"] ?? "")+\(row["model"] ?? "")"
      guard let expected = reference["cells"]?[cell], let counts = expected["validation"]?.elements
      else { continue }
      let own = trials.rows.filter {
        $0["transformation"] == row["transformation"] && $0["model"] == row["model"]
      }
      try #require(own.count == counts.count)
      for (trial, count) in zip(own, counts) {
        let settings = trial["settings"] ?? ""
        if unfinished.contains(where: { $0.cell == cell && settings == "C=\(shortest($0.C))" }) {
          continue
        }
        let right = Int(((Double(trial["validation_accuracy"] ?? "") ?? -1) * validation).rounded())
        let difference = abs(right - (count.integer ?? 0))
        #expect(
          difference <= trialTolerance(row["model"] ?? ""),
          "\(name) \(cell) \(trial["settings"] ?? ""): \(right), scikit-learn \(count.compactText)")
        compared += 1
      }
      let chosen = own.firstIndex { $0["settings"] == row["settings"] }
      if chosen == expected["chosen"]?.integer {
        let right = Int(((Double(row["test_accuracy"] ?? "") ?? -1) * test).rounded())
        #expect(
          abs(right - (expected["test"]?.integer ?? 0)) <= testTolerance,
          "\(name) \(cell): \(right) test rows right, scikit-learn \(expected["test"]?.compactText ?? "")"
        )
      }
      #expect(row["dimensions"] == expected["dimensions"]?.compactText)
    }
    #expect(compared >= 60)
  }

  private let withoutChance = ["logistic", "svm", "svm-rbf", "svm-polynomial", "ridge", "knn"]

  @Test(arguments: ["wine", "breast-cancer"])
  func smallTables(name: String) throws {
    // 27 and 85 validation rows: one row for what hangs on the last digit of a tolerance.
    try compare(
      name, #"{"builtin": "\#(name)"}"#, models: withoutChance, trialTolerance: { _ in 1 },
      testTolerance: 1)
  }

  @Test func digits() throws {
    try compare(
      "digits", #"{"builtin": "digits"}"#, models: withoutChance,
      trialTolerance: { ["logistic", "svm"].contains($0) ? 2 : 1 }, testTolerance: 2)
  }

  private static let gtzan =
    #"{"table": "\#(OutsideData.folder?.string ?? "")/gtzan/features_30_sec.csv", "label": "label"}"#

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func gtzanWithoutChance() throws {
    try compare(
      "gtzan-30-sec", Self.gtzan, models: withoutChance,
      trialTolerance: { ["logistic", "svm"].contains($0) ? 2 : 1 }, testTolerance: 2)
  }

  /// Cells in which chance comes in: the mean over ten seeds is not lower than scikit-learn's by more
  /// than twice the standard error of the difference.
  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func gtzanWithChance() throws {
    let reference = try Fixture.read("gtzan-30-sec")
    let all = ["none", "pca", "polynomial"]
    var compared = 0
    for (models, transformations) in [
      (["perceptron", "tree", "forest"], all),
      (["logistic", "svm", "perceptron", "ridge", "tree", "forest", "knn"], ["rbf"]),
    ] {
      let names = JSONNode(transformations).compactText
      let (_, _, predictions) = try run(
        Self.gtzan, reference, models: models, transformations: names, seeds: 10)
      for transformation in transformations {
        for model in models {
          let expected = (reference["chance"]?["\(transformation)+\(model)"]?.elements ?? [])
            .compactMap(\.number)
          let own = predictions.rows.filter {
            $0["transformation"] == transformation && $0["model"] == model
          }
          let bySeed = Dictionary(grouping: own) { $0["repeat"] ?? "" }.values.map { rows in
            Double(rows.count { $0["label"] == $0["predicted"] })
          }
          let (mean, error) = meanAndError(bySeed)
          let (theirMean, theirError) = meanAndError(expected)
          let bound = 2 * (error * error + theirError * theirError).squareRoot()
          #expect(
            mean >= theirMean - bound,
            "\(transformation)+\(model): \(mean) ± \(error) right, scikit-learn \(theirMean) ± \(theirError)"
          )
          compared += 1
        }
      }
    }
    #expect(compared == 16)
  }

  private func meanAndError(_ values: [Double]) -> (Double, Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, count > 1 ? (squares / (count - 1) / count).squareRoot() : 0)
  }
}
