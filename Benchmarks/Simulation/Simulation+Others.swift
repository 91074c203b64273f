import Matrices
import Statistics
import TextFormatting
import Threads

/// What is not a comparison of pairs on one data set.
extension Simulation {
  /// How far the score of the best of 30 candidates is from what it is truly worth, with and without
  /// the correction; points.
  func selection() throws -> String {
    var table = """
      | best of 30 candidates | chosen on | score of the best − its true accuracy | corrected − true accuracy |
      |---|---|--:|--:|

      """
    let candidates = 30
    for (kind, spread) in [("equal, 80 %", 0.0), ("from 75 to 80 %", 0.05)] {
      let accuracies = (0..<candidates).map {
        0.8 - spread * Double($0) / Double(candidates - 1)
      }
      for (songs, rowsOfSong) in [(50, 1), (200, 1), (20, 10), (100, 10)] {
        let design = SimulatedDesign(
          name: "selection", kind: .testSet(trainingRows: 500), songs: songs,
          rowsOfSong: rowsOfSong, learners: candidates)
        let origin = RandomStream(seed: 1, "selection/\(kind)/\(songs)")
        let biases = try concurrentMap(Array(0..<benchmarks), threads: threads) { index in
          var random = origin.derived(index)
          let data = try SimulatedData(design, accuracies: accuracies, using: &random)
          guard case .testSet(let scores) = data.evidence,
            let correction = SelectionCorrection(
              rows: scores.rows, correct: scores.correct, draws: 200, using: &random)
          else { return (0.0, 0.0) }
          let sums = scores.correct.map { $0.reduce(0, +) }
          let best = sums.firstIndex(of: sums.max() ?? 0) ?? 0
          let truth = data.trueAccuracies[best]
          return (correction.best - truth, correction.corrected - truth)
        }
        let rows = rowsOfSong == 1 ? "\(songs) rows" : "\(songs) songs of \(rowsOfSong) rows"
        func points(_ values: [Double]) -> String { signed(100 * (mean(values) ?? 0)) }
        table += "| \(kind) | \(rows) | \(points(biases.map(\.0))) | \(points(biases.map(\.1))) |\n"
      }
    }
    return table
  }

  /// How often the interval of one learner's accuracy covers the true one; in per cent.
  func cells() throws -> String {
    var table = """
      | condition | true accuracy | coverage | of Wilson's on rows, of Student's t on folds |
      |---|--:|--:|--:|

      """
    for name in [
      "rows-50", "rows-150", "songs-15", "songs-150", "folds-5-of-200-rows",
      "folds-5x3-of-200-rows", "folds-5x3-of-40-songs", "leave-one-of-15-songs-out",
    ] {
      guard let design = Self.designs.first(where: { $0.name == name }) else { continue }
      for accuracy in [0.6, 0.8, 0.95] {
        let origin = RandomStream(seed: 1, "cells/\(name)/\(accuracy)")
        let trials = try concurrentMap(Array(0..<benchmarks), threads: threads) { index in
          var random = origin.derived(index)
          let data = try SimulatedData(design, accuracies: [accuracy], using: &random)
          return (data.trueAccuracies[0], Self.intervals(data))
        }
        // Folds estimate the expectation over training sets.
        let expected = mean(trials.map(\.0)) ?? 0
        var isTestSet = false
        if case .testSet = design.kind { isTestSet = true }
        let shares = (0..<2).map { place in
          let covered = trials.count { truth, intervals in
            let target = isTestSet ? truth : expected
            return intervals[place].map { $0.low <= target && target <= $0.high } ?? false
          }
          return fixed(100 * Double(covered) / Double(trials.count), decimals: 1)
        }
        table +=
          "| \(name) | \(fixed(100 * expected, decimals: 1)) | "
          + "\(shares.joined(separator: " | ")) |\n"
      }
    }
    return table
  }

  /// The interval of the only learner, and a naive one.
  private static func intervals(_ data: SimulatedData) -> [AccuracyInterval?] {
    switch data.evidence {
    case .testSet(let scores):
      let units = zip(scores.correct[0], scores.rows).map {
        AccuracyInterval.Unit(correct: Double($0), rows: $1)
      }
      let rows = data.correctRows[0]
      let share = Double(rows.reduce(0, +)) / Double(rows.count)
      return [
        AccuracyInterval.oneTestSet(units),
        AccuracyInterval.wilson(share: share, count: Double(rows.count)),
      ]
    case .folds(let scores):
      let folds = scores.accuracies[0].indices.map {
        AccuracyInterval.Fold(
          accuracy: scores.accuracies[0][$0], testRows: scores.testRows[$0],
          trainingRows: scores.trainingRows[$0])
      }
      // Training rows without end make the correction vanish.
      let naive = folds.map {
        AccuracyInterval.Fold(accuracy: $0.accuracy, testRows: 0, trainingRows: 1)
      }
      return [AccuracyInterval.folds(folds), AccuracyInterval.folds(naive)]
    }
  }

  /// How often a true difference is found that is as large as the smallest said to be detectable with
  /// 80 % power.
  func detectable() throws -> String {
    var table = """
      | condition | detectable with 80 % power, points | found when it is true, % |
      |---|--:|--:|

      """
    for name in ["rows-150", "rows-500", "songs-15", "songs-150", "folds-5x3-of-40-songs"] {
      guard let design = Self.designs.first(where: { $0.name == name }) else { continue }
      func trials(_ difference: Double, _ purpose: String) throws -> [(Double?, Bool)] {
        let origin = RandomStream(seed: 1, "detectable/\(name)/\(purpose)")
        return try concurrentMap(Array(0..<benchmarks), threads: threads) { index in
          var random = origin.derived(index)
          let data = try SimulatedData(
            design, accuracies: [0.8, 0.8 - difference], using: &random)
          let detectable =
            switch data.evidence {
            case .testSet(let scores): DetectableDifference(scores)
            case .folds(let scores): DetectableDifference(scores, units: design.songs)
            }
          return (
            detectable?.smallest,
            try Statistics.Comparison(data.evidence, using: &random).pairs[0].isReal
          )
        }
      }
      let smallest = mean(try trials(0.05, "size").compactMap(\.0)) ?? 0
      let found = try trials(smallest, "power").count { $0.1 }
      table +=
        "| \(name) | \(fixed(100 * smallest, decimals: 1)) | "
        + "\(fixed(100 * Double(found) / Double(benchmarks), decimals: 1)) |\n"
    }
    return table
  }

  /// How often equal learners are told apart over several data sets.
  func dataSets() throws -> String {
    var table = """
      | equal learners | data sets | Friedman | then Wilcoxon with Holm | Nemenyi |
      |--:|--:|--:|--:|--:|

      """
    for (learners, dataSets) in [(2, 6), (4, 6), (4, 12), (10, 12), (10, 30)] {
      let design = SimulatedDesign(
        name: "data sets", kind: .testSet(trainingRows: 100), songs: 200, rowsOfSong: 1,
        learners: learners)
      let origin = RandomStream(seed: 1, "data sets/\(learners)/\(dataSets)")
      let alarms = try concurrentMap(Array(0..<benchmarks), threads: threads) { index in
        var random = origin.derived(index)
        var scores = [[Double]](repeating: [], count: learners)
        for _ in 0..<dataSets {
          let accuracy = 0.65 + 0.3 * random.uniform()
          let data = try SimulatedData(
            design, accuracies: [Double](repeating: accuracy, count: learners), using: &random)
          guard case .testSet(let own) = data.evidence else { continue }
          for learner in 0..<learners {
            scores[learner].append(Double(own.correct[learner].reduce(0, +)) / 200)
          }
        }
        let comparison = try DataSetComparison(scores: scores)
        let ranks = comparison.friedman.meanRanks
        return [
          comparison.friedman.p <= 0.05, comparison.pairs.contains { $0.isReal },
          (ranks.max() ?? 0) - (ranks.min() ?? 0) >= comparison.criticalDifference,
        ]
      }
      let shares = (0..<3).map { place in
        fixed(100 * Double(alarms.count { $0[place] }) / Double(benchmarks), decimals: 1)
      }
      table += "| \(learners) | \(dataSets) | \(shares.joined(separator: " | ")) |\n"
    }
    return table
  }

  private func signed(_ value: Double) -> String {
    (value < 0 ? "−" : "+") + fixed(abs(value), decimals: 2)
  }

  /// A benchmark for each condition, and four that print a table of Markdown themselves.
  var benchmarkList: [Benchmark] {
    let pairs = Self.designs.map { design in
      Benchmark(
        name: "\(Self.name)/\(design.name)", summary: "false alarms, coverage and power"
      ) { _ in
        ArithmeticPath.useOneThread()
        return Self.measurements(design, try results(of: design))
      }
    }
    let others: [(String, String, () throws -> String)] = [
      ("selection", "the score of the best of many, with and without its correction", selection),
      ("cells", "the coverage of intervals of one learner's accuracy", cells),
      ("detectable", "the power at the difference said to be detectable", detectable),
      ("data-sets", "false alarms over several data sets", dataSets),
    ]
    return pairs
      + others.map { name, summary, table in
        Benchmark(name: "\(Self.name)/\(name)", summary: summary) { _ in
          ArithmeticPath.useOneThread()
          print(try table())
          return []
        }
      }
  }
}
