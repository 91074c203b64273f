import AudioData
import Exploration
import FileSets
import FileSystem
import Learning
import Reporting
import TextFormatting
import Threads

/// `explore data check`: decodes every file of a folder of sounds and says what is wrong with it.
enum DataCheckCommand: Command {
  static let specification = CommandSpecification(
    "data check",
    "finds broken, silent, clipped, misnamed and repeated files in a folder of sounds",
    positionals: [
      .init(
        "DIR",
        "class folders, a folder of <class>.<number>.<extension>, or a CSV index (file, label)")
    ],
    options: [
      .init(
        "--quarantine", value: "DIR",
        "moves broken, truncated, empty and not-finite files there, and no others"),
      .init("--output", alias: "-o", value: "FILE.html", "writes a page"),
      .init("--csv", value: "FILE", "writes a line a problem (-: standard output)"),
      .init("--json", "prints all as JSON"),
      .init("--shortest", value: "SECONDS", "the least length of a file (default: 1)"),
      .init("--jobs", value: "N", "threads (default: all cores)"),
      .init("--quiet", "shows no progress"),
    ], example: "explore data check genres --quarantine genres-broken -o health.html",
    notes: """
      limits:
        silent         all samples below −60 dB of full scale
        mostly silent  more than half the time below −60 dB, by pieces of 50 ms
        clipped        more than 0.1 % of the samples at full scale (0.999; of 8 bits 0.992), three or
                       more in a row; the channels are averaged first
        shorter        less than half the median length; a note
        near duplicate at most 20 % of the fingerprint's bits differ over 1.5 s or more; for another
                       level, start or coding, not for another speed; the first 10 minutes count
        similar        at most 35 % of them differ: perhaps a copy; a note
      Copies are warnings, and errors where their labels differ.

      exit code: 0 without errors and warnings, 3 with some, 65 when DIR cannot be used
      """)

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let source = Path(arguments.positional(0) ?? "")
    var check = HealthCheck()
    check.threads = min(try arguments.number("--jobs", in: 1...4096) ?? Machine.cores, 256)
    check.shortest = try arguments.number("--shortest", in: 0...86_400) ?? check.shortest
    let catalogue = try FileCatalogue(sounds: source)
    let quarantineFolder = arguments.value("--quarantine").map { Path($0) }
    if let quarantineFolder, Quarantine.isInside(quarantineFolder, catalogue.root) {
      throw arguments.error("--quarantine must lie outside the data set, \(catalogue.root)")
    }
    let interruption = try Interruption(endsAtSecond: true)
    let report: HealthReport
    do {
      report = try check.report(on: catalogue, isCancelled: { interruption.hasCome }) { progress in
        let left = progress.secondsLeft.map { ", \(duration(seconds: $0)) left" } ?? ""
        terminal.showProgress("\(progress.finished) of \(counted(progress.count, "file"))\(left)")
      }
    } catch is MapCancelled {
      terminal.endProgress()
      Terminal.printError("explore: interrupted; nothing was written or moved")
      return .interrupted
    }
    terminal.endProgress()
    let moves: [Quarantine.Move]?
    do {
      moves = try quarantineFolder.map { try quarantine(report, to: $0, interruption) }
      try write(report, moves ?? [], arguments, terminal)
    } catch {
      // A full disk does not take back what was found.
      show(report, [], arguments)
      throw error
    }
    show(report, moves ?? [], arguments)
    if let moves, let quarantineFolder {
      let moved = moves.count { $0.failure == nil }
      terminal.remark("moved to \(quarantineFolder): \(counted(moved, "file"))")
      for move in moves {
        if let failure = move.failure { Terminal.printError("not moved: \(move.from): \(failure)") }
      }
    }
    if moves?.contains(where: { $0.failure != nil }) == true { return .failure }
    return report.isClean ? .success : .someCellsFailed
  }

  private static func quarantine(
    _ report: HealthReport, to folder: Path, _ interruption: borrowing Interruption
  ) throws -> [Quarantine.Move] {
    let unusable = report.unusable
    if unusable.isEmpty { return [] }
    var quarantine = try Quarantine(folder)
    for problem in unusable where !interruption.hasCome { try quarantine.take(problem) }
    return quarantine.moves
  }

  /// Writes the files that are asked for.
  private static func write(
    _ report: HealthReport, _ moves: [Quarantine.Move], _ arguments: ParsedArguments,
    _ terminal: Terminal
  ) throws {
    if let output = arguments.value("--output") {
      try Path(output).writeAtomically(report.page(moves: moves))
      terminal.remark("page: \(output)")
    }
    if let csv = arguments.value("--csv"), csv != "-" {
      try Path(csv).writeAtomically(report.csv)
      terminal.remark("table: \(csv)")
    }
  }

  private static func show(
    _ report: HealthReport, _ moves: [Quarantine.Move], _ arguments: ParsedArguments
  ) {
    if arguments.has("--json") {
      Terminal.printOutput(report.json(moves: moves).indentedText)
    } else if arguments.value("--csv") == "-" {
      Terminal.printData(report.csv)
    } else {
      Terminal.printOutput(report.terminalText)
    }
  }
}
