import AudioData
import DataTables
import Exploration
import FileSystem
import Learning
import Reporting
import TextFormatting

/// `explore run`: runs an experiment; running it again resumes, and computes only what is missing.
enum RunCommand: Command {
  static let computes = true
  static let specification = CommandSpecification(
    "run", "runs an experiment; running it again computes only what is missing",
    positionals: [.init("FILE", "the experiment file")],
    options: experimentOptions + [
      .init("--jobs", value: "N", "worker processes at a time (default: all cores)"),
      .init("--fresh", "forgets what earlier runs of the folder computed"),
      .init("--retry", "tries cells again that failed, crashed or ran out of time or memory"),
      .init("--cache-gb", value: "N", "gigabytes of shared matrices to keep (default: 20)"),
      .init("--quiet", "shows no progress and no remarks"),
      .init("--json", "prints the results as JSON instead of a table"),
    ], example: "explore run experiments/quickstart.json --only 'pca+*'")

  /// What `run` and `plan` have in common.
  static let experimentOptions: [CommandSpecification.Option] = [
    .init("--out", value: "DIR", "the run folder (default: reports/NAME)"),
    .init(
      "--only", value: "PATTERN", "only the cells that match, as in 'pca+*'", isRepeatable: true),
    .init("--seed", value: "N", "replaces the experiment's seed"),
  ]

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let cores = Machine.cores
    let jobs = min(try arguments.number("--jobs", in: 1...4096) ?? cores, cores)
    var options = RunAttempt.Options(jobs: jobs, version: Explore.version)
    options.retries = arguments.has("--retry")
    options.isFresh = arguments.has("--fresh")
    options.cacheGigabytes = try arguments.number("--cache-gb", in: 0.0...1e6) ?? 20
    options.arguments = Array(CommandLine.arguments.dropFirst())
    options.experimentFolder = Path(arguments.positional(0) ?? "").folder

    let request = try ExperimentRequest(
      arguments, registry: registry, jobs: jobs, terminal: terminal)
    for finding in request.plan.dataFindings + request.plan.splitFindings
    where finding.severity == .warning {
      terminal.remark("warning: \(finding.message)")
    }
    if let taint = request.plan.taint {
      terminal.remark("warning: figures of this split are too optimistic: \(taint)")
    }
    let report: Report
    do {
      let attempt = try RunAttempt(
        request.plan, experimentText: request.experiment.text,
        features: request.datasets.map(\.features),
        folder: request.folder, registry: registry, options: options)
      // The folder is this run's until the report is written.
      defer { withExtendedLifetime(attempt) {} }
      for problem in attempt.journal.problems {
        terminal.remark("journal: \(problem)")
      }
      try request.writeSounds()
      if !attempt.changes.isEmpty {
        terminal.remark(
          "other than in the last run of \(request.folder.path.string): "
            + "\(attempt.changes.joined(separator: ", ")); every cell is computed anew")
      }
      let outcome = try attempt.run { terminal.showProgress(words(for: $0)) }
      terminal.endProgress()
      if outcome == .interrupted {
        terminal.remark("interrupted; run the same command again to go on")
        return .interrupted
      }
      terminal.showProgress("writing the report")
      report = try Report(request.folder)
      try report.write(to: request.folder)
      terminal.endProgress()
    } catch {
      terminal.endProgress()
      throw error
    }
    show(report, request.folder, terminal, asJSON: arguments.has("--json"))
    return report.hasFailures ? .someCellsFailed : .success
  }

  private static func words(for progress: RunProgress) -> String {
    var words = "\(progress.finishedCells) of \(counted(progress.cells, "cell"))"
    if progress.failedCells > 0 { words += " (\(progress.failedCells) failed)" }
    if let left = progress.secondsLeft, left >= 1 { words += " · \(duration(seconds: left)) left" }
    if !progress.running.isEmpty { words += " · " + progress.running.joined(separator: ", ") }
    return words
  }

  /// Prints the accuracy table, or the results as JSON, and what must be known of them.
  static func show(
    _ report: Report, _ folder: RunFolder, _ terminal: Terminal, asJSON: Bool
  ) {
    if asJSON {
      Terminal.printOutput(report.json.indentedText)
    } else {
      Terminal.printOutput(report.terminalTable(emphasis: Terminal.bold))
      for line in report.remarks + report.conclusionLines { terminal.remark(line) }
      terminal.remark("page: \(folder.page.string)")
    }
  }
}

/// An experiment with its data and plan, as a command line asks for it.
struct ExperimentRequest {
  let experiment: Experiment
  /// The data of each input.
  let datasets: [Dataset]
  let plan: Plan
  let folder: RunFolder

  /// Reads the file and loads the data, which shows how far it is where that takes time.
  init(
    _ arguments: ParsedArguments, registry: Registry, jobs: Int, terminal: Terminal
  ) throws {
    if arguments.value("--out") == "" { throw arguments.error("--out needs the name of a folder") }
    var experiment = try Experiment(
      readingFrom: Path(arguments.positional(0) ?? ""), registry: registry)
    if let seed = try arguments.number("--seed", in: 0...1_000_000_000_000_000) {
      experiment.seed = seed
    }
    folder =
      arguments.value("--out").map { RunFolder(Path($0)) }
      ?? .standard(for: experiment.name)
    datasets = try experiment.load(jobs: jobs, terminal)
    experiment.settleSplit(for: datasets[0])
    plan = try Plan(
      experiment, datasets: datasets, registry: registry,
      only: arguments.allValues("--only").flatMap { $0.split(separator: ",") }
        .map { NamePattern(String($0)) })
    self.experiment = experiment
  }

  /// Puts what the report shows of sounds into the run folder.
  func writeSounds() throws {
    var source: SoundSource?
    if case .sound(let request) = experiment.inputs[0].data {
      source = try request.source(seed: experiment.seed)
    }
    var omissions: [Dataset.Omission] = []
    for omission in datasets.flatMap(\.omissions) where !omissions.contains(omission) {
      omissions.append(omission)
    }
    try folder.writeSounds(of: source, classes: plan.classes, omissions: omissions)
  }
}
