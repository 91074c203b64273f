import FileSystem
import JSONText
import ProgramSupport

/// The published grid of four transformations and seven models on one table and split.
struct Grid {
  var name: String
  var table: Path
  var split: Path

  /// The grids whose data are here.
  ///
  /// - Parameter data: the folder that `EXPLORE_DATA` names.
  /// - Returns: those with a table and a split.
  static func all(data: Path) -> [Grid] {
    [
      Grid(
        name: "segments", table: data / "gtzan/segments_3_sec.csv",
        split: data / "gtzan/split_segments_3_sec.json"),
      Grid(
        name: "songs", table: data / "gtzan/features_30_sec.csv",
        split: data / "gtzan/split_30_sec.json"),
    ].filter { $0.table.exists && $0.split.exists }
  }

  /// The experiment: rows are split as listed, whatever song they are of, as the peer does.
  var experiment: JSONNode {
    let prices: JSONNode = [0.01, 0.1, 1, 10, 100]
    return [
      "name": JSONNode(name),
      "data": ["table": JSONNode(table.string), "label": "label", "ignore": ["filename"]],
      "scaling": "minmax",
      "split": ["file": JSONNode(split.string), "ungrouped": true],
      "transformations": [
        "none", ["pca": ["variance": 0.95]], ["rbf": ["centers": 200, "gamma": 0.025]],
        ["polynomial": ["degree": 2]],
      ],
      "models": [
        ["logistic": ["C": prices]], ["svm": ["C": prices]],
        ["perceptron": ["eta": [0.0001, 0.001, 0.01, 0.1, 1]]],
        ["ridge": ["alpha": [100, 10, 1, 0.1, 0.01]]],
        ["tree": ["depth": [1, 3, 5, 10, 20, "unlimited"]]],
        ["forest": ["trees": [10, 50, 100, 200], "depth": [3, 5, 10, "unlimited"]]],
        ["knn": ["k": [1, 3, 5, 7, 10], "weights": ["uniform", "distance"]]],
      ],
    ]
  }

  var benchmark: Benchmark {
    Benchmark(name: "grid/\(name)", summary: "28 cells of \(table.name), and each of them") {
      repetitions in try measure(repetitions)
    }
  }

  /// The whole grid on two workers, start to exit with an empty cache; then every cell with one worker.
  func measure(_ repetitions: Int) throws -> [Measurement] {
    try medians(
      (0..<repetitions).map { _ in [try run(jobs: 2)[0]] + (try run(jobs: 1).dropFirst()) })
  }

  private func run(jobs: Int) throws -> [Measurement] {
    let folder = try Path.makeTemporaryFolder("explore-benchmark")
    defer { try? folder.remove() }
    try (folder / "grid.json").writeAtomically(experiment.compactText)
    let result = try ProcessTree(program: .explore).run(
      [
        "run", (folder / "grid.json").string, "--fresh", "--quiet", "--jobs", "\(jobs)", "--out",
        (folder / "run").string,
      ], environment: ["EXPLORE_CACHE": (folder / "cache").string])
    guard result.program.code == 0 else {
      throw BenchmarkError(description: "grid/\(name): \(result.program.errors)")
    }
    let whole = Measurement(
      name: "grid/\(name)", seconds: result.program.seconds,
      megabytes: Double(result.peakBytes) / 1e6)
    let table = try ResultTable(folder / "run/tables/results.csv")
    return [whole]
      + table.rows.map { row in
        func number(_ column: String) -> Double { row[column].flatMap { Double($0) } ?? .nan }
        return Measurement(
          name: "grid/\(name)/\(row["transformation"] ?? "")+\(row["model"] ?? "")",
          seconds: number("fit_seconds") + number("predict_seconds"),
          megabytes: number("peak_memory_mb"), accuracy: number("test_accuracy"))
      }
  }
}
