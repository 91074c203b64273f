import Glibc
import Matrices
import Spectra
import Testing

@Suite("Spectra")
struct SpectraTests {
  private func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { _ in Float(stream.normal()) }
  }

  @Test(
    "The transform is the sum that defines it",
    arguments: [1, 2, 3, 4, 6, 9, 16, 30, 32, 34, 36, 38, 66, 100, 254, 1018])
  func definition(size: Int) {
    let transform = FourierTransform.of(size: size)
    let samples = noise(size)
    let signal = AlignedFloats(samples)
    let spectrum = AlignedFloats(count: 2 * transform.bins)
    transform.forward(signal.start, spectrum.start)
    var exactSpectrum = [(real: Double, imaginary: Double)](
      repeating: (.nan, .nan), count: transform.bins)
    var exactSignal = samples.map { Double($0) }
    DoubleFourierTransform.of(size: size).forward(&exactSignal, &exactSpectrum)
    let norm = samples.reduce(0) { $0 + Double($1 * $1) }.squareRoot()
    // The error of a fast transform grows with the number of its stages.
    let allowed = 0x1p-22 * log2(2 * Double(size)) * norm
    for bin in 0..<transform.bins {
      var (real, imaginary) = (0.0, 0.0)
      for index in 0..<size {
        let angle = -2 * Double.pi * Double(bin * index % size) / Double(size)
        real += Double(samples[index]) * cos(angle)
        imaginary += Double(samples[index]) * sin(angle)
      }
      #expect(abs(Double(spectrum.start[2 * bin]) - real) < allowed)
      #expect(abs(Double(spectrum.start[2 * bin + 1]) - imaginary) < allowed)
      #expect(abs(exactSpectrum[bin].real - real) < 1e-12 * norm)
      #expect(abs(exactSpectrum[bin].imaginary - imaginary) < 1e-12 * norm)
    }
    transform.inverse(spectrum.start, signal.start)
    for index in 0..<size {
      #expect(abs(signal.start[index] / Float(size) - samples[index]) < 1e-5)
    }
  }

  @Test("Planned once, whatever the thread")
  func plans() async {
    let same = await withTaskGroup(of: Bool.self) { group in
      let first = FourierTransform.of(size: 960)
      for _ in 0..<8 { group.addTask { FourierTransform.of(size: 960) === first } }
      return await group.allSatisfy { $0 }
    }
    #expect(same)
  }

  @Test(
    "Back from the spectra comes the signal",
    arguments: [(2048, 512), (1024, 256), (1024, 71), (100, 33), (64, 32)], Padding.allCases)
  func inverse(sizes: (Int, Int), padding: Padding) {
    let transform = ShortTimeFourierTransform(
      fftSize: sizes.0, hopLength: sizes.1, padding: padding)
    let samples = noise(5000)
    let back = transform.inverse(transform(samples.span), length: samples.count)
    #expect(back.count == samples.count)
    // Without padding the first and last samples are under no frame, or hardly.
    let margin = padding == .none ? sizes.0 / 4 : 0
    for index in margin..<samples.count - max(margin, padding == .none ? sizes.0 : 0) {
      #expect(abs(back[index] - samples[index]) < 1e-4, "sample \(index)")
    }
  }

  @Test("A tone is where it belongs")
  func tone() {
    let samples = (0..<8000).map { Float(cos(2 * Double.pi * 125 * Double($0) / 1000)) }
    let transform = ShortTimeFourierTransform(fftSize: 256, hopLength: 64, padding: .reflect)
    let magnitude = transform(samples.span).magnitude()
    #expect(magnitude.rows == 126 && magnitude.columns == 129)
    // Half the sum of the window.
    #expect(abs(magnitude[60, 32] - 64) < 1e-3)
    #expect(abs(magnitude[60, 33] - 32) < 1e-3)
    #expect(magnitude[60, 40] < 1e-3)
    #expect(transform.frames(ofSamples: 0) == 0 && transform.frames(ofSamples: 1) == 1)
  }

  @Test("What stands beyond the ends", arguments: [1, 2, 5])
  func paddings(count: Int) {
    let samples = (1...count).map(Float.init)
    func padded(_ padding: Padding) -> [Float] {
      let target = AlignedFloats(count: count + 8)
      padding.copy(from: -4, of: samples.span, count: count + 8, to: target.start)
      return (0..<target.count).map { target.start[$0] }
    }
    // As NumPy’s pad has them.
    let reflected: [Int: [Float]] = [
      1: [1, 1, 1, 1, 1, 1, 1, 1, 1], 2: [1, 2, 1, 2, 1, 2, 1, 2, 1, 2],
      5: [5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3, 2, 1],
    ]
    #expect(padded(.reflect) == reflected[count])
    #expect(padded(.zeros) == [0, 0, 0, 0] + samples + [0, 0, 0, 0])
    #expect(
      padded(.edge)
        == Array(repeating: 1, count: 4) + samples + Array(repeating: Float(count), count: 4))
  }

  @Test("Copies of a spectrogram change alone")
  func copies() {
    var one = ComplexSpectrogram(frames: 2, bins: 3)
    one[1, 2] = (3, -4)
    var two = one
    two[1, 2] = (0, 1)
    #expect(one[1, 2] == (3, -4) && two[1, 2] == (0, 1))
    #expect(one.magnitude()[1, 2] == 5 && one.power()[1, 2] == 25)
    let half = one.masked(by: Matrix(rows: 2, columns: 3) { span in span[5] = 0.5 })
    #expect(half[1, 2] == (1.5, -2) && half[0, 0] == (0, 0))
  }

  @Test("Mel bands: scale, area and places")
  func melBands() {
    #expect(abs(MelScale.mel(ofHertz: 1000) - 15) < 1e-12)
    #expect(abs(MelScale.mel(ofHertz: 6400) - 42) < 1e-12)
    for hertz in [0.0, 60, 999, 1000, 1001, 8000] {
      #expect(abs(MelScale.hertz(ofMel: MelScale.mel(ofHertz: hertz)) - hertz) < 1e-9)
    }
    let bank = MelFilterBank(
      sampleRate: 12_000, fftSize: 8192, bands: 20, lowest: 100, highest: 4000)
    #expect(bank.bands.count == 20)
    for band in bank.bands {
      let area = band.weights.reduce(0, +) * 12_000 / 8192
      #expect(abs(area - 1) < 0.01)
    }
    #expect(Float(bank.bands[0].first) * 12_000 / 8192 >= 100)
    let flat = Matrix([[Float](repeating: 1, count: bank.bins)])
    #expect(bank(flat)[0, 5] == bank.bands[5].weights.reduce(0, +))
  }

  @Test("Decibels")
  func decibels() {
    let power = Matrix([[1, 10, 0.1, 0]])
    #expect(Decibels(range: nil).ofPower(power).rowElements(0) == [0, 10, -10, -100])
    #expect(Decibels().ofPower(power).rowElements(0) == [0, 10, -10, -70])
    let relative = Decibels(reference: .maximum, range: 30).ofPower(power).rowElements(0)
    #expect(relative == [-10, 0, -20, -30])
    let amplitude = Decibels(reference: .maximum).ofAmplitude(Matrix([[1, 10]]))
    #expect(amplitude.rowElements(0) == [-20, 0])
  }
}
