import Audio
import Matrices

/// The built-in music: songs in up to ten styles that a small synthesiser writes and plays, so that
/// everything can be tried without a data set.
///
/// Styles differ as genres do, in tempo, metre, drums, harmony, instruments and production; some are
/// close to each other, and one song in seven borrows something from another style. Each track is
/// made by itself from the seed, its style and its number: its samples are the same in any order, on
/// any thread, on every machine, and however many others there are.
package struct SyntheticMusic: Hashable, Sendable, Codable {
  /// Styles, the first of ``styles``: 2…10.
  package var genres: Int
  /// Songs in each style, at least 1.
  package var songs: Int
  /// Length of each song, at least 1.
  package var seconds: Double
  package var seed: Int

  package static let genreRange = 2...styles.count
  package static let songRange = 1...10_000
  package static let secondsRange = 1.0...600.0

  /// Values outside the ranges are moved to their ends.
  package init(genres: Int = 10, songs: Int = 20, seconds: Double = 10, seed: Int = 42) {
    self.genres = min(max(genres, Self.genreRange.lowerBound), Self.genreRange.upperBound)
    self.songs = min(max(songs, Self.songRange.lowerBound), Self.songRange.upperBound)
    self.seconds = min(max(seconds, Self.secondsRange.lowerBound), Self.secondsRange.upperBound)
    self.seed = seed
  }

  /// The names of all styles, in the order in which a set takes them.
  package static let styles = Style.all.map(\.name)

  /// Samples a second.
  package static let sampleRate = 22050

  /// Raised whenever the sound of a track changes.
  package static let revision = 1

  package var trackCount: Int { genres * songs }

  /// A track of the set, by style and then by song: its file’s name, as in `swing.00003.wav`, its
  /// style and the song’s number in it.
  package func track(_ index: Int) -> (name: String, style: String, song: Int) {
    let style = Self.styles[index / songs]
    let song = index % songs
    let digits = String(song)
    let number = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return ("\(style).\(number).wav", style, song)
  }

  /// The sound of a track, exactly as a 16-bit file holds it: whole multiples of 1 ⁄ 32768.
  package func waveform(_ index: Int) -> Waveform {
    let (_, style, number) = track(index)
    var random = RandomStream(seed: seed, "\(style)/\(number)")
    let song = Song(Style.all[index / songs], using: &random)
    let score = Score(song, seconds: seconds, using: &random)
    let count = Int((seconds * Double(Self.sampleRate)).rounded())
    let recording = Recording(song, score, count: count, random: random)
    return Waveform(
      samples: recording.samples.map { min(max(($0 * 32768).rounded(), -32768), 32767) / 32768 },
      sampleRate: Self.sampleRate)
  }
}
