import Exploration
import Glibc
import Learning
import Matrices
import Statistics

extension SettingSelection {
  /// Corrects a cell's validation accuracy from the predictions that were stored of every setting.
  ///
  /// Each fold and seed chose for itself, and is corrected for itself; the mean over them stands beside
  /// the cell's validation accuracy.
  init(_ cell: RunResults.Cell, _ planned: Plan.Cell, accuracy: Double?, of results: RunResults) {
    settings = cell.pieces.map { Set($0.settings).count }.max() ?? 0
    self.accuracy = accuracy
    let plan = results.plan
    isApproximate = !plan.listsTrials(of: planned)
    if accuracy == nil {
      (corrected, reason) = (nil, "nothing was validated")
    } else if settings < 2 {
      (corrected, reason) = (nil, "there was one setting and nothing to choose")
    } else if planned.watchesValidation == true {
      (corrected, reason) = (nil, "its epochs were chosen by the same validation rows")
    } else if cell.pieces.contains(where: { $0.trials.contains { $0.budget != nil } }) {
      (corrected, reason) = (nil, "most settings were stopped early, with part of the budget")
    } else if !Candidates.supports(plan.measure) {
      (corrected, reason) = (
        nil, "\(plan.measure.rawValue), which settings are chosen by, is not computed for draws"
      )
    } else {
      let units = plan.division(cell.sheet).units
      let labels = plan.inputs[cell.sheet.input].data.labels
      var values: [Double] = []
      for piece in cell.pieces {
        let stream =
          "settings/\(cell.name)/\(piece.split.repetition).\(piece.split.fold).\(piece.seedIndex)"
        var random = RandomStream(seed: plan.seed, stream)
        guard let candidates = Candidates(piece, units: units, labels: labels, of: results),
          let value = candidates.corrected(plan.measure, using: &random)
        else { break }
        values.append(value)
      }
      if values.count == cell.pieces.count {
        (corrected, reason) = (mean(values), "")
      } else if cell.pieces.contains(where: results.hasDamagedPredictions(in:)) {
        (corrected, reason) = (
          nil, "validation predictions in the journal are damaged; run the experiment again"
        )
      } else {
        (corrected, reason) = (nil, "the validation rows are of too few units to draw from")
      }
    }
  }
}

/// What all settings of a piece predicted for its validation rows.
private struct Candidates {
  private let classCount: Int
  private let labels: [Int]
  /// The unit of each row; those of different selection fits are different.
  private let unitOfRow: [Int]
  /// The selection fit of each unit.
  private let fitOfUnit: [Int]
  private let predictions: [ValidationPredictions]

  /// Whether a measure can be computed for drawn units.
  static func supports(_ measure: Measure) -> Bool {
    !measure.needsProbabilities || measure == .logLoss
  }

  /// nil where predictions are missing.
  init?(_ piece: RunResults.Piece, units: [Int]?, labels: [Int], of results: RunResults) {
    let trials = piece.trials.filter {
      $0.failure == nil && $0.score != nil && $0.budget == nil
    }
    predictions = trials.compactMap { results.validationPredictions(of: $0, in: piece) }
    guard predictions.count == trials.count, !trials.isEmpty else { return nil }
    classCount = results.plan.classes.count
    let fits = piece.split.selection
    self.labels = fits.flatMap { $0.validation.map { labels[$0] } }
    var unitOfRow: [Int] = []
    var fitOfUnit: [Int] = []
    for (fit, rows) in fits.enumerated() {
      var numbers: [Int: Int] = [:]
      for row in rows.validation {
        let unit = units?[row] ?? row
        let number = numbers[unit] ?? fitOfUnit.count
        if number == fitOfUnit.count {
          numbers[unit] = number
          fitOfUnit.append(fit)
        }
        unitOfRow.append(number)
      }
    }
    self.unitOfRow = unitOfRow
    self.fitOfUnit = fitOfUnit
  }

  /// The accuracy of the best setting on units that did not choose it.
  func corrected(_ measure: Measure, using random: inout RandomStream) -> Double? {
    var rows = [Int](repeating: 0, count: fitOfUnit.count)
    for unit in unitOfRow { rows[unit] += 1 }
    let correct = predictions.map { own in
      var counts = [Int](repeating: 0, count: fitOfUnit.count)
      for (row, label) in own.classes.enumerated() where label == labels[row] {
        counts[unitOfRow[row]] += 1
      }
      return counts
    }
    let folds = fitOfUnit.last == 0 ? nil : fitOfUnit
    if measure == .accuracy {
      return SelectionCorrection(rows: rows, correct: correct, folds: folds, using: &random)?
        .corrected
    }
    let losses = measure == .logLoss ? predictions.map(losses) : []
    return SelectionCorrection(
      units: rows.count, candidates: predictions.count, folds: folds, using: &random,
      quality: { candidate, counts in
        measure == .logLoss
          ? -weighted(losses[candidate], counts) / max(1, weighted(rows, counts))
          : figure(measure, candidate, counts)
      },
      accuracy: { candidate, counts in
        weighted(correct[candidate], counts) / max(1, weighted(rows, counts))
      }
    )?.corrected
  }

  private func weighted(_ values: [Int], _ counts: [Int]) -> Double {
    Double(zip(values, counts).reduce(0) { $0 + $1.0 * $1.1 })
  }

  private func weighted(_ values: [Double], _ counts: [Int]) -> Double {
    zip(values, counts).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  /// A figure that follows from the classes alone, on units that count so often.
  private func figure(_ measure: Measure, _ candidate: Int, _ counts: [Int]) -> Double {
    var confusion = ConfusionMatrix(classCount: classCount)
    let classes = predictions[candidate].classes
    for row in labels.indices where counts[unitOfRow[row]] > 0 {
      confusion.add(labels[row], as: classes[row], times: Double(counts[unitOfRow[row]]))
    }
    return confusion[measure] ?? 0
  }

  /// The summed log loss of each unit.
  private func losses(_ own: ValidationPredictions) -> [Double] {
    var sums = [Double](repeating: 0, count: fitOfUnit.count)
    guard let probabilities = own.scores else { return sums }
    for (row, label) in labels.enumerated() {
      sums[unitOfRow[row]] -= log(max(Double(probabilities[row, label]), 0x1p-23))
    }
    return sums
  }
}
