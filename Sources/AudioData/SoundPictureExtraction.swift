import Audio
import AudioFeatures
import ContentHashing
import DataTables
import FileSets
import FileSystem
import Learning
import Matrices
import PictureData
import Pictures
import TextFormatting
import Threads

/// The way from sounds to rows that are pictures: what a cache holds is not computed again, and only the
/// preparation, which is fast, is always done.
package struct SoundPictureExtraction: Sendable {
  package var source: SoundSource
  package var recipe: SoundPictureRecipe
  /// How sound is cut, and the settings of `mel` pictures.
  package var representation: SoundRepresentation
  /// nil to compute everything.
  package var cache: FeatureCache?
  /// Threads at a time.
  package var jobs: Int

  package init(
    _ source: SoundSource, _ recipe: SoundPictureRecipe, _ representation: SoundRepresentation,
    cache: FeatureCache?, jobs: Int
  ) {
    self.source = source
    self.recipe = recipe
    self.representation = representation
    self.cache = cache
    self.jobs = jobs
  }

  /// Makes the rows.
  ///
  /// - Parameters:
  ///   - scratch: where they are put together.
  ///   - isCancelled: asked now and then; yes ends the work, and what is done is kept in the cache.
  ///   - onProgress: told now and then how many pieces of sound are through.
  /// - Returns: the rows in the order of the source, and what could not be used.
  /// - Throws: `MapCancelled`, an error for settings that do not go together, `SystemError` when
  ///   there is no room.
  package func rows(
    scratch: MatrixScratch, isCancelled: () -> Bool = { false },
    onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> PictureRows {
    guard let shape = recipe.shape(representation) else {
      throw UnusableSound(recipe.problem(representation) ?? "these pictures differ in size")
    }
    return try PictureRows(
      of: source.pieces.map(\.name), shape: shape, scratch: scratch, jobs: jobs,
      isCancelled: isCancelled, onProgress: onProgress, makeState: {}
    ) { _, index in
      do {
        return .rows(
          try pictures(of: index).map { picture in
            var values = PictureValues(picture)
            if recipe.preparation.colors == .rgb {
              values = PictureValues(ColorPicture(picture, colors: .magma))
            }
            return recipe.preparation(values)
          })
      } catch {
        guard let reason = reasonOfUnusableSound(error) else { throw error }
        return .failure(reason)
      }
    }
  }

  private func pictures(of index: Int) throws -> [GreyPicture] {
    let piece = source.pieces[index]
    guard let cache else { return try computed(piece) }
    let before = piece.path?.information
    var hasher = ContentHasher()
    hasher.add(try piece.identity())
    recipe.addIdentity(representation, to: &hasher)
    hasher.add(ArithmeticPath.current.kernels)
    let key = hasher.hash.description
    if let known = cache.pictures(key) { return known }
    let pictures = try computed(piece)
    // A file that changed meanwhile has another name than it had when it was read; and pictures that
    // cannot be kept are there all the same.
    if before == piece.path?.information {
      try? cache.store(pictures: pictures, key, writer: index)
    }
    return pictures
  }

  private func computed(_ piece: SoundSource.Piece) throws -> [GreyPicture] {
    let spectrogram = recipe.spectrogram(representation.settings)
    var settings = FeatureSettings()
    settings.sampleRate = spectrogram.sampleRate
    let rule = representation.segmentRule(sampleRate: spectrogram.sampleRate)
    return try piece.withSamples(settings) { _, next in
      var pictures: [GreyPicture] = []
      try forEachCut(rule, of: next) { samples in
        guard !samples.isEmpty else { throw UnusableSound("it has no samples") }
        pictures.append(
          recipe.picture(
            of: Waveform(samples: samples, sampleRate: spectrogram.sampleRate), spectrogram))
      }
      guard !pictures.isEmpty else {
        throw UnusableSound(withoutSegments: representation)
      }
      return pictures
    }
  }
}

extension SoundRequest {
  /// The pictures of sounds, with the features of the same segments behind them where any are asked for.
  package func labelledPictures(
    of source: SoundSource, _ picture: SoundPictureRecipe, cache: FeatureCache?,
    scratch: MatrixScratch, jobs: Int, isCancelled: () -> Bool = { false },
    onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> LabelledPictures {
    let rows = try SoundPictureExtraction(
      source, picture, representation, cache: cache, jobs: jobs
    ).rows(scratch: scratch, isCancelled: isCancelled, onProgress: onProgress)
    guard !rows.pieces.isEmpty else {
      throw CatalogueError(
        table.path,
        .nothingUsable(.sounds, count: source.pieces.count, first: rows.failures.first))
    }
    let names = rows.pieces.indices.map { row in
      let name = source.pieces[rows.pieces[row]].name
      return representation.segmentSeconds == nil ? name : segmentName(name, rows.segments[row])
    }
    var labelled = LabelledPictures(
      rows, names: names, omissions: rows.failures, findings: source.findings)
    if !rows.failures.isEmpty {
      labelled.findings.append(
        Dataset.finding(of: rows.failures, among: source.pieces.count, "sound"))
    }
    guard !representation.sets.isEmpty else { return labelled }
    let features = try FeatureExtraction(source, representation, cache: cache, jobs: jobs)
      .table(isCancelled: isCancelled, onProgress: onProgress)
    // Rows of both are named by file and segment; what one of them lacks is left out.
    var rowOfName: [String: Int] = [:]
    for (row, name) in features.names.enumerated() { rowOfName[name] = row }
    try labelled.join(
      columns: features.columns,
      names.map { name in rowOfName[name].map { Array(features.row($0)) } }, scratch: scratch)
    let pictured = Set(names)
    let omitted =
      names.filter { rowOfName[$0] == nil }.map { ($0, "it has a picture and no features") }
      + features.names.filter { !pictured.contains($0) }.map {
        ($0, "it has features and no picture")
      }
    let known = Set(labelled.omissions.map(\.name))
    labelled.omissions += features.failures.filter { !known.contains($0.name) }
    labelled.omissions += omitted.map { .init(name: $0.0, reason: $0.1) }
    for omission in omitted.prefix(3) {
      labelled.findings.append(
        DataFinding(.warning, "“\(omission.0)” is left out: \(omission.1)"))
    }
    return labelled
  }
}
