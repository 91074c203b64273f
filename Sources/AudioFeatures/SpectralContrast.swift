import CKernels
import Glibc
import Spectra

/// How far the peaks of each octave stand above its valleys, and how much like noise a spectrum is.
///
/// Jiang, Lu, Zhang, Tao and Cai, “Music type classification by spectral contrast feature”, ICME 2002:
/// the band up to 200 Hz, six octaves above it, the last one up to the highest bin; in each the means of
/// the largest and of the smallest fiftieth of the magnitudes. Flatness is the geometric mean of the power
/// divided by the arithmetic one (librosa’s `spectral_contrast` and `spectral_flatness`).
///
/// librosa transforms in double precision. In a band of nothing but rounding, as above the cut-off of a
/// compressed recording, our valleys are those of single precision, and the contrast’s deviation differs
/// from librosa’s by some 10⁻⁴ of itself.
struct SpectralContrast {
  static let bands = 7
  /// Where the second band begins, in hertz.
  static let lowest = 200.0
  /// Where the last band begins, in hertz: half the sample rate must be above it.
  static let highest = lowest * Double(1 << (bands - 2))
  private static let share = 0.02
  private static let powerFloor: Float = 1e-10

  private struct Band {
    var first: Int
    var count: Int
    /// How many of the magnitudes are peaks, and how many valleys.
    var kept: Int
  }

  private let bins: Int
  private let bands: [Band]
  private let valleys = AlignedFloats(count: 8)
  private let peaks = AlignedFloats(count: 8)

  /// - Parameter settings: of which every band holds a bin, as ``FeatureSet/audio135`` checks.
  init(_ settings: FeatureSettings) {
    bins = settings.bins
    // Rounded as NumPy’s frequencies are, which decides about bins on a band’s border.
    let step = 1 / (Double(settings.fftSize) * (1 / Double(settings.sampleRate)))
    let top = settings.bins - 1
    bands = (0..<Self.bands).map { band in
      let low = band == 0 ? 0 : Self.lowest * Double(1 << (band - 1))
      let high = Self.lowest * Double(1 << band)
      let inside = (0...top).filter { Double($0) * step >= low && Double($0) * step <= high }
      let isLast = band == Self.bands - 1
      let first = max(0, (inside.first ?? 0) - (band == 0 ? 0 : 1))
      let last = isLast ? top : inside.last ?? first
      // Every band but the last gives its highest bin to the next one, but is counted with it.
      let whole = last - first + 1
      let count = max(1, isLast ? whole : whole - 1)
      let kept = Int((Self.share * Double(whole)).rounded(.toNearestOrEven))
      return Band(first: first, count: count, kept: min(count, max(1, kept)))
    }
  }

  /// Finds peaks and valleys, not yet in decibels, and the flatness of up to eight frames.
  func measure(
    _ lanes: UnsafePointer<Float>, _ range: Range<Int>, _ analysis: inout ClipAnalysis
  ) {
    for (index, band) in bands.enumerated() {
      kernels_extremes(
        lanes + 8 * band.first, band.count, band.kept, valleys.start, peaks.start)
      let place = index * analysis.rowStride + range.lowerBound
      (analysis.valleys.start + place).update(from: valleys.start, count: range.count)
      (analysis.peaks.start + place).update(from: peaks.start, count: range.count)
    }
    var means = kernels_means()
    kernels_power_means(lanes, bins, Self.powerFloor, &means)
    withUnsafeBytes(of: &means) { bytes in
      let values = bytes.bindMemory(to: Double.self)
      for index in range {
        let lane = index - range.lowerBound
        analysis.flatnesses[index] = pow(10, values[8 + lane] / 10) / values[lane]
      }
    }
  }
}
