import AudioData
import AudioFeatures
import Exploration
import FileSets
import FileSystem
import Learning
import TextFormatting

/// `explore features`: sound files to a table of features.
enum FeaturesCommand: Command {
  static let specification = CommandSpecification(
    "features", "extracts a table of features from sound files",
    positionals: [
      .init(
        "DIR|INDEX.csv|FILE", "a folder or an index of sound files with classes, or loose files",
        isRepeatable: true)
    ],
    options: [
      .init(
        "--output", alias: "-o", value: "FILE", "where to write (default: standard output)"),
      .init(
        "--mode", value: "MODE",
        "modern as in librosa 0.9 and later (default), or kaggle as in the "
          + "published tables"),
      .init(
        "--segment-seconds", value: "S", "a row a segment of S seconds (default: a row a file)"),
      .init(
        "--columns", value: "NAMES",
        "feature sets or patterns of columns, as in gtzan57 or 'mfcc*'",
        isRepeatable: true),
      .init("--bands", value: "N", "mel bands of log-mel (default: 64)"),
      .init("--jobs", value: "N", "files at a time (default: all cores)"),
      .init("--quiet", "shows no progress and no remarks"),
    ], example: "explore features music -o features.csv --segment-seconds 3")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    let paths = arguments.positionals(from: 0).map { Path($0) }
    let output = arguments.value("--output").flatMap { $0 == "-" ? nil : Path($0) }
    if let output { try check(output, against: paths, arguments) }
    let source = try source(paths, arguments)
    var representation = SoundRepresentation()
    if let mode = arguments.value("--mode") {
      guard let mode = FeatureSettings.Mode(rawValue: mode) else {
        let names = FeatureSettings.Mode.allCases.map(\.rawValue)
        throw arguments.error(
          "--mode: there is no mode “\(mode)”; \(suggestion(for: mode, among: names))")
      }
      representation.settings.mode = mode
    }
    representation.segmentSeconds = try arguments.number("--segment-seconds", in: 0.1...3600)
    if let bands = try arguments.number("--bands", in: 1...4096) {
      representation.settings.bands = bands
    }
    let selection = try ColumnSelection(arguments, &representation)
    let cores = Machine.cores
    let extraction = FeatureExtraction(
      source, representation, cache: try Cache.standard()?.sounds,
      jobs: min(try arguments.number("--jobs", in: 1...4096) ?? cores, cores))
    var table = try terminal.showing("extracting features") { isCancelled, onProgress in
      try extraction.table(isCancelled: isCancelled, onProgress: onProgress)
    }
    if !selection.patterns.isEmpty { table = table.keeping(selection.patterns) }
    for finding in table.findings where finding.severity == .warning {
      terminal.remark("warning: \(finding.message)")
    }
    for failure in table.failures { Terminal.printError("\(failure.name): \(failure.reason)") }
    if !table.failures.isEmpty, paths.count == 1, paths[0].isFolder || source.pieces.count > 1 {
      terminal.remark("to find and move such files: explore data check \(paths[0].string)")
    }
    guard table.rowCount > 0 else {
      throw BadInput("\(source.name): no sound can be used; no table is written")
    }
    let text = table.csv(labels: source.pieces.map(\.label))
    if let output {
      try output.writeAtomically(text)
      terminal.remark("\(words(for: table, of: source)): \(output.string)")
    } else {
      Terminal.printData(text)
    }
    return table.failures.isEmpty ? .success : .someCellsFailed
  }

  private static func words(for table: FeatureTable, of source: SoundSource) -> String {
    let usable = source.pieces.count - table.failures.count
    let known = usable - table.computedPieces
    return "\(counted(table.rowCount, "row")) of \(counted(usable, "sound"))"
      + (table.failures.isEmpty ? "" : ", \(table.failures.count) left out")
      + (known > 0 ? " (\(known) known from before)" : "")
  }

  /// One folder or index, or any number of sound files.
  private static func source(
    _ paths: [Path], _ arguments: ParsedArguments
  ) throws -> SoundSource {
    for path in paths where !path.exists { throw BadInput("there is no file \(path.string)") }
    let catalogues = paths.filter { $0.isFolder || $0.fileExtension == "csv" }
    if catalogues.isEmpty { return SoundSource(files: paths) }
    guard paths.count == 1 else {
      throw arguments.error("give one folder or index, or sound files, not both")
    }
    return SoundSource(try FileCatalogue(sounds: paths[0]))
  }

  /// Before any work: the table can be written, and replaces nothing that is read.
  private static func check(
    _ output: Path, against paths: [Path], _ arguments: ParsedArguments
  ) throws {
    for path in paths { try arguments.refuse(output, toReplace: path) }
    if output.string.isEmpty { throw arguments.error("--output needs the name of a file") }
    if !output.folder.isFolder {
      throw BadInput("cannot write \(output.string): there is no folder \(output.folder.string)")
    }
  }
}

/// What `--columns` asks for: names of feature sets, and patterns of columns in them.
private struct ColumnSelection {
  var patterns: [NamePattern] = []

  init(_ arguments: ParsedArguments, _ representation: inout SoundRepresentation) throws {
    let words = arguments.allValues("--columns").flatMap { $0.split(separator: ",") }.map(
      String.init)
    let known = FeatureSet.all.map(\.name)
    let sets = known.filter { words.contains($0) }
    patterns = words.filter { !known.contains($0) }.map { NamePattern($0) }
    if !sets.isEmpty { representation.sets = sets }
    do throws(FeatureError) {
      try representation.check()
    } catch {
      throw arguments.error("--columns: \(error)")
    }
    let columns = representation.columns
    for pattern in patterns where !columns.contains(where: pattern.matches) {
      throw arguments.error(
        "--columns: “\(pattern.text)” is neither a feature set nor matches a column; "
          + suggestion(for: pattern.text, among: known + columns))
    }
  }
}
