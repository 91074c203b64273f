import CKernels
import Spectra

/// The spectra of the frames around the one being worked on.
///
/// Of all frames only the latest 64 are held, each in a row of its own; the newest eight also lie side
/// by side, as the kernels’ lanes.
final class SpectrumRing {
  private static let capacity = 64
  /// How far the medians look to both sides.
  static let reach = 15

  let settings: FeatureSettings
  let transform: FourierTransform
  let window: AlignedFloats
  /// Floats of a row of magnitudes; a row of complex numbers has twice as many.
  let stride: Int
  /// Floats of a block of eight frames as lanes, mirrored at both ends for the medians.
  let blockSize: Int

  private let frame: AlignedFloats
  private let spectra: AlignedFloats
  private let magnitudes: AlignedFloats
  private let silence: AlignedFloats

  init(_ settings: FeatureSettings) {
    self.settings = settings
    transform = .of(size: settings.fftSize)
    window = AlignedFloats(Window.hann(settings.fftSize))
    stride = AlignedFloats.stride(of: settings.bins)
    blockSize = 8 * (stride + 2 * Self.reach)
    frame = AlignedFloats(count: settings.fftSize)
    spectra = AlignedFloats(count: Self.capacity * 2 * stride)
    magnitudes = AlignedFloats(count: Self.capacity * stride)
    silence = AlignedFloats(count: stride)
  }

  func spectrum(_ index: Int) -> UnsafeMutablePointer<Float> {
    spectra.start + index % Self.capacity * 2 * stride
  }

  func magnitude(_ index: Int) -> UnsafeMutablePointer<Float> {
    magnitudes.start + index % Self.capacity * stride
  }

  /// The magnitudes in a block, without what is mirrored before them.
  static func lanes(_ block: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    block + 8 * reach
  }

  /// Computes up to eight frames.
  ///
  /// - Parameters:
  ///   - samples: the whole signal.
  ///   - frames: which; the first is a multiple of eight.
  ///   - block: receives the magnitudes as lanes, zeros for missing frames.
  func read(
    _ samples: UnsafeBufferPointer<Float>, frames: Range<Int>, block: UnsafeMutablePointer<Float>
  ) {
    var rows = [UnsafePointer<Float>?](repeating: UnsafePointer(silence.start), count: 8)
    for index in frames {
      transform(samples, frame: index)
      kernels_magnitudes(spectrum(index), stride, magnitude(index))
      rows[index - frames.lowerBound] = UnsafePointer(magnitude(index))
    }
    kernels_rows_to_lanes(rows, stride, Self.lanes(block))
    for step in 0..<Self.reach {
      copyLane(block, from: -1 - step)
      copyLane(block, from: settings.bins + step)
    }
  }

  /// Fills a place outside the spectrum with the bin that mirrors it.
  private func copyLane(_ block: UnsafeMutablePointer<Float>, from place: Int) {
    let lanes = Self.lanes(block)
    let source = Self.mirrored(place, count: settings.bins)
    (lanes + 8 * place).update(from: lanes + 8 * source, count: 8)
  }

  /// The place that stands for one outside, the border itself being repeated: c b a | a b c | c b a.
  static func mirrored(_ place: Int, count: Int) -> Int {
    if place >= 0 && place < count { return place }
    let period = 2 * count
    let inside = ((place % period) + period) % period
    return inside < count ? inside : period - 1 - inside
  }

  private func transform(_ samples: UnsafeBufferPointer<Float>, frame index: Int) {
    let size = settings.fftSize
    let start = index * settings.hopLength - size / 2
    if start >= 0, start + size <= samples.count, let first = samples.baseAddress {
      kernels_products(first + start, window.start, size, frame.start)
    } else {
      settings.padding.copy(from: start, of: samples.span, count: size, to: frame.start)
      kernels_products(frame.start, window.start, size, frame.start)
    }
    transform.forward(frame.start, spectrum(index))
  }
}
