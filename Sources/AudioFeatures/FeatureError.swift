/// Why there are no features.
package enum FeatureError: Error, Equatable, CustomStringConvertible {
  case noSamples
  /// A sample is infinite or not a number.
  case notFinite
  /// What is out of range, what was given, and what is allowed.
  case setting(String, Int, String)

  package var description: String {
    switch self {
    case .noSamples: "there are no samples"
    case .notFinite: "there are samples that are no finite numbers"
    case .setting(let name, let value, let allowed):
      "\(name) must be \(allowed); it is \(value)"
    }
  }
}
