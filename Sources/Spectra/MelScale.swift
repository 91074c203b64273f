import Glibc

/// Slaney's mel scale: 3/200 mel a hertz below 1000 Hz, above it steps of ln 6.4 / 27.
///
/// Slaney, “Auditory Toolbox”, Interval Research 1998-010.
package enum MelScale {
  private static let hertzPerMel = 200.0 / 3
  private static let breakHertz = 1000.0
  private static let breakMel = breakHertz / hertzPerMel
  private static let step = log(6.4) / 27

  package static func mel(ofHertz hertz: Double) -> Double {
    hertz < breakHertz ? hertz / hertzPerMel : breakMel + log(hertz / breakHertz) / step
  }

  package static func hertz(ofMel mel: Double) -> Double {
    mel < breakMel ? mel * hertzPerMel : breakHertz * exp(step * (mel - breakMel))
  }

  /// `count` frequencies from `lowest` to `highest`, in hertz, evenly spaced in mel.
  package static func frequencies(_ count: Int, from lowest: Double, to highest: Double) -> [Double]
  {
    let first = mel(ofHertz: lowest)
    let step = (mel(ofHertz: highest) - first) / Double(max(1, count - 1))
    return (0..<count).map { hertz(ofMel: first + Double($0) * step) }
  }
}
