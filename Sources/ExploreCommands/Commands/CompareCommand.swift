import Conclusions
import Exploration
import FileSystem
import Learning
import Reporting
import TextFormatting

/// `explore compare`: two runs cell by cell, or the cells of many runs ranked over their data sets.
enum CompareCommand: Command {
  static let specification = CommandSpecification(
    "compare",
    "two runs, cell by cell: what changed, is the change real; many: ranks over data sets",
    positionals: [
      .init("A", "a run folder, as it was before"),
      .init(
        "B",
        "a run folder, as it is after; with three and more, each is a data set that cells are ranked "
          + "over", isRepeatable: true),
    ],
    options: [
      .init(
        "--only", value: "PATTERN", "only the cells that match, as in 'pca+*'", isRepeatable: true),
      .init(
        "--fail-if-worse", value: "POINTS",
        "exit code 1 when a cell loses more than this, as in 1pt"),
      .init(
        "--confident", "with --fail-if-worse: only when all of the interval is worse than that"),
      .init(
        "--html", value: "FILE", "writes a page with the picture of the changes, or of the ranks"),
      .init("--quiet", "shows no remarks"),
      .init("--json", "prints the comparison as JSON"),
    ], example: "explore compare reports/before reports/after --fail-if-worse 1pt",
    notes: """
      A point (pt) is one per cent of the test rows. Where both runs tested a cell on the same rows, its
      change is tested like a pair of cells of one run, with Holm's adjustment over all cells.
      Exit codes: 0 compared, 1 a cell is worse than --fail-if-worse allows, or failed only in B.
      """)

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let folders = try ([arguments.positional(0) ?? ""] + arguments.positionals(from: 1))
      .map { try RunFolder(existing: $0) }
    let margin = try margin(arguments)
    let only = arguments.allValues("--only").flatMap { $0.split(separator: ",") }
      .map { NamePattern(String($0)) }
    try MergeCommand.checkDifferent(folders)
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let results = try folders.map { try RunResults($0) }
    for (folder, results) in zip(folders, results) {
      for problem in results.problems {
        terminal.remark("\(folder.path.string): journal: \(problem)")
      }
    }
    for pattern in only
    where !results.contains(where: { run in
      run.plan.cells.contains { run.plan.matches($0, pattern) }
    }) {
      throw BadInput(
        "--only: the pattern “\(pattern.text)” matches no cell; "
          + suggestion(for: pattern.text, among: results[0].cells.map(\.name)))
    }
    guard folders.count == 2 else {
      if margin != nil { throw arguments.error("--fail-if-worse goes with two runs") }
      return try rank(folders, results, only, arguments, terminal)
    }
    let comparison: RunComparison
    do {
      comparison = try RunComparison(
        results[0], results[1],
        differences: RunDifference.all(folders[0], folders[1], (results[0], results[1])),
        only: only)
    } catch {
      throw BadInput("\(folders[0].path.string) and \(folders[1].path.string): \(error)")
    }
    let report = ComparisonReport(comparison, before: folders[0], after: folders[1])
    let worse = margin.map {
      comparison.worse(than: $0, confidently: arguments.has("--confident"))
    }
    try writePage(report.html, arguments, terminal)
    if arguments.has("--json") {
      Terminal.printOutput(report.json(worse: worse).indentedText)
    } else {
      Terminal.printOutput(report.text(emphasis: Terminal.bold))
    }
    guard let worse, !worse.isEmpty else { return .success }
    Terminal.printError(
      "explore: worse than --fail-if-worse \(arguments.value("--fail-if-worse") ?? "") allows: "
        + worse.joined(separator: ", "))
    return .failure
  }

  private static func rank(
    _ folders: [RunFolder], _ results: [RunResults], _ only: [NamePattern],
    _ arguments: ParsedArguments, _ terminal: Terminal
  ) throws -> ExitCode {
    let ranking: RunRanking
    do {
      ranking = try RunRanking(results, only: only)
    } catch {
      throw BadInput("no ranks: \(error.words(folders.map(\.path.string)))")
    }
    let report = RankingReport(ranking, folders: folders)
    try writePage(report.html, arguments, terminal)
    Terminal.printOutput(
      arguments.has("--json") ? report.json.indentedText : report.text())
    return .success
  }

  private static func writePage(
    _ html: String, _ arguments: ParsedArguments, _ terminal: Terminal
  ) throws {
    guard let file = arguments.value("--html") else { return }
    try Path(file).writeAtomically(html)
    terminal.remark("page: \(file)")
  }

  /// What a cell may lose, as a share; nil where nothing is asked.
  private static func margin(_ arguments: ParsedArguments) throws -> Double? {
    guard let text = arguments.value("--fail-if-worse") else {
      if arguments.has("--confident") {
        throw arguments.error("--confident goes with --fail-if-worse")
      }
      return nil
    }
    guard text.hasSuffix("pt"), let points = Double(text.dropLast(2)), (0...100).contains(points)
    else {
      throw arguments.error(
        "--fail-if-worse needs points of accuracy from 0pt to 100pt, as in 1pt or 0.5pt, found “\(text)”"
      )
    }
    return points / 100
  }
}

extension RunComparison {
  /// The cells that lose more than a share, and those that only the second run could not compute.
  fileprivate func worse(than margin: Double, confidently: Bool) -> [String] {
    changes.filter { $0.isWorse(by: margin, confidently: confidently) }.map(\.name)
      + lonely.filter(\.isLost).map(\.name)
  }
}
