import Exploration
import FileSystem
import Learning
import Reporting
import TextFormatting

/// `explore report`: rebuilds every table and picture from the run's records, training nothing.
enum ReportCommand: Command {
  static let specification = CommandSpecification(
    "report", "rebuilds every table and picture of a run, training nothing",
    positionals: [.init("RUN", "the run folder, as in reports/quickstart")],
    options: [
      .init("--quiet", "shows only the table"),
      .init("--json", "prints the results as JSON instead of a table"),
    ], example: "explore report reports/quickstart")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let folder = try RunFolder(existing: arguments.positional(0) ?? "")
    let report = try Report(folder)
    try report.write(to: folder)
    for problem in report.results.problems { terminal.remark("journal: \(problem)") }
    RunCommand.show(report, folder, terminal, asJSON: arguments.has("--json"))
    return .success
  }
}
