import FileSystem
import JSONText
import ProgramSupport
import TextFormatting

/// How near tuners come to the best setting of a whole grid, all with the time of as many full fits; and
/// Hyperband beside random search on a network.
struct TunerRegret {
  struct Table {
    var name: String
    var data: JSONNode
  }

  /// A tuner with the settings that make it take the time of sixteen full fits.
  struct Contender {
    var name: String
    var tuner: JSONNode
  }

  static let contenders = [
    Contender(name: "random", tuner: ["random": ["trials": 16]]),
    // 108 at 1/27, 36 at 1/9, 12 at 1/3, 4 at 1: four full fits each.
    Contender(name: "halving", tuner: ["halving": ["trials": 108]]),
    // A round of four brackets: 15.7 full fits.
    Contender(name: "hyperband", tuner: "hyperband"),
    Contender(name: "tpe", tuner: ["tpe": ["trials": 16, "startup": 6]]),
  ]
  private static let seeds = 20
  private static let networkSeeds = 3

  var tables: [Table]

  /// The tables that are here.
  ///
  /// - Parameter data: the folder that `EXPLORE_DATA` names.
  init(data: Path) {
    tables = ["digits", "breast-cancer"].map { Table(name: $0, data: ["builtin": JSONNode($0)]) }
    let songs = data / "gtzan/features_30_sec.csv"
    tables.append(
      songs.exists
        ? Table(
          name: "gtzan-songs",
          data: [
            "table": JSONNode(songs.string), "label": "label", "ignore": ["filename", "length"],
          ]) : Table(name: "wine", data: ["builtin": "wine"]))
  }

  var benchmarks: [Benchmark] {
    tables.map { table in
      Benchmark(
        name: "tuners/regret/\(table.name)",
        summary: "tuners against the grid of 144 settings of an svm, \(Self.seeds) seeds"
      ) { _ in try regret(table) }
    } + [
      Benchmark(
        name: "tuners/network",
        summary: "Hyperband and random search of 16 full trainings of mlp on digits"
      ) { _ in try network() }
    ]
  }

  // MARK: Runs

  private struct Found {
    /// On validation rows, of the setting that was chosen, 0...1.
    var best: Double
    var test: Double
    var fitSeconds: Double
    var fits: Int
  }

  private func run(
    _ table: Table, tuner: JSONNode, models: JSONNode, seed: Int, in folder: Path
  ) throws -> Found {
    let experiment: JSONNode = [
      "name": "tuned", "seed": JSONNode(seed), "data": table.data, "scaling": "standard",
      "split": ["holdout": ["validation": 0.2, "test": 0.2]], "tuner": tuner, "models": models,
      "limits": ["cell_threads": 1],
    ]
    try (folder / "tuned.json").writeAtomically(experiment.compactText)
    let result = try Program.explore.run(
      [
        "run", (folder / "tuned.json").string, "--fresh", "--quiet", "--jobs", "1", "--out",
        (folder / "run").string,
      ], environment: ["EXPLORE_CACHE": (folder / "cache").string])
    guard result.code == 0, let cell = try ResultTable(folder / "run/tables/results.csv").rows.first
    else { throw BenchmarkError(description: "\(table.name): \(result.errors)") }
    func number(_ column: String) -> Double { cell[column].flatMap { Double($0) } ?? .nan }
    return Found(
      best: number("validation_accuracy"), test: number("test_accuracy"),
      fitSeconds: number("fit_seconds"), fits: Int(number("trials")))
  }

  private func regret(_ table: Table) throws -> [Measurement] {
    let prices: JSONNode = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000]
    let widths: JSONNode = [
      0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3,
    ]
    let models: JSONNode = [["svm": ["kernel": "rbf", "C": prices, "gamma": widths]]]
    let folder = try Path.makeTemporaryFolder("explore-benchmark")
    defer { try? folder.remove() }
    var regrets = Self.contenders.map { _ in [Double]() }
    var seconds = Self.contenders.map { _ in [Double]() }
    for seed in 1...Self.seeds {
      let grid = try run(table, tuner: "grid", models: models, seed: seed, in: folder)
      for (index, contender) in Self.contenders.enumerated() {
        let own = try run(table, tuner: contender.tuner, models: models, seed: seed, in: folder)
        regrets[index].append(100 * (grid.best - own.best))
        seconds[index].append(own.fitSeconds)
      }
    }
    return Self.contenders.indices.map { index in
      var measurement = Measurement(
        name: "tuners/regret/\(table.name)/\(Self.contenders[index].name)",
        seconds: median(seconds[index]))
      measurement.repetitions = Self.seeds
      let quartiles = Quartiles(regrets[index])
      measurement.details = [
        "regret_points": JSONNode(regrets[index].map { JSONNode($0) }),
        "median": JSONNode(quartiles.median), "lower_quartile": JSONNode(quartiles.lower),
        "upper_quartile": JSONNode(quartiles.upper),
      ]
      return measurement
    }
  }

  private func network() throws -> [Measurement] {
    let models: JSONNode = [
      [
        "mlp": [
          "epochs": 27, "learning_rate": ["from": 0.0001, "to": 0.3, "scale": "log"],
          "batch": [16, 32, 64, 128],
        ]
      ]
    ]
    let folder = try Path.makeTemporaryFolder("explore-benchmark")
    defer { try? folder.remove() }
    return try Self.contenders.filter { ["random", "hyperband"].contains($0.name) }.map { own in
      let found = try (1...Self.networkSeeds).map { seed in
        try run(tables[0], tuner: own.tuner, models: models, seed: seed, in: folder)
      }
      var measurement = Measurement(
        name: "tuners/network/\(own.name)", seconds: median(found.map(\.fitSeconds)),
        accuracy: median(found.map(\.test)))
      measurement.repetitions = Self.networkSeeds
      measurement.details = [
        "validation_accuracy": JSONNode(median(found.map(\.best))),
        "fits": JSONNode(found[0].fits),
      ]
      return measurement
    }
  }
}

/// The median and the quartiles, by linear interpolation.
struct Quartiles {
  let lower, median, upper: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      guard let last = sorted.indices.last else { return .nan }
      let place = share * Double(last)
      let below = Int(place)
      let above = min(below + 1, last)
      return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
    (lower, median, upper) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }
}
