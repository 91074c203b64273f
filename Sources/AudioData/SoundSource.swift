import Audio
import AudioFeatures
import BuiltInMusic
import ContentHashing
import FileSystem

/// Pieces of sound with labels: files, or the built-in music.
package enum SoundSource: Sendable {
  case files(AudioCatalogue)
  case music(SyntheticMusic)

  /// One piece of sound.
  package struct Track: Equatable, Sendable {
    /// As in `blues.00000.wav`.
    package var name: String
    /// The class; nil where there is none.
    package var label: String?
    /// What no other track is called: the name without its extension, or else the path.
    package var song: String
    /// Nil for built-in music.
    package var path: Path?
  }

  package var trackCount: Int {
    switch self {
    case .files(let catalogue): catalogue.tracks.count
    case .music(let music): music.trackCount
    }
  }

  package var tracks: [Track] {
    switch self {
    case .files(let catalogue):
      var tracks = catalogue.tracks.map {
        Track(name: $0.name, label: $0.label, song: stem($0.name), path: $0.path)
      }
      // Groups that differ only in case are one.
      if Set(tracks.map { $0.song.lowercased() }).count < tracks.count {
        for index in tracks.indices {
          tracks[index].song = tracks[index].path?.string ?? tracks[index].name
        }
      }
      return tracks
    case .music(let music):
      return (0..<music.trackCount).map { index in
        let track = music.track(index)
        return Track(name: track.name, label: track.style, song: stem(track.name))
      }
    }
  }

  /// More columns of text, each with one text a track.
  package var columns: [(name: String, values: [String?])] {
    guard case .files(let catalogue) = self else { return [] }
    return catalogue.columns.enumerated().map { index, name in
      (name, catalogue.tracks.map { $0.values[index] })
    }
  }

  /// Where the sound is, for people.
  package var name: String {
    switch self {
    case .files(let catalogue): catalogue.path.name
    case .music: "the built-in music"
    }
  }

  /// A name for a track's sound: equal sound gives equal names.
  ///
  /// - Throws: `SystemError` when its file cannot be read.
  func identity(of track: Track, at index: Int) throws -> ContentHash {
    switch self {
    case .files: return try track.path?.contentHash() ?? ContentHash(of: "")
    case .music(let music):
      var hasher = ContentHasher()
      hasher.add("built-in music \(SyntheticMusic.revision) \(music.track(index).style)")
      for number in [music.genres, music.songs, music.seed, index] { hasher.add(number) }
      hasher.add("\(music.seconds)")
      return hasher.hash
    }
  }

  /// Reads a track's sound piece by piece.
  ///
  /// - Parameters:
  ///   - settings: the rate to change to; in the `kaggle` mode the change is of the highest quality.
  ///   - body: is given the sound's own rate, and what reads the next samples, at most so many and
  ///     fewer only at the end.
  /// - Throws: `AudioError` for a file that cannot be used, and what the body throws.
  func withSamples<Result>(
    of track: Track, at index: Int, settings: FeatureSettings,
    _ body: (_ ownRate: Int, _ next: (Int) throws -> [Float]) throws -> Result
  ) throws -> Result {
    switch self {
    case .files:
      var stream = try WaveformStream(
        track.path ?? Path(track.name), sampleRate: settings.sampleRate,
        quality: settings.mode == .kaggle ? .veryHigh : .high)
      return try body(stream.information.sampleRate) { try stream.next($0) }
    case .music(let music):
      let waveform = try music.waveform(index).resampled(to: settings.sampleRate)
      var start = 0
      return try body(settings.sampleRate) { count in
        let end = min(waveform.samples.count, start + count)
        defer { start = end }
        return Array(waveform.samples[start..<end])
      }
    }
  }
}

/// A name without what follows its last dot.
private func stem(_ name: String) -> String {
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
  return String(name[..<dot])
}

extension Path {
  /// A name for a file's content, whatever its size.
  ///
  /// - Throws: `SystemError` when it cannot be read.
  fileprivate func contentHash() throws(SystemError) -> ContentHash {
    var hasher = StreamHasher()
    try readBlocks { hasher.add($0) }
    return hasher.hash
  }
}
