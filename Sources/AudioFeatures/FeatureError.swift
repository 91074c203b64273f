/// Why there are no features.
package enum FeatureError: Error, Equatable, CustomStringConvertible {
  case noSamples
  /// A sample is infinite or not a number.
  case notFinite
  /// The sum of the squared samples is beyond 10²⁴, where spectra in single precision would overflow.
  case tooLoud
  /// What is out of range, what was given, and what is allowed.
  case setting(String, Int, String)
  /// The set needs clips of one length.
  case needsOneLength(String)
  /// A spectrogram of more places than a row may have.
  case tooLarge(bands: Int, frames: Int, most: Int)

  package var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .notFinite: "there are samples that are no finite numbers"
    case .tooLoud: "the samples are too large: full scale is −1…1, and theirs beyond 10^12"
    case .setting(let name, let value, let allowed):
      "\(name) must be \(allowed); it is \(value)"
    case .needsOneLength(let name):
      "“\(name)” has a column for each frame, and whole files may differ in length: cut them into "
        + "segments of so many seconds"
    case .tooLarge(let bands, let frames, let most):
      "a spectrogram of \(bands) bands and \(frames) frames has more than \(most) numbers: choose "
        + "shorter segments, a longer hop, or fewer bands"
    }
  }
}
