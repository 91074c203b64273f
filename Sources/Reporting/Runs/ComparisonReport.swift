import Conclusions
import Exploration
import FileSystem
import JSONText
import TextFormatting

/// Two runs beside each other, for the terminal, for programs and as a page.
package struct ComparisonReport {
  package let comparison: RunComparison
  /// What the runs are called.
  package let names: (before: String, after: String)

  /// A report of a comparison; the runs are called by their folders.
  package init(_ comparison: RunComparison, before: RunFolder, after: RunFolder) {
    self.comparison = comparison
    names = (before.path.string, after.path.string)
  }

  private var changes: [RunComparison.Change] { comparison.changes }

  // MARK: Words

  /// What may be concluded, a sentence each.
  package var sentences: [String] {
    var sentences: [String] = []
    let paired = changes.filter(\.isPaired)
    let real = paired.filter(\.isReal)
    if changes.allSatisfy({ $0.difference == 0 && $0.isPaired }) {
      sentences.append(
        "No accuracy changed: \(counted(changes.count, "cell")) on the same test rows.")
    } else if !paired.isEmpty {
      let better = real.filter { $0.difference > 0 }
      let worse = real.filter { $0.difference < 0 }
      func words(_ own: [RunComparison.Change], _ word: String) -> String? {
        own.isEmpty
          ? nil
          : "\(own.count) \(word) ("
            + someNames(own.map { "\($0.name) \(signedPoints($0.difference))" }) + ")"
      }
      sentences.append(
        real.isEmpty
          ? "None of \(counted(paired.count, "change")) on the same test rows can be told from chance."
          : "\(real.count) of \(counted(paired.count, "change")) on the same test rows "
            + "\(real.count == 1 ? "is" : "are") real: "
            + [words(better, "better"), words(worse, "worse")].compactMap { $0 }
            .joined(separator: ", ") + ".")
      if paired.contains(where: { !$0.isReal && $0.difference != 0 }), let width = typicalHalfWidth
      {
        sentences.append(
          (real.isEmpty ? "They" : "The others")
            + " are not shown to be equal: half of the changes would have had to be larger than "
            + "\(fixed(width * 100, decimals: 1)) points to be told from chance.")
      }
      sentences.append(
        "Intervals are of 95 % for all \(counted(paired.count, "paired change")) together; they cover "
          + "the choice of test rows, not a retraining.")
    }
    for (reason, cells) in grouped(changes.filter { !$0.isPaired }) {
      sentences.append(
        "Not tested: \(someNames(cells.map(\.name))): \(reason)"
          + (cells.contains { $0.low != nil }
            ? "; the interval is that of two independent samples, 95 % of each change alone" : "")
          + ".")
    }
    let measures = Set([comparison.plans.before.measure, comparison.plans.after.measure])
      .subtracting([.accuracy]).map(\.rawValue).sorted()
    if !measures.isEmpty {
      sentences.append(
        "Changes are of accuracy; settings and the best cell are chosen by "
          + "\(measures.joined(separator: ", ")).")
    }
    return sentences
  }

  /// Half the width that half of the paired intervals exceed.
  private var typicalHalfWidth: Double? {
    let widths = changes.compactMap { change -> Double? in
      // What was not changed at all says nothing of what a change would have needed.
      guard change.isPaired, change.difference != 0, let low = change.low, let high = change.high
      else { return nil }
      return (high - low) / 2
    }.sorted()
    return widths.isEmpty ? nil : widths[widths.count / 2]
  }

  /// Changes by the reason why they are not tested, in the order of the reasons' first change.
  private func grouped(
    _ changes: [RunComparison.Change]
  ) -> [(reason: String, changes: [RunComparison.Change])] {
    var groups: [(reason: String, changes: [RunComparison.Change])] = []
    for change in changes {
      let reason = change.reason
      if let place = groups.firstIndex(where: { $0.reason == reason }) {
        groups[place].changes.append(change)
      } else {
        groups.append((reason, [change]))
      }
    }
    return groups
  }

  /// Everything, for a terminal.
  package func text(emphasis: (String) -> String = { $0 }) -> String {
    var text = alignedTable([["before", names.before], ["after", names.after]]) + "\n"
    if comparison.differences.isEmpty {
      text += "Experiment, data and code are the same.\n"
    } else {
      text += alignedTable(differenceTable.allRows.map { $0.map { terminalName($0) } })
    }
    let table = alignedTable(changeTable.allRows).split(separator: "\n")
    text += "\n"
    for (index, line) in table.enumerated() {
      let isReal = index > 0 && changes.indices.contains(index - 1) && changes[index - 1].isReal
      text += (isReal ? emphasis(String(line)) : String(line)) + "\n"
    }
    if !comparison.lonely.isEmpty { text += "\n" + alignedTable(lonelyTable.allRows) }
    return text + "\n" + sentences.map { terminalText($0) + "\n" }.joined()
  }

  // MARK: Tables

  var differenceTable: ReportTable {
    ReportTable(
      header: ["differs", "what", "before", "after"],
      rows: comparison.differences.map {
        [
          $0.subject.rawValue, $0.what, $0.first.isEmpty ? "–" : $0.first,
          $0.second.isEmpty ? "–" : $0.second,
        ]
      })
  }

  var changeTable: ReportTable {
    func percents(_ share: Double) -> String { fixed(share * 100, decimals: 1) }
    return ReportTable(
      header: ["cell", "before %", "after %", "change", "95 % interval", "p", "verdict"],
      rows: changes.map { change in
        [
          change.name, percents(change.before), percents(change.after),
          signedPoints(change.difference), change.intervalText,
          change.adjustedP.map { pText($0) } ?? "", change.verdict,
        ]
      })
  }

  var lonelyTable: ReportTable {
    func percents(_ share: Double?) -> String {
      share.map { fixed($0 * 100, decimals: 1) } ?? "–"
    }
    return ReportTable(
      header: ["without a change", "before %", "after %", "why"],
      rows: comparison.lonely.map {
        [$0.name, percents($0.before), percents($0.after), $0.reason]
      })
  }

  // MARK: JSON

  /// The comparison for programs.
  ///
  /// - Parameter worse: the cells that are worse than was allowed; nil where nothing was asked.
  /// - Returns: an object.
  package func json(worse: [String]?) -> JSONNode {
    var members: [JSONNode.Member] = [
      .init("before", JSONNode(names.before)), .init("after", JSONNode(names.after)),
      .init(
        "differences",
        JSONNode(
          comparison.differences.map {
            [
              "subject": JSONNode($0.subject.rawValue), "what": JSONNode($0.what),
              "before": JSONNode($0.first), "after": JSONNode($0.second),
            ] as JSONNode
          })),
      .init("changes", JSONNode(changes.map { json(of: $0) })),
      .init(
        "others",
        JSONNode(
          comparison.lonely.map {
            [
              "cell": JSONNode($0.name), "before": JSONNode($0.before),
              "after": JSONNode($0.after), "reason": JSONNode($0.reason),
            ] as JSONNode
          })),
      .init("conclusions", JSONNode(sentences)),
    ]
    if let worse { members.append(.init("worse", JSONNode(worse))) }
    return JSONNode(.object(members))
  }

  private func json(of change: RunComparison.Change) -> JSONNode {
    let (basis, test): (String, String?) =
      switch change.basis {
      case .paired(let test): ("paired", test.description)
      case .unpaired: ("unpaired", nil)
      case .refused: ("none", nil)
      }
    return [
      "cell": JSONNode(change.name), "before": JSONNode(change.before),
      "after": JSONNode(change.after), "change": JSONNode(change.difference),
      "low": JSONNode(change.low), "high": JSONNode(change.high), "basis": JSONNode(basis),
      "test": test.map { JSONNode($0) } ?? .null, "p": JSONNode(change.p),
      "adjusted_p": JSONNode(change.adjustedP), "real": JSONNode(change.isReal),
      "reason": JSONNode(change.reason),
    ]
  }

  // MARK: Page

  /// One page that needs nothing else.
  package var html: String {
    let plot = ChangePlot(
      before: names.before, after: names.after,
      rows: changes.map { change in
        ChangePlot.Row(
          name: change.name, before: change.before, after: change.after,
          changeInterval: change.bounds, isReal: change.isReal)
      }
        + comparison.lonely.map {
          ChangePlot.Row(name: $0.name, before: $0.before, after: $0.after)
        })
    var sections: [(id: String, title: String, content: HTML)] = [
      ("changes", "Changes", HTML(markup: plot.svg.inline)),
      ("cells", "Cell by cell", .table(changeTable, isSortable: true)),
    ]
    if !comparison.lonely.isEmpty {
      sections.append(("others", "Without a change", .table(lonelyTable)))
    }
    sections += [
      (
        "differences", "What differs",
        comparison.differences.isEmpty
          ? .element("p", [:], "Experiment, data and code are the same.")
          : .table(differenceTable)
      ),
      ("method", "How to read the numbers", method),
    ]
    let lead = HTML.joined(
      [.element("p", ["class": "lead"], "\(names.before) (before) and \(names.after) (after)")]
        + sentences.enumerated().map { index, sentence in
          .element("p", ["class": index == 0 ? "answer" : "note"], sentence)
        })
    return Page.document(title: comparison.title, lead: lead, sections: sections)
  }

  private var method: HTML {
    let tests = changes.compactMap { change -> String? in
      if case .paired(let test) = change.basis { test.description } else { nil }
    }
    var known: [String] = []
    for test in tests where !known.contains(test) { known.append(test) }
    let items = [
      known.isEmpty
        ? nil
        : "Both runs tested these cells on the same rows: \(known.joined(separator: ", ")). A change is real "
          + "where its p-value is at most 5 % after Holm's adjustment over all tested changes.",
      "A change that is not real is not shown to be none: its interval says how large it may be.",
      changes.contains { !$0.isPaired && $0.low != nil }
        ? "Where test rows differ the interval comes from those of both runs as of independent samples "
          + "(Zou and Donner 2008), and no change is called real." : nil,
    ].compactMap { $0 }
    return .element("ul", [:], .joined(items.map { .element("li", [:], $0) }))
  }
}

extension RunComparison {
  /// As in `gtzan, before and after`.
  fileprivate var title: String {
    plans.before.name == plans.after.name
      ? "\(plans.before.name), before and after" : "\(plans.before.name) and \(plans.after.name)"
  }
}

extension RunComparison.Change {
  var isPaired: Bool { if case .paired = basis { true } else { false } }

  /// Why it is not tested; empty where it is.
  var reason: String {
    switch basis {
    case .paired: ""
    case .unpaired(let reason), .refused(let reason): reason
    }
  }

  /// In points, as in `[−6.0, −2.2]`; empty where there is none.
  var intervalText: String {
    guard let low, let high else { return "" }
    return "[\(signedPoints(low)), \(signedPoints(high))]"
  }

  var verdict: String {
    switch basis {
    case .paired where isReal: difference < 0 ? "worse" : "better"
    case .paired: difference == 0 ? "same accuracy" : "not told apart"
    case .unpaired: "other test rows"
    case .refused: "no test"
    }
  }

  fileprivate var bounds: Bounds? {
    guard let low, let high else { return nil }
    return Bounds(low: low, high: high)
  }
}

extension ReportTable {
  /// The head and all rows.
  var allRows: [[String]] { [header] + rows }
}

/// A p-value for people: `0.012`, or `< 0.001`.
func pText(_ p: Double) -> String { p < 0.001 ? "< 0.001" : fixed(p, decimals: 3) }
