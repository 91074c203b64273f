import Testing
import CSndfile
import FileSystem
import Glibc

/// A format that libsndfile reads, and writes for the tests.
struct SoundFormat: CustomTestStringConvertible, Sendable {
  var name: String
  var fileExtension: String
  var code: Int
  /// The largest error of a sample, in units of full scale.
  var tolerance: Float
  /// The codec's own padding at both ends, in samples.
  var slack = 0
  var rate = 22050

  var testDescription: String { name }

  init(
    _ name: String, _ fileExtension: String, _ type: Int, _ encoding: Int, tolerance: Float = 0,
    slack: Int = 0, rate: Int = 22050
  ) {
    self.name = name
    self.fileExtension = fileExtension
    code = type | encoding
    self.tolerance = tolerance
    self.slack = slack
    self.rate = rate
  }

  static let exact: [SoundFormat] = [
    .init("WAV 8 bit", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_PCM_U8), tolerance: 0x1p-7),
    .init("WAV 16 bit", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_PCM_16), tolerance: 0x1p-15),
    .init("WAV 24 bit", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_PCM_24), tolerance: 0x1p-23),
    .init("WAV 32 bit", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_PCM_32), tolerance: 0x1p-23),
    .init("WAV float", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_FLOAT)),
    .init("WAV double", "wav", Int(SF_FORMAT_WAV), Int(SF_FORMAT_DOUBLE)),
    .init("WAV extensible", "wav", Int(SF_FORMAT_WAVEX), Int(SF_FORMAT_PCM_16), tolerance: 0x1p-15),
    .init("AIFF 16 bit", "aiff", Int(SF_FORMAT_AIFF), Int(SF_FORMAT_PCM_16), tolerance: 0x1p-15),
    .init("AIFF float", "aiff", Int(SF_FORMAT_AIFF), Int(SF_FORMAT_FLOAT)),
    .init("AU 16 bit", "au", Int(SF_FORMAT_AU), Int(SF_FORMAT_PCM_16), tolerance: 0x1p-15),
    .init("FLAC 16 bit", "flac", Int(SF_FORMAT_FLAC), Int(SF_FORMAT_PCM_16), tolerance: 0x1p-15),
    .init("FLAC 24 bit", "flac", Int(SF_FORMAT_FLAC), Int(SF_FORMAT_PCM_24), tolerance: 0x1p-23),
  ]

  static let lossy: [SoundFormat] = [
    .init("OGG Vorbis", "ogg", Int(SF_FORMAT_OGG), Int(SF_FORMAT_VORBIS), tolerance: 0.1),
    .init("Opus", "opus", Int(SF_FORMAT_OGG), Int(SF_FORMAT_OPUS), tolerance: 0.2, rate: 48000),
    .init(
      "MP3", "mp3", Int(SF_FORMAT_MPEG), Int(SF_FORMAT_MPEG_LAYER_III), tolerance: 0.1,
      slack: 2400),
  ]

  /// Whether the installed libsndfile writes it; MP3 needs a build with LAME.
  var isAvailable: Bool {
    var header = SF_INFO()
    header.samplerate = Int32(rate)
    header.channels = 1
    header.format = Int32(code)
    return sf_format_check(&header) != 0
  }

  static var available: [SoundFormat] { (exact + lossy).filter(\.isAvailable) }
}

/// Writes channels of equal length as they are.
func writeSound(_ channels: [[Float]], _ format: SoundFormat, rate: Int? = nil, to path: Path)
  throws
{
  var header = SF_INFO()
  header.samplerate = Int32(rate ?? format.rate)
  header.channels = Int32(channels.count)
  header.format = Int32(format.code)
  guard let file = sf_open(path.string, Int32(SFM_WRITE), &header) else {
    throw SystemError("write", path: path.string, code: EINVAL)
  }
  let frames = channels[0].count
  var start = 0
  while start < frames {
    let end = min(frames, start + 1024)
    let block = (start..<end).flatMap { frame in channels.map { $0[frame] } }
    sf_writef_float(file, block, sf_count_t(end - start))
    start = end
  }
  sf_close(file)
}

/// A tone of half scale.
func tone(_ hertz: Double, rate: Int, count: Int, amplitude: Double = 0.5) -> [Float] {
  (0..<count).map { Float(amplitude * sin(2 * Double.pi * hertz * Double($0) / Double(rate))) }
}

/// A folder that is gone after the closure.
func withTemporaryFolder<Result>(_ body: (Path) throws -> Result) throws -> Result {
  let folder = try Path.makeTemporaryFolder("explore-audio")
  defer { try? folder.remove() }
  return try body(folder)
}
