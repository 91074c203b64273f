import Audio
import AudioFeatures
import FileSystem
import Learning
import Matrices
import Pictures
import Spectra
import TextFormatting

/// `explore spectrogram`: a sound file as a picture, a chart or an array.
enum SpectrogramCommand: Command {
  static let specification = CommandSpecification(
    "spectrogram", "draws the frequencies of a sound file over time, or writes them as an array",
    positionals: [.init("FILE", "a sound file (WAV, FLAC, OGG, MP3, …); channels are averaged")],
    options: [
      .init(
        "--output", alias: "-o", value: "FILE",
        ".svg: a chart; .png: the bare picture; .npy: the numbers, bands × frames"),
      .init("--kind", value: "KIND", "stft, mel or log-mel (default); pictures are in decibels"),
      .init("--recipe", value: "cnn", "the grey 512 × 512 picture of 3 s that networks are fed"),
      .init("--from", value: "S", "seconds to leave out (default: 0)"),
      .init("--seconds", value: "S", "how much of it (default: all)"),
      .init("--rate", value: "HZ", "the sample rate to change to (default: 22050)"),
      .init("--fft-size", value: "N", "samples of a frame (default: 2048)"),
      .init("--hop", value: "N", "samples from frame to frame (default: 512)"),
      .init("--window", value: "N", "samples of the Hann window (default: the frame)"),
      .init("--bands", value: "N", "mel bands (default: 128)"),
      .init("--lowest", value: "HZ", "where the mel bands begin (default: 0)"),
      .init("--highest", value: "HZ", "where they end (default: half the rate)"),
      .init("--power", value: "P", "exponent of the amplitudes (default: 2, of stft 1)"),
      .init("--reference", value: "max|1", "what is 0 dB (default: max, the largest value)"),
      .init("--top-db", value: "DB", "range below the largest value; 0: no bound (default: 80)"),
      .init("--grey", "a .png in grey, black to white"),
      .init("--quiet", "shows no remarks"),
    ], example: "explore spectrogram song.mp3 -o song.svg --from 30 --seconds 10")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let input = Path(arguments.positional(0) ?? "")
    let (output, format) = try output(arguments)
    try arguments.refuse(output, toReplace: input)
    let isNetworkPicture = try isNetworkPicture(arguments, format)
    let recipe = isNetworkPicture ? SpectrogramRecipe.picture : try recipe(arguments)
    let start = try arguments.number("--from", in: 0...1e6) ?? 0
    let sound = try sound(input, recipe, start, arguments, isNetworkPicture: isNetworkPicture)
    let values = format == .npy ? recipe.values(of: sound) : recipe.decibels(of: sound)
    switch format {
    case .npy: try values.transposed.writeNumPy(to: output)
    case .png:
      let side = isNetworkPicture ? SpectrogramRecipe.pictureSide : nil
      let picture = GreyPicture(spectrogram: values, width: side, height: side)
      if isNetworkPicture || arguments.has("--grey") {
        try picture.writePNG(to: output)
      } else {
        try ColorPicture(picture, colors: .magma).writePNG(to: output)
      }
    case .svg:
      let chart = SpectrogramChart(values, recipe, title: input.name, start: start)
      try output.writeAtomically(SpectrogramChart.document([chart], title: input.name))
    }
    Terminal(isQuiet: arguments.has("--quiet")).remark(
      "\(counted(values.rows, "frame")) of \(counted(values.columns, "value")): \(output)")
    return .success
  }

  private enum Format: String, CaseIterable { case svg, png, npy }

  private static func output(_ arguments: ParsedArguments) throws -> (Path, Format) {
    guard let name = arguments.value("--output") else {
      throw arguments.error("--output is missing: a .svg, .png or .npy file")
    }
    guard let format = Format.allCases.first(where: { name.lowercased().hasSuffix(".\($0)") })
    else {
      throw arguments.error("--output needs a .svg, .png or .npy file, found “\(name)”")
    }
    if arguments.has("--grey"), format != .png {
      throw arguments.error("--grey goes with a .png file")
    }
    return (Path(name), format)
  }

  private static func isNetworkPicture(_ arguments: ParsedArguments, _ format: Format) throws
    -> Bool
  {
    guard let name = arguments.value("--recipe") else { return false }
    guard format == .png else { throw arguments.error("--recipe makes a .png file") }
    guard name == "cnn" else { throw arguments.error("--recipe knows cnn, found “\(name)”") }
    let settings = [
      "--kind", "--rate", "--fft-size", "--hop", "--window", "--bands", "--lowest", "--highest",
      "--power", "--reference", "--top-db",
    ]
    if let given = settings.first(where: arguments.has) {
      throw arguments.error("--recipe fixes all settings: leave out \(given)")
    }
    return true
  }

  private static func recipe(_ arguments: ParsedArguments) throws -> SpectrogramRecipe {
    var recipe = SpectrogramRecipe()
    if let name = arguments.value("--kind") {
      guard let kind = SpectrogramRecipe.Kind(rawValue: name) else {
        let known = SpectrogramRecipe.Kind.allCases.map(\.rawValue)
        throw arguments.error("there is no kind “\(name)”; \(suggestion(for: name, among: known))")
      }
      recipe.kind = kind
    }
    if recipe.kind == .stft,
      let given = ["--bands", "--lowest", "--highest"].first(where: arguments.has)
    {
      throw arguments.error("\(given) goes with mel and log-mel")
    }
    recipe.sampleRate = try arguments.number("--rate", in: 100...1_000_000) ?? 22050
    recipe.fftSize = try arguments.number("--fft-size", in: 2...1 << 20) ?? 2048
    recipe.hopLength = try arguments.number("--hop", in: 1...1 << 20) ?? 512
    recipe.windowLength = try arguments.number("--window", in: 1...1 << 20)
    recipe.bands = try arguments.number("--bands", in: 1...4096) ?? 128
    recipe.lowest = try arguments.number("--lowest", in: 0...1e6) ?? 0
    recipe.highest = try arguments.number("--highest", in: 0...1e6)
    recipe.power = try arguments.number("--power", in: 0.01...10) ?? (recipe.kind == .stft ? 1 : 2)
    switch arguments.value("--reference") {
    case nil, "max": recipe.decibels.reference = .maximum
    case "1", "one": recipe.decibels.reference = .value(1)
    case let other?: throw arguments.error("--reference is max or 1, found “\(other)”")
    }
    if let range: Float = try arguments.number("--top-db", in: 0...1000) {
      recipe.decibels.range = range > 0 ? range : nil
    }
    if let problem = recipe.problem { throw arguments.error(problem) }
    return recipe
  }

  /// A quarter of a gigabyte of values.
  private static let mostValues = 1 << 26

  private static func sound(
    _ input: Path, _ recipe: SpectrogramRecipe, _ start: Double, _ arguments: ParsedArguments,
    isNetworkPicture: Bool
  ) throws -> Waveform {
    let wished = try arguments.number("--seconds", in: 0.01...1e6) ?? (isNetworkPicture ? 3 : nil)
    let width = recipe.kind == .stft ? recipe.fftSize / 2 + 1 : recipe.columns
    let frames = Double(mostValues / width)
    let limit = min(frames * Double(recipe.hopLength), Double(1 << 27)) / Double(recipe.sampleRate)
    let sound: Waveform
    do throws(AudioError) {
      sound = try Waveform(
        readingFrom: input, sampleRate: recipe.sampleRate, from: start,
        seconds: min(wished ?? .infinity, limit + 1))
    } catch {
      guard error.kind == .noSamples, start > 0 else { throw error }
      throw BadInput("\(input): there is nothing from \(shortest(start)) s on")
    }
    if sound.seconds > limit {
      throw BadInput(
        "\(input): at these settings \(duration(seconds: limit)) fit into memory; choose a part with "
          + "--from and --seconds, or a larger --hop")
    }
    return sound
  }
}
