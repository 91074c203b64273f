import CKernels
import Glibc
import Spectra

/// Estimates the tempo of onset strengths by their autocorrelation over eight seconds about each frame.
///
/// Grosche, Müller and Kurth, “Cyclic tempogram”, ICASSP 2010, averaged over time, with a preference for
/// tempi about 120 beats a minute (librosa’s `tempo`).
final class Tempo {
  private static let seconds = 8
  private static let usual = 120.0
  private static let highest = 320.0
  /// The tempogram, at most 1, is exact to less than this as long as it is in single precision.
  private static let doubt = 1e-6

  /// Frames of the window: as many as lags.
  let lags: Int
  private let beatsPerMinute: [Double]
  private let window: AlignedFloats
  private let transform: FourierTransform
  private let frame: AlignedFloats
  private let spectrum: AlignedFloats

  init(_ settings: FeatureSettings) {
    let lags = max(1, Self.seconds * settings.sampleRate / settings.hopLength)
    self.lags = lags
    beatsPerMinute = (0..<lags).map {
      60 * Double(settings.sampleRate) / (Double(settings.hopLength) * Double($0))
    }
    window = AlignedFloats(Window.hann(lags))
    // Powers of two and three times powers of two are fast.
    var size = 2
    while size < 2 * lags - 1 { size *= 2 }
    if size / 4 * 3 >= 2 * lags - 1 { size = size / 4 * 3 }
    transform = .of(size: size)
    frame = AlignedFloats(count: size)
    spectrum = AlignedFloats(count: 2 * transform.bins)
  }

  /// Strengths with half a window on each side, where they fade to zero.
  private func faded(_ strengths: [Float]) -> [Float] {
    let margin = lags / 2
    let first = strengths.first ?? 0
    let last = strengths.last ?? 0
    let rise = (0..<margin).map { Float($0) / Float(margin) }
    return rise.map { $0 * first } + strengths + rise.reversed().map { $0 * last }
  }

  /// The mean over all frames of the windowed autocorrelation, each divided by its largest.
  ///
  /// Its Fourier transform is the mean of power spectra, so that one inverse transform is enough.
  func tempogram(of strengths: [Float]) -> [Double] {
    let padded = faded(strengths)
    var powers = [Double](repeating: 0, count: transform.bins)
    padded.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      for start in strengths.indices {
        kernels_products(first + start, window.start, lags, frame.start)
        let energy = Float(kernels_sum_of_squares(frame.start, lags))
        guard energy > 0 else { continue }
        transform.forward(frame.start, spectrum.start)
        let scale = energy < .leastNormalMagnitude ? 1 : 1 / energy
        kernels_add_powers(spectrum.start, transform.bins, scale, &powers)
      }
    }
    for bin in powers.indices {
      spectrum.start[2 * bin] = Float(powers[bin] / Double(strengths.count))
      spectrum.start[2 * bin + 1] = 0
    }
    transform.inverse(spectrum.start, frame.start)
    let mean = (0..<lags).map { Double(frame.start[$0]) / Double(transform.size) }
    frame.clear()
    return mean
  }

  /// One lag of the tempogram, in double precision.
  private func exact(_ lag: Int, _ padded: [Float], frames: Int) -> Double {
    var sum = 0.0
    for start in 0..<frames {
      var energy = 0.0
      var product = 0.0
      for place in 0..<lags {
        let own = Double(padded[start + place]) * Double(window.start[place])
        energy += own * own
        guard place + lag < lags else { continue }
        product += own * Double(padded[start + place + lag]) * Double(window.start[place + lag])
      }
      sum += energy < Double(Float.leastNormalMagnitude) ? product : product / energy
    }
    return sum / Double(frames)
  }

  private func score(_ lag: Int, _ correlation: Double) -> Double {
    let octaves = log2(beatsPerMinute[lag]) - log2(Self.usual)
    return log1p(1e6 * max(0, correlation)) - 0.5 * octaves * octaves
  }

  /// In beats a minute; 0 where all strengths are zero.
  func callAsFunction(_ strengths: [Float]) -> Double {
    guard strengths.contains(where: { $0 != 0 }) else { return 0 }
    let tempogram = tempogram(of: strengths)
    let allowed = (1..<max(1, lags)).filter { beatsPerMinute[$0] < Self.highest }
    // Lags that rounding might have put in the wrong order are weighed again.
    let surelyReached = allowed.map { score($0, tempogram[$0] - Self.doubt) }.max() ?? 0
    let close = allowed.filter { score($0, tempogram[$0] + Self.doubt) >= surelyReached }
    guard close.count > 1 else { return close.first.map { beatsPerMinute[$0] } ?? 0 }
    let padded = faded(strengths)
    var best = (lag: close[0], score: -Double.infinity)
    for lag in close {
      let score = score(lag, exact(lag, padded, frames: strengths.count))
      if score > best.score { best = (lag, score) }
    }
    return beatsPerMinute[best.lag]
  }
}
