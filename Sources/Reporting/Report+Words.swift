import Exploration
import Learning
import TextFormatting

/// Sentences that more than one form of the report says.
extension Report {
  /// The size of the table and of the data.
  var overview: String {
    let size =
      (plan.hasProtocols ? "\(counted(plan.protocols.count, "protocol")) × " : "")
      + (plan.hasInputs ? "\(counted(plan.inputs.count, "input")) × " : "")
      + "\(counted(plan.transformations.count, "transformation")) × "
      + counted(plan.models.count, "model")
    let classes = counted(plan.classes.count, "class", plural: "classes")
    guard plan.hasInputs else {
      return "\(size) on \(plan.source): \(self.size(of: plan.inputs[0])), \(classes)."
    }
    return "\(size) on \(plan.source), \(classes); "
      + plan.inputs.map { heading(of: $0) }.joined(separator: "; ") + "."
  }

  /// What an input is called, and its size.
  func heading(of input: Plan.Input) -> String { "\(input.name): \(size(of: input))" }

  /// What stands above the cells of a sheet: how its rows are divided, its input.
  func words(of sheet: Plan.Sheet) -> String {
    var parts: [String] = []
    if plan.hasProtocols { parts.append(plan.protocols[sheet.protocol].words) }
    if plan.hasInputs { parts.append(size(of: plan.inputs[sheet.input])) }
    return parts.joined(separator: "; ")
  }

  func size(of input: Plan.Input) -> String {
    "\(counted(input.data.labels.count, "row")), "
      + input.data.columnWords
  }

  func inputName(of cell: Cell) -> String { plan.inputs[cell.result.sheet.input].name }

  /// Why figures of different inputs are not ranked; nil where all have the same rows.
  var differentRowsWords: String? {
    guard !plan.inputsShareRows else { return nil }
    let sizes = plan.inputs.enumerated().map { index, input in
      let rows = plan.protocols[0].divisions[index].splits.reduce(0) { $0 + $1.test.count }
      return "\(input.name): \(counted(rows, "test row"))"
    }
    return
      "the inputs have different rows (\(sizes.joined(separator: "; "))): the figures of one are about "
      + "other rows than those of another and do not tell which input is better"
  }

  /// What stands at every table whose figures are flattered by the split; nil when none is.
  var taintWords: String? { plan.taint.map { "Too optimistic: \($0)." } }

  /// What stands at the tables of one cell whose figures are flattered by its own split.
  func taintWords(of cell: Cell) -> String? {
    plan.division(cell.result.sheet).audit.taint.map { "Too optimistic: \($0)." }
  }

  /// What is to be known of one cell alone: a taint is of the whole split.
  func remarks(on cell: Cell) -> String {
    let taint = plan.division(cell.result.sheet).audit.taint ?? ""
    guard !taint.isEmpty, cell.result.reason.hasPrefix(taint) else { return cell.result.reason }
    return String(cell.result.reason.dropFirst(taint.count).drop { $0 == ";" || $0 == " " })
  }

  /// Which cells were computed by which loops; nil when all were computed by the same.
  var mixedArithmeticWords: String? {
    guard !results.mixedArithmetic.isEmpty else { return nil }
    return "cells were computed by different arithmetic, whose last bits differ: "
      + results.mixedArithmetic.map { "\($0.path) (\(someNames($0.cells)))" }
      .joined(separator: "; ")
  }

  /// The measure where it is not accuracy, of which the tables are and which needs no words.
  var otherMeasure: Measure? { plan.measure == .accuracy ? nil : plan.measure }

  /// Which cell a table of accuracies sets off from the others, as in `the highest`.
  var emphasisedWords: String { otherMeasure.map { "the best \($0.rawValue)" } ?? "the highest" }

  /// A figure of the experiment's measure: a share in per cent, a loss as it is; empty where there is none.
  func scoreText(_ score: Double?) -> String {
    score.map { plan.measure == .logLoss ? fixed($0, decimals: 3) : percentage($0) } ?? ""
  }

  /// What intervals are about.
  var testUnits: String {
    var names: [String] = []
    for sheet in plan.sheets {
      let name = plan.grouping(of: sheet).map { "test groups (\($0.name))" } ?? "test rows"
      if !names.contains(name) { names.append(name) }
    }
    return names.joined(separator: " or ")
  }

  /// What the reader of the accuracy table must know of its figures.
  var accuracyNote: String {
    "Test accuracy in per cent, with the 95 % interval, which covers the choice of \(testUnits), not a "
      + "retraining."
      + (plan.seeds > 1
        ? " ± is the standard deviation over \(plan.seeds) seeds, with their range." : "")
  }

  func facts(_ summary: CellSummary) -> String {
    var facts = [
      counted(summary.trainingRows, "training row"), counted(summary.dimensions, "column"),
      "fits \(duration(seconds: summary.fitSeconds))",
      "transformation \(duration(seconds: summary.transformSeconds))",
    ]
    if let memory = summary.peakMegabytes { facts.append("peak \(byteCount(memory * 1e6))") }
    if summary.clippedRows > 0 {
      facts.append(
        "the true class of \(counted(summary.clippedRows, "test row")) had a probability below 2⁻²³"
      )
    }
    return facts.joined(separator: " · ")
  }

  /// Above a cell's trials, of which the first split's are shown; all are in `trials.csv`.
  func trialTitle(_ cell: Cell) -> String {
    plan.protocols[cell.result.sheet.protocol].isFolds || cell.result.pieces.count > 1
      ? "Settings tried (repeat 0, fold 0)" : "Settings tried"
  }

  static let noDataFindings = "Nothing odd was found on loading."
  static let noAuditEntries =
    "Leakage audit: the data has no groups and no identical rows; nothing can stand on both sides."

  /// The splits in words.
  var splitSentences: [String] {
    plan.protocols.flatMap { own in
      ["\(own.name.isEmpty ? "" : "\(own.name): ")\(own.words)."]
        + (own.isFolds
          ? [
            "\(own.divisions[0].splits.count) splits; the table above counts repeat 0, fold 0."
          ] : [])
    }
  }

  private static let holdoutMethod =
    "Intervals of a single test part are Wilson's; where test rows come in groups, with the effective number "
    + "of rows and Student's t. They cover the choice of test rows, not a retraining."

  private static let pooledMethod =
    " Where each group is left out once, accuracy, AUC and log loss are those of all test predictions "
    + "together, and the interval is that of one test set with these groups: the groups differ in "
    + "size, and one may be of a single class."

  private static let curveMethod =
    "The learning curve learns from nested subsets of the training groups, of each class the same share, "
    + "with 5 draws a size; settings are chosen anew, validation and test rows stay the same. Of repeated "
    + "folds it has repeat 0, of several seeds the first."

  private static let epochMethod =
    "A network keeps the weights of the epoch that is best on the validation rows. Training loss and "
    + "accuracy of an epoch are measured while it learns, with dropout and changed pictures, and so may "
    + "be worse than those on validation rows."

  /// How the numbers are made.
  var method: [String] {
    [
      "A setting, and the cell that comes out best, is chosen by \(plan.measure.rawValue) on the validation rows; of equal ones the first. "
        + "The test rows are used once, by the winner.",
      plan.refit
        ? "The winner is fitted again on training and validation rows"
          + (plan.cells.contains { $0.watchesValidation == true }
            ? "; models that stop by validation rows are not fitted again." : ".")
        : "The winner is the model fitted to the training rows; it is not fitted again.",
      "Scaling, filling of missing values and transformations are fitted to training rows only.",
    ]
      + (plan.protocols.contains(where: \.isFolds)
        ? [
          "Each fold is the test part once and chooses its own setting; the one shown was chosen most "
            + "often, “(3 of 5)” by three of five. Accuracy, AUC and log loss are "
            + "means over folds; counts are summed over a repeat's folds. Intervals are corrected for "
            + "the training rows that folds share (Nadeau and Bengio 2003)."
            + (plan.protocols.contains(where: \.isLeaveOneGroupOut) ? Self.pooledMethod : "")
        ] : [])
      + (plan.protocols.allSatisfy(\.isFolds)
        ? [] : [Self.holdoutMethod]) + [
        "Probabilities of ridge and perceptron, and of svm while it is tuned, are a soft-max of scores and "
          + "uncalibrated; their AUC and top 3 come from the scores. Those of a chosen svm are a sigmoid of each "
          + "pair of classes and their coupling, raised to a power that five folds of the training rows choose, and "
          + "made to agree with its vote.",
        "Log loss is natural, probabilities clipped at 2⁻²³. Precision, recall and F1 "
          + "are 0 on a zero denominator; macro means are over classes with test rows.",
      ] + (plan.cells.contains { $0.watchesValidation == true } ? [Self.epochMethod] : [])
      + (plan.learningCurve.isEmpty ? [] : [Self.curveMethod])
  }
}

/// Words with a capital letter in front.
func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

/// Names in a sentence, of many only the first.
func someNames(_ names: [String]) -> String {
  names.prefix(4).joined(separator: ", ")
    + (names.count > 4 ? " and \(names.count - 4) more" : "")
}
