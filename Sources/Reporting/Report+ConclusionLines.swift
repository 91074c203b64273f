import Conclusions
import Exploration
import JSONText
import Statistics
import TextFormatting

extension Report {
  /// Above so many cells a family's letters crowd a terminal's table.
  private static let mostCellsWithLetters = 24

  /// The letters of a cell in a terminal's table; empty where they tell nothing or there are too many
  /// cells.
  func terminalLetters(of cell: Cell) -> String {
    guard let family = conclusions.family(of: cell.result.sheet),
      (2...Self.mostCellsWithLetters).contains(family.members.count),
      family.members.contains(where: { $0.letters != family.members[0].letters })
    else { return "" }
    return letters(of: cell)
  }

  /// What may be concluded, for a terminal: a sentence a family, then the findings' titles.
  package var conclusionLines: [String] {
    var lines = conclusions.families.compactMap { family in
      family.sentence.map { (family.name.isEmpty ? "" : "\(family.name): ") + $0 }
    }
    let numbered = conclusions.findings.enumerated().filter { !$0.element.isSaidByRemarks }
    for (index, finding) in numbered where finding.gravity != .note {
      lines.append("finding \(index + 1), \(finding.gravity.rawValue): \(finding.title)")
    }
    let notes = numbered.count { $0.element.gravity == .note }
    if notes > 0 {
      lines.append("\(counted(notes, "more finding")) worth knowing: see the page")
    }
    return lines
  }

  func json(of family: Family) -> JSONNode {
    [
      "name": JSONNode(family.name),
      "sentence": family.sentence.map { JSONNode($0) } ?? .null,
      "refusal": family.refusal.map { JSONNode($0) } ?? .null,
      "pairs": JSONNode(family.comparison?.pairs.count ?? 0),
      "smallest_separable": JSONNode(family.comparison?.smallestSeparable),
      "best_accuracy": JSONNode(family.correction?.accuracy),
      "best_corrected_accuracy": JSONNode(family.correction?.corrected),
      "ranking": JSONNode(
        family.members.map { member in
          [
            "cell": JSONNode(member.name), "accuracy": JSONNode(member.accuracy),
            "letters": JSONNode(member.letters),
            "difference_to_best": JSONNode(member.toBest?.difference),
            "difference_low": JSONNode(member.toBest?.low),
            "difference_high": JSONNode(member.toBest?.high),
          ] as JSONNode
        }),
    ]
  }

  /// What is concluded of one cell.
  func conclusionMembers(of cell: Int) -> [JSONNode.Member] {
    var members: [JSONNode.Member] = []
    if let letters = conclusions.letters(of: cell) {
      members.append(.init("letters", JSONNode(letters)))
    }
    if let selection = conclusions.selections[cell] {
      members.append(.init("settings_tried", JSONNode(selection.settings)))
      members.append(.init("corrected_validation_accuracy", JSONNode(selection.corrected)))
    }
    if let votes = conclusions.votes[cell] {
      members.append(
        .init(
          "votes",
          [
            "group": JSONNode(votes.groupName), "groups": JSONNode(votes.groups),
            "probability_accuracy": JSONNode(votes.byProbability.accuracy),
            "majority_accuracy": JSONNode(votes.byMajority.accuracy),
          ]))
    }
    if let calibration = conclusions.calibrations[cell] {
      members.append(
        .init("expected_calibration_error", JSONNode(calibration.curve.expectedError)))
      members.append(.init("brier_score", JSONNode(calibration.brierScore)))
    }
    return members
  }
}

extension Finding {
  /// Whether the remarks below a terminal's table, or the words on its taint, say the same.
  fileprivate var isSaidByRemarks: Bool {
    switch kind {
    case .mixedArithmetic, .differentRows, .data: true
    case .leakage: gravity == .serious
    case .failedCells: gravity == .warning
    default: false
    }
  }

  var json: JSONNode {
    [
      "gravity": JSONNode(gravity.rawValue), "kind": JSONNode(kind.rawValue),
      "title": JSONNode(title), "seen": JSONNode(seen), "meaning": JSONNode(meaning),
      "advice": JSONNode(advice), "cells": JSONNode(cells.map { JSONNode($0) }),
    ]
  }
}
