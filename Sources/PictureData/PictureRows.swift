import DataTables
import Learning
import Matrices
import Pictures
import Threads

/// Pictures as the rows of a matrix, which is put together in a file: of all of them only a few are in
/// memory.
package struct PictureRows: Sendable {
  package var shape: PictureShape
  /// Rows × pixels.
  package var pixels: Matrix
  /// The piece that each row is of.
  package var pieces: [Int] = []
  /// The number of each row within its piece, from 0.
  package var segments: [Int] = []
  /// The pieces that have no rows.
  package var failures: [Dataset.Omission] = []

  /// Pieces are made in blocks whose rows together have about this many bytes, or one for each thread.
  private static let blockBytes = 1 << 27

  /// The rows of one piece, or why there are none.
  package enum Outcome: Sendable {
    case rows([PictureValues])
    case failure(String)
  }

  /// Makes the rows, several pieces at a time.
  ///
  /// - Parameters:
  ///   - names: of the pieces.
  ///   - shape: of each row; a piece with other rows is a failure.
  ///   - scratch: where the matrix is put together.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then; yes ends the work.
  ///   - onProgress: told now and then how many pieces are through.
  ///   - makeState: what a thread keeps from piece to piece.
  ///   - rows: the rows of a piece.
  /// - Throws: `MapCancelled`, `SystemError` when there is no room, and what `rows` throws.
  package init<State: ~Copyable>(
    of names: [String], shape: PictureShape, scratch: MatrixScratch, jobs: Int,
    isCancelled: () -> Bool = { false }, onProgress: (MapProgress) -> Void = { _ in },
    makeState: @escaping @Sendable () throws -> State,
    rows: @escaping @Sendable (inout State, Int) throws -> Outcome
  ) throws {
    self.shape = shape
    var (pieces, segments, failures): ([Int], [Int], [Dataset.Omission]) = ([], [], [])
    var first = 0
    var size = max(1, jobs)
    let start = ContinuousClock.now
    pixels = try scratch.matrix(columns: shape.count) { take in
      while first < names.count {
        let block = Array(first..<min(names.count, first + size))
        let outcomes = try concurrentMap(
          block, threads: jobs, isCancelled: isCancelled, makeState: makeState, rows)
        first += block.count
        var rowCount = 0
        for (index, outcome) in zip(block, outcomes) {
          switch outcome {
          case .failure(let reason):
            failures.append(.init(name: names[index], reason: reason))
          case .rows(let own):
            if let other = own.first(where: { $0.shape != shape }) {
              failures.append(
                .init(
                  name: names[index],
                  reason: "its rows are \(other.shape) instead of \(shape)"))
              continue
            }
            try take(Matrix(stacking: own.map(\.row), columns: shape.count))
            rowCount += own.count
            for segment in own.indices {
              pieces.append(index)
              segments.append(segment)
            }
          }
        }
        let bytes = 4 * max(1, rowCount) * shape.count / block.count
        size = max(1, jobs) * min(8, max(1, Self.blockBytes / max(1, jobs * bytes)))
        onProgress(
          MapProgress(finished: first, count: names.count, seconds: start.secondsAgo))
      }
    }
    (self.pieces, self.segments, self.failures) = (pieces, segments, failures)
  }
}

extension PictureValues {
  /// The size as rows have it.
  package var shape: PictureShape { PictureShape(channels: channels, height: height, width: width) }

  fileprivate var row: Matrix { Matrix(rows: 1, columns: values.count, elements: values) }
}
