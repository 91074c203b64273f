import DataTables
import FileSystem
import Glibc
import JSONText
import Matrices
import ProgramSupport

/// What a user waits for besides fits.
enum Start {
  static var benchmarks: [Benchmark] {
    [
      Benchmark(name: "start/help", summary: "explore --help") { repetitions in
        try medians((0..<repetitions).map { _ in [try time("start/help", ["--help"])] })
      },
      Benchmark(name: "start/resume", summary: "a finished run, run again") { repetitions in
        try withExperiment(cells: 1) { experiment, run in
          _ = try time("", ["run", experiment.string, "--quiet", "--out", run.string])
          return try medians(
            (0..<repetitions).map { _ in
              [
                try time(
                  "start/resume", ["run", experiment.string, "--quiet", "--out", run.string])
              ]
            })
        }
      },
      Benchmark(name: "start/cells", summary: "500 cells that do nothing, with the report") {
        repetitions in
        try withExperiment(cells: 500) { experiment, run in
          try medians(
            (0..<repetitions).map { _ in
              [
                try time(
                  "start/cells",
                  ["run", experiment.string, "--fresh", "--quiet", "--out", run.string])
              ]
            })
        }
      },
      Benchmark(name: "load/csv", summary: "a CSV table of 10⁶ rows and 50 columns of numbers") {
        repetitions in
        try withLargeTable { table in
          try medians(
            (0..<repetitions).map { _ in
              let result = try ProcessTree(program: Program("benchmarks")).run(
                ["--load", table.string])
              guard result.program.code == 0 else {
                throw BenchmarkError(description: result.program.errors)
              }
              return [
                Measurement(
                  name: "load/csv", seconds: result.program.seconds,
                  megabytes: Double(result.peakBytes) / 1e6)
              ]
            })
        }
      },
    ]
  }

  /// Loads a table in this process.
  static func load(_ table: Path) throws {
    _ = try Dataset(TableRequest(path: table, label: "label"))
  }

  private static func time(_ name: String, _ arguments: [String]) throws -> Measurement {
    let result = try ProcessTree(program: .explore).run(arguments)
    guard result.program.code == 0 else {
      throw BenchmarkError(description: "\(name): \(result.program.errors)")
    }
    return Measurement(
      name: name, seconds: result.program.seconds, megabytes: Double(result.peakBytes) / 1e6)
  }

  private static func withExperiment<Result>(
    cells: Int, _ body: (Path, Path) throws -> Result
  ) throws -> Result {
    let folder = try Path.makeTemporaryFolder("explore-benchmark")
    defer { try? folder.remove() }
    let experiment: JSONNode = [
      "name": "empty", "data": ["builtin": "iris"], "split": ["holdout": [:]],
      "transformations": ["none"],
      "models": JSONNode((0..<cells).map { ["dummy": ["as": JSONNode("model \($0)")]] }),
    ]
    try (folder / "empty.json").writeAtomically(experiment.compactText)
    return try body(folder / "empty.json", folder / "run")
  }

  private static func withLargeTable<Result>(_ body: (Path) throws -> Result) throws -> Result {
    let folder = try Path.makeTemporaryFolder("explore-benchmark")
    defer { try? folder.remove() }
    let table = folder / "large.csv"
    let file = try OutputFile(table, .new)
    try file.write(
      Array(((0..<50).map { "column\($0)" } + ["label"]).joined(separator: ",").utf8) + [10])
    var random = RandomStream(seed: 3)
    for _ in 0..<1000 {
      var text: [UInt8] = []
      text.reserveCapacity(1 << 19)
      for _ in 0..<1000 {
        for _ in 0..<50 {
          // Numbers such as −1.234567.
          let digits = Int(random.normal() * 1e6)
          let (whole, rest) = abs(digits).quotientAndRemainder(dividingBy: 1_000_000)
          text += Array(
            "\(digits < 0 ? "-" : "")\(whole).\(String(rest + 1_000_000).dropFirst()),".utf8)
        }
        text += Array("class\(random.below(5))\n".utf8)
      }
      try file.write(text)
    }
    return try body(table)
  }
}
