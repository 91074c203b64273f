import ContentHashing
import DataTables
import FileSystem
import JSONText
import Learning

/// Everything that was fixed before any work: `plan.json` of a run folder.
package struct Plan: Codable, Sendable {
  /// What is kept of the data: all but the features.
  package struct Data: Codable, Sendable {
    package var source: String
    /// The hash of the features and all else that can influence a result.
    package var key: String
    package var columns: [String]
    package var classes: [String]
    package var missing: String
    package var labels: [Int]
    package var fileRows: [Int]
    /// The name of the grouping that intervals and votes are over; nil where rows are units.
    package var groupName: String?
    package var groups: [Int]?
    package var groupNames: [String]?
    /// The unit of each row for intervals; nil when each row is its own.
    package var units: [Int]?
    package var findings: [DataFinding]
  }

  package struct Cell: Codable, Equatable, Sendable {
    package var transformation: Int
    package var model: Int
    /// Why the cell is not computed; nil when it is.
    package var skipReason: String?
    /// Whether the experiment's `seeds` repeat it.
    package var usesChance: Bool
  }

  /// A piece of work and the key of its records.
  package struct Piece: Codable, Equatable, Sendable {
    package var cell: Int
    package var split: Int
    package var seedIndex: Int
    package var key: String
  }

  package static let currentFormat = "explore plan 1"

  package var format = Plan.currentFormat
  package var name: String
  package var seed: Int
  package var seeds: Int
  package var measure: Measure
  package var balance: Experiment.Balance
  package var refit: Bool
  package var limits: Experiment.Limits
  package var scaling: Experiment.Stage
  package var transformations: [Experiment.TransformationChoice]
  package var models: [Experiment.ModelChoice]
  package var data: Data
  /// In words, as in `holdout, 15 % validation, 15 % test, stratified, songs kept together`.
  package var splitWords: String
  /// Whether rows of one unit may stand on both sides.
  package var isUngrouped: Bool
  /// The units that fits are told of: rows of a unit belong on one side of their own splits too.
  var learningUnits: [Int]? { isUngrouped ? nil : data.units }
  package var splits: [Split]
  package var audit: LeakageAudit
  package var findings: [DataFinding]
  /// Row groups of the table first: all models of the first transformation, then of the next.
  package var cells: [Cell]
  /// What the records of each cell are found by, whatever later versions of the program would call
  /// them.
  package var pieces: [Piece] = []

  /// The cell's name in patterns and folders, as in `pca+knn`.
  package func name(of cell: Cell) -> String {
    Self.name(of: transformations[cell.transformation], models[cell.model])
  }

  static func name(
    of transformation: Experiment.TransformationChoice, _ model: Experiment.ModelChoice
  ) -> String {
    "\(transformation.name)+\(model.name)"
  }

  /// How often a cell is computed on each split.
  package func seeds(of cell: Cell) -> Int { cell.usesChance ? seeds : 1 }

  /// Whether each row is the test row of several models.
  package var isFolds: Bool { splits.count > 1 }
}

extension Plan {
  /// Reads a plan back.
  ///
  /// - Throws: `DamagedFile` for a file that is no whole plan of this version, `SystemError` when it cannot
  ///   be read.
  package init(readingFrom path: Path) throws {
    do {
      let node = try JSONNode(parsing: try path.readBytes())
      guard node["format"]?.string == Plan.currentFormat else {
        throw DamagedFile(path: path, reason: "it is not “\(Plan.currentFormat)”")
      }
      self = try node.decode(Plan.self)
      if let reason = inconsistency { throw DamagedFile(path: path, reason: reason) }
    } catch let error as JSONSyntaxError {
      throw DamagedFile(path: path, reason: "line \(error.position.line): \(error.message)")
    } catch let error as JSONDecodingError {
      throw DamagedFile(path: path, reason: error.description)
    }
  }
}
