import CKernels
import Glibc
import Spectra

/// Computes the features of clips, one after the other.
///
/// It owns the memory it works in, so a thread needs one of its own. The spectrogram is worked on in
/// blocks of eight frames, whatever the clip’s length, and is kept for a second look only while it is
/// small; otherwise it is computed twice, with the same bits.
package final class FeatureExtractor {
  package let settings: FeatureSettings
  /// Asked about once in ten seconds of sound; yes ends the analysis of a clip, whose features then are
  /// no features.
  package var isCancelled: () -> Bool = { false }

  private let ring: SpectrumRing
  private let separation: HarmonicSeparation
  private let tempo: Tempo
  private let contrast: SpectralContrast
  private var tuning: Tuning
  private let bands: BandTable
  private let cosines: AlignedFloats
  private let rolloff: Rolloff
  private var chromaBanks: [Double: AlignedFloats] = [:]
  private var kept = AlignedFloats(count: 0)
  private let melPower = AlignedFloats(count: 8 * ClipAnalysis.bands)
  private let chroma = AlignedFloats(count: 8 * 12)

  private let mostKept: Int
  private static let mostEnergy = 1e24
  private static let decibelFloor: Float = 1e-10
  private static let decibelRange: Float = 80

  /// - Parameters:
  ///   - settings: the same for all clips.
  ///   - mostKeptBytes: up to what size a spectrogram is kept; 64 MB are some five minutes.
  /// - Throws: ``FeatureError`` where a setting is out of range.
  package init(
    _ settings: FeatureSettings = FeatureSettings(), mostKeptBytes: Int = 1 << 26
  ) throws(FeatureError) {
    try settings.validate()
    self.settings = settings
    mostKept = mostKeptBytes / MemoryLayout<Float>.stride
    ring = SpectrumRing(settings)
    separation = HarmonicSeparation(ring)
    contrast = SpectralContrast(settings)
    tempo = Tempo(settings)
    tuning = Tuning(settings)
    bands = BandTable(
      MelFilterBank(
        sampleRate: settings.sampleRate, fftSize: settings.fftSize, bands: ClipAnalysis.bands))
    cosines = Self.cosines()
    rolloff = Rolloff(settings)
  }

  /// The 57 features in the order of ``PublishedFeatures/names``.
  ///
  /// - Parameter samples: one channel at the settings’ rate.
  /// - Returns: 57 finite numbers.
  /// - Throws: ``FeatureError`` where there are no samples, or some are not finite or far too large.
  package func features(of samples: Span<Float>) throws(FeatureError) -> [Double] {
    try analyse(samples).publishedFeatures
  }

  /// The 57 features in the order of ``PublishedFeatures/names``.
  ///
  /// - Parameter samples: one channel at the settings’ rate.
  /// - Returns: 57 finite numbers.
  /// - Throws: ``FeatureError`` where there are no samples, or some are not finite or far too large.
  package func features(of samples: [Float]) throws(FeatureError) -> [Double] {
    try features(of: samples.span)
  }

  /// All that the features follow from.
  ///
  /// - Parameters:
  ///   - samples: one channel at the settings’ rate.
  ///   - parts: what is wanted beside what is always found.
  ///   - keepingWave: whether the harmonic wave is wanted too.
  ///   - visit: is given every frame’s number and magnitudes, in order.
  /// - Returns: what was found in each frame.
  /// - Throws: ``FeatureError`` where there are no samples, or some are not finite or far too large.
  package func analyse(
    _ samples: Span<Float>, finding parts: ClipAnalysis.Parts = .separation,
    keepingWave: Bool = false,
    visiting visit: ((Int, Span<Float>) -> Void)? = nil
  ) throws(FeatureError) -> ClipAnalysis {
    try Self.check(samples)
    var analysis = ClipAnalysis(settings: settings, samples: samples.count, parts: parts)
    samples.withUnsafeBufferPointer { buffer in
      measureFrames(buffer, keepingWave, visit, &analysis)
      if !isCancelled() { measureChroma(buffer, &analysis) }
    }
    if isCancelled() { return analysis }
    FrameSums(settings).measure(samples, &analysis)
    Self.boundBelow(analysis.mel)
    for levels in [analysis.peaks, analysis.valleys] {
      kernels_decibels(levels.start, levels.count, Self.decibelFloor, levels.start)
      Self.boundBelow(levels)
    }
    measureOnsets(&analysis)
    kernels_row_products(
      cosines.start, PublishedFeatures.cepstralCoefficients, analysis.mel.start, analysis.frames,
      ClipAnalysis.bands, analysis.coefficients.start)
    return analysis
  }

  /// Says why spectra of the samples would be no numbers.
  ///
  /// - Throws: ``FeatureError``.
  static func check(_ samples: Span<Float>) throws(FeatureError) {
    guard samples.count > 0 else { throw .noSamples }
    let energy = samples.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { kernels_sum_of_squares($0, buffer.count) } ?? 0
    }
    guard energy.isFinite else { throw .notFinite }
    guard energy < mostEnergy else { throw .tooLoud }
  }

  private func block(_ index: Int, of frames: Int) -> UnsafeMutablePointer<Float> {
    kept.start + (keepsSpectrogram(frames) ? index * ring.blockSize : 0)
  }

  private func keepsSpectrogram(_ frames: Int) -> Bool {
    (frames + 7) / 8 * ring.blockSize <= mostKept
  }

  /// The pass over the spectrogram that finds everything but the pitch classes.
  private func measureFrames(
    _ samples: UnsafeBufferPointer<Float>, _ keepingWave: Bool,
    _ visit: ((Int, Span<Float>) -> Void)?, _ analysis: inout ClipAnalysis
  ) {
    let frames = analysis.frames
    let size = (keepsSpectrogram(frames) ? (frames + 7) / 8 : 1) * ring.blockSize
    if kept.count < size { kept = AlignedFloats(count: size) }
    let separates = analysis.parts.contains(.separation)
    if separates { separation.begin(keepingWave: keepingWave) }
    tuning.begin()
    var shapes = kernels_shapes()
    for start in stride(from: 0, to: frames, by: 8) {
      if start % 512 == 0, isCancelled() { return }
      let range = start..<min(frames, start + 8)
      let block = block(start / 8, of: frames)
      let lanes = SpectrumRing.lanes(block)
      ring.read(samples, frames: range, block: block)
      if let visit {
        for index in range {
          visit(index, Span(_unsafeStart: ring.magnitude(index), count: settings.bins))
        }
      }
      kernels_spectral_shapes(lanes, settings.bins, &shapes)
      store(shapes, range, samples, &analysis)
      measureBands(lanes, range, analysis)
      if analysis.parts.contains(.contrast) { contrast.measure(lanes, range, &analysis) }
      if separates { separation.add(block, from: start, of: frames, samples) }
    }
    if separates { separation.end(&analysis) }
    analysis.tuning = tuning.estimate
  }

  private func store(
    _ shapes: kernels_shapes, _ range: Range<Int>, _ samples: UnsafeBufferPointer<Float>,
    _ analysis: inout ClipAnalysis
  ) {
    var shapes = shapes
    let hertz = settings.hertzPerBin
    withUnsafeBytes(of: &shapes) { bytes in
      let values = bytes.bindMemory(to: Double.self)
      let singles = UnsafeRawBufferPointer(rebasing: bytes[(24 * 8)...])
        .bindMemory(to: Float.self)
      for index in range {
        let lane = index - range.lowerBound
        analysis.centroids[index] = values[lane] * hertz
        analysis.bandwidths[index] = values[8 + lane] * hertz
        let isSure = !(singles[8 + lane] < Rolloff.doubt)
        let bin = isSure ? values[16 + lane] : Double(rolloff.bin(samples, frame: index))
        analysis.rolloffs[index] = bin * hertz
        tuning.add(ring.magnitude(index), largest: singles[lane])
      }
    }
  }

  /// Mel bands in decibels, not yet bounded from below.
  private func measureBands(
    _ lanes: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ analysis: ClipAnalysis
  ) {
    let bands = ClipAnalysis.bands
    kernels_band_powers(
      lanes, self.bands.first, self.bands.count, self.bands.weights, bands, melPower.start)
    kernels_decibels(melPower.start, 8 * bands, Self.decibelFloor, melPower.start)
    if range.count == 8 {
      let rows = range.map { Optional(analysis.mel.start + $0 * bands) }
      kernels_lanes_to_rows(melPower.start, bands, rows)
    } else {
      for index in range {
        for band in 0..<bands {
          analysis.mel.start[index * bands + band] =
            melPower.start[8 * band + index - range.lowerBound]
        }
      }
    }
  }

  private func measureChroma(
    _ samples: UnsafeBufferPointer<Float>, _ analysis: inout ClipAnalysis
  ) {
    let frames = analysis.frames
    let bank = chromaBanks[analysis.tuning] ?? ChromaBank.weights(settings, tuning: analysis.tuning)
    chromaBanks[analysis.tuning] = bank
    for start in stride(from: 0, to: frames, by: 8) {
      if start % 512 == 0, isCancelled() { return }
      let range = start..<min(frames, start + 8)
      let block = block(start / 8, of: frames)
      if !keepsSpectrogram(frames) { ring.read(samples, frames: range, block: block) }
      kernels_pitch_class_powers(
        SpectrumRing.lanes(block), bank.start, settings.bins, chroma.start)
      for pitch in 0..<12 {
        (analysis.pitchClasses.start + pitch * analysis.rowStride + start).update(
          from: chroma.start + 8 * pitch, count: range.count)
      }
    }
  }

  /// Nothing is further below the largest than the range.
  private static func boundBelow(_ decibels: AlignedFloats) {
    let values = decibels.start
    var largest = -Float.infinity
    for index in 0..<decibels.count {
      largest = values[index] > largest ? values[index] : largest
    }
    let least = largest - decibelRange
    for index in 0..<decibels.count {
      values[index] = values[index] < least ? least : values[index]
    }
  }

  private func measureOnsets(_ analysis: inout ClipAnalysis) {
    let bands = ClipAnalysis.bands
    // A frame answers for what it is centred on, so rises are moved back by half a frame.
    let delay = settings.fftSize / (2 * settings.hopLength)
    for index in 1..<max(1, analysis.frames - delay) {
      let row = analysis.mel.start + index * bands
      analysis.onsetStrengths[index + delay] = kernels_median_rise(row, row - bands, bands)
    }
    analysis.tempo = tempo(analysis.onsetStrengths)
  }

  /// The orthonormal cosine transform (type II) of 128 bands, the first 20 rows.
  private static func cosines() -> AlignedFloats {
    let bands = ClipAnalysis.bands
    return AlignedFloats(
      (0..<PublishedFeatures.cepstralCoefficients).flatMap { row in
        (0..<bands).map { band in
          let scale = ((row == 0 ? 1 : 2) / Double(bands)).squareRoot()
          return Float(
            scale * cos(Double.pi * Double(row) * Double(2 * band + 1) / Double(2 * bands)))
        }
      })
  }
}

/// A filter bank as the kernels read it.
private struct BandTable {
  let first: [UInt32]
  let count: [UInt32]
  let weights: [Float]

  init(_ bank: MelFilterBank) {
    first = bank.bands.map { UInt32($0.first) }
    count = bank.bands.map { UInt32($0.weights.count) }
    weights = bank.bands.flatMap(\.weights)
  }
}
