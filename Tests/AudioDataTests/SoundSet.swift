import AudioData
import CSndfile
import FileSets
import FileSystem
import ProgramSupport

/// A folder of made-up songs of two classes, clean until something is added.
struct SoundSet {
  let folder: Path

  init(songs: Int = 4) throws {
    folder = try Path.makeTemporaryFolder("explore-health")
    for number in 0..<songs {
      let label = number % 2 == 0 ? "blues" : "rock"
      try put("\(label)/\(label).0000\(number).wav", Self.song(number).wav)
    }
  }

  /// Different songs, 0 to 5.
  static func song(_ number: Int) -> Sound { songs[number] }

  private static let songs = (0..<6).map { Sound(melody: UInt64($0 + 1)) }

  func remove() { try? folder.remove() }

  func put(_ name: String, _ bytes: [UInt8]) throws {
    let path = folder / name
    try path.folder.createFolder()
    try path.writeAtomically(bytes)
  }

  func report(threads: Int = 2) throws -> HealthReport {
    var check = HealthCheck()
    check.threads = threads
    return try check.report(on: FileCatalogue(sounds: folder))
  }
}

/// Writes sound as OGG Vorbis.
func writeOGG(_ samples: [Float], rate: Int, quality: Double, to path: Path) {
  var information = SF_INFO()
  information.samplerate = Int32(rate)
  information.channels = 1
  information.format = Int32(SF_FORMAT_OGG | SF_FORMAT_VORBIS)
  let file = sf_open(path.string, Int32(SFM_WRITE), &information)
  var quality = quality
  sf_command(
    file, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
  // The encoder keeps what it is given on the stack.
  for start in stride(from: 0, to: samples.count, by: 4096) {
    let piece = Array(samples[start..<min(start + 4096, samples.count)])
    sf_writef_float(file, piece, sf_count_t(piece.count))
  }
  sf_close(file)
}
