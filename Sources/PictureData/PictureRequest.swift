import DataTables
import FileSets
import FileSystem
import Learning
import Matrices
import Pictures
import TextFormatting
import Threads

/// Picture files as the data of an experiment.
package struct PictureRequest: Equatable, Sendable {
  /// The columns of text that every table of pictures has, beside those of an index.
  package static let textColumns = ["filename", "song", "label"]
  /// The grouping that every table of pictures has: the rows of one file.
  package static let songGroup = "song"
  private static let foldColumn = "fold"

  /// A folder of PNG files or an index of them.
  package var path: Path
  package var recipe: PictureRecipe
  /// What the columns are for, and how to join others.
  package var table: TableRequest
  /// Features of the same rows.
  package var beside: SideFeatures.Request?
  /// Whether the `fold` column of an index, where there is one, is the split.
  package var takesOfficialFolds = false

  package init(_ path: Path, _ recipe: PictureRecipe) {
    self.path = path
    self.recipe = recipe
    table = TableRequest(path: path, label: "label")
  }

  /// Decodes and prepares the pictures and checks them as a table.
  ///
  /// - Parameters:
  ///   - scratch: where the pixels are put together.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then; yes ends the work.
  ///   - onProgress: told now and then how many pictures are through.
  /// - Returns: the labelled rows.
  /// - Throws: `CatalogueError`, `TableError` for a table that cannot be used as asked, `MapCancelled`,
  ///   `SystemError` when there is no room.
  package func dataset(
    scratch: MatrixScratch, jobs: Int, isCancelled: () -> Bool = { false },
    onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> Dataset {
    let source = PictureSource(try FileCatalogue(path, of: .pictures))
    if let problem = recipe.sizeProblem(of: source) { throw CatalogueError(path, problem) }
    let rows = try recipe.rows(
      of: source, scratch: scratch, jobs: jobs, isCancelled: isCancelled, onProgress: onProgress)
    guard !rows.pieces.isEmpty else {
      throw CatalogueError(
        path, .nothingUsable(.pictures, count: source.pieces.count, first: rows.failures.first))
    }
    let names = rows.pieces.indices.map { row in
      let name = source.pieces[rows.pieces[row]].name
      return recipe.windowSeconds == nil ? name : segmentName(name, rows.segments[row])
    }
    var labelled = LabelledPictures(
      rows, names: names, omissions: rows.failures, findings: source.findings)
    if !rows.failures.isEmpty {
      labelled.findings.append(
        Dataset.finding(of: rows.failures, among: source.pieces.count, "picture"))
    }
    if let beside { try labelled.join(try SideFeatures(beside), scratch: scratch) }
    var request = table
    request.keepTogether(Self.songGroup)
    let hasFolds = takesOfficialFolds && source.columns.contains(Self.foldColumn)
    if hasFolds { request.textColumns = [Self.foldColumn] }
    var dataset = try Dataset(labelled.table(of: source, scratch: scratch, path.string), request)
    dataset.source = "\(source.name), \(recipe.words)"
    dataset.omissions = labelled.omissions
    dataset.findings = labelled.findings + dataset.findings
    if hasFolds { dataset.takeOfficialFolds(Self.foldColumn) }
    return dataset
  }
}

extension PictureRecipe {
  private var keepsOwnSizes: Bool { preparation.height == nil || preparation.width == nil }

  /// The sizes of pictures, and the one that most have.
  private func sizes(of source: PictureSource) -> (all: [PictureSize?], usual: PictureSize?) {
    let sizes = source.pieces.map { PictureSize(ofPNG: $0.path) }
    var counts: [PictureSize: Int] = [:]
    for size in sizes.compactMap(\.self) { counts[size, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return (sizes, sizes.lazy.compactMap(\.self).first { counts[$0] == most })
  }

  /// Most pictures would be left out where most have sizes of their own.
  fileprivate func sizeProblem(of source: PictureSource) -> CatalogueError.Problem? {
    guard keepsOwnSizes else { return nil }
    let (all, usual) = sizes(of: source)
    let known = all.compactMap(\.self)
    guard let usual, case let count = known.count(where: { $0 == usual }), count * 2 < known.count
    else { return nil }
    return .manySizes(most: usual.description, count: count, of: known.count)
  }

  /// Decodes and prepares pictures.
  ///
  /// - Parameters:
  ///   - source: the files.
  ///   - wanted: the rows that there are to be; nil for those of most pictures.
  ///   - scratch: where the pixels are put together.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then; yes ends the work.
  ///   - onProgress: told now and then how many pictures are through.
  /// - Returns: the rows of all pictures that can be used.
  /// - Throws: `MapCancelled`, `SystemError` when there is no room.
  package func rows(
    of source: PictureSource, like wanted: PictureShape? = nil, scratch: MatrixScratch, jobs: Int,
    isCancelled: () -> Bool = { false }, onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> PictureRows {
    // Without a size to bring them to, pictures have that of most of them.
    let (sizes, usual) = sizes(of: source)
    let shape = wanted ?? usual.flatMap { self.shape(of: $0) } ?? PictureShape(height: 1, width: 1)
    let leavesOthersOut = keepsOwnSizes && wanted == nil
    return try PictureRows(
      of: source.pieces.map(\.name), shape: shape, scratch: scratch, jobs: jobs,
      isCancelled: isCancelled, onProgress: onProgress, makeState: {}
    ) { _, index in
      let path = source.pieces[index].path
      if leavesOthersOut, let size = sizes[index], let usual, size != usual {
        return .failure("its size is \(size), that of most others \(usual); give “size” to resize")
      }
      do {
        let rows = self.rows(of: try preparation.decoded(png: path.readBytes()))
        return rows.isEmpty ? .failure("it is shorter than one window") : .rows(rows)
      } catch let error as PictureError {
        return .failure(error.reason)
      } catch let error as SystemError where ["open", "read"].contains(error.operation) {
        return .failure(error.description)
      }
    }
  }
}

extension Dataset {
  /// How many files cannot be used, with examples.
  package static func finding(
    of failures: [Omission], among count: Int, _ noun: String
  ) -> DataFinding {
    let examples = failures.prefix(3).map { "\($0.name) (\($0.reason))" }
    return DataFinding(
      .warning,
      "\(failures.count) of \(counted(count, noun)) cannot be used: "
        + examples.joined(separator: "; ")
        + (failures.count > 3 ? "; … (a run lists all in unused_files.csv)" : ""))
  }

  /// Official folds are the split where no other is asked for.
  package mutating func takeOfficialFolds(_ column: String) {
    officialFolds = column
    findings.append(
      DataFinding(
        .note,
        "no “split” is given: the official folds of the column “\(column)” are the split"))
  }
}
