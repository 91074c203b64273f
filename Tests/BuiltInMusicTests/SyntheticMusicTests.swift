import Audio
import BuiltInMusic
import Testing

@Suite struct SyntheticMusicTests {
  private let music = SyntheticMusic(songs: 4, seconds: 2)

  /// The samples of each style's first song; raise ``SyntheticMusic/revision`` with them.
  @Test func recordedSound() {
    #expect(SyntheticMusic.revision == 1)
    let prints = (0..<10).map { fingerprint(music.waveform(4 * $0)) }
    #expect(
      prints == [
        0x7C9CE9EE4589B972,
        0x08ED4F8B2DB0FE8E,
        0xCFDC4718AF653656,
        0x99B86BDE77B7BB3F,
        0xAFFCCB509AFBE8B6,
        0xC816A9EC8F2A7303,
        0x3672A0608F7B8864,
        0x5268F8F8444D2F74,
        0x0CEAA5B3778DEF54,
        0xDDA1E01EE3655FA9,
      ])
  }

  @Test func namesAndLayout() {
    #expect(music.trackCount == 40)
    let track = SyntheticMusic().track(43)
    #expect(track.name == "swing.00003.wav" && track.style == "swing" && track.song == 3)
    #expect(Set(SyntheticMusic.styles).count == 10)
    #expect(Set((0..<music.trackCount).map { music.track($0).name }).count == music.trackCount)
  }

  /// A track is the same whatever was made before it, and however many others there are.
  @Test func anyOrder() {
    let forwards = (0..<8).map { music.waveform($0) }
    #expect((0..<8).reversed().map { music.waveform($0) } == forwards.reversed())
    let more = SyntheticMusic(genres: 2, songs: 9, seconds: 2)
    #expect(more.waveform(3) == forwards[3])
    #expect(more.waveform(9 + 3) == forwards[4 + 3])
    #expect(more.track(9 + 3).style == music.track(4 + 3).style)
  }

  @Test func seedsAndSongsDiffer() {
    var other = music
    other.seed = 43
    var prints = (0..<music.trackCount).map { fingerprint(music.waveform($0)) }
    prints += (0..<music.trackCount).map { fingerprint(other.waveform($0)) }
    #expect(Set(prints).count == 2 * music.trackCount)
  }

  /// Loud enough, never beyond full scale, no constant part, exactly what 16 bits hold.
  @Test(arguments: 0..<10)
  func soundness(genre: Int) {
    let music = SyntheticMusic(songs: 12, seconds: 5, seed: 7)
    for song in 0..<music.songs {
      let samples = music.waveform(genre * music.songs + song).samples
      #expect(samples.count == 5 * 22050)
      #expect(samples.allSatisfy { $0.isFinite && abs($0) < 1 })
      #expect(samples.allSatisfy { ($0 * 32768).rounded() == $0 * 32768 })
      let power = samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(samples.count)
      #expect((0.04...0.65).contains(power.squareRoot()))
      let mean = samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count)
      #expect(abs(mean) < 0.03)
      // No half second of silence.
      for start in stride(from: 0, to: samples.count, by: 11025) {
        #expect(samples[start..<min(start + 11025, samples.count)].contains { abs($0) > 0.005 })
      }
    }
  }

  @Test(arguments: [1.0, 1.00002, 3.3333, 7])
  func lengths(seconds: Double) {
    let wave = SyntheticMusic(seconds: seconds).waveform(0)
    #expect(wave.samples.count == Int((seconds * 22050).rounded()))
    #expect(wave.sampleRate == 22050)
  }

  @Test func valuesOutsideAreMovedIn() {
    let least = SyntheticMusic(genres: 1, songs: 0, seconds: 0)
    #expect((least.genres, least.songs, least.seconds) == (2, 1, 1))
    #expect(SyntheticMusic(genres: 11).genres == 10)
  }
}

/// FNV-1a of the samples as 16-bit numbers (Fowler, Noll and Vo).
private func fingerprint(_ wave: Waveform) -> UInt64 {
  wave.samples.reduce(0xCBF2_9CE4_8422_2325) {
    ($0 ^ UInt64(UInt16(bitPattern: Int16($1 * 32768)))) &* 0x100_0000_01B3
  }
}
