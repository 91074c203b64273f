import ContentHashing
import DataTables
import FileSystem
import JSONText
import Learning
import TextFormatting

/// Everything that was fixed before any work: `plan.json` of a run folder.
package struct Plan: Codable, Sendable {
  /// What is kept of the data: all but the features.
  package struct Data: Codable, Sendable {
    package var source: String
    /// The hash of the features and all else that can influence a result.
    package var key: String
    /// The feature columns; the pixels of a picture are not among them.
    package var columns: [String]
    /// The size of the picture whose pixels stand before the features; nil where rows have none.
    package var picture: PictureShape?
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

    /// What the columns of a row are.
    package var layout: RowLayout { RowLayout(picture: picture, features: columns.count) }

    /// As in `58 columns` or `pictures of 1 × 128 × 128 and 57 columns`.
    package var columnWords: String {
      guard let picture else { return counted(columns.count, "column") }
      return "pictures of \(picture)"
        + (columns.isEmpty ? "" : " and \(counted(columns.count, "column"))")
    }
  }

  /// One representation of the data, and how its rows are divided.
  package struct Input: Codable, Sendable {
    /// Empty for the only input of an experiment without `inputs`.
    package var name: String
    package var data: Data
    /// As many as every other input has; each is the same division of what the inputs share.
    package var splits: [Split]
    package var audit: LeakageAudit
    /// What is to be known of this input's rows in the splits.
    package var findings: [DataFinding]
  }

  package struct Cell: Codable, Equatable, Sendable {
    package var input: Int
    package var transformation: Int
    package var model: Int
    /// Why the cell is not computed; nil when it is.
    package var skipReason: String?
    /// Whether the experiment's `seeds` repeat it.
    package var usesChance: Bool
    /// Whether its model stops by validation rows; nil for no.
    package var watchesValidation: Bool?
  }

  /// A piece of work and the key of its records.
  package struct Piece: Codable, Equatable, Sendable {
    package var cell: Int
    package var split: Int
    package var seedIndex: Int
    package var key: String
  }

  package static let currentFormat = "explore plan 2"

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
  /// The representations of the data, one at least.
  package var inputs: [Input]
  /// In words, as in `holdout, 15 % validation, 15 % test, stratified, songs kept together`.
  package var splitWords: String
  /// Whether rows of one unit may stand on both sides.
  package var isUngrouped: Bool
  /// What is to be known of the splits of all inputs.
  package var findings: [DataFinding]
  /// All cells of the first input, then of the next; of an input all models of the first
  /// transformation, then of the next.
  package var cells: [Cell]
  /// What the records of each cell are found by, whatever later versions of the program would call
  /// them.
  package var pieces: [Piece] = []

  /// Whether the experiment names its inputs, so that tables tell them apart.
  package var hasInputs: Bool { inputs.contains { !$0.name.isEmpty } }

  /// Whether the figures of all inputs are about the same rows.
  package var inputsShareRows: Bool {
    inputs.allSatisfy {
      $0.data.fileRows == inputs[0].data.fileRows && $0.data.labels == inputs[0].data.labels
        && $0.splits == inputs[0].splits
    }
  }

  /// The names of the classes, which all inputs have.
  package var classes: [String] { inputs[0].data.classes }

  /// Where the data came from, for people.
  package var source: String {
    var sources: [String] = []
    for input in inputs where !sources.contains(input.data.source) {
      sources.append(input.data.source)
    }
    return sources.joined(separator: " and ")
  }

  /// Why figures of this run are too optimistic; nil when nothing leaks that was to be kept apart.
  package var taint: String? {
    let tainted = inputs.filter { $0.audit.taint != nil }
    guard let first = tainted.first?.audit.taint else { return nil }
    if inputs.allSatisfy({ $0.audit.taint == first }) { return first }
    return tainted.map { "\($0.name): \($0.audit.taint ?? "")" }.joined(separator: "; ")
  }

  /// What is to be known of the splits, of all inputs and of each.
  package var splitFindings: [DataFinding] {
    findings + findingsOfInputs { $0.findings }
  }

  /// What was found when the data were loaded.
  package var dataFindings: [DataFinding] { findingsOfInputs { $0.data.findings } }

  /// What is found in every input is said once, the rest with the input's name.
  private func findingsOfInputs(_ findings: (Input) -> [DataFinding]) -> [DataFinding] {
    let common = findings(inputs[0]).filter { finding in
      inputs.allSatisfy { findings($0).contains(finding) }
    }
    let own = inputs.flatMap { input in
      findings(input).filter { !common.contains($0) }.map {
        DataFinding($0.severity, "\(input.name): \($0.message)")
      }
    }
    return common + own
  }

  /// The units that fits are told of: rows of a unit belong on one side of their own splits too.
  func learningUnits(of input: Input) -> [Int]? { isUngrouped ? nil : input.data.units }

  /// The cell's name in patterns and folders, as in `pca+knn` or `3s+pca+knn`.
  package func name(of cell: Cell) -> String { cellName(cell).text }

  func cellName(_ cell: Cell) -> CellName {
    CellName(
      input: inputs[cell.input].name, transformations[cell.transformation].name,
      models[cell.model].name)
  }

  /// How often a cell is computed on each split.
  package func seeds(of cell: Cell) -> Int { cell.usesChance ? seeds : 1 }

  /// A split as a cell uses it: the winner of a model that stops by validation rows is never fitted
  /// again with them.
  package func split(_ index: Int, of cell: Cell) -> Split {
    var split = inputs[cell.input].splits[index]
    if refit, cell.watchesValidation == true, split.selection.count == 1 { split.final = nil }
    return split
  }

  /// Whether each row is the test row of several models.
  package var isFolds: Bool { inputs[0].splits.count > 1 }
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
        throw DamagedFile(
          path: path,
          reason: "it is not “\(Plan.currentFormat)”; run the experiment again to plan it anew")
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
