import Exploration
import TextFormatting

/// What may be concluded from the figures, as the tables and pictures show it.
extension Report {
  /// Cells that share a letter cannot be told apart; empty where nothing was tested.
  func letters(of cell: Cell) -> String { "" }

  /// What can be concluded of a ranking, a sentence each.
  func conclusions(of ranking: Ranking) -> [String] { [] }

  /// A result of a check of the run, with what to do about it.
  struct Finding {
    /// As in `warning`.
    var severity: String
    var title: String
    var explanation: String
  }

  var numberedFindings: [Finding] { [] }

  /// A section of the page with tables, by ranking.
  struct ConclusionTable {
    var id: String
    var title: String
    var sentences: [String]
    var tables: [(name: String, table: ReportTable)]
  }

  var conclusionTables: [ConclusionTable] { [] }
}
