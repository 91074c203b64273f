import Audio
import FileSystem
import TextFormatting

extension Waveform {
  /// Twelve minutes at 44,100 Hz: spectra, copies and samples of so many take a gigabyte.
  private static let mostSamples = 1 << 25

  /// Reads a sound file at its own rate for a command that holds all of it.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - growth: how many times longer the sound gets on the way, at least 1.
  /// - Throws: ``BadInput`` where it is too long for that, `AudioError` where it cannot be used.
  init(wholeFile path: Path, growth: Double = 1) throws {
    let rate = try WaveformStream(path).sampleRate
    let limit = Double(Self.mostSamples) / growth / Double(rate)
    let sound = try Waveform(readingFrom: path, seconds: limit + 1)
    guard sound.seconds <= limit else {
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
