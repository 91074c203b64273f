import Exploration
import FileSystem
import TextFormatting

/// A table of a report, before it becomes HTML or Markdown.
struct ReportTable {
  /// What its figures suffer from; nil when nothing does.
  var caption: String?
  var header: [String]
  var rows: [[String]]
}

extension Report {
  /// All of a cell but its pictures, a row a cell.
  var cellTable: ReportTable {
    let header = [
      "protocol", "input", "transformation", "model", "status", "settings", "valid. %",
      "valid. \(plan.measure.rawValue)", "test %", "95 % interval", "test \(plan.measure.rawValue)",
      "balanced %", "F1 %", "top 3 %", "AUC", "log loss", "fit s", "remarks",
    ]
    let rows = cells.map { cell -> [String] in
      let head = [
        plan.protocols[cell.result.sheet.protocol].name, inputName(of: cell),
        cell.result.transformation, cell.result.model,
        cell.result.status.rawValue,
      ]
      guard let summary = cell.summary else {
        return head + [String](repeating: "", count: 12) + [remarks(on: cell)]
      }
      let confusion = summary.confusion
      return head + [
        summary.settingsText, percents(summary.validationAccuracy),
        otherMeasure == nil ? "" : scoreText(summary.validationScore),
        percents(summary.testAccuracy), summary.interval.map { $0.percents() } ?? "",
        otherMeasure == nil ? "" : scoreText(summary.testScore),
        percents(confusion.macro(confusion.recall)),
        percents(confusion.macro(confusion.f1)), percents(summary.top3Accuracy),
        summary.auc.map { fixed($0, decimals: 3) } ?? "", fixed(summary.logLoss, decimals: 3),
        fixed(summary.fitSeconds, decimals: 3), remarks(on: cell),
      ]
    }
    // Columns that say nothing of any cell are left out: the only protocol or input, a status that is ok everywhere,
    // a measure that is accuracy, top 3 of three classes, remarks.
    let used = header.indices.filter { column in
      let usual = header[column] == "status" ? CellStatus.ok.rawValue : ""
      return rows.contains { $0[column] != usual }
    }
    return ReportTable(
      caption: taintWords, header: used.map { header[$0] },
      rows: rows.map { row in used.map { row[$0] } })
  }

  func perClassTable(of cell: Cell, _ summary: CellSummary) -> ReportTable {
    let confusion = summary.confusion
    let shown = DrawnClasses.chosen(of: plan.classes.count) {
      confusion.support($0) > 0 ? -confusion.f1($0) : -2
    }
    let words = DrawnClasses.words(
      of: plan.classes.count, which: "with the lowest F1", all: "tables/per_class.csv")
    let captions = [taintWords(of: cell), words.map { "\($0)." }].compactMap { $0 }
    return ReportTable(
      caption: captions.isEmpty ? nil : captions.joined(separator: " "),
      header: ["class", "precision", "recall", "F1", "rows"],
      rows: shown.map { label in
        [
          plan.classes[label], fixed(confusion.precision(label), decimals: 3),
          fixed(confusion.recall(label), decimals: 3), fixed(confusion.f1(label), decimals: 3),
          shortest((confusion.support(label) * 100).rounded() / 100),
        ]
      })
  }

  /// The settings that were tried on one split.
  func trialTable(_ cell: Cell, _ piece: RunResults.Piece) -> ReportTable {
    func loss(_ value: Double?) -> String { value.map { fixed($0, decimals: 3) } ?? "" }
    return ReportTable(
      caption: taintWords(of: cell),
      header: [
        "trial", "settings", "train %", "validation %", "train loss", "validation loss",
      ] + (otherMeasure.map { ["validation \($0.rawValue)"] } ?? []) + [""],
      rows: piece.trials.map { trial in
        let settings = piece.settings(of: trial.trial)
        let own =
          (settings.isEmpty ? "default" : settings)
          + (trial.budget.map { " (\(percentage($0)) of the budget)" } ?? "")
        return [
          "\(trial.trial)", own, percents(trial.trainAccuracy),
          percents(trial.validationAccuracy), loss(trial.trainLoss), loss(trial.validationLoss),
        ] + (otherMeasure == nil ? [] : [scoreText(trial.score)]) + [
          trial.trial == piece.record.winner ? "chosen" : trial.failure?.reason ?? ""
        ]
      })
  }

  /// Rows, and units where there are any, of each class in each part of a sheet's first split.
  func partTable(of sheet: Plan.Sheet) -> ReportTable {
    let table = PartTable(sheet, of: plan)
    return ReportTable(
      header: ["class"] + table.parts,
      rows: plan.classes.enumerated().map { label, name in
        [name] + table.parts.indices.map { table.text(label: label, part: $0) }
      })
  }

  var auditTable: ReportTable {
    ReportTable(
      header: plan.sheetColumns + [
        "of the test part", "also learnt from", "of", "verdict",
      ],
      rows: plan.sheets.flatMap { sheet in
        plan.division(sheet).audit.entries.map { entry in
          plan.names(of: sheet) + [
            entry.kind, "\(entry.shared)", "\(entry.total)",
            entry.isProtocol
              ? (entry.shared == 0 ? "kept apart" : "leaks") : "not kept apart by this split",
          ]
        }
      })
  }

  /// Where and with what the run was computed, a row each time it was started.
  var startTable: ReportTable {
    let keys = ["started", "version", "processor", "cores", "jobs", "system", "kernels", "blas"]
    return ReportTable(
      header: keys.map { $0 == "blas" ? "BLAS" : $0 },
      rows: (provenance["starts"]?.elements ?? []).map { start in
        keys.map { key in
          let text = start[key].map { $0.string ?? $0.compactText } ?? ""
          // A container's limit, by the name of the file that sets it.
          let limit = start["\(key)_from"]?.string.map { Path($0).name }
          return limit.map { "\(text) (\($0))" } ?? text
        }
      })
  }

  /// What the run's records are found by.
  var identityTable: ReportTable {
    ReportTable(
      header: ["", ""],
      rows: [["seed", "\(plan.seed)"]]
        + plan.inputs.map { [$0.name.isEmpty ? "data" : "data of \($0.name)", $0.data.key] }
        + [["plan", plan.format]] + mergedRuns)
  }

  /// What the run was put together from, a row each time.
  private var mergedRuns: [[String]] {
    (provenance["merges"]?.elements ?? []).map { merge in
      let runs = (merge["runs"]?.elements ?? []).map { run in
        "\(run["folder"]?.string ?? "") (\(counted(run["pieces"]?.integer ?? 0, "piece")) of work)"
      }
      return ["merged from", runs.joined(separator: ", ")]
    }
  }

  private func percents(_ share: Double?) -> String {
    share.map { fixed($0 * 100, decimals: 1) } ?? ""
  }
}
