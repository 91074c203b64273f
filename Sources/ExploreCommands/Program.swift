import Audio
import AudioData
import DataTables
import Exploration
import FileSets
import FileSystem
import Glibc
import Learning
import Matrices
import TextFormatting
import Threads

/// The `explore` program, as a library: a program of your own calls it with more models.
///
/// ```swift
/// @main struct MyExplore {
///   static func main() { Explore.main(models: [MyModel.self]) }
/// }
/// ```
public enum Explore {
  /// The version of the program.
  public static let version = "0.1.0"

  /// Runs the command that the process's arguments name, and exits with its code.
  ///
  /// - Parameters:
  ///   - models: known besides the standard ones; one of a standard name replaces it.
  ///   - transformations: known besides the standard ones.
  public static func main(
    models: [any Model.Type] = [], transformations: [any Transformation.Type] = []
  ) -> Never {
    var registry = Registry.standard
    registry.add(models: models, transformations: transformations)
    // A file that may not grow any more is an error with a message, not the end of the program.
    signal(SIGXFSZ, SIG_IGN)
    MemoryForBLAS.useOneThreadUnderLimits()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      // Before the others look at anything: it may start the program again.
      if computes(arguments) { try BLASCore.settle() }
    } catch {
      Terminal.printError("explore: \(error)")
      end(ExitCode.failure.rawValue)
    }
    end(run(arguments, registry: registry))
  }

  /// Ends the process without waiting for the threads of libraries, which may never come to their end.
  static func end(_ code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }

  /// Whether a command's results depend on how linear algebra is done.
  private static func computes(_ arguments: [String]) -> Bool {
    commands.first { $0.specification.name == arguments.first }?.computes ?? false
  }

  /// - Returns: the exit code.
  static func run(_ arguments: [String], registry: Registry) -> Int32 {
    do {
      return try dispatch(arguments, registry: registry).rawValue
    } catch let error as UsageError {
      Terminal.printError("explore: \(error)")
      Terminal.printError(error.usage.map { "usage: \($0)" } ?? "try: explore --help")
      return ExitCode.usage.rawValue
    } catch is MapCancelled {
      Terminal.printError("interrupted; run the same command again to go on")
      return ExitCode.interrupted.rawValue
    } catch {
      Terminal.printError("explore: \(error)\(remedy(for: error))")
      return ExitCode(for: error).rawValue
    }
  }

  /// A full or forbidden cache has another way out than the file that is to be written.
  private static func remedy(for error: any Error) -> String {
    guard let error = error as? SystemError, let cache = Cache.standardFolder,
      error.path.hasPrefix(cache.string)
    else { return "" }
    return "; EXPLORE_CACHE can name another folder for the cache"
  }

  private static func dispatch(_ arguments: [String], registry: Registry) throws -> ExitCode {
    guard let name = arguments.first else {
      Terminal.printOutput(overview)
      return .usage
    }
    switch name {
    case "help" where arguments.count > 1:
      return try dispatch(arguments.dropFirst() + ["--help"], registry: registry)
    case "--help", "-h", "help":
      Terminal.printOutput(overview)
      return .success
    case "--version":
      Terminal.printOutput("explore \(version)\n")
      return .success
    default: break
    }
    let firstTwo = arguments.prefix(2).joined(separator: " ")
    if firstTwo != name, let command = commands.first(where: { $0.specification.name == firstTwo })
    {
      return try run(command, Array(arguments.dropFirst(2)), registry: registry)
    }
    guard let command = commands.first(where: { $0.specification.name == name }) else {
      let own = commands.filter { $0.specification.name.hasPrefix(name + " ") }
      if !own.isEmpty {
        throw UsageError(
          "“\(name)” is followed by another word: "
            + own.map { $0.specification.name }.joined(separator: ", "))
      }
      let names =
        commands.filter { !$0.isInternal }.map { $0.specification.name } + ["--help", "--version"]
      let near = nearestName(to: name, among: names).map { "; did you mean “\($0)”?" } ?? ""
      throw UsageError("there is no command “\(name)”\(near)")
    }
    return try run(command, Array(arguments.dropFirst()), registry: registry)
  }

  private static func run(
    _ command: any Command.Type, _ arguments: [String], registry: Registry
  ) throws -> ExitCode {
    let parsed = try ParsedArguments(arguments, command.specification)
    if parsed.has("--help") {
      Terminal.printOutput(command.specification.help)
      return .success
    }
    if parsed.has("--version") {
      Terminal.printOutput("explore \(version)\n")
      return .success
    }
    return try command.run(parsed, registry: registry)
  }

  static let commands: [any Command.Type] = [
    RunCommand.self, PlanCommand.self, ReportCommand.self, CompareCommand.self,
    MergeCommand.self, VerifyCommand.self, ListCommand.self, DescribeCommand.self,
    FeaturesCommand.self, SpectrogramCommand.self, DenoiseCommand.self, AugmentCommand.self,
    DataCheckCommand.self, SynthesizeCommand.self, SchemaCommand.self, NewCommand.self,
    PredictCommand.self, WorkerCommand.self,
  ]

  private static var overview: String {
    let shown = commands.filter { !$0.isInternal }.map { $0.specification }
    let width = shown.map(\.name.count).max() ?? 0
    let rows = shown.map {
      "  " + $0.name + String(repeating: " ", count: width - $0.name.count + 2) + $0.summary + "\n"
    }
    return """
      explore: on this data, which transformation and model work best, by how much, and how sure are we?

      usage: explore COMMAND [arguments] [options]

      commands:
      \(rows.joined())
      explore COMMAND --help tells more of a command.
      Begin with: explore run experiments/quickstart.json

      """
  }
}

/// A command of the program.
protocol Command: Sendable {
  static var specification: CommandSpecification { get }
  /// Whether it is left out of the overview.
  static var isInternal: Bool { get }
  /// Whether its results depend on how linear algebra is done.
  static var computes: Bool { get }
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode
}

extension Command {
  static var isInternal: Bool { false }
  static var computes: Bool { false }
}

/// What the shell is told.
enum ExitCode: Int32 {
  case success = 0
  case failure = 1
  /// The run finished, but some cells failed.
  case someCellsFailed = 3
  case usage = 64
  case badInput = 65
  case interrupted = 130

  /// The code for an error that ended a command.
  init(for error: any Error) {
    switch error {
    case is ExperimentError, is TableError, is PlanError, is DamagedFile, is BadInput,
      is CatalogueError:
      self = .badInput
    case let error as SystemError where ["open", "read", "map"].contains(error.operation):
      self = .badInput
    case let error as AudioError where error.concernsInput: self = .badInput
    default: self = .failure
    }
  }
}

/// An input that a command cannot use, in words.
struct BadInput: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
