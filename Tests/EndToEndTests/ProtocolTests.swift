import FileSystem
import Matrices
import ProgramSupport
import Testing

/// Experiments that divide the rows in several ways, and learn from parts of them.
@Suite struct ProtocolTests {
  /// Segments of songs of artists, each artist and each song with a sound of its own.
  private func place() throws -> Workplace {
    let place = try Workplace()
    var random = RandomStream(seed: 5)
    var text = "song,artist,fold,a,b,c,d,y\n"
    for artist in 0..<24 {
      let own = (0..<4).map { _ in 1.5 * random.normal() }
      for song in 0..<3 {
        let sound = (0..<4).map { _ in random.normal() }
        // Later artists have longer songs.
        for _ in 0..<2 + artist / 8 {
          let values = (0..<4).map { column in
            (column == artist % 3 ? 1.2 : 0) + own[column] + sound[column] + 0.15 * random.normal()
          }
          text += "s\(artist).\(song),artist \(artist),\(artist / 3 % 4),"
          text += values.map { "\($0)," }.joined() + "c\(artist % 3)\n"
        }
      }
    }
    try place.write("t.csv", text)
    return place
  }

  private func experiment(_ protocols: String, _ rest: String = "") -> String {
    #"""
    {"name": "n", "data": {"table": "t.csv", "label": "y", "ignore": ["fold"], "groups": {"song": "song", "artist": "artist"}},
     "scaling": "standard", \#(protocols.hasPrefix("{") ? "\"protocols\": " : "")\#(protocols),
     "models": [{"knn": {"k": [1, 5]}}, {"forest": {"trees": 7}}]\#(rest)}
    """#
  }

  private let three = #"""
    {"rows": {"folds": {"count": 4}, "ungrouped": true}, "songs": {"folds": {"count": 4}},
     "artists": {"folds": {"count": 4}, "group": "artist"}}
    """#

  private func records(_ run: Run) throws -> [Int] {
    [try run.journalLines(of: "cell").count, try run.journalLines(of: "deployment").count]
  }

  @Test func tablesStartWithTheProtocol() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(experiment(three))
    for name in ["accuracy", "results", "trials", "per_class", "predictions"] {
      let table = try run.table(name)
      #expect(table.header.first == "protocol", "\(name)")
      #expect(Set(table.rows.map { $0["protocol"] }) == ["rows", "songs", "artists"], "\(name)")
    }
    #expect(!(run.folder / "tables" / "learning_curve.csv").exists)
    let results = try run.table("results").rows
    let accuracy = results.filter { $0["model"] == "knn" }.compactMap {
      Double($0["test_accuracy"] ?? "")
    }
    // Each protocol takes something from the test rows that the one before leaves.
    #expect(accuracy.count == 3 && accuracy[0] > accuracy[1] + 0.2 && accuracy[1] > accuracy[2])
    #expect(results.map { $0["reason"]?.isEmpty } == [false, false, true, true, true, true])
    for name in ["rows+none+knn", "artists+none+forest"] {
      #expect((run.folder / "cells" / name / "model" / "manifest.json").exists)
      #expect((run.folder / "confusion" / "\(name).csv").exists)
    }
    let plan = try place.explore("plan", "e.json", "--out", "run").output
    #expect(
      plan.contains(
        "\nsplit    artists: 4 folds, 15.0 % validation in each, stratified by class, rows of one artist kept together\n"
      ))
    #expect(plan.contains("\nartists+none+forest ") && !plan.contains("to do"))
    let json = try place.explore("plan", "e.json", "--json").output
    #expect(json.contains("\"protocols\": [") && json.contains("\"name\": \"artists\""))
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("artists: 4 folds"))
  }

  @Test func predictNeedsTheNameOfACell() throws {
    let place = try place()
    defer { place.remove() }
    try place.run(experiment(three))
    let open = try place.explore("predict", "run", "t.csv")
    #expect(open.code == 64)
    #expect(
      open.errors.contains("each protocol has its best cell; name one with --cell: rows+none+"))
    let named = try place.explore(
      "predict", "run", "t.csv", "--cell", "artists+none+knn", "--quiet")
    #expect(named.code == 0 && named.output.split(separator: "\n").count == 217)
    let wrong = try place.explore("predict", "run", "t.csv", "--cell", "none+knn")
    #expect(wrong.code == 65 && wrong.errors.contains("the run has no cell “none+knn”"))
  }

  /// Nothing that is known is computed again, whatever its protocol is called and whichever others stand
  /// beside it; and each cell keeps the model that is its own.
  @Test func protocolsComeAndGoAndChangeTheirNames() throws {
    let place = try place()
    defer { place.remove() }
    let split = #""split": {"holdout": {}}"#
    let run = try place.run(experiment(split))
    let alone = try run.files(under: "cells/none+forest/model")
    #expect(try records(run) == [2, 0])
    // The only split becomes one of two protocols.
    let two = #"{"held": {"holdout": {}}, "artists": {"folds": {"count": 4}, "group": "artist"}}"#
    try place.write("e.json", experiment(two))
    let added = try place.explore("run", "e.json", "--out", "run")
    #expect(added.code == 0 && !added.errors.contains("other than in the last run"))
    #expect(try records(run) == [2 + 8, 2])
    #expect(try run.files(under: "cells/held+none+forest/model") == alone)
    let fitted = try run.files(under: "cells/artists+none+forest/model")
    #expect(fitted != alone)
    // They exchange their names.
    let exchanged =
      #"{"artists": {"holdout": {}}, "held": {"folds": {"count": 4}, "group": "artist"}}"#
    try place.run(experiment(exchanged))
    #expect(try records(run) == [2 + 8, 2])
    #expect(try run.files(under: "cells/artists+none+forest/model") == alone)
    #expect(try run.files(under: "cells/held+none+forest/model") == fitted)
    let undisturbed = try place.run(experiment(exchanged), out: "undisturbed")
    #expect(try run.reproducibleContents() == undisturbed.reproducibleContents())
    #expect(
      try undisturbed.files(under: "cells/held+none+forest/model") == fitted)
    // One of them goes, and stands alone again.
    try place.run(experiment(split))
    #expect(try records(run) == [2 + 8, 2])
    #expect(try run.files(under: "cells/none+forest/model") == alone)
  }

  /// A model is that of the records beside it, even where an experiment goes back to what it was.
  @Test func aModelOfOtherSettingsIsNotTakenForItsOwn() throws {
    let place = try place()
    defer { place.remove() }
    let text = experiment(#""split": {"holdout": {}}"#)
    let run = try place.run(text)
    let first = try run.files(under: "cells/none+forest/model")
    try place.run(text.replacing("7", with: "8"))
    let second = try run.files(under: "cells/none+forest/model")
    #expect(second != first)
    try place.run(text)
    #expect(try run.files(under: "cells/none+forest/model") == first)
  }

  @Test func protocolsThatDivideAlikeAreBothComputed() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(
      experiment(
        #"{"a": {"holdout": {}}, "b": {"holdout": {}}, "c": {"holdout": {}, "group": "artist"}}"#))
    let rows = try run.table("predictions").rows
    func predicted(_ name: String) -> [String?] {
      rows.filter { $0["protocol"] == name }.map { $0["predicted"] }
    }
    #expect(!predicted("a").isEmpty && predicted("a") == predicted("b"))
    for name in ["a", "b"] {
      #expect((run.folder / "cells" / "\(name)+none+forest" / "model" / "manifest.json").exists)
    }
    #expect(try records(run) == [6, 0])
    try place.run(
      experiment(
        #"{"a": {"holdout": {}}, "b": {"holdout": {}}, "c": {"holdout": {}, "group": "artist"}}"#))
    #expect(try records(run) == [6, 0])
  }

  /// The figures of leaving each artist out are those of all test rows together.
  @Test func leavingOutGroupsPoolsTheirPredictions() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(
      experiment(#""split": {"leave_one_group_out": {"inner": {"folds": 2}}, "group": "artist"}"#))
    let predictions = try run.table("predictions").rows(where: "model", "knn")
    #expect(predictions.count == 216)
    #expect(Set(predictions.compactMap { $0["row"] }).count == 216)
    for fold in 0..<24 {
      #expect(
        Set(predictions.filter { $0["fold"] == "\(fold)" }.map { $0["group"] }) == [
          "artist \(fold)"
        ])
    }
    let right = predictions.count { $0["label"] == $0["predicted"] }
    let cell = try run.cell("none", "knn")
    #expect(abs((Double(cell["test_accuracy"] ?? "") ?? -1) - Double(right) / 216) < 1e-12)
    let (low, high) = (
      Double(cell["test_accuracy_low"] ?? "") ?? 1, Double(cell["test_accuracy_high"] ?? "") ?? 0
    )
    #expect(low < Double(right) / 216 && high > Double(right) / 216 && high < 1)
    #expect(cell["auc_macro"]?.isEmpty == false)
    #expect(
      try run.table("per_class").rows(where: "model", "knn").map { $0["support"] } == [
        "69", "72", "75",
      ])
    let plan = try place.explore("plan", "e.json", "--out", "run").output
    #expect(plan.contains("each artist left out once, settings chosen by 2 inner folds"))
    // A group of one class is nothing to warn of.
    #expect(!plan.contains("no test rows"))
    #expect(
      try (run.folder / "report.md").readText().contains("those of all test predictions together"))
  }

  // MARK: Learning curve

  @Test func theCurveStandsBesideUnchangedFigures() throws {
    let place = try place()
    defer { place.remove() }
    let plain = try place.run(experiment(three), out: "plain")
    let curve = #", "learning_curve": [0.25, 0.5, 1], "compare": ["artists+*"]"#
    let run = try place.run(experiment(three), out: "run")
    // A curve that is asked for later computes itself alone.
    try place.write("e.json", experiment(three, curve))
    let forecast = try place.explore("plan", "e.json", "--out", "run").output
    #expect(
      forecast.contains(
        "\ncurve    songs: 25.0 %, 50.0 %, 100.0 % of the training groups, 40 fits more of each cell\n"
      ))
    #expect(forecast.contains("4 of 44 done"))
    #expect(try place.explore("run", "e.json", "--out", "run", "--quiet").code == 0)
    #expect(try records(run) == [6 * 44, 6])
    #expect(try run.reproducibleContents() == plain.reproducibleContents())
    let table = try run.table("learning_curve")
    #expect(
      table.header == [
        "protocol", "transformation", "model", "share", "draw", "repeat", "fold", "training_rows",
        "test_accuracy",
      ])
    #expect(table.rows.count == 6 * 44)
    let whole = table.rows.filter {
      $0["share"] == "1" && $0["model"] == "knn" && $0["protocol"] == "songs"
    }
    let mean = whole.compactMap { Double($0["test_accuracy"] ?? "") }.reduce(0, +) / 4
    let cell = try run.table("results").rows.first {
      $0["protocol"] == "songs" && $0["model"] == "knn"
    }
    #expect(whole.count == 4 && abs(mean - (Double(cell?["test_accuracy"] ?? "") ?? -1)) < 1e-12)
    let small = table.rows.filter { $0["share"] == "0.25" }
    #expect(Set(small.map { $0["draw"] }) == ["0", "1", "2", "3", "4"])
    #expect(small.allSatisfy { (Int($0["training_rows"] ?? "") ?? 999) < 60 })
    // The same bytes at another number of workers, and nothing left to do.
    let other = try place.run(experiment(three, curve), "--jobs", "1", out: "other")
    func bytes(_ run: Run) throws -> String {
      try (run.folder / "tables" / "learning_curve.csv").readText()
    }
    #expect(try bytes(other) == bytes(run))
    #expect(
      try place.explore("plan", "e.json", "--out", "run").output.contains("\n0 cells to compute"))
    // Without the key the table goes.
    try place.run(experiment(three))
    #expect(!(run.folder / "tables" / "learning_curve.csv").exists)
  }

  @Test func curvesKnowSeedsAndHoldouts() throws {
    let place = try place()
    defer { place.remove() }
    let run = try place.run(
      experiment(
        #""split": {"holdout": {"test": 0.25}}"#,
        #", "seeds": 2, "learning_curve": [0.5, 1], "refit": true"#))
    let rows = try run.table("learning_curve").rows
    // Five draws with the first seed, and the cell with each of its own.
    #expect(rows.count { $0["model"] == "forest" } == 5 + 2)
    #expect(rows.count { $0["model"] == "knn" } == 5 + 1)
    #expect((run.folder / "cells" / "none+knn" / "model" / "manifest.json").exists)
  }

  // MARK: Committed experiments

  /// Anyone can run it: the built-in music.
  @Test func theMusicOfTheProjectShowsTheTurnover() throws {
    let place = try Workplace()
    defer { place.remove() }
    let file = Path(#filePath).folder.folder.folder / "experiments" / "protocols-music.json"
    let text = try file.readText().replacing("\"learning_curve\": [0.1, 0.25, 0.5, 1],", with: "")
    let run = try place.run(text)
    let results = try run.table("results").rows
    func accuracy(_ name: String, _ model: String) -> Double {
      let row = results.first { $0["protocol"] == name && $0["model"] == model }
      return Double(row?["test_accuracy"] ?? "") ?? -1
    }
    // Segments of one song are all but the same to a nearest neighbour.
    #expect(accuracy("segments", "knn") > accuracy("songs", "knn") + 0.08)
    #expect(accuracy("songs", "knn") < accuracy("songs", "logistic"))
    #expect(accuracy("each song", "knn") < accuracy("segments", "knn") - 0.08)
    // Most of the others are of other classes when a song of one is left out.
    #expect(accuracy("each song", "dummy") == 0)
    #expect(results.first { $0["status"] == "skipped" }?["protocol"] == "each song")
  }

  /// The cheapest of the published figures: logistic regression under three protocols.
  @Test(.enabled(if: OutsideData.folder != nil, Comment(rawValue: OutsideData.absence)))
  func thePublishedTurnoverIsFound() throws {
    let data = try #require(OutsideData.folder)
    let place = try Workplace()
    defer { place.remove() }
    let file = Path(#filePath).folder.folder.folder / "experiments" / "protocols.json"
    try place.write("e.json", file.readText())
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", "--only", "none+logistic",
      environment: ["EXPLORE_DATA": data.string])
    #expect(result.code == 0)
    let rows = try Run(place.folder / "run").table("results").rows(where: "status", "ok")
    for (row, published) in zip(rows, [0.855, 0.817, 0.703]) {
      let accuracy = Double(row["test_accuracy"] ?? "") ?? -1
      #expect(abs(accuracy - published) < 0.02, "\(row["protocol"] ?? ""): \(accuracy)")
    }
    #expect(rows.count == 3)
  }
}
