import Audio
import FileSystem
import TextFormatting

extension Waveform {
  /// A quarter of a gigabyte of samples, 25 minutes at 44,100 Hz; what is made of them takes more.
  private static let mostSamples = 1 << 26

  /// Reads a sound file at its own rate for a command that holds all of it.
  ///
  /// - Throws: ``BadInput`` where it is too long for that, `AudioError` where it cannot be used.
  init(wholeFile path: Path) throws {
    let rate = try WaveformStream(path).sampleRate
    let limit = Double(Self.mostSamples) / Double(rate)
    let sound = try Waveform(readingFrom: path, seconds: limit + 1)
    guard sound.samples.count <= Self.mostSamples else {
      throw BadInput(
        "\(path): longer than the \(duration(seconds: limit)) that are worked on at once; cut the "
          + "file into parts")
    }
    self = sound
  }
}

extension ParsedArguments {
  /// The sound file to write that `--output` names.
  ///
  /// - Throws: ``UsageError`` where it is missing, has another extension or is what is read.
  func soundOutput(reading input: Path) throws(UsageError) -> Path {
    guard let name = value("--output") else {
      throw error("--output is missing: a .wav, .flac, .ogg or .aiff file")
    }
    let output = Path(name)
    guard Waveform.canWrite(to: output) else {
      throw error("--output needs a .wav, .flac, .ogg or .aiff file, found “\(name)”")
    }
    try refuse(output, toReplace: input)
    return output
  }

  /// - Throws: ``UsageError`` where both are one file.
  func refuse(_ output: Path, toReplace input: Path) throws(UsageError) {
    if output == input || output.information.map({ $0.inode == input.information?.inode }) == true {
      throw error("\(output) is what is read; give another file")
    }
  }
}
