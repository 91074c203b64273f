import FileSystem
import JSONText
import Pictures
import ProgramSupport
import Testing

/// From pictures to a table of results.
@Suite struct PictureTests {
  /// Bright above or bright below, on noise: 16 pictures a class of 24 × 12.
  private func writePictures(_ place: Workplace, songs: Int = 16, width: Int = 24, height: Int = 12)
    throws
  {
    var numbers = SeededNumbers(seed: 3)
    for label in ["above", "below"] {
      try (place.folder / "set" / label).createFolder()
      for number in 0..<songs {
        let pixels = (0..<width * height).map { index -> UInt8 in
          let isBright = (index < width * height / 2) == (label == "above")
          return UInt8(min(max(90 + numbers.next() * 40 + (isBright ? 60 : 0), 0), 255))
        }
        try GreyPicture(width: width, height: height, pixels: pixels)
          .writePNG(to: place.folder / "set" / label / "\(label).\(number).png")
      }
    }
  }

  private let windows = #"""
    {"name": "n", "data": {"pictures": "set", "window_seconds": 2, "picture_seconds": 6, "size": [6, 4]},
     "transformations": ["none", "standard", "pca"], "models": [{"knn": {"k": [1, 3]}}, "logistic"]}
    """#

  @Test func picturesAreLearntAndPredicted() throws {
    let place = try Workplace()
    defer { place.remove() }
    try writePictures(place)
    try (place.folder / "set/above/broken.png").writeAtomically("none")
    let run = try place.run(windows)
    for cell in try run.table("results").rows {
      #expect(try #require(Double(cell["test_accuracy"] ?? "")) > 0.9)
      #expect(cell["transformation"] == "pca" || cell["dimensions"] == "24")
    }
    #expect(
      try (run.folder / "unused_files.csv").readText()
        == "file,reason\nbroken.png,this is no PNG picture\n")
    #expect(try (run.folder / "report.md").readText().contains("Pictures of 1 × 6 × 4."))
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("The rows are pictures of 1 × 6 × 4."))
    let plan = try place.explore("plan", "e.json", "--out", "run")
    #expect(plan.output.contains("set, 2 s windows: 96 rows, pictures of 1 × 6 × 4, 2 classes"))
    // The same files again: what the run said of its test rows.
    let recorded = try run.table("predictions").rows
    for name in ["none+knn", "standard+logistic", "pca+knn"] {
      let result = try place.explore("predict", "run", "set", "--cell", name)
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.errors.contains("warning: broken.png cannot be used: this is no PNG picture"))
      let rows = ResultTable(text: result.output).rows
      #expect(rows.count == 96 && rows[1]["filename"] == "above.0.1.png")
      let own = recorded.filter { "\($0["transformation"] ?? "")+\($0["model"] ?? "")" == name }
      #expect(own.count > 10)
      for each in own {
        let row = rows[Int(each["row"] ?? "") ?? 0]
        #expect(row["predicted"] == each["predicted"])
        #expect(row["p_above"] == each["p_above"], "\(name)")
      }
    }
    let one = try place.explore("predict", "run", "set/below/below.3.png", "--quiet")
    #expect(
      ResultTable(text: one.output).rows.map { $0["predicted"] } == ["below", "below", "below"])
    let wrong = try place.explore("predict", "run", "song.wav")
    #expect(wrong.code == 65 && wrong.errors.contains("the run was trained on picture files"))
    // Nothing half done is left in the cache.
    #expect(try (place.folder / "cache/entries").children().allSatisfy { !$0.contains("scratch") })
  }

  @Test func aPlanTellsWhatMayTakeTooLong() throws {
    let place = try Workplace()
    defer { place.remove() }
    func plan(_ seconds: String) throws -> String {
      try place.write(
        "e.json",
        #"{"name": "n", "data": {"builtin": "digits"}, "models": ["dummy", {"cnn": {"epochs": 5000}}], "limits": {"cell_seconds": \#(seconds)}}"#
      )
      return try place.explore("plan", "e.json", "--out", "run").output
    }
    #expect(try plan("9").contains("may take longer than limits.cell_seconds = 9: none+cnn\n"))
    #expect(try !plan("90000").contains("may take longer"))
  }

  /// What a run was trained on need not be there to prepare other pictures as it did.
  @Test func predictionNeedsNoVariable() throws {
    let place = try Workplace()
    defer { place.remove() }
    try writePictures(place)
    try place.write(
      "e.json", #"{"name": "n", "data": {"pictures": "$PICTURES_OF_TEST/set"}, "models": ["knn"]}"#)
    let made = try place.explore(
      "run", "e.json", "--out", "run", "--quiet",
      environment: ["PICTURES_OF_TEST": place.folder.string])
    #expect(made.code == 0, "\(made.errors)")
    // One picture of the run's size among larger ones.
    try (place.folder / "new").createFolder()
    try (place.folder / "set/below/below.3.png").rename(to: place.folder / "new/below.3.png")
    for name in ["a.png", "b.png"] {
      try GreyPicture(width: 30, height: 12, pixels: [UInt8](repeating: 9, count: 360))
        .writePNG(to: place.folder / "new" / name)
    }
    let result = try place.explore("predict", "run", "new", "--cell", "none+knn")
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "a.png cannot be used: its rows are 1 × 12 × 30 instead of 1 × 12 × 24"))
    #expect(ResultTable(text: result.output).rows.map { $0["predicted"] } == ["below"])
    let other = try place.explore("predict", "run", "new/a.png", "--cell", "none+knn")
    #expect(other.code == 65 && other.errors.contains("no file can be used; the first is a.png"))
  }

  @Test func aStartingExperimentIsWritten() throws {
    let place = try Workplace()
    defer { place.remove() }
    try writePictures(place)
    let made = try place.explore("new", "set")
    #expect(made.code == 0 && made.errors.contains("2 classes: above, below"), "\(made.errors)")
    let text = try (place.folder / "set.json").readText()
    #expect(text.contains("\"pictures\": \"set\"") && text.contains("\"size\": 32"))
    #expect(text.contains("\"cnn\"") && text.contains("\"skip\": [\"pca+cnn\"]"))
    let result = try place.explore(
      "run", "set.json", "--only", "none+ridge", "--out", "run", "--quiet")
    #expect(result.code == 0, "\(result.errors)")
  }

  /// Features that tell the class alone, behind pictures that tell nothing.
  @Test func featuresStandBesidePictures() throws {
    let place = try Workplace()
    defer { place.remove() }
    try writePictures(place)
    var table = "filename,a\n"
    for label in ["below", "above"] {
      for number in 0..<16 where label == "above" || number > 0 {
        table += "\(label).\(number).wav,\(label == "above" ? 1000 : 0)\n"
      }
    }
    try place.write("f.csv", table)
    let run = try place.run(
      #"""
      {"name": "n", "data": {"pictures": "set", "beside": {"table": "f.csv", "key": "filename"}}, "scaling": "minmax",
       "transformations": ["none", {"polynomial": {"degree": 2}}], "models": ["knn"]}
      """#)
    #expect(try run.cell("none", "knn")["dimensions"] == "289")
    #expect(try run.cell("polynomial", "knn")["dimensions"] == "291")
    #expect(
      try (run.folder / "unused_files.csv").readText().contains("below.0.png,no row of f.csv"))
    let plan = try JSONNode(
      parsing: try place.explore("plan", "e.json", "--json").output.utf8.map { $0 })
    #expect(plan["data"]?["layout"]?.string == "1 × 12 × 24 and 1 feature")
  }

  /// Pictures of built-in music with the features of the same segments, of two lengths.
  @Test func soundBecomesPictures() throws {
    let place = try Workplace()
    defer { place.remove() }
    let text = #"""
      {"name": "n", "data": {"synthetic": {"genres": 2, "songs": 6, "seconds": 4.5}, "segment_seconds": 1, "picture": "cnn", "size": 16},
       "inputs": {"cnn": {}, "both": {"features": "gtzan57"}, "mel": {"picture": "mel", "bands": 32, "segment_seconds": 2}},
       "scaling": "standard", "models": ["ridge"]}
      """#
    let run = try place.run(text)
    let results = try run.table("results").rows
    #expect(results.map { $0["dimensions"] } == ["256", "313", "256"])
    let before = try (place.folder / "cache/entries").children().filter { $0.hasPrefix("sound-") }
    // Twice the pictures of 12 songs, and their features once.
    #expect(before.count == 36)
    let again = try place.run(text, out: "again")
    let name = "tables/predictions.csv"
    #expect(try (again.folder / name).readText() == (run.folder / name).readText())
    #expect(
      try (place.folder / "cache/entries").children().filter { $0.hasPrefix("sound-") } == before)
    // A sound file is prepared as the run's were.
    #expect(
      try place.explore(
        "data", "synthesize", "music", "--genres", "2", "--songs", "1", "--seconds", "4.5"
      ).code == 0)
    for cell in ["cnn+none+ridge", "both+none+ridge", "mel+none+ridge"] {
      let result = try place.explore("predict", "run", "music", "--cell", cell)
      #expect(result.code == 0, "\(result.errors)")
      #expect(ResultTable(text: result.output).rows.count == (cell.hasPrefix("mel") ? 4 : 8))
    }
  }

  /// 84 MB of pictures in a worker that may hold 70: a block of rows, and one that was freed but not given back.
  @Test func picturesNeedNotFitIntoMemory() throws {
    let place = try Workplace()
    defer { place.remove() }
    try writePictures(place, songs: 10, width: 1024, height: 1024)
    let run = try place.run(
      #"""
      {"name": "n", "data": {"pictures": "set"}, "split": {"holdout": {"validation": 0.2, "test": 0.2}}, "transformations": ["none"], "models": ["dummy"], "limits": {"cell_memory_mb": 70}}
      """#)
    let cell = try run.cell("none", "dummy")
    #expect(cell["status"] == "ok", "\(cell["reason"] ?? "")")
    #expect(cell["dimensions"] == "1048576")
  }
}
