import Glibc
import Spectra

/// 135 features of a clip: timbre and how it changes, harmony, the shape of the spectra, tempo.
///
/// They are librosa 0.11’s with its defaults, but for `tonnetz`, which follows from the chroma of
/// the short-time Fourier transform, `tonnetz(chroma=chroma_stft)`, and not from a constant-Q transform of
/// the harmonic part. Deviations are those of the population. What the published tables have as well is
/// called as there.
package enum AudioVector {
  static let cepstralCoefficients = 13
  static let pitchClasses = [
    "c", "c_sharp", "d", "d_sharp", "e", "f", "f_sharp", "g", "g_sharp", "a", "a_sharp", "b",
  ]

  /// The 135 columns, in their order.
  package static let names: [String] = {
    let cepstrum = (1...cepstralCoefficients).flatMap { number in
      ["", "_delta", "_delta2"].map { "mfcc\(number)\($0)" }
    }
    let rows =
      cepstrum + pitchClasses.map { "chroma_\($0)" }
      + (1...SpectralContrast.bands).map { "contrast\($0)" }
      + [
        "spectral_centroid", "spectral_bandwidth", "rolloff", "flatness", "zero_crossing_rate",
        "rms",
      ]
    return rows.flatMap { [$0 + "_mean", $0 + "_std"] }
      + (1...TonalCentroid.dimensions).map { "tonnetz\($0)_mean" } + ["tempo"]
  }()
}

extension ClipAnalysis {
  /// The features in the order of ``AudioVector/names``; the parts must include ``Parts/contrast``.
  package var audioVector: [Double] {
    precondition(parts.contains(.contrast))
    func row(_ rows: AlignedFloats, _ index: Int, stride: Int) -> [Double] {
      (0..<frames).map { Double(rows.start[index * stride + $0]) }
    }
    let cepstrum = (0..<AudioVector.cepstralCoefficients).flatMap { index in
      let row = row(coefficients, index, stride: frames)
      return [row, Differences.first(of: row), Differences.second(of: row)].map { Moments(of: $0) }
    }
    let chroma = (0..<12).map { row(pitchClasses, $0, stride: rowStride) }
    let contrast = (0..<SpectralContrast.bands).map { band in
      let peaks = row(peaks, band, stride: rowStride)
      return Moments(of: zip(peaks, row(valleys, band, stride: rowStride)).map { $0 - $1 })
    }
    let shapes = [
      centroids, bandwidths, rolloffs, flatnesses, zeroCrossingRates, rootMeanSquares,
    ]
    let moments =
      cepstrum + chroma.map { Moments(of: $0) } + contrast + shapes.map { Moments(of: $0) }
    return moments.flatMap { [$0.mean, $0.variance.squareRoot()] }
      + TonalCentroid.mean(ofChroma: chroma) + [tempo]
  }
}

/// How a row of numbers changes from frame to frame: derivatives of the line or parabola that fits nine
/// frames best.
///
/// Savitzky and Golay, “Smoothing and differentiation of data by simplified least squares procedures”,
/// Analytical Chemistry 36 (1964); librosa’s `delta` with its defaults. The first and the last four frames
/// share the curve of the nine at their end, whose derivative of the highest order is the same everywhere.
/// A row of fewer than nine frames, of which librosa computes none, has differences of zero.
enum Differences {
  private static let reach = 4

  /// The slope of the line that fits best, a frame.
  static func first(of row: [Double]) -> [Double] {
    fitted(row) { Double($0) / 60 }
  }

  /// The second derivative of the parabola that fits best.
  static func second(of row: [Double]) -> [Double] {
    fitted(row) { Double(3 * $0 * $0 - 20) / 462 }
  }

  private static func fitted(_ row: [Double], _ weight: (Int) -> Double) -> [Double] {
    let width = 2 * reach + 1
    guard row.count >= width else { return [Double](repeating: 0, count: row.count) }
    let weights = (-reach...reach).map(weight)
    return row.indices.map { index in
      let first = min(max(index, reach), row.count - 1 - reach) - reach
      var sum = 0.0
      for step in 0..<width { sum += weights[step] * row[first + step] }
      return sum
    }
  }
}

/// Where a chord lies on the circles of fifths, of minor thirds and of major thirds.
///
/// Harte, Sandler and Gasser, “Detecting harmonic change in musical audio”, ACM workshop on audio and music
/// computing for multimedia, 2006 (librosa’s `tonnetz`).
enum TonalCentroid {
  static let dimensions = 6

  /// Sine and cosine of each circle’s angle a semitone, times its radius.
  private static let circles: [(turns: Double, radius: Double)] = [
    (7.0 / 6, 1), (3.0 / 2, 1), (2.0 / 3, 0.5),
  ]

  /// - Parameter chroma: 12 rows of the same number of frames, at least one.
  /// - Returns: the mean place of the frames, each divided by its sum; a silent one lies in the middle.
  static func mean(ofChroma chroma: [[Double]]) -> [Double] {
    var shares = [Double](repeating: 0, count: chroma.count)
    for frame in chroma[0].indices {
      let sum = chroma.reduce(0) { $0 + $1[frame] }
      guard sum > 0 else { continue }
      for pitch in chroma.indices { shares[pitch] += chroma[pitch][frame] / sum }
    }
    return circles.flatMap { circle in
      [sin, cos].map { (wave: (Double) -> Double) in
        let sum = shares.indices.reduce(0) {
          $0 + shares[$1] * wave(.pi * circle.turns * Double($1))
        }
        return circle.radius * sum / Double(chroma[0].count)
      }
    }
  }
}
