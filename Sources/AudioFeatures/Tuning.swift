import CKernels
import Glibc

/// Estimates how far a clip’s notes lie above those of a piano tuned to 440 Hz.
///
/// The peaks of the power spectra are put into a hundred classes a semitone; the fullest one wins among
/// the louder half (librosa’s `estimate_tuning`).
struct Tuning {
  private static let classes = 100
  private static let lowest = 150.0
  private static let highest = 4000.0
  private static let threshold: Float = 0.1

  private let hertzPerBin: Double
  private let sampleRate: Double
  private let fftSize: Double
  private let bins: Range<Int>
  private var found: [kernels_peak]
  private var heights: [Float] = []
  private var residuals: [UInt8] = []

  init(_ settings: FeatureSettings) {
    hertzPerBin = settings.hertzPerBin
    sampleRate = Double(settings.sampleRate)
    fftSize = Double(settings.fftSize)
    let highest = min(Self.highest, Double(settings.sampleRate) / 2)
    let first = Int((Self.lowest / settings.hertzPerBin).rounded(.up))
    let end = Int((highest / settings.hertzPerBin).rounded(.up))
    bins = max(1, first)..<max(1, first, min(end, settings.bins - 1))
    found = Array(repeating: kernels_peak(), count: bins.count / 2 + 1)
  }

  mutating func begin() {
    heights.removeAll(keepingCapacity: true)
    residuals.removeAll(keepingCapacity: true)
  }

  /// Where class `index` begins, in semitones.
  private static func edge(_ index: Int) -> Double { Double(index) * 0.01 - 0.5 }

  /// Collects a frame’s peaks.
  mutating func add(_ magnitudes: UnsafePointer<Float>, largest: Float) {
    let count = kernels_spectral_peaks(
      magnitudes, bins.lowerBound, bins.upperBound, Self.threshold * (largest * largest), &found)
    for peak in found[..<count] {
      let hertz = Float((Double(peak.bin) + Double(peak.shift)) * sampleRate / fftSize)
      let semitones = 12 * log2f(hertz / 27.5)
      var residual = semitones - semitones.rounded(.down)
      if residual >= 0.5 { residual -= 1 }
      var index = min(Self.classes - 1, max(0, Int((Double(residual) + 0.5) * 100)))
      if index > 0, Double(residual) < Self.edge(index) { index -= 1 }
      if index < Self.classes - 1, Double(residual) >= Self.edge(index + 1) { index += 1 }
      heights.append(peak.height)
      residuals.append(UInt8(index))
    }
  }

  /// In semitones from −0.5 to 0.5; 0 without any peak.
  var estimate: Double {
    guard !heights.isEmpty else { return 0 }
    let least = kernels_median(heights, heights.count)
    var counts = [Int](repeating: 0, count: Self.classes)
    for index in heights.indices where heights[index] >= least {
      counts[Int(residuals[index])] += 1
    }
    var best = 0
    for index in counts.indices where counts[index] > counts[best] { best = index }
    return Self.edge(best)
  }
}
