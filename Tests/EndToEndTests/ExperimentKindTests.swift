import FileSystem
import ProgramSupport
import Testing

/// Splits, seeds, balance and missing values, from the file to the tables.
@Suite struct ExperimentKindTests {
  @Test func foldsTestEveryRowOnce() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "data": {"builtin": "iris"}, "split": {"folds": {"count": 3, "repeats": 2}}, "models": [{"knn": {"k": [1, 5]}}, "ridge"]}"#
    )
    let predictions = try run.table("predictions").rows(where: "model", "knn")
    #expect(predictions.count == 300)
    for repetition in ["0", "1"] {
      let rows = predictions.filter { $0["repeat"] == repetition }.compactMap {
        Int($0["row"] ?? "")
      }
      #expect(rows.sorted() == Array(0..<150))
    }
    #expect(Set(predictions.map { $0["fold"] ?? "" }) == ["0", "1", "2"])
    let cell = try run.cell("none", "knn")
    #expect(cell["settings"]?.hasSuffix(" of 6)") == true)
    // The mean over folds.
    var accuracies: [Double] = []
    for repetition in 0..<2 {
      for fold in 0..<3 {
        let own = predictions.filter { $0["repeat"] == "\(repetition)" && $0["fold"] == "\(fold)" }
        accuracies.append(Double(own.count { $0["label"] == $0["predicted"] }) / Double(own.count))
      }
    }
    let mean = accuracies.reduce(0, +) / 6
    #expect(abs((Double(cell["test_accuracy"] ?? "") ?? -1) - mean) < 1e-12)
    // Counts are summed over folds and averaged over repeats: every class has its fifty rows.
    #expect(try run.table("per_class").rows.allSatisfy { $0["support"] == "50" })
    // The model of all rows.
    #expect((run.folder / "cells" / "none+knn" / "model" / "manifest.json").exists)
    let trials = try run.table("trials").rows(where: "model", "knn")
    #expect(trials.count == 12)
  }

  @Test func innerFoldsSelect() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "data": {"builtin": "iris"}, "split": {"folds": {"count": 3, "inner": {"folds": 4}}}, "models": [{"knn": {"k": [1, 5]}}, {"forest": {"trees": [3, 9]}}]}"#
    )
    let cell = try run.cell("none", "knn")
    #expect(cell["status"] == "ok" && cell["training_rows"] == "100")
  }

  @Test func seedsRepeatWhatUsesChance() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "seeds": 3, "data": {"builtin": "wine"}, "scaling": "standard", "transformations": ["none", {"rbf": {"centers": 5}}], "models": [{"forest": {"trees": [2, 4]}}, {"ridge": {"alpha": [1, 10]}}]}"#
    )
    let forest = try run.table("predictions").rows.filter {
      $0["transformation"] == "none" && $0["model"] == "forest"
    }
    #expect(Set(forest.map { $0["repeat"] ?? "" }) == ["0", "1", "2"])
    let ridge = try run.table("predictions").rows.filter {
      $0["transformation"] == "none" && $0["model"] == "ridge"
    }
    #expect(Set(ridge.map { $0["repeat"] ?? "" }) == ["0"])
    let byRepeat = Dictionary(grouping: forest) { $0["repeat"] ?? "" }.mapValues { rows in
      rows.map { $0["p_class_0"] ?? "" }
    }
    #expect(byRepeat["0"] != byRepeat["1"])
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("± "))
  }

  @Test func refittingUsesTheValidationRows() throws {
    let place = try Workplace()
    defer { place.remove() }
    let models = #""models": [{"knn": {"k": [1, 3]}}], "data": {"builtin": "wine"}"#
    let plain = try place.run(#"{"name": "n", \#(models)}"#, out: "plain").cell("none", "knn")
    let refitted = try place.run(#"{"name": "n", "refit": true, \#(models)}"#, out: "refit").cell(
      "none", "knn")
    #expect(plain["training_rows"] == "125" && refitted["training_rows"] == "152")
    #expect(plain["validation_accuracy"] == refitted["validation_accuracy"])
  }

  @Test func balancingHelpsTheRareClass() throws {
    let place = try Workplace()
    defer { place.remove() }
    // One row in eleven is rare, and lies among the others.
    var random = SeededNumbers(seed: 4)
    var text = "a,b,label\n"
    for row in 0..<440 {
      let isRare = row % 11 == 0
      text += "\(random.next() + (isRare ? 1 : 0)),\(random.next()),\(isRare ? "rare" : "usual")\n"
    }
    try place.write("t.csv", text)
    func recall(_ balance: String) throws -> Double {
      let run = try place.run(
        #"{"name": "n", "balance": "\#(balance)", "data": {"table": "t.csv", "label": "label"}, "scaling": "standard", "models": ["logistic", "svm", "ridge", "tree", "forest", "knn", "perceptron", "dummy"]}"#,
        out: balance)
      #expect(try run.table("results").rows.allSatisfy { $0["status"] == "ok" })
      let row = try run.table("per_class").rows.first {
        $0["model"] == "logistic" && $0["class"] == "rare"
      }
      return Double(row?["recall"] ?? "") ?? -1
    }
    let plain = try recall("none")
    #expect(try recall("weights") > plain + 0.3)
    #expect(try recall("oversample") > plain + 0.3)
  }

  @Test func medianFillsFromTrainingRows() throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "a,b,label\n"
    for row in 0..<60 {
      text += "\(row % 7 == 3 ? "" : "\(row % 2 * 5 + row % 3)"),\(row),\(row % 2)\n"
    }
    try place.write("t.csv", text)
    let run = try place.run(
      #"{"name": "n", "data": {"table": "t.csv", "label": "label", "missing": "median"}, "models": [{"knn": {"k": [1, 3]}}, "tree"], "transformations": ["none", "pca"]}"#
    )
    #expect(try run.table("results").rows.allSatisfy { $0["status"] == "ok" })
    // The pipeline predicts rows with gaps.
    try place.write("new.csv", "b,a\n3,\n4,5\n")
    let result = try place.explore("predict", "run", "new.csv", "--cell", "none+knn")
    #expect(result.code == 0)
    #expect(ResultTable(text: result.output).rows.count == 2)
  }

  @Test func tunedTransformationsShowTheirSettings() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "data": {"builtin": "wine"}, "scaling": "minmax", "transformations": [[{"rbf": {"centers": 10, "gamma": [0.025, 1]}}, "standard"]], "models": [{"ridge": {"alpha": [1, 0.1]}}]}"#
    )
    let trials = try run.table("trials").rows
    #expect(
      trials.map { $0["settings"] } == [
        "rbf.gamma=0.025 alpha=1", "rbf.gamma=0.025 alpha=0.1", "rbf.gamma=1 alpha=1",
        "rbf.gamma=1 alpha=0.1",
      ])
    #expect(try run.cell("rbf-standard", "ridge")["trials"] == "4")
  }

  @Test func measuresSelect() throws {
    let place = try Workplace()
    defer { place.remove() }
    for measure in ["balanced_accuracy", "f1_macro", "auc_macro", "log_loss"] {
      let run = try place.run(
        #"{"name": "n", "measure": "\#(measure)", "data": {"builtin": "wine"}, "scaling": "minmax", "models": [{"logistic": {"C": [0.001, 10]}}]}"#,
        "--fresh")
      let trials = try run.table("trials").rows
      #expect(trials.allSatisfy { $0["measure"] == measure })
      let scores = trials.compactMap { Double($0["validation_score"] ?? "") }
      #expect(scores.count == 2)
      let best = measure == "log_loss" ? scores.min() : scores.max()
      let chosen = try run.cell("none", "logistic")["settings"]
      #expect(chosen == trials[scores.firstIndex { $0 == best } ?? 0]["settings"])
    }
  }

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func artistsAreJoinedAndKeptApart() throws {
    let place = try Workplace()
    defer { place.remove() }
    let data = try #require(OutsideData.folder).string
    let run = try place.run(
      #"""
      {"name": "artists", "scaling": "standard",
       "data": {"table": "\#(data)/gtzan/features_30_sec.csv", "label": "label", "ignore": ["length"],
         "join": {"table": "\#(data)/gtzan/songs.csv", "key": "song", "from": {"column": "filename", "pattern": "^([a-z]+\\.[0-9]+)"}},
         "groups": {"song": {"column": "filename", "pattern": "^([a-z]+\\.[0-9]+)"}, "artist": {"column": "artist", "missing": "song"}}},
       "split": {"folds": {"count": 5}, "group": "artist"}, "models": [{"knn": {"k": 1}}]}
      """#)
    let cell = try run.cell("none", "knn")
    // The README of the data says 47.4 % over ten folds; songs kept apart alone give 67.5 %.
    let accuracy = Double(cell["test_accuracy"] ?? "") ?? 0
    #expect(accuracy > 0.42 && accuracy < 0.53)
    #expect(cell["dimensions"] == "57")
  }
}

/// Numbers from −1 to 1 that look random and are always the same.
struct SeededNumbers {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) * 0x1p-52 - 1
  }
}
