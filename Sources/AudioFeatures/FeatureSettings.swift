import Spectra

/// How the features of a clip are computed.
package struct FeatureSettings: Hashable, Sendable, Codable {
  /// Which releases of librosa the numbers are those of.
  package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// librosa up to 0.8.1, which the published GTZAN tables come from: the signal is mirrored at its
    /// ends, and the separated waves end with the last frame's centre.
    case kaggle
    /// librosa from 0.9 on: zeros before and after the signal.
    case modern
  }

  package var mode = Mode.modern
  /// Of the samples, in hertz.
  package var sampleRate = 22_050
  /// Samples of a frame: an even number from 64 to 65,536.
  package var fftSize = 2048
  /// Samples from one frame to the next: 1 to `fftSize`.
  package var hopLength = 512
  /// Mel bands of the spectrograms that are features themselves: 1 to 4096.
  ///
  /// Where features follow from mel bands, there are 128.
  package var bands = 64

  package init(
    mode: Mode = .modern, sampleRate: Int = 22_050, fftSize: Int = 2048, hopLength: Int = 512,
    bands: Int = 64
  ) {
    self.mode = mode
    self.sampleRate = sampleRate
    self.fftSize = fftSize
    self.hopLength = hopLength
    self.bands = bands
  }

  /// Says what is out of range.
  ///
  /// - Throws: ``FeatureError``.
  package func validate() throws(FeatureError) {
    guard sampleRate >= 1000, sampleRate <= 1_000_000 else {
      throw .setting("the sample rate", sampleRate, "1000 to 1000000")
    }
    guard fftSize >= 64, fftSize <= 65_536, fftSize % 2 == 0 else {
      throw .setting("the FFT size", fftSize, "an even number from 64 to 65536")
    }
    guard hopLength >= 1, hopLength <= fftSize else {
      throw .setting("the hop length", hopLength, "1 to \(fftSize), the FFT size")
    }
    guard bands >= 1, bands <= 4096 else { throw .setting("the bands", bands, "1 to 4096") }
  }

  var padding: Padding { mode == .kaggle ? .reflect : .zeros }
  var bins: Int { fftSize / 2 + 1 }
  var hertzPerBin: Double { Double(sampleRate) / Double(fftSize) }
  func frames(ofSamples count: Int) -> Int { 1 + count / hopLength }
}
