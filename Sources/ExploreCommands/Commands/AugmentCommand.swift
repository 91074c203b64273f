import Audio
import AudioEffects
import FileSystem
import Glibc
import Learning
import Matrices
import TextFormatting

/// `explore augment`: changed copies of a sound file.
enum AugmentCommand: Command {
  static let specification = CommandSpecification(
    "augment", "writes changed copies of a sound file: louder, noisier, faster, higher, …",
    positionals: [.init("FILE", "a sound file; channels are averaged")],
    options: [
      .init("--output", alias: "-o", value: "FILE", "the .wav, .flac, .ogg or .aiff file to write"),
      .init("--stretch", value: "RATE", "faster without another pitch: 2 is half as long"),
      .init("--pitch", value: "N", "higher by so many semitones; below 0 lower"),
      .init("--low-shelf", value: "HZ:DB", "raises all below a frequency"),
      .init("--high-shelf", value: "HZ:DB", "raises all above a frequency"),
      .init("--peak", value: "HZ:DB", "raises what is around a frequency", isRepeatable: true),
      .init("--bass", value: "DB", "raises all below 150 Hz"),
      .init("--reverb", value: "S[:SHARE]", "a room that echoes for S seconds (share: 0.3)"),
      .init("--clip", value: "DB", "drives it into soft clipping"),
      .init("--shift", value: "S", "starts it later; the end comes in at the beginning"),
      .init("--noise-snr", value: "DB", "adds noise so far below the sound"),
      .init("--gain", value: "DB", "louder; below 0 softer"),
      .init(
        "--random", value: "N",
        "N copies changed by chance, numbered -1, -2, … before the extension"),
      .init("--seed", value: "N", "where chance starts (default: 0)"),
      .init("--quiet", "shows no remarks"),
    ], example: "explore augment song.wav -o changed.wav --pitch 2 --noise-snr 30")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let input = Path(arguments.positional(0) ?? "")
    let output = try arguments.soundOutput(reading: input)
    let effects = try effects(arguments)
    let copies = try arguments.number("--random", in: 1...10_000)
    let seed = try arguments.number("--seed", in: 0...Int.max) ?? 0
    guard effects.isEmpty == (copies != nil) else {
      throw arguments.error(
        copies == nil
          ? "nothing is to be changed: give an effect, as --pitch 2, or --random N"
          : "--random draws the effects itself: leave out the others")
    }
    let growth = effects.reduce(1) { $0 * $1.growth }
    let sound = try Waveform(wholeFile: input, growth: growth)
    let highest = Double(sound.sampleRate) / 2
    for case let effect as Equaliser in effects where effect.hertz >= highest {
      throw BadInput(
        "\(input): \(effect): the sound has only frequencies below \(shortest(highest)) Hz")
    }
    let terminal = Terminal(isQuiet: arguments.has("--quiet"))
    func write(_ chain: EffectChain, _ random: inout RandomStream, to path: Path) throws {
      let (changed, isScaled) = chain(sound, using: &random).withinFullScale
      try changed.write(to: path)
      let words = isScaled ? "\(chain), scaled to full scale" : "\(chain)"
      terminal.remark("\(path): \(words)")
    }
    let origin = RandomStream(seed: seed, "augment")
    guard let copies else {
      var random = origin
      try write(EffectChain(effects), &random, to: output)
      return .success
    }
    let paths = (1...copies).map { output.numbered($0) }
    for path in paths { try arguments.refuse(path, toReplace: input) }
    for (index, path) in paths.enumerated() {
      // A copy is the same however many there are.
      var random = origin.derived(index)
      try write(EffectChain.random(using: &random), &random, to: path)
    }
    return .success
  }

  /// In the order of the help screen, which is that of a recording: instrument, room, device.
  private static func effects(_ arguments: ParsedArguments) throws -> [any AudioEffect] {
    var effects: [any AudioEffect] = []
    if let rate = try arguments.number("--stretch", in: 0.1...10.0) {
      effects.append(TimeStretch(rate: rate))
    }
    if let semitones = try arguments.number("--pitch", in: -24.0...24.0) {
      effects.append(PitchShift(semitones: semitones))
    }
    let shelves: [(String, Equaliser.Shape)] = [
      ("--low-shelf", .lowShelf), ("--high-shelf", .highShelf), ("--peak", .peak),
    ]
    for (option, shape) in shelves {
      for text in arguments.allValues(option) {
        let numbers = text.split(separator: ":").compactMap { Double($0) }
        guard numbers.count == 2, numbers[0] > 0, numbers[0] < 1e6, abs(numbers[1]) <= 60 else {
          throw arguments.error(
            "\(option) needs a frequency and a gain, as in 200:6, found “\(text)”")
        }
        effects.append(Equaliser(shape, hertz: numbers[0], decibels: numbers[1]))
      }
    }
    if let decibels = try arguments.number("--bass", in: -60.0...60.0) {
      effects.append(BassBoost(decibels: decibels))
    }
    if let text = arguments.value("--reverb") {
      let numbers = text.split(separator: ":").map { Double($0) ?? .nan }
      guard (1...2).contains(numbers.count), numbers[0] > 0, numbers[0] <= 20,
        (0...1).contains(numbers.count == 2 ? numbers[1] : 0.3)
      else {
        throw arguments.error(
          "--reverb needs seconds up to 20 and a share up to 1, as in 0.5:0.3, found “\(text)”")
      }
      effects.append(
        Reverberation(seconds: numbers[0], share: numbers.count == 2 ? numbers[1] : 0.3))
    }
    if let decibels = try arguments.number("--clip", in: 0.0...60.0) {
      effects.append(SoftClipping(decibels: decibels))
    }
    if let seconds = try arguments.number("--shift", in: -1e6...1e6) {
      effects.append(TimeShift(seconds: seconds))
    }
    if let ratio = try arguments.number("--noise-snr", in: -100.0...100.0) {
      effects.append(AddedNoise(signalToNoise: ratio))
    }
    if let decibels = try arguments.number("--gain", in: -100.0...100.0) {
      effects.append(Gain(decibels: decibels))
    }
    return effects
  }
}

extension AudioEffect {
  /// How many times longer a sound gets while the effect is at work.
  fileprivate var growth: Double {
    switch self {
    case let stretch as TimeStretch: max(1, 1 / stretch.rate)
    case let pitch as PitchShift: max(1, pow(2, pitch.semitones / 12))
    default: 1
    }
  }
}

extension Waveform {
  /// The same, and made softer where it would be clipped.
  fileprivate var withinFullScale: (sound: Waveform, isScaled: Bool) {
    peak > 1 ? (peakNormalised, true) : (self, false)
  }
}

extension Path {
  /// `song-3.wav` for `song.wav`.
  fileprivate func numbered(_ number: Int) -> Path {
    guard let dot = name.lastIndex(of: ".") else { return Path(string + "-\(number)") }
    return folder / "\(name[..<dot])-\(number)\(name[dot...])"
  }
}
