import Audio
import AudioFeatures
import FileSystem
import Glibc
import Matrices
import Spectra
import Testing

@Suite struct SpectrogramRecipeTests {
  private func sound(_ rate: Int, _ count: Int) -> Waveform {
    Waveform(
      samples: (0..<count).map { index in
        let t = Double(index) / Double(rate)
        let chirp = sin(2 * Double.pi * (100 * t + 900 * t * t))
        return Float(0.5 * chirp + 0.25 * sin(2 * Double.pi * 440 * t))
      }, sampleRate: rate)
  }

  /// A recorded spectrogram: its shape, and one value in so many.
  private func recorded(_ name: String) throws -> (frames: Int, columns: Int, step: Int, [Float]) {
    let file = Path(#filePath).folder / "Fixtures/spectrograms.csv"
    let line = try #require(
      try file.readText().split(separator: "\n").first {
        $0.hasPrefix(name + ",")
      })
    let numbers = line.split(separator: ",").dropFirst().compactMap { Double($0) }
    return (
      Int(numbers[0]), Int(numbers[1]), Int(numbers[2]), numbers.dropFirst(3).map { Float($0) }
    )
  }

  /// The largest difference from librosa, as a share of the largest value.
  private func error(_ values: Matrix, _ name: String) throws -> Float {
    let (frames, columns, step, expected) = try recorded(name)
    try #require(values.rows == frames && values.columns == columns)
    let largest = expected.map { abs($0) }.max() ?? 1
    let elements = values.elements
    return expected.indices.map { abs(elements[$0 * step] - expected[$0]) }.max().map {
      $0 / largest
    } ?? 1
  }

  @Test func asLibrosa() throws {
    let sound = sound(22050, 30000)
    let stft = SpectrogramRecipe(
      .stft, fftSize: 512, hopLength: 200, windowLength: 400, power: 1)
    #expect(try error(stft.values(of: sound), "stft") < 1e-6)
    var mel = SpectrogramRecipe(
      .mel, fftSize: 1024, hopLength: 256, bands: 40, lowest: 50, highest: 8000)
    #expect(try error(mel.values(of: sound), "mel") < 2e-6)
    mel.lowest = 0
    mel.highest = nil
    mel.power = 1
    #expect(try error(mel.values(of: sound), "mel of amplitudes") < 2e-6)
    var logMel = SpectrogramRecipe()
    #expect(try error(logMel.values(of: sound), "log-mel") < 1e-5)
    logMel.decibels = Decibels(reference: .value(1))
    #expect(try error(logMel.values(of: sound), "log-mel against 1") < 1e-5)
  }

  @Test func networkPicture() throws {
    let values = SpectrogramRecipe.picture.decibels(of: sound(12000, 36000))
    #expect(values.rows == 508 && values.columns == 512)
    let (frames, bins, step, expected) = try recorded("picture")
    #expect(frames == 512 && bins == 512)
    var low: Float = 0
    for index in values.elements.indices { low = min(low, values.elements[index]) }
    for index in expected.indices {
      let (frame, bin) = (index * step / bins, index * step % bins)
      let shade = frame < 508 ? (values[frame, bin] - low) / -low * 255 : 0
      #expect(abs(shade.rounded() - expected[index]) <= 1)
    }
  }

  /// The blocks of frames are those of the whole transform, bit for bit.
  @Test(arguments: [1, 63 * 200, 64 * 200, 70000]) func blocks(count: Int) {
    let sound = sound(22050, count)
    let recipe = SpectrogramRecipe(.stft, fftSize: 512, hopLength: 200, power: 2)
    let whole = ShortTimeFourierTransform(fftSize: 512, hopLength: 200)(sound.samples.span).power()
    #expect(recipe.values(of: sound) == whole)
    #expect(recipe.frames(ofSamples: count) == whole.rows)
  }

  @Test func silence() {
    let silence = Waveform(samples: [Float](repeating: 0, count: 3000), sampleRate: 22050)
    #expect(SpectrogramRecipe().values(of: silence).isFinite)
    #expect(SpectrogramRecipe(.stft, power: 1.5).decibels(of: silence).isFinite)
  }

  @Test func problems() {
    #expect(SpectrogramRecipe().problem == nil && SpectrogramRecipe.picture.problem == nil)
    #expect(SpectrogramRecipe(fftSize: 1).problem != nil)
    #expect(SpectrogramRecipe(hopLength: 0).problem != nil)
    #expect(SpectrogramRecipe(windowLength: 4096).problem != nil)
    #expect(SpectrogramRecipe(bands: 0).problem != nil)
    #expect(SpectrogramRecipe(lowest: 12000).problem != nil)
    #expect(SpectrogramRecipe(highest: 12000).problem != nil)
    #expect(SpectrogramRecipe(power: 0).problem != nil)
    #expect(SpectrogramRecipe(.stft, lowest: 12000).problem == nil)
  }
}
