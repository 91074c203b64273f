import DataTables
import Exploration
import TextFormatting

// What concerns the whole run.

extension RunConclusions {
  /// Inputs whose figures cannot be ranked.
  var differentRows: [Finding] {
    guard !plan.inputsShareRows else { return [] }
    let sizes = plan.inputs.indices.map { index in
      let rows = plan.protocols[0].divisions[index].splits.reduce(0) { $0 + $1.test.count }
      return "\(plan.inputs[index].name): \(counted(rows, "test row"))"
    }
    return [
      Finding(
        kind: .differentRows, gravity: .warning,
        title: "the inputs have different rows",
        seen: "Tested were \(sizes.joined(separator: "; ")).",
        meaning:
          "The figures of one input are about other rows than those of another and do not tell which "
          + "input is better; cells are compared within an input only.",
        advice:
          "Votes over the same groups, where the data have any, may be set beside each other.",
        cells: [])
    ]
  }

  /// Cells whose last bits come from different loops.
  var mixedArithmetic: [Finding] {
    guard !results.mixedArithmetic.isEmpty else { return [] }
    return [
      Finding(
        kind: .mixedArithmetic, gravity: .note,
        title: "cells were computed by different arithmetic",
        seen: results.mixedArithmetic.map { "\($0.path): \(someNames($0.cells))" }
          .joined(separator: "; ") + ".",
        meaning:
          "Their last bits differ, and with them now and then a prediction; differences of a row or "
          + "two mean nothing.",
        advice: "Run all cells on one kind of processor, with --fresh, to compare bits.",
        cells: results.mixedArithmetic.flatMap(\.cells))
    ]
  }

  /// What was found when the data were loaded and divided.
  var dataWarnings: [Finding] {
    let warnings = (plan.dataFindings + plan.splitFindings).filter {
      // The validation part has a finding of its own.
      $0.severity == .warning && !$0.message.contains("validation figures are too optimistic")
    }.map(\.message)
    guard !warnings.isEmpty else { return [] }
    return [
      Finding(
        kind: .data, gravity: .note,
        title: "\(counted(warnings.count, "warning")) about the data and its division",
        seen: sentenceCase(someNames(warnings.map { $0 }, most: 5)) + ".",
        meaning: "What a model learns, or is tested on, may not be what was meant.",
        advice: "Look at the rows, and say in the experiment file what is to be done with them.",
        cells: [])
    ]
  }
}
