import Conclusions
import Exploration
import Statistics
import TextFormatting

/// What may be concluded from the figures, as the tables and pictures show it.
extension Report {
  /// Cells that share a letter cannot be told apart; empty where nothing was tested.
  func letters(of cell: Cell) -> String { conclusions.letters(of: cell.number) ?? "" }

  /// The compared cells of a ranking.
  func family(of ranking: Ranking) -> Family? {
    ranking.sheets.first.flatMap { conclusions.family(of: $0) }
  }

  /// What can be concluded of a ranking, a sentence each.
  func sentences(on ranking: Ranking) -> [String] {
    // It begins with a cell's name, which stays as it is.
    [family(of: ranking)?.sentence].compactMap { $0.map { "\($0)." } }
  }

  /// A finding's title as a sentence, whose first letter may be that of a name.
  func title(of finding: Finding) -> String {
    let names = finding.cells + plan.sheets.map { plan.name(of: $0) }.filter { !$0.isEmpty }
    let isName = names.contains { finding.title.hasPrefix($0) }
    return (isName ? finding.title : sentence(finding.title)) + "."
  }

  /// A section of the page with a table a ranking.
  struct ConclusionSection {
    var id: String
    var title: String
    var sentences: [String]
    var tables: [(name: String, table: ReportTable)]
  }

  /// Those that there is something for.
  var conclusionSections: [ConclusionSection] { [selection, votes].compactMap { $0 } }

  /// The tables of the rankings in which a cell has something to show.
  private func tables(
    _ header: [String], of cells: (Ranking) -> [Cell] = \.best, row: (Cell) -> [String]?
  ) -> [(name: String, table: ReportTable)] {
    rankings.compactMap { ranking in
      let rows = cells(ranking).compactMap(row)
      guard !rows.isEmpty else { return nil }
      // A column that is empty everywhere says nothing.
      let used = header.indices.filter { column in rows.contains { !$0[column].isEmpty } }
      return (
        ranking.name,
        ReportTable(
          header: used.map { header[$0] }, rows: rows.map { row in used.map { row[$0] } })
      )
    }
  }

  /// What the choice of settings and of the best cell cost.
  private var selection: ConclusionSection? {
    func percents(_ share: Double?) -> String {
      share.map { fixed($0 * 100, decimals: 1) } ?? ""
    }
    let tables = tables([
      "cell", "settings tried", "validation %", "corrected %", "remarks",
    ]) { cell in
      guard let own = conclusions.selections[cell.number], own.settings > 1 else { return nil }
      return [
        shortName(of: cell), "\(own.settings)", percents(own.accuracy), percents(own.corrected),
        own.corrected == nil
          ? own.reason
          : own.isApproximate ? "approximate: its settings followed from each other" : "",
      ]
    }
    let sentences = rankings.compactMap { ranking in
      family(of: ranking)?.correctionSentence.map {
        ranking.name.isEmpty ? "\(sentence($0))." : "\(ranking.name): \($0)."
      }
    }
    guard !tables.isEmpty || !sentences.isEmpty else { return nil }
    let note =
      "Chosen settings do better on the validation rows that chose them than on others; corrected is what "
      + "the best setting of a bootstrap draw has on the units that were not drawn (Tsamardinos, "
      + "Greasidou and Borboudakis 2018). Test accuracies need no such correction."
    return ConclusionSection(
      id: "selection", title: "What the choice cost",
      sentences: sentences + (tables.isEmpty ? [] : [note]), tables: tables)
  }

  /// Groups of rows that vote on their class, beside the score of single rows.
  private var votes: ConclusionSection? {
    func text(_ score: GroupVotes.Score) -> String {
      fixed(score.accuracy * 100, decimals: 1)
    }
    func interval(_ score: GroupVotes.Score) -> String { score.interval?.percents() ?? "" }
    let known = conclusions.votes.compactMap { $0 }
    guard let group = known.first?.groupName else { return nil }
    let tables = tables([
      "cell", "rows %", "\(group)s by mean probability %", "95 % interval",
      "\(group)s by majority %", "95 % interval", "\(group)s",
    ]) { cell in
      guard let summary = cell.summary, let votes = conclusions.votes[cell.number] else {
        return nil
      }
      return [
        shortName(of: cell), fixed(summary.testAccuracy * 100, decimals: 1),
        text(votes.byProbability), interval(votes.byProbability), text(votes.byMajority),
        interval(votes.byMajority), "\(votes.groups)",
      ]
    }
    guard !tables.isEmpty else { return nil }
    return ConclusionSection(
      id: "votes", title: "Whole groups by vote",
      sentences: [
        "The test rows of each \(group) vote on its class: by the mean of their probabilities, or each "
          + "for the class it is given."
      ], tables: tables)
  }
}
