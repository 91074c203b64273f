import Conclusions
import Exploration
import Testing

@Suite struct FindingTests {
  private static let labels = PairedEvidenceTests.labels

  /// A run with nothing to say against: 600 rows, one clearly best cell that is right in 98 of 100.
  private static func clean(_ split: String = #"{"holdout": {"test": 0.5}}"#) -> MadeUpRun {
    let labels = (0..<600).map { $0 % 2 }
    var run = MadeUpRun(labels: labels, split: split)
    run.test = { place, row in
      if place.cell.hasSuffix("dummy") { return 0 }
      return chance(place.cell.hasSuffix("knn") ? 0.98 : 0.8, row, 7)
        ? labels[row] : 1 - labels[row]
    }
    run.validation = { _, _, row in labels[row] }
    run.confidence = { place, _ in place.cell.hasSuffix("knn") ? 0.98 : 0.8 }
    return run
  }

  private func kinds(_ run: MadeUpRun) throws -> [Finding.Kind] {
    try run.conclude { $0.findings.map(\.kind) }
  }

  private func finding(_ kind: Finding.Kind, _ run: MadeUpRun) throws -> Finding {
    try run.conclude { conclusions in
      try #require(conclusions.findings.first { $0.kind == kind }, "\(conclusions.findings)")
    }
  }

  @Test(arguments: [
    #"{"holdout": {"test": 0.5}}"#, #"{"folds": {"count": 5, "repeats": 2}}"#,
  ])
  func aCleanRunHasNoFindings(split: String) throws {
    #expect(try kinds(Self.clean(split)) == [])
  }

  @Test func leakageIsFound() throws {
    var run = PairedEvidenceTests.grouped(#"{"holdout": {"test": 0.4}, "ungrouped": true}"#)
    let found = try finding(.leakage, run)
    #expect(found.gravity == .serious && found.seen.contains("test groups (song) also have rows"))
    #expect(found.advice.contains("“ungrouped”"))
    run = PairedEvidenceTests.grouped(#"{"holdout": {"test": 0.4}}"#)
    #expect(try !kinds(run).contains(.leakage))
    // Artists of several songs, which the split by songs does not keep together.
    run.groups.append(("artist", (0..<240).map { $0 / 8 / 4 * 2 + $0 / 4 % 2 }))
    let other = try finding(.leakage, run)
    #expect(other.gravity == .warning && other.title.hasPrefix("groups of “artist” stand on both"))
  }

  @Test func validationLeakageIsFound() throws {
    var run = PairedEvidenceTests.grouped(#"{"holdout": {"validation": 0.3, "test": 0.3}}"#)
    run.models = #"[{"knn": {"k": [1, 3]}}]"#
    #expect(try !kinds(run).contains(.validationLeakage))
    try run.results { results in
      var leaking = results
      let moved = leaking.plan.protocols[0].divisions[0].splits[0].selection[0].validation[0]
      leaking.plan.protocols[0].divisions[0].splits[0].selection[0].training.append(moved)
      let found = RunConclusions(leaking).findings.first { $0.kind == .validationLeakage }
      #expect(found?.seen.hasPrefix("1 of 18 validation groups (song) also has training") == true)
    }
  }

  @Test func failedCellsAreFound() throws {
    var run = Self.clean()
    run.failure = { place in
      place.cell.hasSuffix("ridge")
        ? Failure(status: .timeout, reason: "took more than 5 s", limit: 5) : nil
    }
    let found = try finding(.failedCells, run)
    #expect(found.title == "1 of 3 cells has no figures" && found.cells == ["none+ridge"])
    #expect(found.seen == "Timeout: ridge: took more than 5 s.")
    #expect(found.advice.contains("limits.cell_seconds"))
  }

  @Test func whatDummyDoesAsWellIsFound() throws {
    let labels = (0..<600).map { $0 % 2 }
    var run = Self.clean()
    run.test = { place, row in
      if place.cell.hasSuffix("dummy") { return 0 }
      return chance(place.cell.hasSuffix("knn") ? 0.98 : 0.5, row, 7)
        ? labels[row] : 1 - labels[row]
    }
    let equal = try finding(.worseThanDummy, run)
    #expect(equal.gravity == .warning && equal.cells == ["none+ridge"])
    #expect(equal.title == "1 cell is not told apart from dummy")
    run.test = { place, row in
      place.cell.hasSuffix("dummy") ? 0 : chance(0.2, row, 7) ? labels[row] : 1 - labels[row]
    }
    let worse = try finding(.worseThanDummy, run)
    #expect(worse.gravity == .serious && worse.title == "2 cells are worse than dummy")
  }

  @Test func tooLittleDataIsFound() throws {
    var run = PairedEvidenceTests.grouped(#"{"holdout": {"test": 0.4}}"#)
    run.models = #"["knn", "ridge"]"#
    let labels = Self.labels
    run.test = { place, row in
      chance(0.8, row, place.cell.utf8.count) ? labels[row] : 1 - labels[row]
    }
    let found = try finding(.tooLittleData, run)
    #expect(
      found.title == "1 cell cannot be told apart from the first one with 24 test groups (song)")
    #expect(found.seen.contains("with 80 % power when it is at least "))
    #expect(
      try found.advice.contains(
        Regex(#"^To show 2 points about [0-9,]+ test groups \(song\), 5 points about"#)))
    #expect(Set(found.cells) == ["none+knn", "none+ridge"])
    // Nothing can be compared with four groups.
    run.groups = [("artist", (0..<240).map { $0 / 24 })]
    let refused = try finding(.tooLittleData, run)
    #expect(refused.title == "no two cells can be compared")
    #expect(refused.seen.hasPrefix("There are only 4 test groups (artist)"))
  }

  @Test func theEdgeOfARangeIsFound() throws {
    var run = Self.clean(#"{"holdout": {"validation": 0.3, "test": 0.5}}"#)
    run.models = #"["dummy", {"ridge": {"alpha": [0.1, 1, 10]}}]"#
    let labels = run.labels
    func best(_ trial: Int) -> MadeUpRun {
      run.validation = { _, own, row in own == trial ? labels[row] : 0 }
      return run
    }
    let found = try finding(.edgeOfRange, best(2))
    #expect(found.seen.hasPrefix("ridge: alpha = 10, the highest of 0.1 … 10. Named is"))
    #expect(try !kinds(best(1)).contains(.edgeOfRange))
  }

  @Test func unconvergedFitsAreFound() throws {
    var run = Self.clean()
    run.notes = {
      $0.cell.hasSuffix("knn") ? ["logistic, C = 1: stopped unconverged after 9"] : ["x"]
    }
    let found = try finding(.notConverged, run)
    #expect(found.cells == ["none+knn"] && found.title.hasPrefix("fits of 1 cell stopped before"))
  }

  @Test func aClassThatIsNeverPredictedIsFound() throws {
    var run = Self.clean()
    let labels = run.labels
    run.test = { place, row in place.cell.hasSuffix("ridge") ? 1 : labels[row] }
    let found = try finding(.neverPredicted, run)
    #expect(found.cells == ["none+ridge"] && found.seen == "ridge: “c0”.")
  }

  @Test func anUnusualFoldIsFound() throws {
    var run = Self.clean(#"{"folds": {"count": 6}}"#)
    let labels = run.labels
    let usual = run.test
    run.test = { place, row in
      place.split.fold == 2 && chance(0.3, row, 1) ? 1 - labels[row] : usual(place, row)
    }
    let found = try finding(.unusualFold, run)
    #expect(found.title == "a fold is unlike the others" && found.seen.contains("fold 2: "))
    // Four folds have no usual.
    run.split = #"{"folds": {"count": 4}}"#
    #expect(try !kinds(run).contains(.unusualFold))
  }

  @Test func aFoldIsNotUnusualByChance() throws {
    // Single rows, so that folds of equal models differ by chance as much as folds of real ones.
    for salt in 1...40 {
      let labels = (0..<300).map { $0 % 2 }
      var run = MadeUpRun(labels: labels, split: #"{"folds": {"count": 5}}"#)
      run.models = #"["knn"]"#
      run.test = { _, row in chance(0.7, row, salt) ? labels[row] : 1 - labels[row] }
      #expect(try !kinds(run).contains(.unusualFold), "\(salt)")
    }
  }

  @Test func wrongProbabilitiesAreFound() throws {
    var run = Self.clean()
    run.confidence = { place, _ in place.cell.hasSuffix("knn") ? 0.6 : 0.8 }
    let found = try finding(.calibration, run)
    #expect(found.cells == ["none+knn"] && found.gravity == .note)
    #expect(found.seen.contains("knn says 60.0 % on average and is right in 9"))
  }

  @Test func gapsAreFound() throws {
    var run = Self.clean()
    run.trainAccuracy = { _ in 1 }
    run.test = { place, row in
      chance(place.cell.hasSuffix("knn") ? 0.98 : 0.7, row, 7) ? row % 2 : 1 - row % 2
    }
    let found = try finding(.trainingGap, run)
    #expect(found.cells == ["none+ridge"] && found.gravity == .note)
  }

  @Test func differentArithmeticIsFound() throws {
    var run = Self.clean()
    run.ownArithmetic = { $0.cell.hasSuffix("knn") ? "avx2" : "portable" }
    let found = try run.conclude { $0.findings }
    #expect(found.map(\.kind) == [.mixedArithmetic])
    #expect(found.first?.seen == "avx2: none+knn; portable: none+dummy, none+ridge.")
  }

  @Test func theGravestComeFirst() throws {
    var run = PairedEvidenceTests.grouped(#"{"holdout": {"test": 0.4}, "ungrouped": true}"#)
    run.trainAccuracy = { _ in 1 }
    run.notes = { _ in ["stopped unconverged"] }
    let gravities = try run.conclude { $0.findings.map(\.gravity) }
    #expect(gravities == gravities.sorted() && gravities.count >= 3)
  }
}
