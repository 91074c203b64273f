import Exploration
import FileSystem
import Learning

/// `explore worker`: runs cells of a planned run; started by `explore run`.
enum WorkerCommand: Command {
  static let isInternal = true
  static let computes = true
  static let specification = CommandSpecification(
    "worker", "runs cells of a planned run; started by explore run",
    positionals: [.init("RUN", "the run folder")],
    options: [
      .init("--cache", value: "DIR", "the folder of shared matrices"),
      .init("--journal", value: "NAME", "the journal to write"),
      .init("--memory-mb", value: "N", "megabytes a cell may hold"),
    ])

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    guard let folder = arguments.positional(0), let cache = arguments.value("--cache"),
      let journal = arguments.value("--journal"),
      let megabytes = try arguments.number("--memory-mb", in: 1.0...1e12)
    else { throw arguments.error("a worker needs --cache, --journal and --memory-mb") }
    let worker = Worker(
      .init(
        folder: RunFolder(Path(folder)), cache: Path(cache), journal: journal,
        megabytes: megabytes), registry: registry)
    return worker.run() == 0 ? .success : .failure
  }
}
