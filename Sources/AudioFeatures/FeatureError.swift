/// Why there are no features.
package enum FeatureError: Error, Equatable, CustomStringConvertible {
  case noSamples
  /// A sample is infinite or not a number.
  case notFinite
  /// The sum of the squared samples is beyond 10²⁴, where spectra in single precision would overflow.
  case tooLoud
  /// What is out of range, what was given, and what is allowed.
  case setting(String, Int, String)

  package var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .notFinite: "there are samples that are no finite numbers"
    case .tooLoud: "the samples are too large: full scale is −1…1, and theirs beyond 10^12"
    case .setting(let name, let value, let allowed):
      "\(name) must be \(allowed); it is \(value)"
    }
  }
}
