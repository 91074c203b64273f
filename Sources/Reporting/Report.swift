import Conclusions
import Exploration
import FileSystem
import JSONText
import Learning
import TextFormatting

/// Everything that can be shown of a run; the same records always give the same bytes.
package struct Report {
  package struct Cell {
    /// Its number among all.
    package var number: Int
    package var result: RunResults.Cell
    /// nil for a cell that is not `ok`.
    package var summary: CellSummary?

    package var name: String { result.name }
  }

  package let results: RunResults
  package let conclusions: RunConclusions
  package let cells: [Cell]
  /// The experiment file's text.
  let experimentText: String
  let provenance: JSONNode
  /// A picture of a sound of each class, of many classes the first, as PNG files; empty for data that are no
  /// sounds.
  let soundPictures: [(label: String, png: [UInt8])]

  package var plan: Plan { results.plan }

  /// Reads a run folder.
  ///
  /// - Throws: `DamagedFile` or `SystemError` when it is no run folder or cannot be read.
  package init(_ folder: RunFolder) throws {
    results = try RunResults(folder)
    let plan = results.plan
    let conclusions = RunConclusions(results)
    self.conclusions = conclusions
    cells = results.cells.enumerated().map { number, result in
      Cell(number: number, result: result, summary: conclusions.summaries[number])
    }
    soundPictures = plan.classes.prefix(DrawnClasses.most).compactMap { label in
      (try? folder.sample(of: label).readBytes()).map { (label, $0) }
    }
    experimentText = (try? folder.experiment.readText()) ?? ""
    provenance = Provenance.node(in: folder) ?? .null
  }

  /// The cell of a sheet, a transformation and a model.
  package func cell(_ sheet: Plan.Sheet, transformation: Int, model: Int) -> Cell {
    let place = sheet.protocol * plan.inputs.count + sheet.input
    return cells[(place * plan.transformations.count + transformation) * plan.models.count + model]
  }

  package var hasFailures: Bool {
    cells.contains { ![.ok, .skipped].contains($0.result.status) }
  }

  /// The `ok` cell whose setting did best on validation rows by the experiment's measure, by which no
  /// test row was used; by the order of the table among equals, none when nothing was validated.
  ///
  /// Each protocol has its own best cell; where inputs have different rows their figures cannot be
  /// ranked, and each of them has one too.
  package var bestByValidation: [Cell] {
    best { $0.validationScore }
  }

  /// The `ok` cell that is best on test rows by the experiment's measure, or that of each protocol and
  /// input.
  package var bestByTest: [Cell] {
    best { $0.testScore }
  }

  private func best(_ figure: (CellSummary) -> Double?) -> [Cell] {
    plan.rankedSheets.compactMap { sheets in
      var best: (cell: Cell, value: Double)?
      for cell in cells where sheets.contains(cell.result.sheet) {
        guard let value = cell.summary.flatMap(figure) else { continue }
        if best.map({ plan.measure.isBetter(value, than: $0.value) }) ?? true {
          best = (cell, value)
        }
      }
      return best?.cell
    }
  }

  // MARK: Files

  /// Writes all tables, figures and pages; each file appears whole.
  ///
  /// - Throws: `SystemError` when a file cannot be written.
  package func write(to folder: RunFolder) throws {
    for path in [
      folder.tables, folder.curves, folder.confusion, folder.figures,
      folder.figures / "curves", folder.figures / "confusion",
    ] {
      try path.createFolder()
    }
    let tables = ResultTables(self)
    try (folder.tables / "accuracy.csv").writeAtomically(tables.accuracy)
    try (folder.tables / "accuracy.md").writeAtomically(
      accuracyGrids.map(\.markdown).joined(separator: "\n"))
    try (folder.tables / "accuracy.tex").writeAtomically(accuracyLaTeX.text)
    try (folder.tables / "results.csv").writeAtomically(tables.results)
    try (folder.tables / "results.md").writeAtomically(cellTable.markdown)
    try (folder.tables / "results.tex").writeAtomically(resultsLaTeX.text)
    try (folder.tables / "trials.csv").writeAtomically(tables.trials)
    try write(tables.epochs, to: folder.tables / "epochs.csv")
    try write(tables.learningCurve, to: folder.tables / "learning_curve.csv")
    try write(tables.history, to: folder.tables / "history.csv")
    try (folder.tables / "per_class.csv").writeAtomically(tables.perClass)
    try (folder.tables / "predictions.csv").writeAtomically(tables.predictions)
    let conclusions = ConclusionTables(self)
    try write(conclusions.comparisons, to: folder.tables / "comparisons.csv")
    try write(conclusions.ranking, to: folder.tables / "ranking.csv")
    try write(conclusions.selection, to: folder.tables / "selection.csv")
    try write(conclusions.votes, to: folder.tables / "votes.csv")
    try write(conclusions.calibration, to: folder.tables / "calibration.csv")
    try (folder.tables / "findings.csv").writeAtomically(conclusions.findings)
    try (folder.figures / "accuracy.svg").writeAtomically(AccuracyTable(self).svg.document)
    try writeFigures(to: folder)
    var kept: Set<String> = []
    for cell in cells where !cell.result.pieces.isEmpty {
      let name = fileName(cell.name)
      kept.insert(name)
      let curve = LearningCurve(cell, plan: plan)
      try (folder.curves / "\(name).csv").writeAtomically(curve.table)
      try (folder.figures / "curves" / "\(name).svg").writeAtomically(curve.svg.document)
      guard let summary = cell.summary else { continue }
      let confusion = ConfusionTable(
        summary.confusion, classes: plan.classes, title: cell.name)
      try (folder.confusion / "\(name).csv").writeAtomically(confusion.table)
      try (folder.figures / "confusion" / "\(name).svg").writeAtomically(confusion.svg.document)
    }
    try removeOthers(than: kept, in: folder)
    try folder.markdown.writeAtomically(MarkdownReport(self).text)
    try folder.page.writeAtomically(Page(self).html)
  }

  /// Writes the pictures of the whole run, and removes those that it no longer has.
  private func writeFigures(to folder: RunFolder) throws {
    let figures = self.figures
    for figure in figures {
      try (folder.figures / figure.file).writeAtomically(figure.svg.document)
    }
    let kept = figures.map(\.file) + ["accuracy.svg"]
    for file in try folder.figures.children() where file.hasSuffix(".svg") && !kept.contains(file) {
      try (folder.figures / file).remove()
    }
  }

  /// Writes a file that not every run has, or removes what an earlier form of the experiment left there.
  private func write(_ text: String?, to path: Path) throws(SystemError) {
    if let text { try path.writeAtomically(text) } else { try path.remove() }
  }

  /// Removes what an earlier form of the experiment left behind.
  private func removeOthers(than names: Set<String>, in folder: RunFolder) throws {
    for path in [
      folder.curves, folder.confusion, folder.figures / "curves", folder.figures / "confusion",
    ] {
      for file in try path.children() where !names.contains(String(file.dropLast(4))) {
        try (path / file).remove()
      }
    }
  }
}
