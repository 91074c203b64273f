import AudioData
import DataTables
import Exploration
import FileSets
import FileSystem
import Learning
import Matrices
import PictureData
import TextFormatting

/// Files as the rows that a run's model was trained on: cut and prepared as its experiment says.
struct RowsOfFiles {
  private let data: Experiment.DataSource
  private let cache: Cache?

  /// - Parameters:
  ///   - run: the run.
  ///   - input: the number of its input.
  ///   - registry: the models and transformations.
  /// - Throws: `ExperimentError` for an experiment that cannot be read any more.
  init(_ run: RunFolder, input: Int, registry: Registry) throws {
    let experiment = try Experiment(
      readingFrom: run.experiment, registry: registry, isDataNeeded: false)
    guard experiment.inputs.indices.contains(input) else {
      throw BadInput("\(run.experiment.string) has other inputs than the run’s plan")
    }
    data = experiment.inputs[input].data
    cache = try Cache.standard()
  }

  /// Whether a file's name is that of a picture or a sound.
  static func isOne(_ file: Path) -> Bool {
    [FileKind.pictures, .sounds].contains { $0.extensions.contains(file.fileExtension) }
  }

  /// The rows of a file, or of all files below a folder.
  ///
  /// - Parameters:
  ///   - source: the file or folder.
  ///   - pipeline: what is to predict them.
  ///   - terminal: is told which files cannot be used.
  /// - Returns: the rows in the order of the files' paths.
  /// - Throws: ``BadInput`` where there are none, or the model needs other rows.
  func table(
    of source: Path, for pipeline: FittedPipeline, _ terminal: Terminal
  ) throws -> PredictionTable {
    let jobs = Machine.cores
    let scratch = cache?.scratch ?? MatrixScratch(nil)
    let labelled: LabelledPictures
    switch data {
    case .pictures(let request):
      guard request.beside == nil else {
        throw BadInput(
          "the run’s pictures have features of a table beside them, which files do not have")
      }
      let pictures = PictureSource(files: try files(source, .pictures))
      let rows = try request.recipe.rows(
        of: pictures, like: pipeline.picture, scratch: scratch, jobs: jobs)
      labelled = LabelledPictures(
        rows,
        names: rows.pieces.indices.map { row in
          let name = pictures.pieces[rows.pieces[row]].name
          return request.recipe.windowSeconds == nil ? name : segmentName(name, rows.segments[row])
        }, omissions: rows.failures, findings: [])
    case .sound(let request):
      let sounds = SoundSource(files: try files(source, .sounds))
      guard let picture = request.picture else {
        return try features(of: sounds, request, pipeline, terminal)
      }
      labelled = try request.labelledPictures(
        of: sounds, picture, cache: cache?.sounds, scratch: scratch, jobs: jobs)
    case .table, .builtIn:
      throw BadInput("\(source.string): the run was trained on a table; give a CSV table of rows")
    }
    guard !labelled.names.isEmpty else {
      throw BadInput(
        "\(source.string): no file can be used"
          + (labelled.omissions.first.map { "; the first is \($0.name): \($0.reason)" } ?? ""))
    }
    warn(labelled.omissions, terminal)
    guard labelled.rows.shape == pipeline.picture,
      pipeline.columns.allSatisfy(labelled.columns.contains)
    else {
      throw BadInput(
        "\(source.string): these are pictures of \(labelled.rows.shape), and the model needs "
          + (pipeline.picture.map { "\($0)" } ?? "features"))
    }
    return PredictionTable(
      features: try labelled.matrix(features: pipeline.columns, scratch: scratch),
      names: labelled.names)
  }

  private func features(
    of sounds: SoundSource, _ request: SoundRequest, _ pipeline: FittedPipeline,
    _ terminal: Terminal
  ) throws -> PredictionTable {
    let table = try FeatureExtraction(
      sounds, request.representation, cache: cache?.sounds, jobs: Machine.cores
    ).table()
    warn(table.failures, terminal)
    let places = pipeline.columns.compactMap { table.columns.firstIndex(of: $0) }
    guard places.count == pipeline.columns.count, table.rowCount > 0 else {
      throw BadInput(
        "no file can be used, or the model needs other columns than the experiment has")
    }
    return PredictionTable(
      features: Matrix(rows: table.rowCount, columns: places.count) { row, span in
        let values = table.row(row)
        for (place, column) in places.enumerated() {
          span[place] = Float(
            values[values.startIndex + column] - (pipeline.offsets?[place] ?? 0))
        }
      }, names: table.names)
  }

  private func files(_ source: Path, _ kind: FileKind) throws -> [Path] {
    let files = source.isFolder ? FileCatalogue.files(below: source, of: kind) : [source]
    guard let first = files.first else {
      throw BadInput("\(source.string): there is no \(kind.noun) file in it")
    }
    guard kind.extensions.contains(first.fileExtension) else {
      throw BadInput("\(source.string): the run was trained on \(kind.noun) files")
    }
    return files
  }

  private func warn(_ omissions: [Dataset.Omission], _ terminal: Terminal) {
    for omission in omissions {
      terminal.remark("warning: \(omission.name) cannot be used: \(omission.reason)")
    }
  }
}
