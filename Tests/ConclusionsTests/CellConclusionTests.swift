import Conclusions
import DataTables
import Exploration
import Statistics
import Testing

@Suite struct CellConclusionTests {
  private let labels = PairedEvidenceTests.labels

  // MARK: Votes

  private func voting(_ split: String) -> MadeUpRun {
    var run = PairedEvidenceTests.grouped(split)
    run.models = #"["knn"]"#
    return run
  }

  @Test func majorityAndProbabilityMayDiffer() throws {
    let labels = labels
    var run = voting(#"{"holdout": {"test": 0.4}}"#)
    // Three of four rows are wrong and unsure, the fourth is right and sure.
    run.test = { _, row in row % 4 == 0 ? labels[row] : 1 - labels[row] }
    run.confidence = { _, row in row % 4 == 0 ? 0.99 : 0.51 }
    try run.conclude { conclusions in
      let votes = try #require(conclusions.votes[0])
      #expect(votes.groupName == "song" && votes.groups == 24)
      #expect(votes.byProbability.accuracy == 1 && votes.byMajority.accuracy == 0)
      #expect(votes.byProbability.interval == AccuracyInterval.wilson(share: 1, count: 24))
    }
  }

  @Test func tiedMajoritiesGoToTheLargerProbability() throws {
    let labels = labels
    var run = voting(#"{"holdout": {"test": 0.4}}"#)
    run.test = { _, row in row % 2 == 0 ? labels[row] : 1 - labels[row] }
    run.confidence = { _, row in row % 2 == 0 ? 0.9 : 0.6 }
    try run.conclude { #expect($0.votes[0]?.byMajority.accuracy == 1) }
    run.confidence = { _, _ in 0.8 }
    // Full ties go to the first class.
    try run.conclude { conclusions in
      let tested = conclusions.plan.protocols[0].divisions[0].splits[0].test
      let first = Double(tested.count { labels[$0] == 0 }) / Double(tested.count)
      #expect(conclusions.votes[0]?.byMajority.accuracy == first)
      #expect(conclusions.votes[0]?.byProbability.accuracy == first)
    }
  }

  @Test func foldsArePooledAndRepeatsAveraged() throws {
    let labels = labels
    var run = voting(#"{"folds": {"count": 4, "repeats": 2}}"#)
    run.test = { place, row in place.split.repetition == 0 ? labels[row] : 1 - labels[row] }
    try run.conclude { conclusions in
      let votes = try #require(conclusions.votes[0])
      #expect(votes.groups == 60 && votes.byMajority.accuracy == 0.5)
      #expect(votes.byMajority.interval == AccuracyInterval.wilson(share: 0.5, count: 60))
    }
    // A song whose segments are in several folds still votes with all of them.
    run.split = #"{"folds": {"count": 4}, "ungrouped": true}"#
    try run.conclude { #expect($0.votes[0]?.groups == 60) }
  }

  @Test func songsOfAnArtistStandTogether() throws {
    let labels = labels
    var run = voting(#"{"holdout": {"test": 0.4}, "group": "artist"}"#)
    // Artists of four songs of one class each.
    run.groups.append(("artist", (0..<240).map { $0 / 8 / 4 * 2 + $0 / 4 % 2 }))
    run.test = { _, row in
      chance(0.7, PairedEvidenceTests.songs[row] / 8) ? labels[row] : 1 - labels[row]
    }
    try run.conclude { conclusions in
      let votes = try #require(conclusions.votes[0])
      #expect(votes.groupName == "song" && votes.groups == 24)
      let wilson = AccuracyInterval.wilson(
        share: votes.byMajority.accuracy, count: Double(votes.groups))
      let interval = try #require(votes.byMajority.interval)
      #expect(interval.high - interval.low > wilson.high - wilson.low + 0.05)
    }
  }

  @Test func groupsOfMixedClassesOrSingleRowsDoNotVote() throws {
    var run = voting(#"{"holdout": {"test": 0.4}}"#)
    run.groups = [("pair", (0..<240).map { $0 / 8 })]
    try run.conclude { #expect($0.votes[0] == nil) }
    run.groups = [("row", Array(0..<240))]
    try run.conclude { #expect($0.votes[0] == nil) }
    // The first that can vote does.
    run.groups = [("row", Array(0..<240)), ("song", PairedEvidenceTests.songs)]
    try run.conclude { #expect($0.votes[0]?.groupName == "song") }
  }

  // MARK: Selection

  private func selecting(_ rest: String = "") -> MadeUpRun {
    var run = PairedEvidenceTests.grouped(
      #"{"holdout": {"validation": 0.4, "test": 0.2}}"#, rest: rest)
    run.groups = []
    run.models = #"[{"knn": {"k": [1, 3, 5, 7, 9, 11, 13, 15]}}, "ridge"]"#
    let labels = labels
    // No setting is better than another.
    run.validation = { _, trial, row in
      chance(0.6, row, 100 + trial) ? labels[row] : 1 - labels[row]
    }
    return run
  }

  @Test func theBestOfManySettingsIsCorrected() throws {
    try selecting().conclude { conclusions in
      let selection = try #require(conclusions.selections[0])
      #expect(selection.settings == 8 && selection.reason.isEmpty && !selection.isApproximate)
      let accuracy = try #require(selection.accuracy)
      let corrected = try #require(selection.corrected)
      // All are right in six of ten; the best of eight on 96 rows looks better.
      #expect(accuracy > 0.63 && corrected < accuracy - 0.02 && corrected > 0.5)
      let single = try #require(conclusions.selections[1])
      #expect(single.settings == 1 && single.corrected == nil)
      #expect(single.reason == "there was one setting and nothing to choose")
    }
  }

  @Test func theSameRecordsGiveTheSameCorrection() throws {
    let first = try selecting().conclude { $0.selections }
    #expect(try selecting().conclude { $0.selections } == first)
    let other = try selecting(#", "seed": 5"#).conclude { $0.selections[0]?.corrected }
    #expect(other != nil && other != first[0]?.corrected)
  }

  @Test func innerFoldsAndFoldsAreCorrectedToo() throws {
    var run = selecting()
    run.split = #"{"folds": {"count": 3, "inner": {"folds": 3}}}"#
    try run.conclude { conclusions in
      let selection = try #require(conclusions.selections[0])
      #expect(try #require(selection.corrected) < #require(selection.accuracy))
    }
    run.rest = #", "measure": "f1_macro""#
    try run.conclude { #expect($0.selections[0]?.corrected != nil) }
  }

  @Test func whatCannotBeCorrectedSaysWhy() throws {
    var run = selecting()
    run.budget = { $0 < 6 ? 0.5 : nil }
    try run.conclude { conclusions in
      #expect(conclusions.selections[0]?.corrected == nil)
      #expect(
        conclusions.selections[0]?.reason
          == "most settings were stopped early, with part of the budget")
    }
    run = selecting(#", "measure": "auc_macro""#)
    try run.conclude { conclusions in
      #expect(
        conclusions.selections[0]?.reason
          == "auc_macro, which settings are chosen by, is not computed for draws")
    }
    run = selecting()
    run.models = #"["ridge", "knn"]"#
    try run.conclude { #expect($0.selections[0]?.reason == "nothing was validated") }
  }

  // MARK: Calibration

  @Test func calibrationIsOfRealProbabilities() throws {
    var run = voting(#"{"folds": {"count": 4}}"#)
    run.confidence = { _, _ in 0.9 }
    try run.conclude { conclusions in
      let calibration = try #require(conclusions.calibrations[0])
      #expect(calibration.curve.bins.count == 1 && calibration.curve.bins[0].count == 240)
      let accuracy = calibration.curve.bins[0].accuracy
      #expect(abs(calibration.curve.expectedError - abs(0.9 - accuracy)) < 1e-6)
      let brier = accuracy * 2 * 0.01 + (1 - accuracy) * 2 * 0.81
      #expect(abs(calibration.brierScore - brier) < 1e-6)
      // √(2/π · 0.09 / 60 groups)
      #expect(abs(calibration.chanceError - 0.0309) < 1e-3)
    }
    run.hasScores = true
    try run.conclude { #expect($0.calibrations[0] == nil) }
  }
}
