import FileSystem
import Glibc
import JSONText
import ProgramSupport
import Testing

@Suite struct RunTests {
  @Test func aRunLeavesTheFilesOfTheContract() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    let names = Set(try run.folder.children())
    #expect(
      names == [
        ".lock", "experiment.json", "plan.json", "provenance.json", "journal", "cells", "tables",
        "curves", "confusion", "figures", "index.html", "report.md",
      ])
    #expect(
      try (run.folder / "tables").children() == [
        "accuracy.csv", "accuracy.md", "accuracy.tex", "calibration.csv", "comparisons.csv",
        "findings.csv", "per_class.csv", "predictions.csv", "ranking.csv", "results.csv",
        "results.md", "results.tex", "selection.csv", "trials.csv",
      ])
    #expect(try run.table("accuracy").header == ["model", "none", "pca", "rbf"])
    #expect(
      try run.table("results").header.joined(separator: ",")
        == "transformation,model,status,reason,settings,validation_accuracy,test_accuracy,test_accuracy_low,test_accuracy_high,balanced_accuracy,precision_macro,recall_macro,f1_macro,f1_weighted,top3_accuracy,auc_macro,log_loss,trials,training_rows,dimensions,transform_seconds,fit_seconds,predict_seconds,peak_memory_mb,validation_score"
    )
    #expect(
      try run.table("trials").header.joined(separator: ",")
        == "transformation,model,trial,settings,repeat,fold,measure,validation_score,train_accuracy,validation_accuracy,train_loss,validation_loss,fit_seconds,status"
    )
    #expect(
      try run.table("per_class").header
        == ["transformation", "model", "class", "precision", "recall", "f1", "support"])
    #expect(
      try run.table("predictions").header == [
        "transformation", "model", "repeat", "fold", "row", "group", "label", "predicted",
        "p_class_0", "p_class_1", "p_class_2",
      ])
    #expect(try run.table("results").rows.count == 24)
    #expect(try run.table("results").rows.allSatisfy { $0["status"] == "ok" })
    #expect(try run.table("trials").rows.count == 3 * 15)
    let curves = try run.files(under: "curves")
    #expect(curves.count == 24)
    #expect(
      curves.values.allSatisfy {
        String(decoding: $0, as: UTF8.self)
          .hasPrefix("step,train_loss,validation_loss,train_accuracy,validation_accuracy\n0,")
      })
    #expect(try run.files(under: "confusion").count == 24)
    #expect(try run.files(under: "figures").count == 5 + 48)
    #expect(
      try run.files(under: "cells/none+knn/model").keys.sorted()
        == ["manifest.json", "weights.safetensors"])
    // Fewer distinct training rows than centres would be said; here there are enough.
    #expect(try run.cell("rbf", "knn")["dimensions"] == "20")
  }

  @Test func accuracyHasFourDecimalsAndAgreesWithPredictions() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    for row in try run.table("accuracy").rows {
      for transformation in ["none", "pca", "rbf"] {
        let own = try run.table("predictions").rows.filter {
          $0["transformation"] == transformation && $0["model"] == row["model"]
        }
        let right = own.count { $0["label"] == $0["predicted"] }
        let accuracy = Double(right) / Double(own.count)
        let written = try #require(row[transformation])
        #expect(written.split(separator: ".").last?.count == 4)
        #expect(abs((Double(written) ?? -1) - accuracy) < 5.1e-5)
      }
    }
  }

  @Test func runningAgainComputesOnlyWhatIsMissing() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    let before = try run.reproducibleContents()
    let journals = try run.files(under: "journal")
    try place.run(smallGrid)
    #expect(try run.files(under: "journal") == journals)
    // One more model: only its cells are computed.
    let more = smallGrid.replacingFirst(
      #""dummy","#, with: #""dummy", {"knn": {"k": 3, "as": "three"}},"#)
    try place.run(more)
    #expect(try run.journalLines(of: "cell").count == 24 + 3)
    #expect(try run.table("results").rows.count == 27)
    try place.run(smallGrid)
    #expect(try run.reproducibleContents() == before)
  }

  @Test func whatAnotherExperimentChangesIsSaid() throws {
    let place = try Workplace()
    defer { place.remove() }
    let text = #"{"name": "n", "data": {"builtin": "iris"}, "models": ["knn"]}"#
    try place.run(text)
    try place.write("e.json", text)
    let same = try place.explore("run", "e.json", "--out", "run")
    #expect(!same.errors.contains("computed anew"))
    try place.write("e.json", text.replacingAll("iris", with: "wine"))
    let other = try place.explore("run", "e.json", "--out", "run", "--seed", "5")
    #expect(
      other.errors.contains(
        "other than in the last run of run: data, seed, split; every cell is computed anew\n"))
  }

  @Test func onlyAndFresh() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid, "--only", "pca+*", "--only", "none+knn,none+dummy")
    let done = try run.table("results").rows(where: "status", "ok")
    #expect(done.count == 10)
    #expect(try run.cell("none", "svm")["reason"] == "left out by --only")
    // What an earlier run finished is shown, though it is left out now.
    let before = try run.cell("pca", "svm")
    try place.run(smallGrid, "--only", "none+ridge")
    #expect(try run.cell("pca", "svm") == before)
    #expect(try run.cell("none", "ridge")["status"] == "ok")
    #expect(try run.cell("none", "svm")["reason"] == "left out by --only")
    try place.run(smallGrid, "--fresh", "--only", "none+dummy")
    #expect(try run.table("results").rows(where: "status", "ok").count == 1)
    #expect(try run.files(under: "journal").keys.filter { $0.hasSuffix(".jsonl") }.count == 1)
  }

  @Test func theNumberOfWorkersDoesNotMatter() throws {
    let place = try Workplace()
    defer { place.remove() }
    let one = try place.run(smallGrid, "--jobs", "1", out: "one")
    try (place.folder / "cache").remove()
    let two = try place.run(smallGrid, "--jobs", "2", out: "two")
    #expect(try one.reproducibleContents() == two.reproducibleContents())
  }

  @Test func reportsAreTheSameBytes() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(smallGrid)
    let first = try run.files()
    for name in ["tables", "figures", "curves", "confusion"] {
      try (run.folder / name).remove()
    }
    try (run.folder / "index.html").remove()
    let result = try place.explore("report", "run", "--quiet")
    #expect(result.code == 0)
    #expect(try run.files() == first)
  }

  @Test func theSeedChangesTheSplit() throws {
    let place = try Workplace()
    defer { place.remove() }
    let a = try place.run(smallGrid, "--only", "none+knn", out: "a")
    let b = try place.run(smallGrid, "--only", "none+knn", "--seed", "4", out: "b")
    #expect(
      try a.table("predictions").rows.map { $0["row"] }
        != b.table("predictions").rows.map { $0["row"] })
  }

  @Test func theTableAndRemarksAreShown() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", smallGrid)
    let result = try place.explore("run", "e.json", "--out", "run", "--only", "none+dummy,none+knn")
    #expect(result.output.hasPrefix("test accuracy, %"))
    #expect(result.output.contains("knn"))
    #expect(!result.output.contains("\u{1B}"))
    #expect(result.errors.contains("best on validation rows: none+knn"))
    #expect(result.errors.contains("page: run/index.html"))
    let quiet = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(quiet.errors.isEmpty)
    let json = try place.explore("run", "e.json", "--out", "run", "--quiet", "--json")
    let node = try JSONNode(parsing: json.output)
    #expect(node["cells"]?.elements?.count == 24)
  }

  @Test func lastingFailuresDoNotStopTheOthers() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    // Time enough for the report of a crash, which takes seconds where much else is going on.
    try place.write(
      "e.json",
      #"""
      {"name": "faults", "data": {"builtin": "iris"}, "transformations": ["none", "trapping"],
       "models": ["dummy", "trapping", "gluttonous", "grasping", "throwing", "diverging", {"moody": {"mood": [1, 3]}},
         {"talkative": {"milliseconds": 5}}, {"knn": {"k": [1, 3]}}],
       "limits": {"cell_seconds": 100, "cell_memory_mb": 300}}
      """#)
    let result = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(result.code == 3)
    let run = Run(place.folder / "run")
    let expected = [
      "dummy": "ok", "trapping": "crashed", "gluttonous": "memory", "grasping": "memory",
      "throwing": "failed", "diverging": "diverged", "moody": "ok", "talkative": "ok", "knn": "ok",
    ]
    for (model, status) in expected { #expect(try run.cell("none", model)["status"] == status) }
    #expect(try run.cell("none", "trapping")["reason"]?.hasPrefix("signal 4") == true)
    #expect(
      try run.cell("none", "trapping")["reason"]?.contains("Trapping.fit(_:in:) at main.swift")
        == true)
    #expect(try run.cell("none", "throwing")["reason"] == "this model always refuses")
    #expect(
      try run.cell("none", "moody")["reason"] == "1 of 2 trials failed: a mood of 3 is too much")
    #expect(
      try run.table("results").rows(where: "transformation", "trapping").allSatisfy {
        $0["status"] == "crashed"
      })
    let trials = try run.table("trials").rows.filter {
      $0["model"] == "moody" && $0["transformation"] == "none"
    }
    #expect(trials.map { $0["status"] } == ["ok", "failed"])

    // Failures stay; --retry opens them again.
    let journals = try run.files(under: "journal").count
    #expect(try place.explore("run", "e.json", "--out", "run", "--quiet").code == 3)
    #expect(try run.files(under: "journal").count == journals)
    let before = try run.journalLines(of: "cell").count
    let retried = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", "--retry", "--only", "none+throwing")
    #expect(retried.code == 3)
    #expect(try run.journalLines(of: "cell").count == before + 1)
  }

  @Test func aTimeoutStaysUntilItsLimitIsRaised() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    let experiment = #"""
      {"name": "faults", "data": {"builtin": "iris"}, "models": ["sleeping", "throwing"],
       "limits": {"cell_seconds": 1.5}}
      """#
    try place.write("e.json", experiment)
    let run = Run(place.folder / "run")
    func runAgain() throws {
      #expect(try place.explore("run", "e.json", "--out", "run", "--quiet").code == 3)
    }
    try runAgain()
    let sleeping = try run.cell("none", "sleeping")
    #expect(sleeping["status"] == "timeout")
    #expect(sleeping["reason"] == "took more than limits.cell_seconds = 1.5")
    let journals = try run.files(under: "journal").count
    try runAgain()
    #expect(try run.files(under: "journal").count == journals)
    try place.write("e.json", experiment.replacingFirst("1.5", with: "1.6"))
    try runAgain()
    #expect(
      try run.cell("none", "sleeping")["reason"] == "took more than limits.cell_seconds = 1.6")
  }

  @Test func aTimeoutKeepsTheTrialsThatWereFinished() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"""
      {"name": "slow", "data": {"builtin": "iris"}, "models": [{"talkative": {"milliseconds": [1, 60000]}}],
       "limits": {"cell_seconds": 1}}
      """#)
    #expect(try place.explore("run", "e.json", "--out", "run", "--quiet").code == 3)
    let run = Run(place.folder / "run")
    #expect(try run.cell("none", "talkative")["status"] == "timeout")
    #expect(try run.table("trials").rows.map { $0["status"] } == ["ok"])
  }

  @Test func whatAPiecePrintsIsNoReasonOfACrash() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"""
      {"name": "printing", "data": {"builtin": "iris"},
       "models": ["complaining", "trapping", {"complaining": {"anger": 1, "as": "furious"}}, "grasping"]}
      """#)
    #expect(
      try place.explore("run", "e.json", "--out", "run", "--quiet", "--jobs", "1").code == 3)
    let run = Run(place.folder / "run")
    #expect(
      try run.table("results").rows.map { $0["status"] } == ["ok", "crashed", "crashed", "memory"])
  }

  @Test func aWorkersStartDoesNotCountAgainstItsPiece() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"{"name": "start", "data": {"builtin": "iris"}, "models": ["complaining"], "limits": {"cell_seconds": 0.5}}"#
    )
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", environment: ["SLOW_WORKERS": "1"])
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func crashesAreSeenWhereTheEndOfChildrenIsIgnored() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "ignored", "data": {"builtin": "iris"}, "models": ["trapping"]}"#)
    let result = try Program(shell: "exec env --ignore-signal=CHLD \"$@\"").run(
      [place.program.path.string, "run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: place.environment)
    #expect(result.code == 3)
    let cell = try Run(place.folder / "run").cell("none", "trapping")
    #expect(cell["reason"]?.hasPrefix("signal 4") == true, "\(cell)")
  }

  @Test func theCacheIsNotSharedBetweenArithmeticPaths() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", smallGrid)
    func contents(path: String, cache: String, out: String) throws -> [String: String] {
      let result = try place.explore(
        "run", "e.json", "--out", out, "--quiet", "--only", "*+logistic",
        environment: ["EXPLORE_CPU_PATH": path, "EXPLORE_CACHE": (place.folder / cache).string])
      #expect(result.code == 0, "\(result.errors)")
      return try Run(place.folder / out).reproducibleContents()
    }
    _ = try contents(path: "", cache: "warm", out: "fast")
    let warm = try contents(path: "portable", cache: "warm", out: "warm-portable")
    let cold = try contents(path: "portable", cache: "cold", out: "cold-portable")
    #expect(warm == cold)
    let names = try (place.folder / "warm" / "entries").children()
    #expect(names.contains { $0.contains("portable") })
  }

  @Test func controlCLeavesARunThatGoesOn() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"{"name": "slow", "data": {"builtin": "iris"}, "models": [{"talkative": {"milliseconds": 300, "as": "a"}}, {"talkative": {"milliseconds": 301, "as": "b"}}, {"talkative": {"milliseconds": 302, "as": "c"}}]}"#
    )
    let running = try place.start("run", "e.json", "--out", "run", "--jobs", "1")
    try waitUntil {
      let run = Run(place.folder / "run")
      return try (run.folder / "journal").exists && !run.journalLines(of: "cell").isEmpty
    }
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.code == 130)
    #expect(result.errors.hasSuffix("interrupted; run the same command again to go on\n"))
    let again = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(again.code == 0)
    #expect(try Run(place.folder / "run").table("results").rows.allSatisfy { $0["status"] == "ok" })
  }

  @Test func aFolderHasOneCoordinator() throws {
    let place = try Workplace(.faulty)
    defer { place.remove() }
    try place.write(
      "e.json",
      #"{"name": "slow", "data": {"builtin": "iris"}, "models": [{"talkative": {"milliseconds": 3000}}]}"#
    )
    let running = try place.start("run", "e.json", "--out", "run")
    waitUntil { (place.folder / "run" / "journal").exists }
    let second = try place.explore("run", "e.json", "--out", "run")
    #expect(second.code == 1)
    #expect(second.errors.contains("another run is at work in run (process \(running.process))"))
    #expect(try running.wait().code == 0)
  }
}

extension String {
  func replacingFirst(_ text: String, with other: String) -> String {
    guard let range = firstRange(of: text) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
