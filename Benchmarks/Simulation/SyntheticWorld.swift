import ClassicalModels
import Glibc
import Learning
import Matrices
import Statistics

/// Rows of two classes in which each of several learners sees columns of its own.
///
/// Two blocks of columns of the same strength are exchangeable: a learner trained on the one is as
/// good as the same learner trained on the other, by symmetry, and yet never predicts the same.
struct SyntheticWorld {
  /// The columns of a block.
  static let columns = 4

  /// What the best possible rule reaches on each block, above 0.5.
  var accuracies: [Double]
  /// The share of the variance that all blocks have in common: learners err on the same rows.
  var sharedByBlocks = 0.5
  /// The share of the variance that all rows of a song have in common.
  var sharedBySong = 0.6

  /// Songs of equally many rows, and their rows.
  struct Sample {
    /// A matrix a block: rows × ``SyntheticWorld/columns``.
    var blocks: [Matrix]
    /// 0 or 1, one for all rows of a song.
    var labels: [Int]
    var rowsOfSong: Int
    var songs: Int { labels.count / rowsOfSong }

    /// The rows of some songs, in their order.
    func rows(ofSongs songs: [Int]) -> [Int] {
      songs.flatMap { $0 * rowsOfSong..<($0 + 1) * rowsOfSong }
    }

    /// The rows of a block as a learner wants them.
    func samples(_ block: Int, rows: [Int]) -> Samples {
      let features = blocks[block]
      return Samples(
        features: Matrix(rows: rows.count, columns: features.columns) { row, span in
          let source = features.row(rows[row])
          for column in 0..<features.columns { span[column] = source[column] }
        }, labels: rows.map { labels[$0] }, classCount: 2)
    }
  }

  /// Songs with a label by chance each.
  func sample(songs: Int, rowsOfSong: Int, using random: inout RandomStream) -> Sample {
    let count = songs * rowsOfSong
    let labels = (0..<songs).flatMap { _ in
      [Int](repeating: random.below(2), count: rowsOfSong)
    }
    // Rows × columns of noise with variance 1, of which a part is the song's.
    func noise(_ random: inout RandomStream) -> [Float] {
      var values = Self.normals(count * Self.columns, using: &random)
      guard rowsOfSong > 1 else { return values }
      let ofSongs = Self.normals(songs * Self.columns, using: &random)
      let (ofSong, ofRow) = (
        Float(sharedBySong.squareRoot()), Float((1 - sharedBySong).squareRoot())
      )
      for place in values.indices {
        let song = place / (rowsOfSong * Self.columns)
        values[place] =
          ofSong * ofSongs[song * Self.columns + place % Self.columns] + ofRow * values[place]
      }
      return values
    }
    let common = noise(&random)
    let (ofAll, ofOne) = (
      Float(sharedByBlocks.squareRoot()), Float((1 - sharedByBlocks).squareRoot())
    )
    let blocks = accuracies.map { accuracy in
      let own = noise(&random)
      let shift = Float(signal(accuracy))
      return Matrix(rows: count, columns: Self.columns) { row, span in
        for column in 0..<Self.columns {
          let place = row * Self.columns + column
          span[column] =
            (labels[row] == 1 ? shift : -shift) + ofAll * common[place] + ofOne * own[place]
        }
      }
    }
    return Sample(blocks: blocks, labels: labels, rowsOfSong: rowsOfSong)
  }

  /// Numbers from the normal distribution, two from each pair of uniform ones (Box and Muller 1958).
  private static func normals(_ count: Int, using random: inout RandomStream) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let bits = random.next()
        let radius = (-2 * logf(1 - Float(bits >> 40) * 0x1p-24)).squareRoot()
        let angle = 2 * Float.pi * Float(bits & 0xFF_FFFF) * 0x1p-24
        buffer.initializeElement(at: filled, to: radius * cosf(angle))
        filled += 1
        guard filled < count else { break }
        buffer.initializeElement(at: filled, to: radius * sinf(angle))
        filled += 1
      }
    }
  }

  /// A learner's fitted rule on a block.
  struct Rule {
    let model: LinearClassifier
    let block: Int
    /// Its accuracy on rows without end: the classes are normal with known means.
    let trueAccuracy: Double

    /// Which rows are right, 1 or 0.
    func correct(_ sample: Sample, rows: [Int]) -> [Int] {
      let samples = sample.samples(block, rows: rows)
      let classes = model.predictions(for: samples.features).classes
      return zip(classes, samples.labels).map { $0 == $1 ? 1 : 0 }
    }
  }

  /// Trains ridge regression on some rows of a block.
  func train(
    _ block: Int, on sample: Sample, rows: [Int], using random: RandomStream
  ) throws -> Rule {
    let model = try Ridge().fit(
      sample.samples(block, rows: rows), in: FitContext(random: random))
    let shift = signal(accuracies[block])
    var (intercept, slope, squares) = (
      Double(model.intercepts[1] - model.intercepts[0]), 0.0, 0.0
    )
    let (first, second) = (model.weights.row(0), model.weights.row(1))
    for column in 0..<Self.columns {
      let weight = Double(second[column] - first[column])
      slope += shift * weight
      squares += weight * weight
    }
    let deviation = max(squares.squareRoot(), .leastNormalMagnitude)
    intercept /= deviation
    slope /= deviation
    return Rule(
      model: model, block: block,
      trueAccuracy: (NormalDistribution.cumulative(slope + intercept)
        + NormalDistribution.cumulative(slope - intercept)) / 2)
  }

  /// How far a class's mean lies from 0 in each column so that the best rule is so accurate.
  private func signal(_ accuracy: Double) -> Double {
    NormalDistribution.quantile(accuracy) / Double(Self.columns).squareRoot()
  }
}
