import Matrices
import Statistics

/// How synthetic benchmarks are made and judged.
struct SimulatedDesign: Sendable {
  enum Kind: Sendable {
    /// Models trained on so many rows, and a test set.
    case testSet(trainingRows: Int)
    /// Every fold is the test part once in each repeat; `ofRows`: songs are torn apart.
    case folds(count: Int, repeats: Int, ofRows: Bool)
    /// Each song is the test part once, and the predictions are pooled.
    case leaveOneSongOut
  }

  var name: String
  var kind: Kind
  /// Test songs, or all songs where they take turns.
  var songs: Int
  var rowsOfSong: Int
  var learners = 2
}

/// One synthetic benchmark: what learners did, and how good they truly are.
struct SimulatedData {
  var evidence: Evidence
  /// Each learner's accuracy on rows without end; a mean over folds.
  var trueAccuracies: [Double]
  /// Learners × test rows, 1 or 0; empty for folds.
  var correctRows: [[Int]] = []

  /// Draws, trains and tests.
  init(
    _ design: SimulatedDesign, accuracies: [Double], using random: inout RandomStream
  ) throws {
    let world = SyntheticWorld(accuracies: accuracies)
    let sample = world.sample(
      songs: design.songs, rowsOfSong: design.rowsOfSong, using: &random)
    let stream = random
    let learners = accuracies.indices
    let all = Array(sample.labels.indices)
    var truth = [Double](repeating: 0, count: learners.count)
    switch design.kind {
    case .testSet(let trainingRows):
      let training = world.sample(songs: trainingRows, rowsOfSong: 1, using: &random)
      for learner in learners {
        let rule = try world.train(
          learner, on: training, rows: Array(0..<trainingRows), using: stream)
        truth[learner] = rule.trueAccuracy
        correctRows.append(rule.correct(sample, rows: all))
      }
      evidence = .testSet(Self.scores(correctRows, rowsOfSong: design.rowsOfSong))
    case .leaveOneSongOut:
      correctRows = [[Int]](repeating: [], count: learners.count)
      for song in 0..<sample.songs {
        let training = sample.rows(ofSongs: (0..<sample.songs).filter { $0 != song })
        for learner in learners {
          let rule = try world.train(learner, on: sample, rows: training, using: stream)
          truth[learner] += rule.trueAccuracy / Double(sample.songs)
          correctRows[learner] += rule.correct(sample, rows: sample.rows(ofSongs: [song]))
        }
      }
      evidence = .testSet(Self.scores(correctRows, rowsOfSong: design.rowsOfSong))
    case .folds(let count, let repeats, let ofRows):
      var scores = FoldScores(
        accuracies: [[Double]](repeating: [], count: learners.count), testRows: [],
        trainingRows: [])
      for _ in 0..<repeats {
        let order = random.permutation(ofRows ? all.count : sample.songs)
        for fold in 0..<count {
          func part(_ isTest: Bool) -> [Int] {
            let members = order.indices.filter { ($0 % count == fold) == isTest }
              .map { order[$0] }
            return ofRows ? members : sample.rows(ofSongs: members)
          }
          let (training, test) = (part(false), part(true))
          scores.testRows.append(test.count)
          scores.trainingRows.append(training.count)
          for learner in learners {
            let rule = try world.train(learner, on: sample, rows: training, using: stream)
            truth[learner] += rule.trueAccuracy / Double(count * repeats)
            let right = rule.correct(sample, rows: test).reduce(0, +)
            scores.accuracies[learner].append(Double(right) / Double(test.count))
          }
        }
      }
      evidence = .folds(scores)
    }
    trueAccuracies = truth
  }

  private static func scores(_ rows: [[Int]], rowsOfSong: Int) -> TestSetScores {
    let songs = (rows.first?.count ?? 0) / rowsOfSong
    return TestSetScores(
      rows: [Int](repeating: rowsOfSong, count: songs),
      correct: rows.map { rows in
        (0..<songs).map { rows[$0 * rowsOfSong..<($0 + 1) * rowsOfSong].reduce(0, +) }
      })
  }
}
