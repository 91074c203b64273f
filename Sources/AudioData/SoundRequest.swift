import AudioFeatures
import BuiltInMusic
import DataTables
import FileSystem
import TextFormatting

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
  package var representation: SoundRepresentation
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
  /// - Throws: ``AudioDataError`` for a folder or an index that cannot be used.
  package func source(seed: Int) throws(AudioDataError) -> SoundSource {
    switch origin {
    case .files(let path): SoundSource(try AudioCatalogue(path))
    case .music(let genres, let songs, let seconds):
      SoundSource(SyntheticMusic(genres: genres, songs: songs, seconds: seconds, seed: seed))
    }
  }

  /// Extracts the features and checks them as a table.
  ///
  /// - Parameters:
  ///   - seed: of the built-in music.
  ///   - cache: where features are kept; nil to compute all of them.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then; yes ends the work, and what is done stays in the cache.
  ///   - onProgress: told now and then how many pieces of sound are through.
  /// - Returns: the labelled rows.
  /// - Throws: ``AudioDataError``, `TableError` for a table that cannot be used as asked,
  ///   ``MapCancelled``.
  package func dataset(
    seed: Int, cache: FeatureCache?, jobs: Int, isCancelled: () -> Bool = { false },
    onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> Dataset {
    let source = try source(seed: seed)
    let features = try FeatureExtraction(source, representation, cache: cache, jobs: jobs)
      .table(isCancelled: isCancelled, onProgress: onProgress)
    guard features.rowCount > 0 else {
      throw AudioDataError(
        table.path, .nothingUsable(count: source.pieces.count, first: features.failures.first))
    }
    var request = table
    if !request.groups.contains(where: { $0.name == Self.songGroup }) {
      request.groups.append(.init(name: Self.songGroup, from: .init(column: Self.songGroup)))
    }
    // The segments of a file without an artist are no less of one file.
    for index in request.groups.indices where request.groups[index].fallback == nil {
      request.groups[index].fallback = Self.songGroup
    }
    let hasFolds = takesOfficialFolds && source.columns.contains(Self.foldColumn)
    if hasFolds { request.textColumns = [Self.foldColumn] }
    var dataset = try Dataset(features.computedTable(of: source, name: table.path.string), request)
    dataset.source = "\(source.name), \(representation.words)"
    dataset.omissions = features.failures
    dataset.findings = features.findings + features.failureFindings(of: source) + dataset.findings
    if hasFolds {
      dataset.officialFolds = Self.foldColumn
      dataset.findings.append(
        DataFinding(
          .note,
          "no “split” is given: the official folds of the column “\(Self.foldColumn)” are the split"
        ))
    }
    return dataset
  }
}

extension FeatureTable {
  /// The rows with their texts, which come from the pieces of sound they are of.
  fileprivate func computedTable(of source: SoundSource, name: String) -> ComputedTable {
    func texts(_ value: (SoundSource.Piece) -> String?) -> [String?] {
      pieces.map { value(source.pieces[$0]) }
    }
    // An index may say itself what a song is.
    let own = source.columns.indices.filter { index in
      !["filename", "label"].contains(source.columns[index])
        && !columns.contains(source.columns[index])
    }
    let ownNames = own.map { source.columns[$0] }
    var columnsOfText: [(name: String, values: [String?])] = [("filename", names)]
    if !ownNames.contains(SoundRequest.songGroup) {
      columnsOfText.append((SoundRequest.songGroup, texts(\.song)))
    }
    columnsOfText += zip(ownNames, own).map { name, index in
      (name, texts { $0.values[index] ?? (name == SoundRequest.songGroup ? $0.song : nil) })
    }
    columnsOfText.append(("label", texts(\.label)))
    return ComputedTable(
      name: name, columns: columns, values: values, texts: columnsOfText, rowNames: names)
  }

  fileprivate func failureFindings(of source: SoundSource) -> [DataFinding] {
    guard !failures.isEmpty else { return [] }
    let examples = failures.prefix(3).map { "\($0.name) (\($0.reason))" }
    return [
      DataFinding(
        .warning,
        "\(failures.count) of \(counted(source.pieces.count, "sound")) cannot be used: "
          + examples.joined(separator: "; ")
          + (failures.count > 3 ? "; … (a run lists all in unused_files.csv)" : ""))
    ]
  }
}
