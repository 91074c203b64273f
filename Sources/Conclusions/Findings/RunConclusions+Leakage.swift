import Exploration
import TextFormatting

// What stands on both sides of a split.

extension RunConclusions {
  /// Rows or groups that were to be kept apart, in the test part and among those learnt from.
  var leakage: [Finding] {
    var sheets: [(taint: String, names: [String], isUngrouped: Bool)] = []
    for sheet in plan.sheets {
      guard let taint = plan.division(sheet).audit.taint else { continue }
      let name = plan.name(of: sheet)
      if let known = sheets.firstIndex(where: { $0.taint == taint }) {
        sheets[known].names.append(name)
      } else {
        sheets.append((taint, [name], plan.protocols[sheet.protocol].isUngrouped))
      }
    }
    return sheets.map { own in
      let names = own.names.filter { !$0.isEmpty }
      return Finding(
        kind: .leakage, gravity: .serious,
        title: (names.isEmpty ? "" : someNames(names) + ": ")
          + "test rows have relatives among the rows learnt from",
        seen: sentenceCase(own.taint) + ".",
        meaning:
          "A model can recognise what it has seen, and every test figure of this split is too "
          + "optimistic; the order of the models may be another on new groups.",
        advice: own.isUngrouped
          ? "Show these figures only beside those of a split that keeps groups together; without "
            + "“ungrouped” they are kept together."
          : "Repair the given split, so that no group and no equal row stands on both sides.",
        cells: [])
    }
  }

  /// Groups of another kind than those that the split keeps together, on both sides of it.
  var otherGroups: [Finding] {
    var found: [(kind: String, words: [String])] = []
    for sheet in plan.sheets where !plan.protocols[sheet.protocol].isUngrouped {
      for entry in plan.division(sheet).audit.entries where !entry.isProtocol && entry.shared > 0 {
        let isKeptElsewhere = plan.sheets.contains {
          plan.grouping(of: $0)?.name == entry.kind && !plan.protocols[$0.protocol].isUngrouped
        }
        if isKeptElsewhere { continue }
        let words =
          (plan.name(of: sheet).isEmpty ? "" : plan.name(of: sheet) + ": ")
          + "\(entry.shared) of \(counted(entry.total, "test group"))"
        if let known = found.firstIndex(where: { $0.kind == entry.kind }) {
          found[known].words.append(words)
        } else {
          found.append((entry.kind, [words]))
        }
      }
    }
    return found.map { own in
      Finding(
        kind: .leakage, gravity: .warning,
        title: "groups of “\(own.kind)” stand on both sides of the split",
        seen:
          "Of the groups of “\(own.kind)” that are tested, so many also have rows to learn from: "
          + own.words.joined(separator: "; ") + ".",
        meaning: "The figures are about new rows of groups that are known, not about new groups.",
        advice: "A protocol with \"group\": \"\(own.kind)\" says what new groups would give.",
        cells: [])
    }
  }

  /// Units that were to be kept apart, in the validation part and the training part.
  var validationLeakage: [Finding] {
    var words: [String] = []
    for sheet in plan.sheets where !plan.protocols[sheet.protocol].isUngrouped {
      let division = plan.division(sheet)
      guard let units = division.units else { continue }
      var (shared, total) = (0, 0)
      for fit in division.splits.flatMap(\.selection) {
        let learnt = Set(fit.training.map { units[$0] })
        let validated = Set(fit.validation.map { units[$0] })
        total += validated.count
        shared += validated.count { learnt.contains($0) }
      }
      guard shared > 0 else { continue }
      let name = plan.name(of: sheet)
      words.append(
        (name.isEmpty ? "" : name + ": ")
          + "\(shared) of \(counted(total, "validation group")) "
          + "(\(plan.grouping(of: sheet)?.name ?? "equal rows")) also "
          + "\(shared == 1 ? "has" : "have") training rows")
    }
    guard !words.isEmpty else { return [] }
    return [
      Finding(
        kind: .validationLeakage, gravity: .warning,
        title: "settings were chosen on rows that have relatives in the training part",
        seen: sentenceCase(words.joined(separator: "; ")) + ".",
        meaning: "Settings that memorise look better than they are and are chosen too often; test "
          + "figures are right for what was chosen, which need not be the best.",
        advice:
          "Give a validation part that keeps groups apart, or none, so that one is cut by group.",
        cells: [])
    ]
  }
}
