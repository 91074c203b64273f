import Exploration
import TextFormatting

/// The test accuracies of one protocol, models down and transformations across, for each input.
struct AccuracyGrid {
  struct Cell {
    var cell: Report.Cell
    /// Cells that share one cannot be told apart; empty where nothing was tested.
    var letters: String
    var isBest: Bool
  }

  struct Row {
    /// Empty where there is only one input.
    var input: String
    var model: String
    var cells: [Cell]
  }

  /// Of the protocol; empty for the only one.
  var name: String
  /// How it divides the rows; empty for the only one, of which the page says it elsewhere.
  var words: String
  var transformations: [String]
  var rows: [Row]
  /// What can be concluded, in words.
  var sentences: [String]
  /// Why the figures are too optimistic; nil when they are not.
  var taint: String?

  var hasLetters: Bool { rows.contains { $0.cells.contains { !$0.letters.isEmpty } } }
}

extension Report {
  /// A table for each protocol.
  var accuracyGrids: [AccuracyGrid] {
    let best = bestByTest.map(\.name)
    return plan.protocols.enumerated().map { number, own in
      let sheets = plan.inputs.indices.map { Plan.Sheet(protocol: number, input: $0) }
      let rows = sheets.flatMap { sheet in
        plan.models.indices.map { model in
          AccuracyGrid.Row(
            input: plan.inputs[sheet.input].name, model: plan.models[model].name,
            cells: plan.transformations.indices.map { transformation in
              let cell = cell(sheet, transformation: transformation, model: model)
              return AccuracyGrid.Cell(
                cell: cell, letters: letters(of: cell), isBest: best.contains(cell.name))
            })
        }
      }
      return AccuracyGrid(
        name: own.name, words: own.name.isEmpty ? "" : own.words,
        transformations: plan.transformations.map(\.name), rows: rows,
        sentences: rankings.filter { $0.sheets.contains { $0.protocol == number } }
          .flatMap { sentences(on: $0) },
        taint: sheets.compactMap { plan.division($0).audit.taint }.first.map {
          "Too optimistic: \($0)."
        })
    }
  }

  /// What the letters beside accuracies mean; nil where there are none.
  var lettersNote: String? {
    guard accuracyGrids.contains(where: \.hasLetters) else { return nil }
    return "Cells that share a letter cannot be told apart, which does not say that they are equal"
      + (plan.cells.allSatisfy(plan.isCompared) ? "" : "; those without a letter were not compared")
      + (plan.hasProtocols
        ? "; letters of different protocols have nothing to do with each other." : ".")
  }
}

// MARK: Markdown

extension AccuracyGrid {
  /// The table and the sentences below it.
  var markdown: String {
    let hasInputs = rows.contains { !$0.input.isEmpty }
    let heads = (hasInputs ? ["input"] : []) + [""]
    let body = rows.map { row in
      (hasInputs ? [markdownText(row.input)] : []) + [markdownText(row.model)]
        + row.cells.map(Self.markdown)
    }
    return (name.isEmpty ? "" : "### \(markdownText(name))\n\n\(markdownText(words)).\n\n")
      + (taint.map { "**\(markdownText($0))**\n\n" } ?? "")
      + markdownRows(heads + transformations.map { markdownText($0) }, body) {
        $0 >= heads.count
      } + sentences.map { "\n\(markdownText($0))\n" }.joined()
  }

  private static func markdown(_ own: Cell) -> String {
    guard let summary = own.cell.summary else { return own.cell.result.status.rawValue }
    let value = fixed(summary.testAccuracy * 100, decimals: 1)
    let letters = own.letters.isEmpty ? "" : "<sup>\(own.letters)</sup>"
    return [
      (own.isBest ? "**\(value)**" : value) + letters,
      summary.interval.map { "[\($0.percents())]" }, summary.seedsText,
    ].compactMap { $0 }.joined(separator: " ")
  }
}

// MARK: LaTeX

extension Report {
  /// `tables/accuracy.tex`.
  var accuracyLaTeX: LaTeXTable {
    let grids = accuracyGrids
    let heads =
      (plan.hasProtocols ? ["protocol"] : []) + (plan.hasInputs ? ["input"] : []) + ["model"]
    let groups = grids.map { grid in
      grid.rows.enumerated().map { number, row in
        (plan.hasProtocols ? [number == 0 ? latexText(grid.name) : ""] : [])
          + (plan.hasInputs ? [latexText(row.input)] : []) + [latexText(row.model)]
          + row.cells.map(Self.latex)
      }
    }
    let caption = [
      "Test accuracy in per cent on \(plan.source), with 95 % intervals, which cover the choice of "
        + "\(testUnits), not a retraining.", lettersNote, "Bold: \(emphasisedWords).", taintWords,
    ].compactMap { $0 }.joined(separator: " ")
    return LaTeXTable(
      caption: caption, label: "accuracy", wordColumns: heads.count,
      header: heads + plan.transformations.map { latexText($0.name) }, groups: groups)
  }

  private static func latex(_ own: AccuracyGrid.Cell) -> String {
    guard let summary = own.cell.summary else { return "--" }
    let value = fixed(summary.testAccuracy * 100, decimals: 1)
    let letters = own.letters.isEmpty ? "" : "\\textsuperscript{\(latexText(own.letters))}"
    let interval = summary.interval.map { " {\\small [\(latexText($0.percents()))]}" } ?? ""
    return (own.isBest ? "\\textbf{\(value)}" : value) + letters + interval
  }

  /// `tables/results.tex`: a row a cell with the measures that a paper reports.
  var resultsLaTeX: LaTeXTable {
    let heads = plan.sheetColumns + ["transformation", "model"]
    let groups = plan.sheets.map { sheet in
      cells.filter { $0.result.sheet == sheet }.map { cell -> [String] in
        let names =
          (plan.names(of: sheet) + [cell.result.transformation, cell.result.model]).map {
            latexText($0)
          }
        guard let summary = cell.summary else {
          return names + [cell.result.status.rawValue] + [String](repeating: "", count: 7)
        }
        let confusion = summary.confusion
        func percents(_ share: Double) -> String { fixed(share * 100, decimals: 1) }
        return names + [
          percents(summary.testAccuracy), summary.interval.map { latexText($0.percents()) } ?? "",
          latexText(letters(of: cell)), percents(confusion.macro(confusion.recall)),
          percents(confusion.macro(confusion.f1)),
          summary.auc.map { fixed($0, decimals: 3) } ?? "", fixed(summary.logLoss, decimals: 3),
          significant(summary.fitSeconds, digits: 3),
        ]
      }
    }
    let caption = [
      "All cells of \(plan.name): test accuracy in per cent with its 95 % interval, macro recall and F1 "
        + "in per cent, macro AUC, log loss and seconds of fitting.",
      lettersNote, taintWords,
    ].compactMap { $0 }.joined(separator: " ")
    return LaTeXTable(
      caption: caption, label: "results", wordColumns: heads.count,
      header: heads.map { latexText($0) } + [
        "accuracy", "95\\,\\% interval", "", "recall", "F1", "AUC", "log loss", "fit s",
      ], groups: groups)
  }
}
