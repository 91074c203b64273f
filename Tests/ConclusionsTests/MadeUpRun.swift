import Conclusions
import DataTables
import ExploreCommands
import FileSystem
import Learning
import Matrices
import TextFormatting

import Exploration

/// A run whose predictions a test makes up.
struct MadeUpRun {
  /// A piece of the run, by what it is about.
  struct Place {
    /// As in `none+knn`.
    var cell: String
    var split: Split
    var seed: Int
  }

  var labels: [Int]
  var classes = 2
  /// The groups of the rows, as groupings in order.
  var groups: [(name: String, groups: [Int])] = []
  var split = #"{"holdout": {"validation": 0.2, "test": 0.4}}"#
  var models = #"["dummy", "knn", "ridge"]"#
  /// More of the experiment file, with a comma in front.
  var rest = ""
  var identicalRows: [[Int]] = []
  /// The class that is predicted for a test row.
  var test: (Place, Int) -> Int = { _, _ in 0 }
  /// The class that a trial predicts for a validation row.
  var validation: (Place, _ trial: Int, _ row: Int) -> Int = { _, _, _ in 0 }
  var trainAccuracy: (Place) -> Double = { _ in 0.8 }
  var confidence: (Place, Int) -> Float = { _, _ in 0.8 }
  var hasScores = false
  var notes: (Place) -> [String] = { _ in [] }
  var ownArithmetic: (Place) -> String? = { _ in nil }
  var failure: (Place) -> Failure? = { _ in nil }
  /// The share of the budget that a trial had.
  var budget: (_ trial: Int) -> Double? = { _ in nil }

  func dataset() -> Dataset {
    var set = Dataset(
      source: "test", columns: ["a"],
      features: Matrix(rows: labels.count, columns: 1) { row, span in span[0] = Float(row) },
      labels: labels, classes: (0..<classes).map { "c\($0)" },
      fileRows: Array(labels.indices), fileRowCount: labels.count)
    set.groupings = groups.map { own in
      .init(
        name: own.name, groups: own.groups,
        names: (0...(own.groups.max() ?? 0)).map { "\(own.name)\($0)" })
    }
    set.identicalRows = identicalRows
    return set
  }

  func plan() throws -> Plan {
    // The text says a table; the rows come from the test.
    let groups = groups.map { "\"\($0.name)\": \"s\"" }.joined(separator: ", ")
    let text =
      #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"# + groups + "}}"
      + (rest.contains("\"protocols\"") ? "" : #", "split": "# + split)
      + #", "models": "# + models + rest + "}"
    return try Plan(
      Experiment(text: text, file: "dir/e.json", registry: .standard), datasets: [dataset()],
      registry: .standard)
  }

  /// Writes the journal, and gives what is concluded from it while it is there.
  func conclude<Result>(_ body: (RunConclusions) throws -> Result) throws -> Result {
    try results { try body(RunConclusions($0)) }
  }

  func results<Result>(_ body: (RunResults) throws -> Result) throws -> Result {
    let folder = try Path.makeTemporaryFolder("explore-conclusions")
    defer { try? folder.remove() }
    let plan = try plan()
    let writer = try JournalWriter(folder, name: "000001-worker")
    var entries: [JournalEntry] = []
    for piece in plan.pieces {
      let cell = plan.cells[piece.cell]
      let place = Place(
        cell: plan.name(of: cell), split: plan.split(piece.split, of: cell), seed: piece.seedIndex)
      entries += try records(of: piece, place, plan, writer)
    }
    try writer.append(entries)
    return try body(RunResults(plan, journal: Journal(reading: folder, repairing: false)))
  }

  private func records(
    of piece: Plan.Piece, _ place: Place, _ plan: Plan, _ writer: JournalWriter
  ) throws -> [JournalEntry] {
    let format = PredictionBlob(classCount: classes)
    var entries: [JournalEntry] = []
    var record = CellRecord(key: piece.key, failure: failure(place))
    var best = -1.0
    let trials = plan.settings(of: plan.cells[piece.cell]).count
    let rows = place.split.selection.flatMap(\.validation)
    for trial in 0..<trials {
      var own = TrialRecord(key: piece.key, trial: trial, fitSeconds: 0, predictSeconds: 0)
      own.trainAccuracy = trainAccuracy(place)
      own.budget = budget(trial)
      if !rows.isEmpty {
        let predicted = rows.map { validation(place, trial, $0) }
        let right = zip(rows, predicted).count { labels[$0] == $1 }
        own.validationAccuracy = Double(right) / Double(rows.count)
        own.score = own.validationAccuracy
        own.predictions = try writer.add(format.bytes(classes: predicted))
      }
      if own.budget == nil, own.score ?? 0 > best {
        (best, record.winner) = (own.score ?? 0, trial)
      }
      entries.append(.trial(own))
    }
    guard record.failure == nil else { return [.cell(record)] }
    let predicted = place.split.test.map { test(place, $0) }
    let probabilities = Matrix(rows: predicted.count, columns: classes) { row, span in
      let confidence = confidence(place, place.split.test[row])
      for label in 0..<classes {
        span[label] =
          label == predicted[row] ? confidence : (1 - confidence) / Float(max(1, classes - 1))
      }
    }
    record.predictions = try writer.add(
      format.bytes(
        classes: predicted, probabilities: probabilities,
        scores: hasScores ? probabilities : nil))
    record.trainingRows = place.split.finalTraining.count
    record.dimensions = 1
    record.notes = notes(place)
    record.ownArithmetic = ownArithmetic(place)
    return entries + [.cell(record)]
  }
}

/// Whether something happens for a row, in a share of all rows that looks drawn by chance.
func chance(_ share: Double, _ parts: Int...) -> Bool {
  var bits: UInt64 = 0x9E37_79B9_7F4A_7C15
  for part in parts {
    bits = (bits ^ UInt64(bitPattern: Int64(part))) &* 0xBF58_476D_1CE4_E5B9
    bits ^= bits >> 31
  }
  var random = RandomStream(seed: bits)
  return random.uniform() < share
}
