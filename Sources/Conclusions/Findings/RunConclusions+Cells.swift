import Exploration
import Learning
import TextFormatting

// What is odd about single cells.

extension RunConclusions {
  /// Cells without figures, and settings that failed.
  var failedCells: [Finding] {
    var found: [Finding] = []
    let failed = results.cells.filter { ![.ok, .skipped].contains($0.status) }
    if !failed.isEmpty {
      let reasons = CellStatus.allCases.flatMap { status -> [String] in
        let own = failed.filter { $0.status == status }
        return Set(own.map(\.reason)).sorted().map { reason in
          "\(status.rawValue): \(someNames(own.filter { $0.reason == reason }.map(plan.shortName(of:)))): "
            + reason
        }
      }
      let remedies: [(CellStatus, String)] = [
        (.timeout, "raise limits.cell_seconds for those that ran out of time"),
        (.memory, "raise limits.cell_memory_mb for those that ran out of memory"),
        (.crashed, "try those that crashed again with --retry"),
        (.diverged, "give those that diverged a smaller learning rate or another scaling"),
      ]
      let advice =
        remedies.filter { remedy in failed.contains { $0.status == remedy.0 } }.map(\.1)
      found.append(
        Finding(
          kind: .failedCells, gravity: .warning,
          title: "\(failed.count) of \(counted(results.cells.count, "cell")) "
            + "\(failed.count == 1 ? "has" : "have") no figures",
          seen: someNames(reasons.map { sentenceCase($0) }) + ".",
          meaning: "They stand in no ranking: the best cell may be among them.",
          advice: advice.isEmpty
            ? "Read the reasons; “skip” leaves a cell out on purpose."
            : sentenceCase(advice.joined(separator: "; ")) + ".",
          cells: failed.map(\.name)))
    }
    let partly = computed.filter {
      $0.cell.pieces.contains { $0.trials.contains { $0.failure != nil } }
    }
    if !partly.isEmpty {
      let words = partly.map { own in
        let trials = own.cell.pieces.flatMap(\.trials)
        return
          "\(plan.shortName(of: own.cell)): \(trials.count { $0.failure != nil }) of \(counted(trials.count, "trial")): "
          + (trials.lazy.compactMap(\.failure).first?.reason ?? "")
      }
      found.append(
        Finding(
          kind: .failedCells, gravity: .note,
          title: "settings of \(counted(partly.count, "cell")) failed",
          seen: someNames(words) + ".",
          meaning: "The best setting was chosen among the others.",
          advice: "Leave settings out that cannot work.", cells: partly.map(\.cell.name)))
    }
    return found
  }

  /// Tuned numbers whose best value lies on the edge of what was tried.
  var edgesOfRanges: [Finding] {
    let found = computed.flatMap { own -> [(name: String, words: String)] in
      let chosen = isDummy(own.index) ? nil : own.summary.favourite
      return (chosen.map { results.edges(ofCell: own.index, chosen: $0) } ?? []).map { edge in
        (
          name: own.cell.name,
          words: "\(plan.shortName(of: own.cell)): \(edge.setting) = \(shortest(edge.value)), the "
            + "\(edge.end == .lowest ? "lowest" : "highest") of \(shortest(edge.from)) … "
            + shortest(edge.to)
        )
      }
    }
    guard !found.isEmpty else { return [] }
    var cells: [String] = []
    for name in found.map(\.name) where !cells.contains(name) { cells.append(name) }
    return [
      Finding(
        kind: .edgeOfRange, gravity: .warning,
        title:
          "the best setting of \(counted(cells.count, "cell")) lies on the edge of what was tried",
        seen: someNames(found.map(\.words))
          + ". Named is the first or last of three values or more, and what is within 2 % of an end of a "
          + "range, unless the setting can go no further or a value inside was as good.",
        meaning:
          "Better values may lie beyond; another model may be ahead only because its range was the "
          + "right one.",
        advice: "Widen the range in that direction and run again: only what is new is computed.",
        cells: cells)
    ]
  }

  /// Words by which models say that they were stopped before they were done.
  static let unconvergedWords = ["unconverged", "still learning after"]

  /// Models that stopped before they converged.
  var notConverged: [Finding] {
    let found = computed.compactMap { own -> (cell: RunResults.Cell, notes: [String])? in
      var notes: [String] = []
      for note in own.cell.pieces.flatMap(\.record.notes)
      where !notes.contains(note) && Self.unconvergedWords.contains(where: note.contains) {
        notes.append(note)
      }
      return notes.isEmpty ? nil : (own.cell, notes)
    }
    guard !found.isEmpty else { return [] }
    return [
      Finding(
        kind: .notConverged, gravity: .warning,
        title: "fits of \(counted(found.count, "cell")) stopped before they converged",
        seen: someNames(
          found.map { "\(plan.shortName(of: $0.cell)): \(someNames($0.notes, most: 2))" }) + ".",
        meaning:
          "These settings were judged by unfinished models, and may be better or worse than they "
          + "look.",
        advice: "Scale the columns, regularise more strongly, or allow more iterations.",
        cells: found.map(\.cell.name))
    ]
  }

  /// Classes with test rows that a cell never predicts.
  var neverPredicted: [Finding] {
    let found = computed.filter { !isDummy($0.index) }.compactMap { own in
      let confusion = own.summary.confusion
      let labels = plan.classes.indices.filter {
        confusion.support($0) > 0 && confusion.predictedCount($0) == 0
      }
      return labels.isEmpty ? nil : (own.cell, labels.map { "“\(plan.classes[$0])”" })
    }
    guard !found.isEmpty else { return [] }
    return [
      Finding(
        kind: .neverPredicted, gravity: .warning,
        title: "\(counted(found.count, "cell")) never "
          + "\(found.count == 1 ? "predicts" : "predict") a class that has test rows",
        seen: someNames(found.map { "\(plan.shortName(of: $0.0)): \(someNames($0.1))" }) + ".",
        meaning: "The accuracy hides that these models do not know the class at all.",
        advice:
          "Look at the balanced accuracy, and try \"balance\": \"weights\" or more rows of the class.",
        cells: found.map(\.0.name))
    ]
  }

  /// How far, beyond chance, confidence and accuracy lie apart when probabilities are called wrong.
  static let badCalibrationError = 0.1

  /// Probabilities that do not mean what they say.
  var badCalibration: [Finding] {
    let found = computed.compactMap { own -> (name: String, words: String)? in
      guard !isDummy(own.index), let calibration = calibrations[own.index],
        calibration.curve.expectedError - calibration.chanceError > Self.badCalibrationError
      else { return nil }
      let bins = calibration.curve.bins
      let rows = Double(bins.reduce(0) { $0 + $1.count })
      let confidence = bins.reduce(0) { $0 + Double($1.count) * $1.confidence } / rows
      return (
        own.cell.name,
        "\(plan.shortName(of: own.cell)) says \(percentage(confidence)) on average and is right in "
          + percentage(bins.reduce(0) { $0 + Double($1.count) * $1.accuracy } / rows)
          + ", expected error \(points(calibration.curve.expectedError))"
      )
    }
    guard !found.isEmpty else { return [] }
    return [
      Finding(
        kind: .calibration, gravity: .note,
        title: "probabilities of \(counted(found.count, "cell")) do not mean what they say",
        seen: someNames(found.map(\.words))
          + "; named is a cell whose expected calibration error is more than "
          + "\(points(Self.badCalibrationError)) above what chance leaves with so many test units.",
        meaning:
          "The classes are not concerned, but thresholds on the probabilities, log loss and the "
          + "Brier score are.",
        advice: "Do not read the probabilities as such, or calibrate them on rows of their own.",
        cells: found.map(\.name))
    ]
  }

  /// How much better training rows are predicted than validation rows when it is worth a word.
  static let largeGap = 0.2

  /// Models that know their training rows much better than others.
  var trainingGaps: [Finding] {
    let found = computed.compactMap { own -> (name: String, gap: Double, words: String)? in
      let winners = own.cell.pieces.compactMap { piece in
        piece.trials.first { $0.trial == piece.record.winner }
      }
      let training = winners.compactMap(\.trainAccuracy)
      guard !isDummy(own.index), !training.isEmpty else { return nil }
      let accuracy = training.reduce(0, +) / Double(training.count)
      let other = own.summary.validationAccuracy ?? own.summary.testAccuracy
      let gap = accuracy - other
      guard gap > Self.largeGap else { return nil }
      return (
        own.cell.name, gap,
        "\(plan.shortName(of: own.cell)) \(percentage(accuracy)) and \(percentage(other))"
      )
    }.enumerated().sorted { ($1.element.gap, $0.offset) < ($0.element.gap, $1.offset) }
      .map(\.element)
    guard !found.isEmpty else { return [] }
    return [
      Finding(
        kind: .trainingGap, gravity: .note,
        title:
          "\(counted(found.count, "cell")) \(found.count == 1 ? "knows its" : "know their") training "
          + "rows much better than others",
        seen:
          "Accuracy on training rows and on validation rows (test rows where none validate), more than "
          + "\(fixed(Self.largeGap * 100, decimals: 0)) points apart: "
          + someNames(found.map(\.words)) + ".",
        meaning:
          "These models memorise. One neighbour and deep trees always do; for others it says that "
          + "more rows, or a stronger regularisation, would help most.",
        advice: "Let the tuner try simpler settings, or add rows.", cells: found.map(\.name))
    ]
  }
}
