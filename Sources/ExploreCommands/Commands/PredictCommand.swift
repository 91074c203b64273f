import DataTables
import Exploration
import FileSystem
import Learning
import Matrices
import Reporting
import TextFormatting

/// `explore predict`: the classes and probabilities of a table's rows, or of files as a run was trained
/// on, by a saved winner.
enum PredictCommand: Command {
  static let computes = true
  static let specification = CommandSpecification(
    "predict", "predicts rows or files with a saved winner: class and probabilities",
    positionals: [
      .init("RUN|MODEL", "a run folder, or one cell's model folder"),
      .init(
        "TABLE.csv|FILES",
        "the rows, with the model's columns by name; of a run on pictures or sound, a file or folder of "
          + "such, prepared as in the run"),
    ],
    options: [
      .init("--output", alias: "-o", value: "FILE", "where to write (default: standard output)"),
      .init(
        "--cell", value: "NAME", "the cell of the run, as in pca+svm (default: best on validation)"),
      .init("--quiet", "shows no remarks"),
    ],
    example: "explore predict reports/quickstart new.csv -o predictions.csv",
    notes: """
      A row that lacks a value has an empty class where the model was not taught to fill it.
      So has a row whose numbers are too large to compute with: such rows are named, and the exit code is 3.
      """)

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    ArithmeticPath.useOneThread()
    let source = Path(arguments.positional(0) ?? "")
    let (folder, cell) = try modelFolder(source, arguments, terminal)
    let pipeline: FittedPipeline
    do {
      pipeline = try FittedPipeline(readingFrom: folder, registry: registry)
    } catch var error as DamagedFile {
      error.reason += "; run the experiment again, which fits a model anew that is damaged"
      throw error
    }
    let input = Path(arguments.positional(1) ?? "")
    let table: PredictionTable
    if let cell, input.isFolder || RowsOfFiles.isOne(input) {
      table = try RowsOfFiles(RunFolder(source), input: cell.result.sheet.input, registry: registry)
        .table(of: input, for: pipeline, terminal)
    } else {
      table = try PredictionTable(
        input, columns: pipeline.allColumns, offsets: pipeline.offsets,
        allowsMissing: pipeline.missing != "stop")
    }
    if let output = arguments.value("--output"),
      [arguments.positional(1), (folder / "manifest.json").string].contains(output)
    {
      throw arguments.error("--output would replace what is read; give another file")
    }
    let (text, impossible) = try predictions(pipeline, table, terminal)
    if let output = arguments.value("--output"), output != "-" {
      try Path(output).writeAtomically(text)
      terminal.remark("\(counted(table.features.rows, "row")) predicted: \(output)")
    } else {
      Terminal.printData(text)
    }
    if impossible.isEmpty { return .success }
    Terminal.printError(words(for: impossible))
    return .someCellsFailed
  }

  /// As in `explore: 2 rows have no prediction: …: 3, 17`.
  private static func words(for rows: [Int]) -> String {
    let named = rows.prefix(20).map(String.init).joined(separator: ", ")
    return
      "explore: \(counted(rows.count, "row")) without a prediction, because what is computed of them is not "
      + "finite, as with values far beyond those that the model has learnt from: row "
      + named + (rows.count > 20 ? ", …" : "")
  }

  /// A model folder as it is; of a run, that of the cell that is asked for or the best on validation
  /// rows.
  private static func modelFolder(
    _ source: Path, _ arguments: ParsedArguments, _ terminal: Terminal
  ) throws -> (Path, Report.Cell?) {
    if (source / "manifest.json").exists {
      if arguments.has("--cell") { throw arguments.error("--cell goes with a run folder") }
      return (source, nil)
    }
    let run = RunFolder(source)
    guard run.plan.exists else {
      throw BadInput(
        "\(source.string) is neither a run folder nor a model folder (no plan.json, "
          + "no manifest.json)")
    }
    let report = try Report(run)
    let cell: Report.Cell
    if let name = arguments.value("--cell") {
      guard let named = report.cells.first(where: { $0.name == name }) else {
        throw BadInput(
          "the run has no cell “\(name)”; "
            + suggestion(for: name, among: report.cells.map(\.name)))
      }
      cell = named
    } else {
      let finished = report.cells.filter { $0.summary != nil }
      guard let only = finished.first else {
        throw BadInput("\(source.string): no cell of the run is finished")
      }
      let best = finished.count == 1 ? [only] : report.bestByValidation
      // Choosing by test rows would make their figures too optimistic.
      guard let first = best.first else {
        throw arguments.error(
          "the run has no validation rows to choose a cell by; name one with --cell: "
            + finished.map(\.name).joined(separator: ", "))
      }
      guard best.count == 1 else {
        throw arguments.error(
          (report.plan.hasProtocols
            ? "each protocol has its best cell"
            : "the run’s inputs have different rows, and each has its best cell")
            + "; name one with --cell: "
            + best.map(\.name).joined(separator: ", "))
      }
      cell = first
      terminal.remark("model: \(first.name)")
    }
    let folder = run.model(of: cell.name)
    guard folder.exists else {
      throw BadInput(
        "\(cell.name) has no saved model (\(cell.result.status.rawValue)); run the "
          + "experiment again")
    }
    return (folder, cell)
  }

  /// The table of predictions, and the rows without one because their probabilities are not finite.
  private static func predictions(
    _ pipeline: FittedPipeline, _ table: PredictionTable, _ terminal: Terminal
  ) throws -> (text: String, impossible: [Int]) {
    let names = table.fileNames.map { names in names.map { csvField($0) + "," } }
    let header =
      ["row"] + (names == nil ? [] : ["filename"]) + ["predicted"]
      + pipeline.classes.map { "p_\($0)" }
    var text = header.map { csvField($0) }.joined(separator: ",") + "\n"
    // Rows without a value are left without a prediction where the model was not taught to fill them.
    let skipped = pipeline.missing == "median" ? [] : Set(table.incompleteRows)
    if !skipped.isEmpty {
      terminal.remark("warning: \(counted(skipped.count, "incomplete row")) without a prediction")
    }
    let rows = (0..<table.features.rows).filter { !skipped.contains($0) }
    let features = skipped.isEmpty ? table.features : table.features.gathering(rows: rows)
    let predictions = try pipeline.predictions(for: features)
    var impossible: [Int] = []
    var place = 0
    for row in 0..<table.features.rows {
      text += "\(row)," + (names?[row] ?? "")
      let isSkipped = skipped.contains(row)
      let isPossible = isSkipped || predictions.probabilities.rows(place..<place + 1).isFinite
      if !isPossible { impossible.append(row) }
      if isSkipped || !isPossible {
        text += String(repeating: ",", count: pipeline.classes.count) + "\n"
        if !isSkipped { place += 1 }
        continue
      }
      let shares = pipeline.classes.indices.map {
        shortest(Double(predictions.probabilities[place, $0]))
      }
      let name = csvField(pipeline.classes[predictions.classes[place]])
      text += "\(name),\(shares.joined(separator: ","))\n"
      place += 1
    }
    return (text, impossible)
  }
}
