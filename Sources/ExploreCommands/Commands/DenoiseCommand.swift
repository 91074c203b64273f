import Audio
import AudioEffects
import AudioFeatures
import FileSystem
import Learning
import Matrices
import Spectra
import TextFormatting

/// `explore denoise`: takes steady noise out of a recording.
enum DenoiseCommand: Command {
  static let specification = CommandSpecification(
    "denoise", "takes steady noise out of a recording by spectral subtraction",
    positionals: [.init("FILE", "a sound file; channels are averaged")],
    options: [
      .init("--output", alias: "-o", value: "FILE", "the .wav, .flac, .ogg or .aiff file to write"),
      .init("--noise", value: "FROM:TO", "the seconds that are noise alone (default: 0:1)"),
      .init("--fft-size", value: "N", "samples of a frame (default: 1024)"),
      .init("--hop", value: "N", "samples from frame to frame (default: 256)"),
      .init(
        "--no-pictures", "writes no chart of the noisy, noise and clean sound beside it (.svg)"),
      .init("--quiet", "shows no remarks"),
    ], example: "explore denoise recording.wav -o clean.wav --noise 0:1")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let input = Path(arguments.positional(0) ?? "")
    let output = try arguments.soundOutput(reading: input)
    let noise = try noise(arguments)
    let fftSize = try arguments.number("--fft-size", in: 16...65536) ?? 1024
    let hopLength = try arguments.number("--hop", in: 1...32768) ?? min(256, fftSize / 4)
    guard hopLength <= fftSize / 2 else {
      throw arguments.error("--hop is at most half of --fft-size, \(fftSize / 2)")
    }
    let sound = try Waveform(wholeFile: input)
    let rate = Double(sound.sampleRate)
    guard noise.upperBound <= sound.seconds + 1e-9 else {
      throw BadInput(
        "\(input): the noise is to last until \(shortest(noise.upperBound)) s, but the file ends at "
          + "\(fixed(sound.seconds, decimals: 2)) s; choose another part with --noise")
    }
    let first = Int((noise.lowerBound * rate).rounded())
    let part = first..<min(sound.samples.count, Int((noise.upperBound * rate).rounded()))
    guard !part.isEmpty else {
      throw BadInput("\(input): the part with the noise is shorter than one sample")
    }
    let subtraction = SpectralSubtraction(fftSize: fftSize, hopLength: hopLength)
    let clean = subtraction(sound, noise: part)
    try clean.write(to: output)
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    terminal.remark("\(fixed(clean.seconds, decimals: 2)) s without the noise: \(output)")
    if !arguments.has("--no-pictures") {
      let pictures = output.replacingExtension(with: "svg")
      try charts(of: sound, part, clean, subtraction, input.name, to: pictures)
      terminal.remark("noisy, noise and clean: \(pictures)")
    }
    return .success
  }

  private static func noise(_ arguments: ParsedArguments) throws -> ClosedRange<Double> {
    guard let text = arguments.value("--noise") else { return 0...1 }
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 2, let from = numbers[0], let to = numbers[1],
      from >= 0, from < to, to < 1e6
    else {
      throw arguments.error("--noise needs two times in seconds, as in 0:1, found “\(text)”")
    }
    return from...to
  }

  /// Noisy, noise and clean spectrogram, one below the other; the noise on the scale of the noisy one.
  private static func charts(
    of noisy: Waveform, _ part: Range<Int>, _ clean: Waveform, _ subtraction: SpectralSubtraction,
    _ name: String, to path: Path
  ) throws {
    let recipe = SpectrogramRecipe(
      .stft, sampleRate: noisy.sampleRate, fftSize: subtraction.fftSize,
      hopLength: subtraction.hopLength, power: 1)
    let noise = Waveform(samples: Array(noisy.samples[part]), sampleRate: noisy.sampleRate)
    let loud = recipe.values(of: noisy)
    let rest = recipe.values(of: clean)
    func chart(
      _ amplitudes: Matrix, below peak: Float, _ title: String, start: Double = 0
    ) -> SpectrogramChart {
      // Silence is black, not its own maximum.
      let decibels = Decibels(reference: .value(max(peak, 1e-5)), floor: 1e-20, range: nil)
      return SpectrogramChart(
        decibels.ofAmplitude(amplitudes), recipe, title: title, start: start, scale: -80...0)
    }
    let charts = [
      chart(loud, below: loud.largest, "noisy: \(name)"),
      chart(
        recipe.values(of: noise), below: loud.largest, "the noise",
        start: Double(part.lowerBound) / Double(noisy.sampleRate)),
      chart(rest, below: rest.largest, "clean"),
    ]
    try path.writeAtomically(SpectrogramChart.document(charts, title: name))
  }
}

extension Matrix {
  fileprivate var largest: Float {
    let elements = self.elements
    var largest = -Float.infinity
    for index in elements.indices { largest = max(largest, elements[index]) }
    return largest
  }
}

extension Path {
  /// The same name with another ending after its last dot.
  fileprivate func replacingExtension(with ending: String) -> Path {
    folder / ((name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name) + "." + ending)
  }
}
