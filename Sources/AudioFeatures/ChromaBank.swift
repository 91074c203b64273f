import Glibc
import Spectra

/// What each bin counts for each of the twelve pitch classes, C first.
///
/// Ellis, “Chroma feature analysis and synthesis”, 2007: Gaussian bumps of the width of a bin, at least a
/// semitone, columns of length one, weighted by a Gaussian of two octaves about 27.5 Hz · 2⁵.
enum ChromaBank {
  /// - Parameters:
  ///   - settings: rate and size of the spectra.
  ///   - tuning: in semitones above 440 Hz.
  /// - Returns: 12 weights a bin, bin after bin.
  static func weights(_ settings: FeatureSettings, tuning: Double) -> AlignedFloats {
    let reference = 440 * exp2(tuning / 12) / 16
    func place(_ bin: Int) -> Double {
      bin == 0
        ? place(1) - 18 : 12 * log2(Double(bin) * settings.hertzPerBin / reference)
    }
    let weights = AlignedFloats(count: 12 * settings.bins)
    var bumps = [Double](repeating: 0, count: 12)
    for bin in 0..<settings.bins {
      let own = place(bin)
      let width = max(1, place(bin + 1) - own)
      var squares = 0.0
      for pitch in 0..<12 {
        let distance = (own - Double(pitch) + 126).truncatingRemainder(dividingBy: 12) - 6
        // Below the reference by more than ten octaves the remainder would be negative.
        let wrapped = distance < -6 ? distance + 12 : distance
        bumps[pitch] = exp(-0.5 * (2 * wrapped / width) * (2 * wrapped / width))
        squares += bumps[pitch] * bumps[pitch]
      }
      let octave = (own / 12 - 5) / 2
      let scale = exp(-0.5 * octave * octave) / squares.squareRoot()
      for pitch in 0..<12 {
        weights.start[12 * bin + pitch] = Float(bumps[(pitch + 3) % 12] * scale)
      }
    }
    return weights
  }
}
