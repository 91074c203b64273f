import Exploration
import Learning
import TextFormatting

/// The CSV tables of a report.
struct ResultTables {
  let report: Report

  init(_ report: Report) { self.report = report }

  private var plan: Plan { report.plan }

  /// Models × transformations: test accuracy with four decimals, empty where there is none.
  var accuracy: String {
    var table = CSVTable(plan.sheetColumns + ["model"] + plan.transformations.map(\.name))
    for sheet in plan.sheets {
      for (model, choice) in plan.models.enumerated() {
        table.add(
          plan.names(of: sheet) + [choice.name]
            + plan.transformations.indices.map { transformation in
              report.cell(sheet, transformation: transformation, model: model).summary
                .map { fixed($0.testAccuracy, decimals: 4) } ?? ""
            })
      }
    }
    return table.text
  }

  /// The columns that say which cell a row is of.
  private var cellColumns: [String] { plan.sheetColumns + ["transformation", "model"] }

  private func head(_ cell: RunResults.Cell) -> [String] {
    plan.names(of: cell.sheet) + [cell.transformation, cell.model]
  }

  /// One row a cell.
  var results: String {
    var table = CSVTable(
      cellColumns + [
        "status", "reason", "settings", "validation_accuracy",
        "test_accuracy", "test_accuracy_low", "test_accuracy_high", "balanced_accuracy",
        "precision_macro", "recall_macro", "f1_macro", "f1_weighted", "top3_accuracy", "auc_macro",
        "log_loss", "trials", "training_rows", "dimensions", "transform_seconds", "fit_seconds",
        "predict_seconds", "peak_memory_mb", "validation_score",
      ])
    for cell in report.cells {
      let result = cell.result
      let head = head(result) + [result.status.rawValue, result.reason]
      guard let summary = cell.summary else {
        table.add(head + [String](repeating: "", count: 21))
        continue
      }
      let confusion = summary.confusion
      table.add(
        head + [
          summary.settingsText, exact(summary.validationAccuracy),
          exact(summary.testAccuracy),
          exact(summary.interval?.low), exact(summary.interval?.high),
          exact(confusion.macro(confusion.recall)), exact(confusion.macro(confusion.precision)),
          exact(confusion.macro(confusion.recall)), exact(confusion.macro(confusion.f1)),
          exact(confusion.weighted(confusion.f1)), exact(summary.top3Accuracy), exact(summary.auc),
          exact(summary.logLoss), "\(result.trialCount)", "\(summary.trainingRows)",
          "\(summary.dimensions)", time(summary.transformSeconds), time(summary.fitSeconds),
          time(summary.predictSeconds), summary.peakMegabytes.map { fixed($0, decimals: 1) } ?? "",
          exact(summary.validationScore),
        ])
    }
    return table.text
  }

  /// One row a trial of a cell on one fold.
  var trials: String {
    var table = CSVTable(
      cellColumns + [
        "trial", "settings", "repeat", "fold", "measure",
        "validation_score", "train_accuracy", "validation_accuracy", "train_loss",
        "validation_loss",
        "fit_seconds", "status",
      ])
    for (cell, planned) in zip(report.results.cells, plan.cells) {
      for piece in cell.pieces {
        for trial in piece.trials {
          table.add(
            head(cell) + [
              "\(trial.trial)", piece.settings(of: trial.trial), repetition(piece, planned),
              "\(piece.split.fold)", plan.measure.rawValue,
              exact(trial.score), exact(trial.trainAccuracy), exact(trial.validationAccuracy),
              exact(trial.trainLoss), exact(trial.validationLoss),
              trial.failure == nil ? time(trial.fitSeconds) : "",
              trial.failure?.status.rawValue ?? CellStatus.ok.rawValue,
            ])
        }
      }
    }
    return table.text
  }

  /// One row a trial of each cell that chose among several, in the order they were made; nil for a grid,
  /// where the order means nothing.
  var history: String? {
    guard plan.tuner != nil else { return nil }
    var table = CSVTable(
      cellColumns + [
        "repeat", "fold", "trial", "settings", "budget", "score", "best", "fit_seconds",
      ])
    for (cell, planned) in zip(report.results.cells, plan.cells) where cell.trialCount > 1 {
      for (piece, history) in zip(cell.pieces, report.results.tuningHistories(of: cell)) {
        for point in history.points {
          table.add(
            head(cell) + [
              repetition(piece, planned), "\(piece.split.fold)", "\(point.trial)", point.settings,
              exact(point.budget), exact(point.score), exact(point.best), time(point.fitSeconds),
            ])
        }
      }
    }
    return table.text
  }

  /// One row an epoch of each winner that was trained by epochs; nil where there is none.
  var epochs: String? {
    var table = CSVTable(
      cellColumns + [
        "repeat", "fold", "epoch", "learning_rate", "seconds", "train_loss", "validation_loss",
        "train_accuracy", "validation_accuracy",
      ])
    var isEmpty = true
    for (cell, planned) in zip(report.results.cells, plan.cells) {
      for piece in cell.pieces {
        for point in piece.record.curve {
          isEmpty = false
          table.add(
            head(cell) + [
              repetition(piece, planned), "\(piece.split.fold)", "\(point.step)",
              exact(point.learningRate), time(point.seconds), exact(point.trainLoss),
              exact(point.validationLoss), exact(point.trainAccuracy),
              exact(point.validationAccuracy),
            ])
        }
      }
    }
    return isEmpty ? nil : table.text
  }

  /// One row a fit of the learning curve, the cell itself with a share of 1 after its subsets; nil
  /// where there is none.
  var learningCurve: String? {
    guard !plan.learningCurve.isEmpty else { return nil }
    var table = CSVTable(
      cellColumns + ["share", "draw", "repeat", "fold", "training_rows", "test_accuracy"])
    for (cell, planned) in zip(report.results.cells, plan.cells) {
      for point in cell.learningCurve(of: plan) {
        table.add(
          head(cell) + [
            shortest(point.share), "\(point.draw)", repetition(point.piece, planned),
            "\(point.piece.split.fold)", "\(point.piece.record.trainingRows ?? 0)",
            exact(point.testAccuracy),
          ])
      }
    }
    return table.text
  }

  /// One row a class of each cell.
  var perClass: String {
    var table = CSVTable(cellColumns + ["class", "precision", "recall", "f1", "support"])
    for cell in report.cells {
      guard let confusion = cell.summary?.confusion else { continue }
      for (label, name) in plan.classes.enumerated() {
        table.add(
          head(cell.result) + [
            name, exact(confusion.precision(label)),
            exact(confusion.recall(label)), exact(confusion.f1(label)),
            exact(confusion.support(label)),
          ])
      }
    }
    return table.text
  }

  /// One row a test row of each cell and fold.
  var predictions: String {
    var table = CSVTable(
      cellColumns + ["repeat", "fold", "row", "group", "label", "predicted"]
        + plan.classes.map { "p_\($0)" })
    let classes = plan.classes
    for (cell, planned) in zip(report.results.cells, plan.cells) where cell.isOK {
      let data = plan.inputs[cell.sheet.input].data
      let grouping = plan.grouping(of: cell.sheet)
      for piece in cell.pieces {
        guard let predictions = piece.predictions else { continue }
        for (place, row) in piece.split.test.enumerated() {
          table.add(
            head(cell) + [
              repetition(piece, planned), "\(piece.split.fold)", "\(data.fileRows[row])",
              grouping.map { $0.names[$0.groups[row]] } ?? "", classes[data.labels[row]],
              classes[predictions.classes[place]],
            ] + classes.indices.map { exact(predictions.probabilities[place, $0]) })
        }
      }
    }
    return table.text
  }

  /// Repeats count the seeds too: seed s of repeat r is r · seeds + s.
  private func repetition(_ piece: RunResults.Piece, _ cell: Plan.Cell) -> String {
    "\(piece.split.repetition * plan.seeds(of: cell) + piece.seedIndex)"
  }
}
