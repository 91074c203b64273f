import FileSystem
import JSONText
import ProgramSupport

/// scikit-learn on the same grid, table and split.
struct Peer {
  enum Build: String, CaseIterable {
    /// As it is installed.
    case plain
    /// Its accelerated build, with two jobs.
    case accelerated

    var options: [String] { self == .plain ? [] : ["--intelex", "--jobs", "2"] }
  }

  let grid: Grid
  let build: Build
  /// The folder of the peers' scripts.
  let scripts: Path
  /// A Python with scikit-learn.
  let python: Path

  private var name: String { "\(build.rawValue)/\(grid.name)" }

  /// The whole process, start to exit, and each cell: its fits, validation and the winner's test.
  func measure(_ repetitions: Int) throws -> [Measurement] {
    try medians((0..<repetitions).map { _ in try run() })
  }

  private func run() throws -> [Measurement] {
    let folder = try Path.makeTemporaryFolder("explore-peer")
    defer { try? folder.remove() }
    let output = folder / "peer.json"
    let result = try ProcessTree(program: Program(at: python)).run(
      [
        (scripts / "sklearn_grid.py").string, grid.table.string, output.string, "--read-split",
        grid.split.string,
      ] + build.options)
    guard result.program.code == 0 else {
      throw BenchmarkError(description: "\(name): \(result.program.errors)")
    }
    let cells = try JSONNode(parsing: output.readText())["res"]?.members ?? []
    return [
      Measurement(
        name: "peer/\(name)", seconds: result.program.seconds,
        megabytes: Double(result.peakBytes) / 1e6)
    ]
      + cells.map { cell in
        // The peer writes `pca:svm`.
        let own = String(cell.name.map { $0 == ":" ? "+" : $0 })
        return Measurement(
          name: "peer/\(name)/\(own)", seconds: cell.value["wall"]?.number,
          accuracy: cell.value["test"]?.number)
      }
  }
}
