import Audio
import AudioFeatures
import FileSystem
import Matrices
import ProgramSupport
import Spectra
import Testing

/// Spectra, bands and waves on the way to the features, beside librosa’s.
@Suite(
  "On the way to the features", .enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
struct IntermediateTests {
  private static func recorded(_ name: String) throws -> [Double] {
    let folder = try #require(OutsideData.folder) / "gtzan" / "golden" / "npy"
    return try NumPyFile(folder / "\(name).npy").values
  }

  /// The largest difference, in units of the largest value.
  private func distance(_ values: [Float], _ expected: [Double]) -> Double {
    guard values.count == expected.count else { return .infinity }
    let largest = expected.reduce(0) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / largest
  }

  private func elements(_ matrix: Matrix) -> [Float] {
    (0..<matrix.rows).flatMap { matrix.rowElements($0) }
  }

  @Test(arguments: ["blues.00000.0", "metal.00000.4"], FeatureSettings.Mode.allCases)
  func arrays(clip: String, mode: FeatureSettings.Mode) throws {
    func recorded(_ name: String) throws -> [Double] {
      try Self.recorded("\(clip).\(mode.rawValue).\(name)")
    }
    let samples = try Self.recorded("\(clip).y").map { Float($0) }
    let settings = FeatureSettings(mode: mode)
    var magnitudes: [[Float]] = []
    let analysis = try FeatureExtractor(settings).analyse(samples.span, keepingWave: true) {
      _, span in
      magnitudes.append(span.indices.map { span[$0] })
    }
    #expect(distance(elements(Matrix(magnitudes).transposed), try recorded("stft_mag")) < 1e-6)
    #expect(distance(elements(analysis.chroma), try recorded("chroma")) < 1e-5)
    #expect(
      distance(elements(analysis.melDecibels.transposed), try recorded("mel_db_ref1")) < 1e-5)
    #expect(distance(elements(analysis.cepstrum), try recorded("mfcc20")) < 1e-6)
    #expect(distance(analysis.onsetStrengths, try recorded("onset_median")) < 1e-4)
    #expect(distance(analysis.harmonicWave, try recorded("harmonic")) < 1e-6)
  }

  @Test("Our general transform gives the same spectra, and the picture’s decibels")
  func generalTransform() throws {
    let samples = try Self.recorded("blues.00000.0.y").map { Float($0) }
    let transform = ShortTimeFourierTransform(fftSize: 2048, hopLength: 512, padding: .zeros)
    let spectrogram = transform(samples.span)
    let name = "blues.00000.0.modern"
    #expect(
      distance(elements(spectrogram.magnitude().transposed), try Self.recorded("\(name).stft_mag"))
        < 1e-6)
    let bank = MelFilterBank(sampleRate: 22_050, fftSize: 2048)
    #expect(distance(elements(bank.matrix), try Self.recorded("mel_fb_22050_2048_128")) < 1e-7)
    let mel = bank(spectrogram.power())
    #expect(distance(elements(mel.transposed), try Self.recorded("\(name).mel_power")) < 1e-6)
    let decibels = Decibels(reference: .maximum).ofPower(mel)
    #expect(
      distance(elements(decibels.transposed), try Self.recorded("\(name).mel_db_refmax")) < 1e-5)
    let back = transform.inverse(spectrogram, length: samples.count)
    #expect(distance(back, samples.map(Double.init)) < 1e-6)
  }
}
