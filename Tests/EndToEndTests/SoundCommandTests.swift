import Audio
import FileSystem
import Glibc
import Matrices
import Pictures
import ProgramSupport
import Testing

/// The commands that work on one sound file.
@Suite struct SoundCommandTests {
  private func workplace() throws -> Workplace {
    let place = try Workplace()
    var random = RandomStream(seed: 2)
    let samples = (0..<44100).map { index -> Float in
      let tone = index < 22050 ? 0 : 0.4 * sin(2 * Double.pi * 440 * Double(index) / 22050)
      return Float(tone + 0.02 * random.normal())
    }
    try Waveform(samples: samples, sampleRate: 22050).write(to: place.folder / "song.wav")
    return place
  }

  @Test(arguments: ["spectrogram", "denoise", "augment"]) func helpScreens(command: String) throws {
    let result = try Program.explore.run([command, "--help"])
    #expect(result.code == 0 && result.errors.isEmpty)
    try expectSnapshot(result.output, "help-\(command).txt")
  }

  // MARK: spectrogram

  @Test func spectrograms() throws {
    let place = try workplace()
    defer { place.remove() }
    let chart = try place.explore("spectrogram", "song.wav", "-o", "s.svg")
    #expect(chart.code == 0 && chart.output.isEmpty)
    #expect(chart.errors == "87 frames of 128 values: s.svg\n")
    let text = try (place.folder / "s.svg").readText()
    for part in ["<svg", "data:image/png;base64,iVBOR", ">seconds<", ">hertz<", " dB<", "song.wav"]
    {
      #expect(text.contains(part), "\(part)")
    }

    #expect(try place.explore("spectrogram", "song.wav", "-o", "s.png", "--quiet").errors.isEmpty)
    let picture = try ColorPicture(png: (place.folder / "s.png").readBytes())
    #expect(picture.width == 87 && picture.height == 128)

    let part = try place.explore(
      "spectrogram", "song.wav", "-o", "s.npy", "--kind", "stft", "--from", "1", "--seconds", "0.5",
      "--fft-size", "512", "--hop", "100", "--rate", "11025")
    #expect(part.code == 0, "\(part.errors)")
    let values = try Matrix(readingNumPy: place.folder / "s.npy")
    // Bands × frames; the tone is in the bin of 440 Hz.
    #expect(values.rows == 257 && values.columns == 1 + 5513 / 100)
    let column = (0..<257).map { values[$0, 25] }
    #expect(column.indices.max { column[$0] < column[$1] } == 20)
  }

  @Test func networkPicture() throws {
    let place = try workplace()
    defer { place.remove() }
    let result = try place.explore("spectrogram", "song.wav", "-o", "s.png", "--recipe", "cnn")
    #expect(result.code == 0, "\(result.errors)")
    let picture = try GreyPicture(readingPNG: place.folder / "s.png")
    #expect(picture.width == 512 && picture.height == 512)
    #expect(picture.pixels.max() == 255 && picture.pixels.min() == 0)
    // 2 s are 339 frames; what is missing is black. The tone is in bin 37 or 38 from below.
    #expect((0..<512).allSatisfy { picture.pixels[$0 * 512 + 339] == 0 })
    let column = (0..<512).map { picture.pixels[(511 - $0) * 512 + 250] }
    #expect((37...38).contains(column.indices.max { column[$0] < column[$1] } ?? 0))
  }

  // MARK: denoise

  @Test func denoising() throws {
    let place = try workplace()
    defer { place.remove() }
    let result = try place.explore("denoise", "song.wav", "-o", "clean.wav", "--noise", "0:0.9")
    #expect(result.code == 0 && result.output.isEmpty)
    #expect(
      result.errors
        == "2.00 s without the noise: clean.wav\nnoisy, noise and clean: clean.svg\n")
    let noisy = try Waveform(readingFrom: place.folder / "song.wav")
    let clean = try Waveform(readingFrom: place.folder / "clean.wav")
    #expect(clean.samples.count == 44100)
    func ratio(_ sound: Waveform) -> Float {
      func energy(_ range: Range<Int>) -> Float {
        sound.samples[range].reduce(0) { $0 + $1 * $1 }
      }
      return energy(25000..<42000) / energy(1000..<18000)
    }
    #expect(ratio(clean) > 5 * ratio(noisy))
    let text = try (place.folder / "clean.svg").readText()
    for title in [">noisy: song.wav<", ">the noise<", ">clean<"] {
      #expect(text.contains(title), "\(title)")
    }
    let silent = try place.explore(
      "denoise", "song.wav", "-o", "b.flac", "--no-pictures", "--quiet")
    #expect(silent.code == 0 && silent.errors.isEmpty)
    #expect(!(place.folder / "b.svg").exists)
  }

  // MARK: augment

  @Test func augmenting() throws {
    let place = try workplace()
    defer { place.remove() }
    let result = try place.explore(
      "augment", "song.wav", "-o", "a.wav", "--stretch", "2", "--gain", "-6", "--noise-snr", "30")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors == "a.wav: stretch by 2, noise at 30 dB, gain -6 dB\n")
    #expect(try Waveform(readingFrom: place.folder / "a.wav").samples.count == 22050)

    let everything = try place.explore(
      "augment", "song.wav", "-o", "b.wav", "--pitch", "2", "--low-shelf", "200:3",
      "--high-shelf", "4000:-3", "--peak", "1000:2", "--peak", "2000:2", "--bass", "3",
      "--reverb", "0.3:0.2", "--clip", "6", "--shift", "0.5", "--gain", "12")
    #expect(everything.code == 0)
    #expect(
      everything.errors == """
        b.wav: pitch by 2 semitones, low shelf 3 dB at 200 Hz, high shelf -3 dB at 4000 Hz, \
        peak 2 dB at 1000 Hz, peak 2 dB at 2000 Hz, bass 3 dB, reverberation of 0.3 s (20.0 %), \
        clipping by 6 dB, shift by 0.5 s, gain 12 dB, scaled to full scale

        """)
  }

  @Test func randomCopies() throws {
    let place = try workplace()
    defer { place.remove() }
    func copies(_ count: String, _ seed: String, _ name: String) throws -> [[UInt8]] {
      let result = try place.explore(
        "augment", "song.wav", "-o", "\(name).wav", "--random", count, "--seed", seed)
      #expect(result.code == 0, "\(result.errors)")
      return try (1...(Int(count) ?? 1)).map {
        try (place.folder / "\(name)-\($0).wav").readBytes()
      }
    }
    let three = try copies("3", "7", "a")
    #expect(try copies("3", "7", "b") == three)
    #expect(try copies("2", "7", "c") == Array(three.prefix(2)))
    #expect(try copies("1", "8", "d")[0] != three[0])
    #expect(Set(three).count == 3)
  }

  // MARK: What goes wrong

  /// Seventy minutes at 8000 Hz: a file of zeros that takes no room on the disk.
  @Test func soundsTooLong() throws {
    let place = try Workplace()
    defer { place.remove() }
    let path = place.folder / "long.wav"
    try Waveform(samples: [0, 0], sampleRate: 8000).write(to: path)
    var bytes = try path.readBytes()
    let size = 2 * (1 << 25) + 2
    for place in 0..<4 {
      bytes[4 + place] = UInt8(truncatingIfNeeded: (size + 36) >> (8 * place))
      bytes[40 + place] = UInt8(truncatingIfNeeded: size >> (8 * place))
    }
    try path.writeAtomically(bytes)
    truncate(path.string, size + 44)
    let tail = "that are worked on at once; cut the file into parts\n"
    for (arguments, limit) in [
      (["denoise", "long.wav", "-o", "c.wav"], "1 h 10 min"),
      (["augment", "long.wav", "-o", "c.wav", "--gain", "1"], "1 h 10 min"),
      (["augment", "long.wav", "-o", "c.wav", "--stretch", "0.1"], "6 min 59 s"),
      (["augment", "long.wav", "-o", "c.wav", "--pitch", "12"], "34 min 57 s"),
    ] {
      let result = try place.program.run(arguments, in: place.folder)
      #expect(result.code == 65)
      #expect(result.errors == "explore: long.wav: longer than the \(limit) \(tail)")
    }
  }

  @Test(arguments: [
    ("spectrogram none.wav -o s.svg", 65, "cannot open none.wav: no such file or directory"),
    (
      "spectrogram text.wav -o s.svg", 65,
      "text.wav: this is no sound file that can be read (format not recognised); WAV, AIFF, AU, FLAC, OGG, Opus and MP3 can"
    ),
    ("spectrogram . -o s.svg", 65, "cannot read .: is a directory"),
    (
      "spectrogram song.wav -o s.svg --from 9", 65, "song.wav: there is nothing from 9 s on"
    ),
    (
      "spectrogram song.wav -o s.svg --kind stft --hop 1 --fft-size 1048576", 65,
      "song.wav: at these settings 5.8 ms fit into memory; choose a part with --from and --seconds, or a larger --hop"
    ),
    ("spectrogram song.wav -o none/s.svg", 1, "cannot write none/s.svg: no such file or directory"),
    ("spectrogram song.wav", 64, "--output is missing: a .svg, .png or .npy file"),
    (
      "spectrogram song.wav -o s.jpg", 64,
      "--output needs a .svg, .png or .npy file, found “s.jpg”"
    ),
    (
      "spectrogram song.wav -o s.svg --kind mell", 64,
      "there is no kind “mell”; did you mean “mel”?"
    ),
    (
      "spectrogram song.wav -o s.svg --highest 12000", 64,
      "the bands lie between 0 Hz and 11025 Hz, half the sample rate, and begin below where they end"
    ),
    (
      "spectrogram song.wav -o s.png --recipe cnn --hop 5", 64,
      "--recipe fixes all settings: leave out --hop"
    ),
    (
      "spectrogram song.wav -o s.svg --power -1", 64,
      "--power needs a number from 0.01 to 10.0, found “-1”"
    ),
    (
      "spectrogram song.wav -o s.npy --recipe cnn", 64, "--recipe makes a .png file"
    ),
    (
      "spectrogram song.wav -o s.npy --grey", 64, "--grey goes with a .png file"
    ),
    (
      "spectrogram song.wav -o s.png --kind stft --bands 4", 64, "--bands goes with mel and log-mel"
    ),
    (
      "denoise song.wav -o c.wav --noise 0:3", 65,
      "song.wav: the noise is to last until 3 s, but the file ends at 2.00 s; choose another part with --noise"
    ),
    (
      "denoise song.wav -o c.wav --noise 1", 64,
      "--noise needs two times in seconds, as in 0:1, found “1”"
    ),
    (
      "denoise song.wav -o c.mp4", 64,
      "--output needs a .wav, .flac, .ogg or .aiff file, found “c.mp4”"
    ),
    ("denoise song.wav -o ./song.wav", 64, "./song.wav is what is read; give another file"),
    ("denoise none.wav -o c.wav", 65, "cannot open none.wav: no such file or directory"),
    ("denoise song.wav -o none/c.wav", 1, "cannot write none/c.wav: no such file or directory"),
    (
      "augment song.wav -o a.wav", 64,
      "nothing is to be changed: give an effect, as --pitch 2, or --random N"
    ),
    (
      "augment song.wav -o a.wav --peak 11025:3", 65,
      "song.wav: peak 3 dB at 11025 Hz: the sound has only frequencies below 11025 Hz"
    ),
    (
      "augment song.wav -o a.wav --random 2 --gain 3", 64,
      "--random draws the effects itself: leave out the others"
    ),
    (
      "augment song.wav -o a.wav --peak 200", 64,
      "--peak needs a frequency and a gain, as in 200:6, found “200”"
    ),
    (
      "augment song.wav -o a.wav --stretch 0", 64,
      "--stretch needs a number from 0.1 to 10.0, found “0”"
    ),
    (
      "augment cut.wav -o a.wav --gain 3", 65,
      "cut.wav: the file is cut off: 978 of 44100 samples are there"
    ),
    ("augment song.wav -o full.wav --gain 3", 1, "cannot write full.wav: no space left"),
  ]) func faults(line: String, code: Int32, message: String) throws {
    let place = try workplace()
    defer { place.remove() }
    try place.write("text.wav", "no sound\n")
    let whole = try (place.folder / "song.wav").readBytes()
    try (place.folder / "cut.wav").writeAtomically(Array(whole.prefix(2000)))
    symlink("/dev/full", (place.folder / "full.wav").string)
    let before = try place.folder.children()
    let result = try place.program.run(
      line.split(separator: " ").map(String.init), in: place.folder,
      environment: place.environment)
    #expect(result.code == code)
    #expect(result.output.isEmpty)
    #expect(result.errors.split(separator: "\n").first.map(String.init) == "explore: \(message)")
    #expect(try place.folder.children() == before, "something was written")
  }
}
