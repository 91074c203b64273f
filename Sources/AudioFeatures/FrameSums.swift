import CKernels
import Spectra

/// What is counted on the samples of each frame: energy and crossings of zero.
///
/// Where the hop divides the frame, neighbouring frames share pieces of a hop, each of which is counted
/// once.
struct FrameSums {
  private let settings: FeatureSettings
  private let piece: Int

  init(_ settings: FeatureSettings) {
    self.settings = settings
    piece =
      settings.fftSize % settings.hopLength == 0 ? settings.hopLength : settings.fftSize
  }

  func measure(_ samples: Span<Float>, _ analysis: inout ClipAnalysis) {
    let size = settings.fftSize
    let pieces = size / piece
    let count = analysis.frames + pieces - 1
    let scratch = AlignedFloats(count: piece + 1)
    var energies = [Double](repeating: 0, count: count)
    var crossings = [Int](repeating: 0, count: count)
    for index in 0..<count {
      let start = index * settings.hopLength - size / 2
      energies[index] = with(samples, start, settings.padding, scratch) {
        kernels_sum_of_squares($0, piece)
      }
      crossings[index] = with(samples, start, .edge, scratch) {
        kernels_sign_changes($0, piece)
      }
    }
    for index in 0..<analysis.frames {
      let own = index..<index + pieces
      let energy = energies[own].reduce(0, +)
      analysis.rootMeanSquares[index] = (energy / Double(size)).squareRoot()
      // A frame’s first sample has none before it.
      let first = with(
        samples, index * settings.hopLength - size / 2, .edge, scratch
      ) { kernels_sign_changes($0, 1) }
      analysis.zeroCrossingRates[index] =
        Double(crossings[own].reduce(0, +) - first) / Double(size)
    }
  }

  /// The piece that starts at a place, and the sample before it.
  private func with<Result>(
    _ samples: Span<Float>, _ start: Int, _ padding: Padding, _ scratch: AlignedFloats,
    _ body: (UnsafePointer<Float>) -> Result
  ) -> Result {
    if start > 0, start + piece <= samples.count {
      return samples.withUnsafeBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return body(scratch.start + 1) }
        return body(first + start)
      }
    }
    padding.copy(from: start - 1, of: samples, count: piece + 1, to: scratch.start)
    return body(scratch.start + 1)
  }
}
