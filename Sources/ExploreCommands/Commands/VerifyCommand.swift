import DataTables
import Exploration
import FileSystem
import JSONText
import Learning
import Matrices
import Reporting
import TextFormatting
import Threads

/// `explore verify`: computes some pieces of a run again and compares them with its records.
enum VerifyCommand: Command {
  static let computes = true
  static let specification = CommandSpecification(
    "verify", "computes a random tenth of a run again and compares it with the run's records",
    positionals: [.init("RUN", "the run folder, as in reports/quickstart")],
    options: [
      .init("--share", value: "X", "which share of the pieces of work, 0 to 1 (default: 0.1)"),
      .init("--all", "all of them"),
      .init("--seed", value: "N", "decides which are taken (default: another each time)"),
      .init(
        "--experiment", value: "FILE",
        "the experiment file that says where the data are (default: where the run had it)"),
      .init("--jobs", value: "N", "worker processes at a time (default: all cores)"),
      .init("--quiet", "shows no progress and no remarks"),
      .init("--json", "prints what was found as JSON"),
    ], example: "explore verify reports/quickstart --share 0.5",
    notes: """
      On the processor and libraries of the run every bit must be the same; elsewhere figures and
      probabilities may differ by 1e-4. A run of folds or seeds has a piece of work for each.
      Exit codes: 0 all agree, 1 something differs, 65 the data are no more those of the run.
      """)

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let folder = try RunFolder(existing: arguments.positional(0) ?? "")
    if arguments.has("--all"), arguments.has("--share") {
      throw arguments.error("--all and --share exclude each other")
    }
    let cores = Machine.cores
    var options = RunVerification.Options(
      seed: try arguments.number("--seed", in: 0...1_000_000_000_000_000)
        ?? Int.random(in: 0..<1_000_000),
      jobs: min(try arguments.number("--jobs", in: 1...4096) ?? cores, cores))
    options.share =
      arguments.has("--all") ? 1 : try arguments.number("--share", in: 0.0...1.0) ?? 0.1
    let verification = try RunVerification(folder, registry: registry)
    let damage = verification.damage
    let chosen = verification.choose(options)
    guard !chosen.isEmpty else {
      throw BadInput(
        "\(folder.path.string): "
          + (verification.goesByTheClock
            ? "its tuner goes by seconds, so that another run may try other settings"
            : "no cell of the run is finished"))
    }
    if verification.goesByTheClock {
      terminal.remark(
        "cells that are tuned for so many seconds are left out: another run may try other settings")
    }
    let features = try features(verification, folder, arguments, registry, options, terminal)
    var outcome: RunVerification.Outcome
    do {
      outcome = try verification.run(chosen, features: features, options: options) { progress in
        terminal.showProgress(
          "\(counted(chosen.count, "piece")) again"
            + (progress.running.isEmpty ? "" : " · " + progress.running.joined(separator: ", ")))
      }
      terminal.endProgress()
    } catch {
      terminal.endProgress()
      throw error
    }
    if outcome.isInterrupted {
      terminal.remark("interrupted")
      return .interrupted
    }
    outcome.findings = damage + outcome.findings
    if arguments.has("--json") {
      Terminal.printOutput(json(outcome, options).indentedText)
    } else {
      Terminal.printOutput(words(outcome, options))
      if let words = toleranceWords(outcome, verification.plan, registry) {
        Terminal.printOutput(words)
      }
    }
    return outcome.findings.isEmpty ? .success : .failure
  }

  // MARK: The data

  /// The features of each input, which must still be those of the run.
  private static func features(
    _ verification: RunVerification, _ folder: RunFolder, _ arguments: ParsedArguments,
    _ registry: Registry, _ options: RunVerification.Options, _ terminal: Terminal
  ) throws -> [Matrix] {
    var firstProblem: String?
    for experiment in try experiments(folder, arguments, registry) {
      do {
        var experiment = try experiment.get()
        experiment.seed = verification.plan.seed
        let datasets = try experiment.load(jobs: options.jobs, terminal)
        if let change = verification.changeOfData(datasets.map(\.hash.description)) {
          firstProblem = firstProblem ?? change
          continue
        }
        return datasets.map(\.features)
      } catch let error as MapCancelled {
        throw error
      } catch {
        firstProblem = firstProblem ?? "the data of the run are not to be had: \(error)"
      }
    }
    throw BadInput(
      (firstProblem ?? "the run does not say where its experiment file was")
        + (arguments.has("--experiment")
          ? "" : "; --experiment can name the file that says where they are"))
  }

  /// The experiment as it is found now, or as the run has it, at each place where its file may have been.
  private static func experiments(
    _ folder: RunFolder, _ arguments: ParsedArguments, _ registry: Registry
  ) throws -> [Result<Experiment, any Error>] {
    if let file = arguments.value("--experiment") {
      return [.success(try Experiment(readingFrom: Path(file), registry: registry))]
    }
    let text = try folder.experiment.readText()
    let folders = Provenance(reading: folder).experimentFolders
    // A run of an older program does not say where its file was.
    return (folders.isEmpty ? [Path(".")] : folders).map { place in
      Result {
        do {
          return try Experiment(text: text, file: place / "experiment.json", registry: registry)
        } catch var error as ExperimentError {
          // Paths in it are relative to where it lay; the text that is meant is the run's.
          error.file = folder.experiment.string
          throw error
        }
      }
    }
  }

  // MARK: What was found

  private static func words(
    _ outcome: RunVerification.Outcome, _ options: RunVerification.Options
  ) -> String {
    var text = ""
    if !outcome.findings.isEmpty {
      text +=
        alignedTable(
          [["cell", "piece", "what", "the run has", "again"]]
            + outcome.findings.map { [$0.cell, $0.place, $0.what, $0.recorded, $0.again] })
        + "\n"
    }
    text +=
      "\(outcome.chosen) of \(counted(outcome.all, "piece")) of work computed again (seed \(options.seed)): "
    if outcome.findings.isEmpty {
      text +=
        outcome.exact == outcome.chosen
        ? "every bit is the same" : "all agree\(precision(outcome))"
    } else {
      text +=
        "\(counted(outcome.findings.count, "thing differs", plural: "things differ"))"
        + (outcome.exact == outcome.chosen ? "" : precision(outcome))
    }
    text += "\n"
    for words in outcome.otherArithmetic { text += "other arithmetic: \(terminalText(words))\n" }
    if outcome.revised > 0 {
      text +=
        "\(counted(outcome.revised, "piece")) \(outcome.revised == 1 ? "has" : "have") other keys in this "
        + "program: a model or transformation was revised since\n"
    }
    return text
  }

  /// Which models with findings stop within a tolerance, so that by other arithmetic they may be further
  /// apart; nil for none.
  private static func toleranceWords(
    _ outcome: RunVerification.Outcome, _ plan: Plan, _ registry: Registry
  ) -> String? {
    guard !outcome.otherArithmetic.isEmpty else { return nil }
    let found = outcome.findings.map(\.cell)
    let models = plan.cells.filter { found.contains(plan.name(of: $0)) }
      .map { plan.models[$0.model].model }
    let approximate = registry.models.filter { type in
      type.listFitting == .approximate && models.contains(type.name)
    }
    guard !approximate.isEmpty else { return nil }
    return
      "\(approximate.map { $0.name }.joined(separator: ", ")): solved to a tolerance, so that by other "
      + "arithmetic probabilities may differ by more than \(shortest(RunVerification.tolerance))\n"
  }

  private static func precision(_ outcome: RunVerification.Outcome) -> String {
    let other = outcome.chosen - outcome.exact
    return " (\(counted(outcome.exact, "piece")) to the bit, \(other) by other arithmetic within "
      + "\(shortest(RunVerification.tolerance)))"
  }

  private static func json(
    _ outcome: RunVerification.Outcome, _ options: RunVerification.Options
  ) -> JSONNode {
    [
      "seed": JSONNode(options.seed), "pieces": JSONNode(outcome.chosen),
      "of": JSONNode(outcome.all), "exact": JSONNode(outcome.exact),
      "other_revisions": JSONNode(outcome.revised),
      "other_arithmetic": JSONNode(outcome.otherArithmetic),
      "findings": JSONNode(
        outcome.findings.map { finding in
          [
            "cell": JSONNode(finding.cell), "piece": JSONNode(finding.place),
            "what": JSONNode(finding.what), "recorded": JSONNode(finding.recorded),
            "again": JSONNode(finding.again),
          ] as JSONNode
        }),
    ]
  }
}

extension RunFolder {
  /// A run folder that a command line names.
  ///
  /// - Throws: ``BadInput`` where there is no run.
  init(existing path: String) throws {
    self.init(Path(path))
    guard plan.exists else { throw BadInput("\(path) is not a run folder (no plan.json)") }
  }
}
