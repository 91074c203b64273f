import DataTables
import Exploration
import Learning
import Statistics

/// How many groups of rows a cell names rightly when all rows of a group vote: songs by their segments.
package struct GroupVotes: Equatable, Sendable {
  /// A way to count votes.
  package struct Score: Equatable, Sendable {
    /// The share of groups named rightly, averaged over repeats and seeds.
    package var accuracy: Double
    /// Over the choice of groups: Wilson's, or with the effective number of groups where those of one
    /// unit of the split, such as an artist's songs, stand or fall together.
    package var interval: AccuracyInterval?
  }

  /// The grouping, as in `song`.
  package let groupName: String
  /// The tested groups.
  package let groups: Int
  /// The class of the largest mean probability over a group's rows.
  package let byProbability: Score
  /// The class that most of a group's rows are given; of equally frequent ones that of the largest summed
  /// probability, then the first.
  package let byMajority: Score
}
