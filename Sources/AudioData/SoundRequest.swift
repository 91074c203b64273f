import AudioFeatures
import BuiltInMusic
import DataTables
import FileSets
import FileSystem
import Matrices
import PictureData
import TextFormatting
import Threads

/// Sound as the data of an experiment.
package struct SoundRequest: Equatable, Sendable {
  package enum Origin: Equatable, Sendable {
    /// A folder of sound files or an index of them.
    case files(Path)
    /// Built-in music: so many songs of so many seconds in each of so many genres.
    case music(genres: Int, songs: Int, seconds: Double)
  }

  /// The columns of text that every table of sounds has, beside those of an index.
  package static let textColumns = ["filename", "song", "label"]
  /// The grouping that every table of sounds has: the rows of one file.
  package static let songGroup = "song"
  private static let foldColumn = "fold"

  package static let genreRange = SyntheticMusic.genreRange
  package static let songRange = SyntheticMusic.songRange
  package static let songSecondsRange = SyntheticMusic.secondsRange

  package var origin: Origin
  /// The features of each row; none where there are only pictures.
  package var representation: SoundRepresentation
  /// The picture of each row; nil for none.
  package var picture: SoundPictureRecipe?
  /// What the columns are for, and how to join others.
  package var table: TableRequest
  /// Whether the `fold` column of an index, where there is one, is the split.
  package var takesOfficialFolds = false

  package init(_ origin: Origin, _ representation: SoundRepresentation) {
    self.origin = origin
    self.representation = representation
    let path: Path = if case .files(let path) = origin { path } else { "built-in music" }
    table = TableRequest(path: path, label: "label")
  }

  /// The pieces of sound, not decoded yet.
  ///
  /// - Parameter seed: of the built-in music.
  /// - Returns: the pieces in their order.
  /// - Throws: ``CatalogueError`` for a folder or an index that cannot be used.
  package func source(seed: Int) throws(CatalogueError) -> SoundSource {
    switch origin {
    case .files(let path): SoundSource(try FileCatalogue(sounds: path))
    case .music(let genres, let songs, let seconds):
      SoundSource(SyntheticMusic(genres: genres, songs: songs, seconds: seconds, seed: seed))
    }
  }

  /// Extracts the features and checks them as a table.
  ///
  /// - Parameters:
  ///   - seed: of the built-in music.
  ///   - cache: where features are kept; nil to compute all of them.
  ///   - scratch: where pictures are put together.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then; yes ends the work, and what is done stays in the cache.
  ///   - onProgress: told now and then how many pieces of sound are through.
  /// - Returns: the labelled rows.
  /// - Throws: ``CatalogueError``, `TableError` for a table that cannot be used as asked,
  ///   ``MapCancelled``.
  package func dataset(
    seed: Int, cache: FeatureCache?, scratch: MatrixScratch = .init(nil), jobs: Int,
    isCancelled: () -> Bool = { false }, onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> Dataset {
    let source = try source(seed: seed)
    if let picture {
      let pictures = try labelledPictures(
        of: source, picture, cache: cache, scratch: scratch, jobs: jobs, isCancelled: isCancelled,
        onProgress: onProgress)
      let texts = source.texts(besides: pictures.columns)
      return try dataset(
        pictures.table(texts: texts, name: table.path.string, scratch: scratch), of: source,
        words: picture.words(representation), omissions: pictures.omissions,
        findings: pictures.findings)
    }
    let features = try FeatureExtraction(source, representation, cache: cache, jobs: jobs)
      .table(isCancelled: isCancelled, onProgress: onProgress)
    guard features.rowCount > 0 else {
      throw CatalogueError(
        table.path,
        .nothingUsable(.sounds, count: source.pieces.count, first: features.failures.first))
    }
    return try dataset(
      features.computedTable(of: source, name: table.path.string), of: source,
      words: representation.words, omissions: features.failures,
      findings: features.findings + features.failureFindings(of: source))
  }

  private func dataset(
    _ rows: ComputedTable, of source: SoundSource, words: String, omissions: [Dataset.Omission],
    findings: [DataFinding]
  ) throws -> Dataset {
    var request = table
    // The segments of a file without an artist are no less of one file.
    request.keepTogether(Self.songGroup)
    let hasFolds = takesOfficialFolds && source.columns.contains(Self.foldColumn)
    if hasFolds { request.textColumns = [Self.foldColumn] }
    var dataset = try Dataset(rows, request)
    dataset.source = "\(source.name), \(words)"
    dataset.omissions = omissions
    dataset.findings = findings + dataset.findings
    if hasFolds { dataset.takeOfficialFolds(Self.foldColumn) }
    return dataset
  }
}

extension FeatureTable {
  /// The rows with their texts, which come from the pieces of sound they are of.
  fileprivate func computedTable(of source: SoundSource, name: String) -> ComputedTable {
    let texts = source.texts(besides: columns).map { text in
      (name: text.name, values: pieces.map { text.values[$0] })
    }
    return ComputedTable(
      name: name, columns: columns, values: values,
      texts: [("filename", names.map { Optional($0) })] + texts, rowNames: names)
  }

  func failureFindings(of source: SoundSource) -> [DataFinding] {
    failures.isEmpty ? [] : [Dataset.finding(of: failures, among: source.pieces.count, "sound")]
  }
}

extension SoundSource {
  /// The columns of text of a table of sounds, one text a piece, without the names of its rows.
  ///
  /// - Parameter features: the columns that the table has otherwise.
  /// - Returns: the song, the source's own columns and the label.
  func texts(besides features: [String]) -> [(name: String, values: [String?])] {
    // An index may say itself what a song is.
    let own = columns.indices.filter { index in
      !["filename", "label"].contains(columns[index]) && !features.contains(columns[index])
    }
    var texts: [(name: String, values: [String?])] = []
    if !own.contains(where: { columns[$0] == SoundRequest.songGroup }) {
      texts.append((SoundRequest.songGroup, pieces.map(\.song)))
    }
    texts += own.map { index in
      (
        columns[index],
        pieces.map {
          $0.values[index] ?? (columns[index] == SoundRequest.songGroup ? $0.song : nil)
        }
      )
    }
    texts.append(("label", pieces.map(\.label)))
    return texts
  }
}
