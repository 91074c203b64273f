import FileSystem
import Glibc
import JSONText
import ProgramSupport
import Testing

/// A folder of its own in which a test runs the program, with a cache of its own.
struct Workplace {
  let folder: Path
  var program = Program.explore

  init(_ program: Program = .explore) throws {
    folder = try Path.makeTemporaryFolder("explore-end-to-end")
    self.program = program
  }

  func remove() { try? folder.remove() }

  var environment: [String: String] { ["EXPLORE_CACHE": (folder / "cache").string] }

  func write(_ name: String, _ text: String) throws { try (folder / name).writeAtomically(text) }

  @discardableResult
  func explore(
    _ arguments: String..., environment extra: [String: String] = [:]
  ) throws -> Program.Result {
    try program.run(
      arguments, in: folder, environment: environment.merging(extra) { $1 })
  }

  func start(_ arguments: String...) throws -> RunningProgram {
    try program.start(arguments, in: folder, environment: environment)
  }

  /// Runs an experiment and requires that all went well.
  @discardableResult
  func run(_ experiment: String, _ options: String..., out: String = "run") throws -> Run {
    try write("e.json", experiment)
    let result = try program.run(
      ["run", "e.json", "--out", out, "--quiet"] + options, in: folder, environment: environment)
    try #require(result.code == 0, "exit code \(result.code): \(result.errors)")
    return Run(folder / out)
  }
}

/// Waits until something is so, for two minutes at most.
func waitUntil(_ condition: () throws -> Bool) rethrows {
  for _ in 0..<12_000 {
    if try condition() { return }
    usleep(10_000)
  }
}

/// The files a run left.
struct Run {
  let folder: Path

  init(_ folder: Path) { self.folder = folder }

  func table(_ name: String) throws -> ResultTable {
    try ResultTable(folder / "tables" / "\(name).csv")
  }

  /// A row of `results.csv`.
  func cell(_ transformation: String, _ model: String) throws -> [String: String] {
    try #require(
      try table("results").rows.first {
        $0["transformation"] == transformation && $0["model"] == model
      })
  }

  /// The journals' records of a kind.
  func journalLines(of kind: String) throws -> [String] {
    try files(under: "journal").filter { $0.key.hasSuffix(".jsonl") }.values.flatMap {
      String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init)
    }.filter { $0.contains("\"kind\":\"\(kind)\"") }
  }

  /// All files below the folder with their contents, by their paths.
  func files(under name: String = "") throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    func collect(_ folder: Path, _ prefix: String) throws {
      for child in try folder.children() {
        let path = folder / child
        if path.isFolder {
          try collect(path, prefix + child + "/")
        } else {
          result[prefix + child] = try path.readBytes()
        }
      }
    }
    try collect(name.isEmpty ? folder : folder / name, "")
    return result
  }

  /// Everything that must be the same for the same experiment: all but times and memory.
  func reproducibleContents() throws -> [String: String] {
    var contents: [String: String] = [:]
    for name in ["accuracy", "per_class", "predictions"] {
      contents[name] = try (folder / "tables" / "\(name).csv").readText()
    }
    for name in ["results", "trials"] {
      contents[name] = try table(name).reproducible.map { row in
        row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "|")
      }.joined(separator: "\n")
    }
    for name in ["curves", "confusion"] {
      for (file, bytes) in try files(under: name) {
        contents["\(name)/\(file)"] = String(decoding: bytes, as: UTF8.self)
      }
    }
    return contents
  }
}

/// Compares text with a file in `Snapshots`; `EXPLORE_RECORD=1` writes it anew.
func expectSnapshot(_ text: String, _ name: String) throws {
  let file = Path(#filePath).folder / "Snapshots" / name
  if getenv("EXPLORE_RECORD") != nil { try file.writeAtomically(text) }
  #expect(try file.readText() == text, "differs from Snapshots/\(name)")
}

/// A grid small enough to run many times.
let smallGrid = #"""
  {"name": "small", "seed": 3, "data": {"builtin": "wine"}, "scaling": "minmax",
   "transformations": ["none", "pca", {"rbf": {"centers": 20}}],
   "models": ["dummy", {"logistic": {"C": [0.1, 10]}}, {"svm": {"C": [1, 10]}}, {"perceptron": {"eta": [0.1, 1]}},
     {"ridge": {"alpha": [1, 0.1]}}, {"tree": {"depth": [2, "unlimited"]}}, {"forest": {"trees": [5, 20]}}, {"knn": {"k": [1, 5]}}]}
  """#
