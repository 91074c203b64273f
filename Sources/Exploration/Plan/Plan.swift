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
    /// What was subtracted from each column; nil where nothing was.
    package var offsets: [Double]?
    package var missing: String
    package var labels: [Int]
    package var fileRows: [Int]
    /// The groups of the rows; the first grouping is the one that splits keep together by default.
    package var groupings: [Dataset.Grouping]
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

  /// One representation of the data.
  package struct Input: Codable, Sendable {
    /// Empty for the only input of an experiment without `inputs`.
    package var name: String
    package var data: Data
  }

  /// A way of dividing the rows into those that are learnt from, selected on and tested on.
  package struct SplitProtocol: Codable, Sendable {
    /// Empty for the only protocol of an experiment without `protocols`.
    package var name: String
    /// In words, as in `holdout, 15 % validation, 15 % test, stratified, songs kept together`.
    package var words: String
    /// Whether rows of one unit may stand on both sides.
    package var isUngrouped: Bool
    /// Whether each unit is the test part once: figures are then of the pooled test predictions.
    package var isLeaveOneGroupOut: Bool
    /// What is to be known of the splits of all inputs.
    package var findings: [DataFinding]
    /// How the rows of each input are divided: all by the same division of what the inputs share.
    package var divisions: [Division]

    /// Whether each row is the test row of several models.
    package var isFolds: Bool { divisions[0].splits.count > 1 }
  }

  /// How an input's rows are divided by a protocol.
  package struct Division: Codable, Sendable {
    package var splits: [Split]
    /// The learning curve's points, by split, draw and share.
    package var subsets: [Subset]
    /// The number of the grouping that is kept together and intervals are over; nil where rows are
    /// units.
    package var grouping: Int?
    /// The unit of each row for intervals; nil when each row is its own.
    package var units: [Int]?
    package var audit: LeakageAudit
    /// What is to be known of this input's rows in the splits.
    package var findings: [DataFinding]

    /// The number of splits and of subsets of their training rows, which are numbered after them.
    package var splitCount: Int { splits.count + subsets.count }

    /// One of the splits, or a split of which a subset is learnt from.
    package func split(_ index: Int) -> Split {
      guard index >= splits.count else { return splits[index] }
      let subset = subsets[index - splits.count]
      return splits[subset.split].learning(from: subset.rows)
    }

    /// The subset of a number; nil for a split itself.
    package func subset(_ index: Int) -> Subset? {
      index < splits.count ? nil : subsets[index - splits.count]
    }
  }

  /// A part of a split's training rows, for the learning curve.
  package struct Subset: Equatable, Sendable {
    /// The share of the training groups, more than 0 and less than 1.
    package var share: Double
    /// Subsets of one draw grow into each other.
    package var draw: Int
    /// The number of the split that it is a part of.
    package var split: Int
    /// The rows that are learnt from, ascending.
    package var rows: [Int]
  }

  /// The cells of one protocol and one input, which form a table: transformations by models.
  package struct Sheet: Hashable, Sendable {
    package var `protocol`: Int
    package var input: Int

    package init(protocol index: Int, input: Int) {
      self.protocol = index
      self.input = input
    }
  }

  package struct Cell: Codable, Equatable, Sendable {
    package var `protocol`: Int
    package var input: Int
    package var transformation: Int
    package var model: Int
    /// Why the cell is not computed; nil when it is.
    package var skipReason: String?
    /// Whether the experiment's `seeds` repeat it.
    package var usesChance: Bool
    /// Whether its model stops by validation rows; nil for no.
    package var watchesValidation: Bool?
    /// The combinations of a variant of the transformation and one of the model that are tried; nil for
    /// all.
    package var settings: [[Int]]?

    package var sheet: Sheet { Sheet(protocol: self.protocol, input: input) }
  }

  /// A piece of work and the key of its records.
  package struct Piece: Codable, Equatable, Sendable {
    package var cell: Int
    /// The number of the split, or, after those, of the subset of one.
    package var split: Int
    package var seedIndex: Int
    package var key: String
  }

  package static let currentFormat = "explore plan 3"

  package var format = Plan.currentFormat
  package var name: String
  package var seed: Int
  package var seeds: Int
  package var measure: Measure
  package var balance: Experiment.Balance
  package var refit: Bool
  /// The patterns of the cells to compare; none for all.
  package var compare: [String]
  /// The shares of the training rows that the learning curve is drawn over, ascending; none for no
  /// curve.
  package var learningCurve: [Double]
  package var limits: Experiment.Limits
  package var scaling: Experiment.Stage
  /// How the settings of a cell are chosen; nil for the grid.
  package var tuner: Experiment.Stage?
  package var transformations: [Experiment.TransformationChoice]
  package var models: [Experiment.ModelChoice]
  /// The representations of the data, one at least.
  package var inputs: [Input]
  /// The ways of dividing their rows, one at least.
  package var protocols: [SplitProtocol]
  /// All cells of the first sheet, then of the next; of a sheet all models of the first
  /// transformation, then of the next.
  package var cells: [Cell]
  /// What the records of each cell are found by, whatever later versions of the program would call
  /// them.
  package var pieces: [Piece] = []

  /// Whether the experiment names its inputs, so that tables tell them apart.
  package var hasInputs: Bool { inputs.contains { !$0.name.isEmpty } }

  /// Whether the experiment names its protocols, so that tables tell them apart.
  package var hasProtocols: Bool { protocols.contains { !$0.name.isEmpty } }

  /// All sheets: those of the first protocol, then of the next.
  package var sheets: [Sheet] {
    protocols.indices.flatMap { index in
      inputs.indices.map { Sheet(protocol: index, input: $0) }
    }
  }

  /// Whether the figures of all inputs are about the same rows.
  package var inputsShareRows: Bool {
    let first = inputs[0].data
    return inputs.allSatisfy {
      $0.data.fileRows == first.fileRows && $0.data.labels == first.labels
    }
      && protocols.allSatisfy { own in
        own.divisions.allSatisfy { $0.splits == own.divisions[0].splits }
      }
  }

  /// The sheets whose figures are about the same test rows and may be ranked together, protocol by
  /// protocol.
  package var rankedSheets: [[Sheet]] {
    guard inputsShareRows else { return sheets.map { [$0] } }
    return protocols.indices.map { index in
      inputs.indices.map { Sheet(protocol: index, input: $0) }
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
    let tainted = sheets.filter { division($0).audit.taint != nil }
    guard let first = tainted.first.flatMap({ division($0).audit.taint }) else { return nil }
    if sheets.allSatisfy({ division($0).audit.taint == first }) { return first }
    return tainted.map { "\(name(of: $0)): \(division($0).audit.taint ?? "")" }
      .joined(separator: "; ")
  }

  /// What is to be known of the splits, of all inputs and of each.
  package var splitFindings: [DataFinding] {
    protocols.flatMap { own in
      let findings = own.findings + findingsOfInputs { own.divisions[$0].findings }
      return own.name.isEmpty
        ? findings
        : findings.map { DataFinding($0.severity, "\(own.name): \($0.message)") }
    }
  }

  /// What was found when the data were loaded.
  package var dataFindings: [DataFinding] { findingsOfInputs { inputs[$0].data.findings } }

  /// What is found in every input is said once, the rest with the input's name.
  private func findingsOfInputs(_ findings: (Int) -> [DataFinding]) -> [DataFinding] {
    let common = findings(0).filter { finding in
      inputs.indices.allSatisfy { findings($0).contains(finding) }
    }
    let own = inputs.indices.flatMap { input in
      findings(input).filter { !common.contains($0) }.map {
        DataFinding($0.severity, "\(inputs[input].name): \($0.message)")
      }
    }
    return common + own
  }

  package func division(_ sheet: Sheet) -> Division {
    protocols[sheet.protocol].divisions[sheet.input]
  }

  package func division(of cell: Cell) -> Division { division(cell.sheet) }

  /// The grouping that a sheet's intervals are over; nil where rows are units.
  package func grouping(of sheet: Sheet) -> Dataset.Grouping? {
    division(sheet).grouping.map { inputs[sheet.input].data.groupings[$0] }
  }

  /// As in `artists, 3s`; empty where there is only one sheet.
  package func name(of sheet: Sheet) -> String {
    [protocols[sheet.protocol].name, inputs[sheet.input].name].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// The units that fits are told of: rows of a unit belong on one side of their own splits too.
  func learningUnits(of sheet: Sheet) -> [Int]? {
    protocols[sheet.protocol].isUngrouped ? nil : division(sheet).units
  }

  /// The cell's name in patterns and folders, as in `pca+knn`, `3s+pca+knn` or `artists+3s+pca+knn`.
  package func name(of cell: Cell) -> String { cellName(cell).text }

  /// The cell's name in sentences, where a transformation that all cells have says nothing: as in `knn` or
  /// `artists+knn`.
  package func shortName(of cell: RunResults.Cell) -> String {
    [
      protocols[cell.sheet.protocol].name, inputs[cell.sheet.input].name,
      transformations.count > 1 ? cell.transformation : "", cell.model,
    ].filter { !$0.isEmpty }.joined(separator: "+")
  }

  func cellName(_ cell: Cell) -> CellName {
    CellName(
      protocol: protocols[cell.protocol].name, input: inputs[cell.input].name,
      transformations[cell.transformation].name,
      models[cell.model].name)
  }

  /// Whether the cell is one of those that the experiment compares: by default all are.
  package func isCompared(_ cell: Cell) -> Bool {
    let name = cellName(cell)
    return compare.isEmpty || compare.contains { name.matches(NamePattern($0)) }
  }

  /// Whether a pattern means the cell: its whole name, or the one it has in each protocol or input.
  package func matches(_ cell: Cell, _ pattern: NamePattern) -> Bool {
    cellName(cell).matches(pattern)
  }

  /// The name that random streams and keys go by: how the rows are divided shows in the rows, so that
  /// a protocol may be added, renamed or be the only one without a cell's result changing.
  func streamName(of cell: Cell) -> String {
    CellName(
      protocol: "", input: inputs[cell.input].name, transformations[cell.transformation].name,
      models[cell.model].name
    ).text
  }

  /// How often a cell is computed on each split.
  package func seeds(of cell: Cell) -> Int { cell.usesChance ? seeds : 1 }

  /// A split, or one of whose training rows a subset is learnt from, as a cell uses it: the winner of a
  /// model that stops by validation rows is never fitted again with them.
  package func split(_ index: Int, of cell: Cell) -> Split {
    var split = division(of: cell).split(index)
    if refit, cell.watchesValidation == true, split.selection.count == 1 { split.final = nil }
    return split
  }

  /// Whether the piece's winner is the model that its cell keeps; where there are folds, one that is
  /// fitted to all rows is kept.
  func keepsModel(of piece: WorkList.CellPiece) -> Bool {
    let cell = cells[piece.cell]
    return !isFolds(cell) && piece.seedIndex == 0
      && division(of: cell).subset(piece.split) == nil
  }

  /// Whether each row is the test row of several models of a cell.
  package func isFolds(_ cell: Cell) -> Bool { protocols[cell.protocol].isFolds }
}

extension Plan {
  /// Reads a plan back.
  ///
  /// - Throws: `DamagedFile` for a file that is no whole plan of this version, `SystemError` when it cannot
  ///   be read.
  package init(readingFrom path: Path) throws {
    do {
      var bytes = try path.readBytes()
      switch CheckedObject.content(of: bytes) {
      case .whole(let content): bytes = content
      // Earlier versions wrote none.
      case .unchecked: break
      case .damaged: throw DamagedFile.changed(path, remedy: "run the experiment again")
      }
      let node = try JSONNode(parsing: bytes)
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

  /// Writes the plan into a run folder.
  ///
  /// - Throws: `SystemError` when it cannot be written.
  func write(to folder: RunFolder) throws {
    let text = try JSONNode(encoding: self).compactText + "\n"
    try folder.plan.writeAtomically(CheckedObject.adding(checkTo: text))
  }
}
