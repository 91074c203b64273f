import Conclusions
import Exploration
import FileSystem
import JSONText
import Statistics
import TextFormatting

/// Cells ranked over the data sets of several runs, for the terminal, for programs and as a page.
package struct RankingReport {
  package let ranking: RunRanking
  /// What the runs are called.
  let names: [String]

  /// A report of a ranking; the runs are called by their folders.
  package init(_ ranking: RunRanking, folders: [RunFolder]) {
    self.ranking = ranking
    names = folders.map(\.path.string)
  }

  private var comparison: DataSetComparison { ranking.comparison }

  // MARK: Words

  /// Whether the smallest p-value that Wilcoxon's test can have, 2 / 2ⁿ over n data sets, is one for Holm.
  private var couldTellApart: Bool {
    let least = (0..<comparison.friedman.dataSets).reduce(2.0) { p, _ in p / 2 }
    return least * Double(comparison.pairs.count) <= 0.05
  }

  /// What may be concluded, a sentence each.
  package var sentences: [String] {
    let friedman = comparison.friedman
    let count = ranking.cells.count
    var sentences: [String] = []
    if count > 2 {
      sentences.append(
        friedman.p <= 0.05
          ? "The \(count) cells differ over \(friedman.dataSets) data sets (Friedman, p \(equals(friedman.p)))."
          : "The \(count) cells cannot be told apart over \(friedman.dataSets) data sets (Friedman, "
            + "p \(equals(friedman.p))).")
    }
    let real = comparison.pairs.filter(\.isReal)
    sentences.append(
      real.isEmpty
        ? "No pair is told apart (Wilcoxon, Holm over \(counted(comparison.pairs.count, "pair")))"
          + (couldTellApart
            ? "." : ", and over so few data sets none could be: take more of them, or fewer cells.")
        : "\(counted(real.count, "pair")) of \(comparison.pairs.count) "
          + "\(real.count == 1 ? "is" : "are") told apart (Wilcoxon, Holm): "
          + someNames(
            real.map {
              let pair = $0.difference < 0 ? ($0.second, $0.first) : ($0.first, $0.second)
              return "\(ranking.cells[pair.0]) over \(ranking.cells[pair.1])"
            }) + ".")
    for pair in ranking.alike {
      sentences.append(
        "\(names[pair.first]) and \(names[pair.second]) have the same classes row by row: if they are "
          + "representations of one data set, these ranks count it twice.")
    }
    return sentences
  }

  private func equals(_ p: Double) -> String { p < 0.001 ? "< 0.001" : "= \(pText(p))" }

  /// Everything, for a terminal.
  package func text() -> String {
    "\(counted(names.count, "data set")), one a run: \(names.joined(separator: ", "))\n\n".terminal
      + alignedTable(rankTable.allRows)
      + "\n"
      + sentences.map { terminalText($0) + "\n" }.joined()
      + "Ranks that differ by less than \(fixed(comparison.criticalDifference, decimals: 2)) cannot be "
      + "told apart (Nemenyi).\n"
  }

  // MARK: Tables

  /// A row a cell, the best first.
  private var rankTable: ReportTable {
    ReportTable(
      header: ["cell", "mean rank", "mean accuracy %", "best on"],
      rows: comparison.order.map { cell in
        let own = ranking.accuracies[cell]
        let mean = own.reduce(0, +) / Double(own.count)
        let wins = names.indices.count { run in
          ranking.accuracies.allSatisfy { $0[run] <= own[run] }
        }
        return [
          ranking.cells[cell], fixed(ranking.meanRanks[cell], decimals: 2),
          fixed(mean * 100, decimals: 1), "\(wins)",
        ]
      })
  }

  /// A row a data set, a column a cell.
  private var accuracyTable: ReportTable {
    ReportTable(
      header: ["data set"] + comparison.order.map { ranking.cells[$0] },
      rows: names.enumerated().map { run, name in
        [name] + comparison.order.map { fixed(ranking.accuracies[$0][run] * 100, decimals: 1) }
      })
  }

  private var pairTable: ReportTable {
    ReportTable(
      header: ["first", "second", "mean difference", "p", "p (Holm)", "verdict"],
      rows: comparison.pairs.map { pair in
        [
          ranking.cells[pair.first], ranking.cells[pair.second], signedPoints(pair.difference),
          pText(pair.p), pText(pair.adjustedP), pair.isReal ? "told apart" : "not told apart",
        ]
      })
  }

  // MARK: JSON and page

  /// The ranking for programs.
  package var json: JSONNode {
    [
      "runs": JSONNode(names),
      "cells": JSONNode(
        comparison.order.map { cell in
          [
            "cell": JSONNode(ranking.cells[cell]), "mean_rank": JSONNode(ranking.meanRanks[cell]),
            "accuracies": JSONNode(ranking.accuracies[cell].map { JSONNode($0) }),
          ] as JSONNode
        }),
      "friedman": [
        "statistic": JSONNode(comparison.friedman.statistic),
        "p": JSONNode(comparison.friedman.p),
      ],
      "critical_difference": JSONNode(comparison.criticalDifference),
      "pairs": JSONNode(
        comparison.pairs.map { pair in
          [
            "first": JSONNode(ranking.cells[pair.first]),
            "second": JSONNode(ranking.cells[pair.second]),
            "difference": JSONNode(pair.difference), "p": JSONNode(pair.p),
            "adjusted_p": JSONNode(pair.adjustedP), "real": JSONNode(pair.isReal),
          ] as JSONNode
        }),
      "conclusions": JSONNode(sentences),
    ]
  }

  /// One page that needs nothing else.
  package var html: String {
    let diagram = CriticalDifferenceDiagram(
      entries: comparison.order.map {
        .init(name: ranking.cells[$0], rank: ranking.meanRanks[$0])
      }, criticalDifference: comparison.criticalDifference)
    let lead = HTML.joined(
      [
        .element(
          "p", ["class": "lead"],
          "\(counted(ranking.cells.count, "cell")) on \(counted(names.count, "data set"))")
      ]
        + sentences.enumerated().map { index, sentence in
          .element("p", ["class": index == 0 ? "answer" : "note"], sentence)
        })
    return Page.document(
      title: "Ranks over \(counted(names.count, "data set"))", lead: lead,
      sections: [
        ("ranks", "Ranks", HTML(markup: diagram.svg.inline) + .table(rankTable)),
        ("accuracy", "Test accuracy, %", .table(accuracyTable, isSortable: true)),
        ("pairs", "Pairs", .table(pairTable, isSortable: true)),
        (
          "method", "How to read the numbers",
          .element(
            "p", ["class": "note"],
            "Cells are ranked on each data set by test accuracy, equal ones share their ranks. Friedman's test "
              + "asks whether mean ranks differ at all, Wilcoxon's signed-rank test with Holm's adjustment which "
              + "pairs do; the picture's bars are Nemenyi's (Demšar 2006).")
        ),
      ])
  }
}

extension String {
  /// Lines for a terminal.
  fileprivate var terminal: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { terminalText(String($0)) }
      .joined(separator: "\n")
  }
}
