import Exploration
import FileSystem
import Learning
import Reporting
import TextFormatting

/// `explore merge`: makes one run of runs of parts of one experiment.
enum MergeCommand: Command {
  static let specification = CommandSpecification(
    "merge", "makes one run of runs of parts of one experiment",
    positionals: [
      .init("OUT", "the folder of the whole; new or empty"),
      .init(
        "RUN",
        "run folders of the same experiment and data, computed with --only or of other "
          + "protocols, inputs, transformations or models", isRepeatable: true),
    ],
    options: [
      .init("--quiet", "shows only the table"),
      .init("--json", "prints the results as JSON instead of a table"),
    ], example: "explore merge reports/whole reports/machine-1 reports/machine-2",
    notes: """
      What several runs computed counts as the first of them has it. The runs stay as they are;
      explore run FILE --out OUT computes what is still missing.
      """)

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let target = RunFolder(Path(arguments.positional(0) ?? ""))
    if target.path.string.isEmpty { throw arguments.error("OUT needs the name of a folder") }
    let names = arguments.positionals(from: 1)
    guard names.count > 1 else { throw arguments.error("two runs at least can be merged") }
    let folders = try names.map { try RunFolder(existing: $0) }
    try checkDifferent(folders)
    let merge = try RunMerge(folders)
    try merge.write(to: target, version: Explore.version)
    let report = try Report(target)
    try report.write(to: target)
    for remark in merge.remarks { terminal.remark(remark) }
    RunCommand.show(report, target, terminal, asJSON: arguments.has("--json"))
    return .success
  }

  /// Refuses a run folder that is named twice, by whatever path.
  static func checkDifferent(_ folders: [RunFolder]) throws {
    for (index, folder) in folders.enumerated() {
      let own = folder.path.information
      let other = folders[..<index].first { earlier in
        let its = earlier.path.information
        return own?.inode == its?.inode && own?.device == its?.device
      }
      if let other {
        throw BadInput("\(other.path.string) and \(folder.path.string) are the same folder")
      }
    }
  }
}
