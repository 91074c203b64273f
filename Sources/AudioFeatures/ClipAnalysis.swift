import CKernels
import Matrices
import Spectra

/// What a pass over a clip found, frame by frame, and the features that follow from it.
package struct ClipAnalysis: Sendable {
  /// What is found only where it is asked for.
  package struct Parts: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The moments of the harmonic and of the percussive wave.
    package static let separation = Parts(rawValue: 1)
    /// Contrast and flatness of the spectra.
    package static let contrast = Parts(rawValue: 2)
  }

  package let settings: FeatureSettings
  package let parts: Parts
  /// Samples of the clip.
  package let samples: Int
  package let frames: Int

  /// √mean(x²) of each frame.
  package internal(set) var rootMeanSquares: [Double]
  /// Crossings of zero in each frame, a sample.
  package internal(set) var zeroCrossingRates: [Double]
  /// In hertz, each frame.
  package internal(set) var centroids: [Double]
  /// In hertz, each frame.
  package internal(set) var bandwidths: [Double]
  /// In hertz, each frame.
  package internal(set) var rolloffs: [Double]
  /// Geometric over arithmetic mean of the power, each frame, 0 to 1; empty without
  /// ``Parts/contrast``.
  package internal(set) var flatnesses: [Double] = []
  /// How far the notes lie above those of a piano, in semitones from −0.5 to 0.5.
  package internal(set) var tuning = 0.0
  /// Median rise of the mel bands in decibels, each frame.
  package internal(set) var onsetStrengths: [Float]
  /// In beats a minute; 0 where nothing ever rises.
  package internal(set) var tempo = 0.0
  package internal(set) var harmonic = Moments(mean: 0, variance: 0)
  package internal(set) var percussive = Moments(mean: 0, variance: 0)
  /// The harmonic wave, one value a sample; empty unless asked for.
  package internal(set) var harmonicWave: [Float] = []

  static let bands = 128
  /// `frames` × `bands`.
  let mel: AlignedFloats
  /// 12 rows of `rowStride` values.
  let pitchClasses: AlignedFloats
  /// 7 rows of `rowStride` values in decibels, at most 80 below the largest; empty without
  /// ``Parts/contrast``.
  let peaks: AlignedFloats
  /// Likewise.
  let valleys: AlignedFloats
  let rowStride: Int
  /// 20 × `frames`.
  let coefficients: AlignedFloats

  init(settings: FeatureSettings, samples: Int, parts: Parts) {
    self.settings = settings
    self.parts = parts
    self.samples = samples
    let frames = settings.frames(ofSamples: samples)
    self.frames = frames
    let zeros = [Double](repeating: 0, count: frames)
    rootMeanSquares = zeros
    zeroCrossingRates = zeros
    centroids = zeros
    bandwidths = zeros
    rolloffs = zeros
    onsetStrengths = [Float](repeating: 0, count: frames)
    rowStride = AlignedFloats.stride(of: frames)
    mel = AlignedFloats(count: frames * Self.bands)
    pitchClasses = AlignedFloats(count: 12 * rowStride)
    let contrasts = parts.contains(.contrast) ? SpectralContrast.bands * rowStride : 0
    peaks = AlignedFloats(count: contrasts)
    valleys = AlignedFloats(count: contrasts)
    if contrasts > 0 { flatnesses = zeros }
    coefficients = AlignedFloats(count: PublishedFeatures.cepstralCoefficients * frames)
  }

  /// Mel bands in decibels, at most 80 below the clip’s largest: `frames` × 128.
  package var melDecibels: Matrix {
    Self.matrix(mel, rows: frames, columns: Self.bands, stride: Self.bands)
  }

  /// Pitch classes from C on, each frame’s largest 1: 12 × `frames`.
  package var chroma: Matrix {
    Self.matrix(pitchClasses, rows: 12, columns: frames, stride: rowStride)
  }

  /// Mel-frequency cepstral coefficients: 20 × `frames`.
  package var cepstrum: Matrix {
    Self.matrix(
      coefficients, rows: PublishedFeatures.cepstralCoefficients, columns: frames, stride: frames)
  }

  private static func matrix(
    _ source: AlignedFloats, rows: Int, columns: Int, stride: Int
  ) -> Matrix {
    Matrix(rows: rows, columns: columns) { row, span in
      for column in 0..<columns { span[column] = source.start[row * stride + column] }
    }
  }

  /// The 57 features in the order of ``PublishedFeatures/names``; the parts must include
  /// ``Parts/separation``.
  package var publishedFeatures: [Double] {
    precondition(parts.contains(.separation))
    let coefficients = (0..<PublishedFeatures.cepstralCoefficients).map { row in
      Moments(
        of: self.coefficients.start + row * frames, rows: 1, columns: frames, stride: frames)
    }
    let measures =
      [
        Moments(of: pitchClasses.start, rows: 12, columns: frames, stride: rowStride),
        Moments(of: rootMeanSquares), Moments(of: centroids), Moments(of: bandwidths),
        Moments(of: rolloffs), Moments(of: zeroCrossingRates), harmonic, percussive,
      ]
    func values(_ moments: [Moments]) -> [Double] {
      moments.flatMap { [$0.mean, $0.variance] }
    }
    return values(measures) + [tempo] + values(coefficients)
  }
}
