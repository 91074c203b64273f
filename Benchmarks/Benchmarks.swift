import ExploreCommands
import FileSystem
import Glibc
import JSONText
import Learning
import Reporting

@main
struct Benchmarks {
  private static let help = """
    usage: benchmarks [NAME …] [--repetitions N] [--with-peers PYTHON SCRIPTS] [--out FOLDER]

    Prints a line of JSON for every measurement. Without a name it lists what there is. A name means
    all that it is the beginning of: grid/segments, model, model/forest/rows.

      --repetitions N   measure grids, starts and loads so often and give medians; default 3
      --with-peers PYTHON SCRIPTS
                        measure scikit-learn beside the grids, and write ratios-GRID.csv and .svg; librosa
                        beside the features; PyTorch beside the networks
      --peer-repetitions N
                        measure the peers so often; default as --repetitions
      --threads N       compute features, networks and simulations on so many threads; default 1
      --simulations N   make so many synthetic benchmarks of a condition; default 1000
      --from FILE       measure nothing: make tables and pictures from lines printed earlier
      --out FOLDER      where pictures and tables go; default reports/benchmarks

    The grids' data are in the folder that EXPLORE_DATA names, else ../shared/data.

    """

  private var names: [String] = []
  private var repetitions = 3
  private var peerRepetitions: Int?
  private var threads = 1
  private var simulations = 1000
  private var peers: (python: Path, scripts: Path)?
  private var earlier: [Measurement]?
  private var folder: Path = "reports/benchmarks"
  private let scale = Scale(registry: .standard)

  static func main() {
    do {
      if let benchmarks = try Benchmarks(CommandLine.arguments.dropFirst()) {
        try benchmarks.run()
      }
    } catch {
      let message = Array("benchmarks: \(error)\n".utf8)
      _ = message.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
      exit(1)
    }
  }

  /// nil where the arguments ask for something else, which is then done.
  private init?(_ list: ArraySlice<String>) throws {
    var arguments = list
    while let argument = arguments.popFirst() {
      func value() throws -> String {
        guard let value = arguments.popFirst() else {
          throw BenchmarkError(description: "\(argument) needs a value")
        }
        return value
      }
      func count() throws -> Int {
        guard let count = Int(try value()), count > 0 else {
          throw BenchmarkError(description: "\(argument) needs a number from 1")
        }
        return count
      }
      switch argument {
      case "--help":
        print(Self.help, terminator: "")
        return nil
      case "--repetitions": repetitions = try count()
      case "--threads": threads = try count()
      case "--simulations": simulations = try count()
      case "--peer-repetitions": peerRepetitions = try count()
      case "--with-peers": peers = (Path(try value()), Path(try value()))
      case "--from":
        earlier = try Path(value()).readText().split(separator: "\n").map {
          Measurement(line: try JSONNode(parsing: String($0)))
        }
      case "--out": folder = Path(try value())
      // Two that this program asks of itself, in a process of their own.
      case "--here":
        let name = try value()
        if name.hasPrefix("audio/") {
          show(try AudioSpeed(data: try Self.data(), threads: threads).measure(name))
        } else if name.hasPrefix("network/") {
          show([try NetworkSpeed(threads: threads).measure(name)])
        } else {
          print(try scale.measure(name).json.compactText)
        }
        return nil
      case "--load":
        try Start.load(Path(value()))
        return nil
      case _ where argument.hasPrefix("-"):
        throw BenchmarkError(description: "unknown option \(argument); see --help")
      default: names.append(argument)
      }
    }
  }

  /// The folder of the outside data.
  private static func data() throws -> Path {
    // Experiments and peers, which name the files too, are in other folders.
    guard let here = getcwd(nil, 0) else { throw BenchmarkError(description: "no current folder") }
    defer { free(here) }
    var data = getenv("EXPLORE_DATA").map { Path(String(cString: $0)) } ?? "../shared/data"
    if !data.isAbsolute { data = Path(String(cString: here)) / data.string }
    return data
  }

  private func run() throws {
    let data = try Self.data()
    let grids = Grid.all(data: data)
    let all =
      [Machine.benchmark] + Start.benchmarks + grids.map(\.benchmark) + scale.benchmarks
      + AudioSpeed(data: data, threads: threads, peers: peers).benchmarks
      + NetworkSpeed(threads: threads, peers: peers).benchmarks
      + Simulation(benchmarks: simulations, threads: threads).benchmarkList
      + TunerRegret(data: data).benchmarks
    if names.isEmpty {
      for benchmark in all { print("\(benchmark.name)  \(benchmark.summary)") }
    }
    for name in names where !all.contains(where: { $0.isMeant(by: name) }) {
      throw BenchmarkError(
        description: "no benchmark is called “\(name)”; without a name they are listed")
    }
    try folder.createFolder()
    var measured: [String: [Measurement]] = [:]
    for benchmark in all where names.contains(where: benchmark.isMeant) {
      let measurements =
        try earlier?.filter { benchmark.isMeant(by: $0.name) } ?? benchmark.run(repetitions)
      show(
        measurements.filter { measurement in
          names.contains { measurement.name.hasPrefix($0) || measurement.name.hasPrefix("peer/") }
        })
      measured[benchmark.name] = measurements
    }
    let regrets = all.filter { $0.name.hasPrefix("tuners/regret/") }
      .flatMap { measured[$0.name] ?? [] }
    if !regrets.isEmpty {
      try (folder / "tuners-regret.svg").writeAtomically(
        RegretPicture(measurements: regrets).svg.document)
    }
    for kind in ["model", "transformation"] {
      let own = all.filter { $0.name.hasPrefix(kind + "/") }.flatMap { measured[$0.name] ?? [] }
      guard !own.isEmpty else { continue }
      try (folder / "scale-\(kind).svg").writeAtomically(
        ScalePicture(kind: kind, measurements: own).svg.document)
    }
    let simulated = all.flatMap { measured[$0.name] ?? [] }.filter {
      $0.name.hasPrefix(Simulation.name)
    }
    if !simulated.isEmpty { print(Simulation.markdown(simulated), terminator: "") }
    for grid in grids {
      if let ours = measured["grid/\(grid.name)"] { try compare(grid, ours) }
    }
  }

  private func show(_ measurements: [Measurement]) {
    for measurement in measurements { print(measurement.json.compactText) }
    fflush(nil)
  }

  private func compare(_ grid: Grid, _ ours: [Measurement]) throws {
    guard peers != nil || earlier != nil else { return }
    let builds = try Peer.Build.allCases.map { build in
      let name = "peer/\(build.rawValue)/\(grid.name)"
      guard let peers else { return (earlier ?? []).filter { $0.name.hasPrefix(name) } }
      let peer = Peer(grid: grid, build: build, scripts: peers.scripts, python: peers.python)
      let measurements = try peer.measure(peerRepetitions ?? repetitions)
      show(measurements)
      return measurements
    }
    let comparison = Comparison(
      grid: grid.name, ours: ours, plain: builds[0], accelerated: builds[1],
      bound: grid.name == "segments" ? LowerBound(machine: .measured()) : nil)
    try (folder / "ratios-\(grid.name).csv").writeAtomically(comparison.csv)
    try (folder / "ratios-\(grid.name).svg").writeAtomically(comparison.svg.document)
  }
}
