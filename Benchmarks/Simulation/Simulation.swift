import JSONText
import Matrices
import Statistics
import TextFormatting
import Threads

/// Synthetic benchmarks in which the truth is known.
///
/// They tell how often equal learners are told apart, how often an interval covers the true
/// difference, and how often a difference is found.
struct Simulation {
  /// Synthetic benchmarks of a condition.
  var benchmarks: Int
  var threads: Int

  /// The learners differ by so much: the first reaches 80 % at best, the others less.
  static let differences = [0, 0.02, 0.05, 0.10]

  static let designs: [SimulatedDesign] = {
    let trained = SimulatedDesign.Kind.testSet(trainingRows: 2000)
    func folds(_ repeats: Int, ofRows: Bool = false) -> SimulatedDesign.Kind {
      .folds(count: 5, repeats: repeats, ofRows: ofRows)
    }
    return [
      .init(name: "rows-50", kind: trained, songs: 50, rowsOfSong: 1),
      .init(name: "rows-150", kind: trained, songs: 150, rowsOfSong: 1),
      .init(name: "rows-500", kind: trained, songs: 500, rowsOfSong: 1),
      .init(name: "rows-2000", kind: trained, songs: 2000, rowsOfSong: 1),
      .init(name: "songs-15", kind: trained, songs: 15, rowsOfSong: 10),
      .init(name: "songs-150", kind: trained, songs: 150, rowsOfSong: 10),
      .init(
        name: "songs-150-trained-on-100-rows", kind: .testSet(trainingRows: 100), songs: 150,
        rowsOfSong: 10),
      .init(
        name: "folds-2-of-200-rows", kind: .folds(count: 2, repeats: 1, ofRows: false), songs: 200,
        rowsOfSong: 1),
      .init(name: "folds-5-of-200-rows", kind: folds(1), songs: 200, rowsOfSong: 1),
      .init(name: "folds-5x3-of-200-rows", kind: folds(3), songs: 200, rowsOfSong: 1),
      .init(name: "folds-5-of-40-songs", kind: folds(1), songs: 40, rowsOfSong: 10),
      .init(name: "folds-5x3-of-40-songs", kind: folds(3), songs: 40, rowsOfSong: 10),
      .init(name: "folds-5x3-of-15-songs", kind: folds(3), songs: 15, rowsOfSong: 10),
      .init(
        name: "folds-5-tearing-40-songs", kind: folds(1, ofRows: true), songs: 40, rowsOfSong: 10),
      .init(name: "leave-one-of-15-songs-out", kind: .leaveOneSongOut, songs: 15, rowsOfSong: 10),
      .init(name: "leave-one-of-25-songs-out", kind: .leaveOneSongOut, songs: 25, rowsOfSong: 10),
      .init(name: "leave-one-of-40-songs-out", kind: .leaveOneSongOut, songs: 40, rowsOfSong: 10),
      .init(name: "28-models-rows-500", kind: trained, songs: 500, rowsOfSong: 1, learners: 28),
      .init(name: "28-models-songs-15", kind: trained, songs: 15, rowsOfSong: 10, learners: 28),
      .init(name: "28-models-songs-150", kind: trained, songs: 150, rowsOfSong: 10, learners: 28),
      .init(
        name: "28-models-folds-5x3-of-40-songs", kind: folds(3), songs: 40, rowsOfSong: 10,
        learners: 28),
    ]
  }()

  /// What a method did in all benchmarks of a condition; shares, nil where there is none.
  struct Result: Sendable {
    var method: SimulatedMethod
    /// Benchmarks in which equal learners were told apart, with no difference anywhere.
    var falseAlarms: Double?
    /// The pairs of the first with another that were told apart, by difference.
    var power: [Double] = []
    /// Benchmarks in which all intervals covered, by difference.
    var coverage: [Double] = []
    /// The true differences of the first and the others, measured on what was trained.
    var trueDifferences: [Double] = []
  }

  /// Simulates a design with every difference.
  func results(of design: SimulatedDesign) throws -> [Result] {
    var results = SimulatedMethod.allCases.map { Result(method: $0) }
    for difference in Self.differences {
      let trials = try self.trials(design, difference: difference)
      let first = mean(trials.map { $0.truth[0] }) ?? 0
      let others = mean(trials.flatMap { $0.truth.dropFirst() }) ?? 0
      for index in SimulatedMethod.allCases.indices {
        let judged = trials.filter { $0.verdicts[index] != nil }
        guard !judged.isEmpty else { continue }
        var (alarms, found, covered, pairs) = (0, 0, 0, 0)
        for trial in judged {
          let verdicts = trial.verdicts[index] ?? []
          var coversAll = true
          var place = 0
          for one in trial.truth.indices {
            for other in one + 1..<trial.truth.count {
              let verdict = verdicts[place]
              place += 1
              let target: Double
              if case .testSet = design.kind {
                target = trial.truth[one] - trial.truth[other]
              } else {
                // What is estimated is the expectation over training sets; equal ones have 0.
                target = one == 0 && difference > 0 ? first - others : 0
              }
              if target < verdict.low - 1e-12 || target > verdict.high + 1e-12 { coversAll = false }
              if one == 0 {
                pairs += 1
                found += verdict.isReal && verdict.low + verdict.high > 0 ? 1 : 0
              }
            }
          }
          covered += coversAll ? 1 : 0
          alarms += verdicts.contains { $0.isReal } ? 1 : 0
        }
        if difference == 0 {
          results[index].falseAlarms = Double(alarms) / Double(judged.count)
        } else {
          results[index].power.append(Double(found) / Double(pairs))
          results[index].trueDifferences.append(first - others)
        }
        results[index].coverage.append(Double(covered) / Double(judged.count))
      }
    }
    return results.filter { $0.falseAlarms != nil }
  }

  struct Trial: Sendable {
    var truth: [Double]
    /// By method; nil where it is not for such data.
    var verdicts: [[SimulatedVerdict]?]
  }

  private func trials(_ design: SimulatedDesign, difference: Double) throws -> [Trial] {
    let accuracies =
      [0.8] + [Double](repeating: 0.8 - difference, count: design.learners - 1)
    let origin = RandomStream(seed: 1, "\(design.name)/\(difference)")
    return try concurrentMap(Array(0..<benchmarks), threads: threads) { index in
      var random = origin.derived(index)
      let data = try SimulatedData(design, accuracies: accuracies, using: &random)
      let comparison = try Statistics.Comparison(data.evidence, using: &random)
      return Trial(
        truth: data.trueAccuracies,
        verdicts: SimulatedMethod.allCases.map {
          $0.verdicts(data, comparison: comparison, using: &random)
        })
    }
  }

  /// A line for each method.
  static func measurements(_ design: SimulatedDesign, _ results: [Result]) -> [Measurement] {
    results.map { result in
      func percent(_ shares: [Double]) -> JSONNode {
        JSONNode(.array(shares.map { JSONNode(100 * $0) }))
      }
      var measurement = Measurement(name: "\(name)/\(design.name)")
      measurement.details = [
        "method": JSONNode(result.method.rawValue),
        "false_alarms": percent(result.falseAlarms.map { [$0] } ?? []),
        "coverage": percent(result.coverage), "power": percent(result.power),
        "true_differences": percent(result.trueDifferences),
      ]
      return measurement
    }
  }

  /// The lines as a table of Markdown; all figures in per cent or points.
  static func markdown(_ measurements: [Measurement]) -> String {
    let head = """
      | condition | method | false alarms | coverage at 0 | at 2 | at 5 | at 10 | power at 2 | at 5 \
      | at 10 | true differences |
      |---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|

      """
    return measurements.reduce(head) { table, measurement in
      func figures(_ detail: String) -> [String] {
        (measurement.details[detail]?.elements ?? []).map { fixed($0.number ?? 0, decimals: 1) }
      }
      let condition = String(measurement.name.dropFirst(name.count + 1))
      let cells =
        [condition, measurement.details["method"]?.string ?? ""]
        + ["false_alarms", "coverage", "power"].flatMap(figures)
        + [figures("true_differences").joined(separator: ", ")]
      return table + "| \(cells.joined(separator: " | ")) |\n"
    }
  }

  static let name = "statistics/simulation"
}
