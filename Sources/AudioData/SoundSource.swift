import Audio
import AudioFeatures
import BuiltInMusic
import ContentHashing
import DataTables
import FileSets
import FileSystem
import Threads

/// Pieces of sound with labels: the files of a catalogue, loose files, or the built-in music.
package struct SoundSource: Sendable {
  /// One piece of sound.
  package struct Piece: Sendable {
    /// What no other piece is called, as in `blues.00000.wav`.
    package var name: String
    /// The class; nil where there is none.
    package var label: String?
    /// The name without its extension where that tells the pieces apart.
    package var song: String
    /// One of each of the source's columns; nil where it is missing.
    package var values: [String?] = []
    let sound: Sound
  }

  enum Sound: Sendable {
    case file(Path)
    case music(SyntheticMusic, index: Int)
  }

  /// Where the sound is, for people.
  package var name: String
  package private(set) var pieces: [Piece]
  /// Columns of text beside the label.
  package private(set) var columns: [String] = []
  /// What a reader of the results must know of the source.
  package var findings: [DataFinding] = []

  package init(_ catalogue: FileCatalogue) {
    let source = catalogue.source
    // An index is called by its folder, too: most are called index.csv.
    name = source.isFolder ? source.name : "\(source.folder.name)/\(source.name)"
    columns = catalogue.columns
    findings = catalogue.findings
    pieces = catalogue.tracks.map { track in
      Piece(
        name: track.name, label: track.label, song: track.name,
        values: track.values.map { $0.isEmpty ? nil : $0 }, sound: .file(track.path))
    }
    nameSongs()
  }

  /// Files without labels, called by their names, or by their paths where two share one.
  package init(files: [Path]) {
    let names = files.map(\.name)
    let areDifferent = Set(names).count == names.count
    name = files.count == 1 ? names[0] : "loose files"
    pieces = zip(files, names).map { file, name in
      let name = areDifferent ? name : file.string
      return Piece(name: name, song: name, sound: .file(file))
    }
    nameSongs()
  }

  package init(_ music: SyntheticMusic) {
    name = "built-in music"
    pieces = (0..<music.trackCount).map { index in
      let track = music.track(index)
      return Piece(
        name: track.name, label: track.style, song: track.name, sound: .music(music, index: index))
    }
    nameSongs()
  }

  private mutating func nameSongs() {
    let songs = songNames(of: pieces.map(\.name))
    for index in pieces.indices { pieces[index].song = songs[index] }
  }
}

extension SoundSource.Piece {
  /// nil for built-in music.
  var path: Path? {
    if case .file(let path) = sound { path } else { nil }
  }

  /// A name for the sound: equal sound gives equal names.
  ///
  /// - Throws: `SystemError` when a file cannot be read.
  func identity() throws(SystemError) -> ContentHash {
    switch sound {
    case .file(let path):
      var hasher = StreamHasher()
      try path.readBlocks { hasher.add($0) }
      let revision = AudioReader.revision(of: path)
      if revision == 1 { return hasher.hash }
      var named = ContentHasher()
      named.add(hasher.hash)
      named.add("decoding \(revision)")
      return named.hash
    case .music(let music, let index):
      var hasher = ContentHasher()
      hasher.add("built-in music \(SyntheticMusic.revision)")
      for number in [music.genres, music.songs, music.seed, index] { hasher.add(number) }
      hasher.add("\(music.seconds)")
      return hasher.hash
    }
  }

  /// Reads the sound piece by piece.
  ///
  /// - Parameters:
  ///   - settings: the rate to change to; in the `kaggle` mode the change is of the highest quality.
  ///   - body: is given the sound's own rate, and what reads the next samples, at most so many and
  ///     fewer only at the end.
  /// - Returns: what the body returns.
  /// - Throws: `AudioError` for a file that cannot be used, `MapCancelled`, and what the body throws.
  func withSamples<Result>(
    _ settings: FeatureSettings,
    _ body: (_ ownRate: Int, _ next: (Int) throws -> [Float]) throws -> Result
  ) throws -> Result {
    switch sound {
    case .file(let path):
      var stream = try WaveformStream(
        path, sampleRate: settings.sampleRate,
        quality: settings.mode == .kaggle ? .veryHigh : .high)
      return try body(stream.information.sampleRate) { count in
        try MapCancellation.check()
        return try stream.next(count)
      }
    case .music(let music, let index):
      let ratio = Double(settings.sampleRate) / Double(SyntheticMusic.sampleRate)
      let waveform = music.waveform(index).spread(by: ratio)
      var start = 0
      return try body(settings.sampleRate) { count in
        let end = min(waveform.samples.count, start + count)
        defer { start = end }
        return Array(waveform.samples[start..<end])
      }
    }
  }
}
