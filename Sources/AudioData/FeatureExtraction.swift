import Audio
import AudioFeatures
import ContentHashing
import DataTables
import FileSets
import FileSystem
import Matrices
import TextFormatting
import Threads

/// The way from sounds to a table of features: each is decoded once, on as many threads as wished, and
/// what a cache holds of it is not computed again.
///
/// A sound that cannot be used is noted, and the others go on. What is held is the table, and on each
/// thread one file or, of long ones, two segments.
package struct FeatureExtraction: Sendable {
  package var source: SoundSource
  package var representation: SoundRepresentation
  /// nil to compute everything.
  package var cache: FeatureCache?
  /// Threads at a time.
  package var jobs: Int

  package init(
    _ source: SoundSource, _ representation: SoundRepresentation, cache: FeatureCache?, jobs: Int
  ) {
    self.source = source
    self.representation = representation
    self.cache = cache
    self.jobs = jobs
  }

  /// Computes what is missing.
  ///
  /// - Parameters:
  ///   - isCancelled: asked now and then; yes ends the work, and what is done is kept in the cache.
  ///   - onProgress: told now and then how many pieces of sound are through.
  /// - Returns: the rows in the order of the source, and what could not be used.
  /// - Throws: ``MapCancelled``, or an error of the settings.
  package func table(
    isCancelled: () -> Bool = { false }, onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> FeatureTable {
    try representation.check()
    let sets = representation.featureSets.map { set in
      WantedSet(set: set, columns: representation.allColumns(of: set))
    }
    let outcomes = try concurrentMap(
      Array(source.pieces.indices), threads: jobs, isCancelled: isCancelled, progress: onProgress,
      makeState: {
        try FeatureSetExtractor(
          representation.settings, isCancelled: { MapCancellation.isRequested })
      }
    ) { extractor, index in
      try outcome(of: index, sets, extractor)
    }
    return assemble(outcomes)
  }

  // MARK: One sound

  private struct WantedSet: Sendable {
    var set: FeatureSet
    var columns: [String]
  }

  private enum Outcome: Sendable {
    case rows(SoundRows)
    case failure(String)
  }

  private struct SoundRows: Sendable {
    var ownRate: Int
    var lengths: [Int]
    /// One for each set.
    var values: [[Double]]
    var isComputed: Bool
    /// Why the cache does not keep them.
    var cacheFailure: SystemError?
  }

  /// Only what is no fault of the file is thrown.
  private func outcome(
    of index: Int, _ sets: [WantedSet], _ extractor: FeatureSetExtractor
  ) throws -> Outcome {
    do {
      return .rows(try rows(of: index, sets, extractor))
    } catch {
      guard let reason = reasonOfUnusableSound(error) else { throw error }
      return .failure(reason)
    }
  }

  private func rows(
    of index: Int, _ sets: [WantedSet], _ extractor: FeatureSetExtractor
  ) throws -> SoundRows {
    let piece = source.pieces[index]
    let before = piece.path?.information
    let keys = cache == nil ? [] : try keys(of: piece, sets)
    var known = zip(sets, keys).map { cache?.entry($1, columns: $0.columns.count) }
    if known.isEmpty { known = sets.map { _ in nil } }
    if let lengths = known.first.flatMap({ $0?.lengths }), let ownRate = known[0]?.ownRate {
      let values = known.compactMap { $0?.values }
      if values.count == sets.count {
        return SoundRows(ownRate: ownRate, lengths: lengths, values: values, isComputed: false)
      }
    }
    let missing = sets.indices.filter { known[$0] == nil }
    let computed = try compute(missing.map { sets[$0] }, of: piece, extractor)
    var cacheFailure: SystemError?
    // A file that changed meanwhile has another name than it had when it was read.
    if let cache, before == piece.path?.information {
      do throws(SystemError) {
        for (place, set) in missing.enumerated() {
          try cache.store(
            .init(
              ownRate: computed.ownRate, lengths: computed.lengths, values: computed.values[place]),
            keys[set], columns: sets[set].columns.count, writer: index)
        }
      } catch {
        // The numbers are there; only the next run has to compute them again.
        cacheFailure = error
      }
    }
    var values = known.map { $0?.values ?? [] }
    for (place, set) in missing.enumerated() { values[set] = computed.values[place] }
    return SoundRows(
      ownRate: computed.ownRate, lengths: computed.lengths, values: values, isComputed: true,
      cacheFailure: cacheFailure)
  }

  private func keys(of piece: SoundSource.Piece, _ sets: [WantedSet]) throws -> [String] {
    let identity = try piece.identity()
    return sets.map { set in
      var hasher = ContentHasher()
      hasher.add(identity)
      representation.addIdentity(of: set.set, to: &hasher)
      hasher.add(ArithmeticPath.current.kernels)
      return hasher.hash.description
    }
  }

  private func compute(
    _ sets: [WantedSet], of piece: SoundSource.Piece, _ extractor: FeatureSetExtractor
  ) throws -> SoundRows {
    try piece.withSamples(representation.settings) { rate, next in
      var rows = SoundRows(
        ownRate: rate, lengths: [], values: sets.map { _ in [] }, isComputed: true)
      try forEachCut(representation.segmentRule, of: next) { samples in
        let features = try extractor.features(of: samples, in: sets.map(\.set))
        try MapCancellation.check()
        for (place, numbers) in features.enumerated() {
          if let odd = numbers.firstIndex(where: { !Float($0).isFinite }) {
            throw UnusableSound("its \(sets[place].columns[odd]) is no finite number")
          }
          rows.values[place] += numbers
        }
        rows.lengths.append(samples.count)
      }
      guard !rows.lengths.isEmpty else {
        throw UnusableSound(withoutSegments: representation)
      }
      return rows
    }
  }

  // MARK: The table

  private func assemble(_ outcomes: [Outcome]) -> FeatureTable {
    let columns = representation.columnsOfSets
    // Of each set its number of columns, and the places of those that the table has from it.
    let sets = zip(representation.featureSets, columns).map { set, kept in
      let all = representation.allColumns(of: set)
      let known = Set(kept)
      return (count: all.count, kept: all.indices.filter { known.contains(all[$0]) })
    }
    var table = FeatureTable(columns: columns.flatMap(\.self))
    table.findings = source.findings
    var otherRates = 0
    var cacheFailure: SystemError?
    for (index, outcome) in outcomes.enumerated() {
      let name = source.pieces[index].name
      switch outcome {
      case .failure(let reason):
        table.failures.append(.init(name: name, reason: reason))
      case .rows(let rows):
        if rows.isComputed { table.computedPieces += 1 }
        if rows.ownRate != representation.settings.sampleRate { otherRates += 1 }
        cacheFailure = cacheFailure ?? rows.cacheFailure
        for row in rows.lengths.indices {
          for (place, set) in sets.enumerated() {
            let first = row * set.count
            table.values += set.kept.lazy.map { rows.values[place][first + $0] }
          }
          table.names.append(
            representation.segmentSeconds == nil ? name : segmentName(name, row))
          table.pieces.append(index)
        }
        table.lengths += rows.lengths
      }
    }
    if otherRates > 0, representation.settings.mode == .kaggle {
      table.findings.append(
        DataFinding(
          .warning,
          "\(counted(otherRates, "file")) of another rate than "
            + "\(representation.settings.sampleRate) Hz: the change is libsoxr’s, not the one of "
            + "librosa 0.8.1, so their features differ a little from its"))
    }
    if let cache, let cacheFailure {
      let failure = SystemError("write to", path: cache.folder.string, code: cacheFailure.code)
      table.findings.append(
        DataFinding(
          .warning, "\(failure); features of sounds are computed again the next time"))
    }
    return table
  }
}
