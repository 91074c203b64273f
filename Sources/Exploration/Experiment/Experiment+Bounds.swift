import AudioData
import Learning

/// The ranges of an experiment's numbers: the reader, the schema and the check of plans share them.
extension Experiment {
  static let seedBounds = Bounds(lower: 0, upper: 1e15)
  static let seedsBounds = Bounds(lower: 1, upper: 1000)
  static let secondsBounds = Bounds(lower: 0, upper: 1e8, includesLower: false)
  static let megabytesBounds = Bounds(lower: 50, upper: 1e8)
  static let threadsBounds = Bounds(lower: 1, upper: 1024)
  static let foldsBounds = Bounds(lower: 2, upper: 1000)
  static let repeatsBounds = Bounds(lower: 1, upper: 1000)
  static let innerFoldsBounds = Bounds(lower: 2, upper: 100)
  static let testShareBounds = Bounds(
    lower: 0, upper: 1, includesLower: false, includesUpper: false)
  static let validationShareBounds = Bounds(lower: 0, upper: 1, includesUpper: false)
  /// Fits of a cell's settings in all folds, repeats and inner folds; more are hardly meant.
  static let mostFits = 1000
  /// Subsets that a learning curve learns from at each size.
  static let curveDraws = 5
  static let curveShareBounds = Bounds(lower: 0, upper: 1, includesLower: false)
  /// Combinations of the values of one model or one chain of transformations.
  static let mostCombinations = 1000

  // MARK: Pictures

  static let pictureSideBounds = Bounds(lower: 1, upper: 8192)
  static let noiseReductionBounds = Bounds(lower: 0, upper: 100)
  static let enhancementBounds = Bounds(lower: 0, upper: 100)
  static let pictureSecondsBounds = Bounds(lower: 0, upper: 1e6, includesLower: false)

  // MARK: Sound

  static let segmentSecondsBounds = Bounds(lower: 0.1, upper: 3600)
  static let sampleRateBounds = Bounds(lower: 1000, upper: 192_000)
  static let fftSizeBounds = Bounds(lower: 64, upper: 65_536)
  static let hopLengthBounds = Bounds(lower: 16, upper: 65_536)
  static let bandsBounds = Bounds(lower: 1, upper: 4096)
  static let genresBounds = SoundRequest.genreRange.bounds
  static let songsBounds = SoundRequest.songRange.bounds
  static let songSecondsBounds = SoundRequest.songSecondsRange.bounds
}
