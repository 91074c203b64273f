import CKernels
import Spectra

/// Splits a signal into what stays along time and what stays along frequency.
///
/// Fitzgerald, “Harmonic/percussive separation using median filtering”, DAFx 2010, with medians of 31 and
/// soft masks of power two. The two masks add up to one and the inverse transform of the unchanged
/// spectra is the signal, so only the harmonic wave is transformed back; the rest is percussive.
final class HarmonicSeparation {
  private static let group = 16

  private let ring: SpectrumRing
  private let settings: FeatureSettings
  private let percussive: AlignedFloats
  private let percussiveLanes: AlignedFloats
  private let harmonic: AlignedFloats
  private let frame: AlignedFloats
  private let sums: AlignedFloats
  private let weights: AlignedFloats
  private var done = 0
  private var moments = kernels_moments()
  private var wave: [Float] = []
  private var keepsWave = false

  init(_ ring: SpectrumRing) {
    self.ring = ring
    settings = ring.settings
    percussive = AlignedFloats(count: 64 * ring.stride)
    percussiveLanes = AlignedFloats(count: 8 * ring.stride)
    harmonic = AlignedFloats(count: Self.group * ring.stride)
    frame = AlignedFloats(count: settings.fftSize)
    let reach = Self.group * settings.hopLength + settings.fftSize
    sums = AlignedFloats(count: reach)
    weights = AlignedFloats(count: reach)
  }

  /// Forgets the signal before.
  func begin(keepingWave: Bool) {
    done = 0
    moments = kernels_moments()
    keepsWave = keepingWave
    wave = []
    sums.clear()
    weights.clear()
  }

  private func percussive(_ index: Int) -> UnsafeMutablePointer<Float> {
    percussive.start + index % 64 * ring.stride
  }

  /// Takes up the eight frames from `start` on, which the ring has just read, and works on those that
  /// can be finished.
  ///
  /// - Parameters:
  ///   - block: their magnitudes as lanes, mirrored.
  ///   - start: the first of them, a multiple of eight.
  ///   - frames: of the whole signal.
  ///   - samples: the whole signal.
  func add(
    _ block: UnsafeMutablePointer<Float>, from start: Int, of frames: Int,
    _ samples: UnsafeBufferPointer<Float>
  ) {
    kernels_medians_along_lanes(block, ring.stride, percussiveLanes.start)
    let rows = (0..<8).map { Optional(percussive(start + $0)) }
    kernels_lanes_to_rows(percussiveLanes.start, ring.stride, rows)
    let read = min(frames, start + 8)
    while done < frames, read >= min(frames, done + Self.group + SpectrumRing.reach) {
      finishGroup(of: frames, samples)
    }
  }

  private func finishGroup(of frames: Int, _ samples: UnsafeBufferPointer<Float>) {
    let rows = (0..<Self.group + 2 * SpectrumRing.reach).map { step in
      let place = SpectrumRing.mirrored(done - SpectrumRing.reach + step, count: frames)
      return Optional(UnsafePointer(ring.magnitude(place)))
    }
    kernels_medians_across_rows(rows, ring.stride, harmonic.start, ring.stride)
    let count = min(Self.group, frames - done)
    let hop = settings.hopLength
    for step in 0..<count {
      let spectrum = ring.spectrum(done + step)
      kernels_mask_harmonic(
        harmonic.start + step * ring.stride, percussive(done + step), ring.stride, spectrum)
      ring.transform.inverse(spectrum, frame.start)
      kernels_overlap_add(
        frame.start, ring.window.start, 1 / Float(settings.fftSize), settings.fftSize,
        sums.start + step * hop, weights.start + step * hop)
    }
    let isLast = done + count == frames
    finish(isLast ? count * hop + settings.fftSize : count * hop, of: frames, samples)
    done += count
  }

  /// Counts in the first `count` sums, which nothing is added to any more, and moves the rest forward.
  private func finish(
    _ count: Int, of frames: Int, _ samples: UnsafeBufferPointer<Float>
  ) {
    let start = done * settings.hopLength - settings.fftSize / 2
    let end = Self.length(frames: frames, samples: samples.count, settings)
    let range = max(0, start)..<max(0, start, min(end, start + count))
    if let first = samples.baseAddress, !range.isEmpty {
      let place = range.lowerBound - start
      kernels_separate(
        sums.start + place, weights.start + place, first + range.lowerBound, range.count,
        &moments)
      if keepsWave {
        wave.append(
          contentsOf: UnsafeBufferPointer(start: sums.start + place, count: range.count))
      }
    }
    for values in [sums, weights] {
      let rest = values.count - min(count, values.count)
      values.start.update(from: values.start + (values.count - rest), count: rest)
      (values.start + rest).update(repeating: 0, count: values.count - rest)
    }
  }

  /// Samples that the waves have; those after are zero.
  private static func length(frames: Int, samples: Int, _ settings: FeatureSettings) -> Int {
    switch settings.mode {
    case .kaggle: min(samples, (frames - 1) * settings.hopLength)
    case .modern: samples
    }
  }

  /// Writes what was found.
  func end(_ analysis: inout ClipAnalysis) {
    analysis.harmonic = Moments(
      sum: moments.harmonic_sum, squares: moments.harmonic_squares, count: analysis.samples)
    analysis.percussive = Moments(
      sum: moments.percussive_sum, squares: moments.percussive_squares, count: analysis.samples)
    if keepsWave {
      wave.append(contentsOf: repeatElement(0, count: analysis.samples - wave.count))
      analysis.harmonicWave = wave
      wave = []
    }
  }
}
