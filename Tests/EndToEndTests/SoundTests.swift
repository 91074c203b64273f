import Audio
import FileSystem
import Glibc
import ProgramSupport
import Testing

/// From sound to a table of results.
@Suite struct SoundTests {
  private let tiny = #"""
    {"name": "tiny", "data": {"synthetic": {"genres": 3, "songs": 6, "seconds": 2}}, "scaling": "standard",
     "split": {"folds": {"count": 2}}, "models": ["dummy", {"knn": {"k": [1, 3]}}]}
    """#

  @Test func theBuiltInMusicIsLearnt() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(tiny)
    let accuracy = try #require(Double(try run.cell("none", "knn")["test_accuracy"] ?? ""))
    #expect(accuracy > 0.5, "three styles by nearest neighbours: \(accuracy)")
    let page = try (run.folder / "index.html").readText()
    #expect(page.contains("Listen by looking"))
    #expect(page.split(separator: "src=\"data:image/png;base64,iVBORw0KGgo").count == 4)
    let pictures = try (run.folder / "samples").children()
    #expect(pictures.count == 3)
    let markdown = try (run.folder / "report.md").readText()
    for picture in pictures {
      let bytes = try (run.folder / "samples" / picture).readBytes()
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) && bytes.count < 60_000)
      #expect(markdown.contains("](samples/\(picture))"))
    }
  }

  /// A folder of sound to an experiment, and its features to predictions by name.
  @Test func fromAFolderToPredictions() throws {
    try withMusic(songs: 4) { place in
      // The mark that the folder is of the built-in music is of no interest to anyone.
      #expect(try place.explore("data", "check", "music").output.contains("left out") == false)
      let made = try place.explore("new", "music/")
      #expect(made.code == 0 && made.output == "music.json\n", "\(made.errors)")
      #expect(made.errors.contains(" classes: "))
      let file = try (place.folder / "music.json").readText()
      #expect(file.contains(#""audio": "music","#))
      let run = try place.explore(
        "run", "music.json", "--only", "none+knn", "--out", "run", "--quiet")
      #expect(run.code == 0, "\(run.errors)")
      #expect(try place.explore("features", "music", "-o", "f.csv").code == 0)
      let predicted = try place.explore("predict", "run", "f.csv")
      #expect(predicted.code == 0, "\(predicted.errors)")
      let table = ResultTable(text: predicted.output)
      #expect(predicted.output.hasPrefix("row,filename,predicted,p_"))
      #expect(
        try table.rows.map { $0["filename"] }
          == songs(place).map { $0.split(separator: "/").last.map(String.init) })
    }
  }

  /// An index lists sounds and their folds; a table of their features is a table.
  @Test func fromAnIndexToItsFolds() throws {
    try withMusic(songs: 4) { place in
      let lines = try songs(place).enumerated().map { number, song in
        "\(song),\(song.split(separator: "/")[1]),\(number % 4 + 1)"
      }
      try place.write("index.csv", "file,label,fold\n" + lines.joined(separator: "\n") + "\n")
      let made = try place.explore("new", "index.csv")
      #expect(made.code == 0 && made.errors.contains("; official folds;"), "\(made.errors)")
      let file = try (place.folder / "index.json").readText()
      #expect(file.contains(#""audio": "index.csv""#))
      let plan = try place.explore("plan", "index.json", "--out", "run")
      #expect(plan.code == 0, "\(plan.errors)")
      #expect(plan.output.contains("official folds by column “fold”"))
      #expect(try place.explore("features", "music", "-o", "music/f.csv").code == 0)
      #expect(try place.explore("new", "music/f.csv", "-o", "-").output.contains(#""table": "#))
    }
  }

  /// Of a file that breaks off after what a picture shows, too.
  @Test func noPictureOfAnUnusedSound() throws {
    try withMusic { place in
      try place.write(
        "e.json",
        #"{"name": "n", "data": {"audio": "music"}, "split": {"folds": {"count": 2}}, "models": ["knn"]}"#
      )
      func pictures() throws -> [[UInt8]] {
        let run = try place.explore("run", "e.json", "--out", "run", "--quiet")
        try #require(run.code == 0, "\(run.errors)")
        let folder = place.folder / "run" / "samples"
        return try folder.children().map { try (folder / $0).readBytes() }
      }
      let before = try pictures()
      let cut = place.folder / "music" / "techno" / "a.wav"
      let tone = (0..<12 * 22050).map { Float($0 % 50) / 50 - 0.5 }
      try Waveform(samples: tone, sampleRate: 22050).write(to: cut)
      try cut.writeAtomically(Array(cut.readBytes().dropLast(22050)))
      #expect(try pictures() == before)
      #expect((place.folder / "run" / "unused_files.csv").exists)
    }
  }

  @Test func workersAndCachesChangeNothing() throws {
    let place = try Workplace()
    defer { place.remove() }
    let two = try place.run(tiny, "--jobs", "2", out: "two").reproducibleContents()
    let cached = try place.run(tiny, out: "cached").reproducibleContents()
    try (place.folder / "cache").remove()
    let one = try place.run(tiny, "--jobs", "1", out: "one").reproducibleContents()
    #expect(one == two && one == cached)
  }

  /// Inputs of different segments are divided by song.
  @Test func segmentsAndWholeSongsSideBySide() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      tiny.replacingFirst(
        #""models""#,
        with:
          #""inputs": {"song": {}, "1s": {"segment_seconds": 0.9}, "mfcc": {"columns": ["mfcc*"]}}, "models""#
      ))
    let rows = try run.table("results").rows
    #expect(rows.count == 6 && rows.allSatisfy { $0["status"] == "ok" })
    // A name is no number, whatever it begins with.
    #expect(try (run.folder / "index.html").readText().contains("<td>1s</td>"))
  }

  /// Groups that the split does not keep together are only looked at.
  @Test func anotherGroupComputesNothing() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(tiny)
    let predictions = try run.table("predictions").rows
    let count = try run.journalLines(of: "cell").count
    let more = tiny.replacingFirst(
      #""seconds": 2}"#,
      with: #"""
        "seconds": 2}, "groups": {"song": "song", "odd": {"column": "song", "pattern": "[02468]$"}}
        """#)
    try place.run(more)
    #expect(try run.journalLines(of: "cell").count == count)
    #expect(try run.table("predictions").rows == predictions)
    #expect(try (run.folder / "index.html").readText().contains("odd"))
    // The one that it keeps together divides the rows otherwise.
    try place.run(
      more.replacingFirst(
        #""folds": {"count": 2}"#, with: #""folds": {"count": 2}, "group": "odd""#))
    #expect(try run.journalLines(of: "cell").count > count)
  }

  @Test func anotherSeedIsOtherMusic() throws {
    let place = try Workplace()
    defer { place.remove() }
    let first = try place.run(tiny, out: "a").reproducibleContents()
    let second = try place.run(tiny, "--seed", "8", out: "b").reproducibleContents()
    #expect(first["predictions"] != second["predictions"])
  }

  /// A kill loses the songs at work; the next run goes on.
  @Test func killedWhileExtracting() throws {
    let place = try Workplace()
    defer { place.remove() }
    let longer = tiny.replacingFirst(
      #""songs": 6, "seconds": 2"#, with: #""songs": 12, "seconds": 6"#)
    try place.write("e.json", longer)
    let entries = place.folder / "cache" / "entries"
    func count() -> Int {
      ((try? entries.children()) ?? []).count {
        $0.hasPrefix("sound-") && !$0.hasSuffix(".partial")
      }
    }
    let running = try place.start("run", "e.json", "--out", "run", "--quiet")
    waitUntil { count() >= 4 }
    running.signal(SIGKILL)
    _ = try running.wait()
    let kept = count()
    #expect(kept >= 4)
    let again = try place.run(longer).reproducibleContents()
    #expect(count() == 36)
    try (place.folder / "cache").remove()
    #expect(try place.run(longer, out: "undisturbed").reproducibleContents() == again)
  }

  @Test func interruptedWhileExtracting() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write(
      "e.json",
      tiny.replacingFirst(#""songs": 6, "seconds": 2"#, with: #""songs": 60, "seconds": 20"#))
    // An hour of sound, by one core: enough for any processor.
    let running = try place.start("run", "e.json", "--out", "run", "--quiet", "--jobs", "1")
    waitUntil { (place.folder / "cache" / "entries").exists }
    usleep(300_000)
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(
      result.code == 130 && result.errors == "interrupted; run the same command again to go on\n")
    #expect(!(place.folder / "run").exists)
  }

  // MARK: explore features

  private func withMusic(songs: Int = 2, _ body: (Workplace) throws -> Void) throws {
    let place = try Workplace()
    defer { place.remove() }
    let made = try place.explore(
      "data", "synthesize", "music", "--genres", "2", "--songs", "\(songs)", "--seconds", "2",
      "--quiet")
    try #require(made.code == 0, "\(made.errors)")
    try body(place)
  }

  private func songs(_ place: Workplace) throws -> [String] {
    try (place.folder / "music").children().filter { !$0.hasPrefix(".") }.flatMap { style in
      try (place.folder / "music" / style).children().map { "music/\(style)/\($0)" }
    }
  }

  @Test func aTableInThePublishedForm() throws {
    try withMusic { place in
      let made = try place.explore("features", "music", "-o", "f.csv")
      #expect(made.code == 0 && made.errors == "4 rows of 4 sounds: f.csv\n")
      let lines = try (place.folder / "f.csv").readText().split(separator: "\n")
      #expect(lines.count == 5)
      #expect(
        lines[0].hasPrefix("filename,length,chroma_stft_mean,chroma_stft_var,rms_mean,rms_var,"))
      #expect(lines[0].hasSuffix(",mfcc20_mean,mfcc20_var,label"))
      let cells = lines[1].split(separator: ",", omittingEmptySubsequences: false)
      #expect(cells.count == 60 && cells[0].hasSuffix(".00000.wav") && cells[1] == "44100")
      #expect(cells[0].hasPrefix(cells[59] + "."))
      let again = try place.explore("features", "music", "--jobs", "1")
      #expect(again.output == (try (place.folder / "f.csv").readText()))
      let known = try place.explore("features", "music", "-o", "f.csv")
      #expect(known.errors == "4 rows of 4 sounds (4 known from before): f.csv\n")
    }
  }

  @Test func segmentsColumnsAndLooseFiles() throws {
    try withMusic { place in
      let song = try #require(try songs(place).first)
      let made = try place.explore(
        "features", song, "--segment-seconds", "0.5", "--columns", "mfcc1_*,tempo", "-o", "-")
      let lines = made.output.split(separator: "\n")
      #expect(made.code == 0 && lines.count == 5)
      #expect(lines[0] == "filename,length,tempo,mfcc1_mean,mfcc1_var,label")
      #expect(lines[1].contains(".00000.0.wav,11024,") && lines[1].hasSuffix(","))
      #expect(lines[4].contains(".00000.3.wav,"))
      // The published tables have no segment that ends with its song.
      let published = try place.explore(
        "features", song, "--segment-seconds", "0.5", "--columns", "tempo", "--mode", "kaggle")
      #expect(published.output.split(separator: "\n").count == 4)
    }
  }

  @Test func brokenFilesAreListedAndTheRestIsWritten() throws {
    try withMusic { place in
      let folder = try #require(try songs(place).first.map { Path($0).folder.string })
      try place.write("\(folder)/bad.wav", "no sound at all")
      let made = try place.explore("features", "music", "-o", "f.csv", "--quiet")
      #expect(made.code == 3 && made.output.isEmpty)
      #expect(made.errors.hasPrefix("bad.wav: this is no sound file that can be read"))
      #expect(try (place.folder / "f.csv").readText().split(separator: "\n").count == 5)
      try place.write(
        "e.json",
        #"{"name": "n", "data": {"audio": "music"}, "split": {"folds": {"count": 2}}, "models": ["dummy"]}"#
      )
      let run = try place.explore("run", "e.json", "--out", "run")
      #expect(run.code == 0 && run.errors.contains("1 of 5 sounds cannot be used: bad.wav ("))
      let unused = try (place.folder / "run" / "unused_files.csv").readText()
      #expect(unused.hasPrefix("file,reason\nbad.wav,"))
      let alone = try place.explore("features", "\(folder)/bad.wav", "-o", "g.csv")
      #expect(alone.code == 65 && !(place.folder / "g.csv").exists)
    }
  }

  @Test func wrongUseIsToldBeforeAnyWork() throws {
    try withMusic { place in
      func expect(_ code: Int32, _ words: String, _ arguments: String...) throws {
        let result = try place.program.run(
          ["features"] + arguments, in: place.folder, environment: place.environment)
        #expect(result.code == code && result.errors.contains(words), "\(result.errors)")
      }
      let song = try #require(try songs(place).first)
      try expect(64, "DIR|INDEX.csv|FILE is missing")
      try expect(65, "there is no file nowhere", "nowhere")
      try expect(64, "there is no mode “kagle”; did you mean “kaggle”?", "music", "--mode", "kagle")
      try expect(64, "--segment-seconds needs a number from 0.1", "music", "--segment-seconds", "0")
      try expect(
        64, "“mfc21*” is neither a feature set nor matches a column", "music", "--columns", "mfc21*"
      )
      try expect(64, "give one folder or index, or sound files", "music", song)
      try expect(65, "there is no folder nowhere", "music", "-o", "nowhere/f.csv")
      try expect(64, "is what is read; give another file", song, "-o", song)
      try expect(1, "cannot write /dev/full: no space left", song, "-o", "/dev/full", "--quiet")
      let cache = try place.program.run(
        ["features", song], in: place.folder, environment: ["EXPLORE_CACHE": "/dev/null/cache"])
      #expect(cache.code == 1 && cache.errors.contains("; EXPLORE_CACHE can name another folder"))
    }
  }

  // MARK: Outside data

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func theOfficialFoldsOfESC10() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write(
      "e.json",
      #"{"name": "n", "data": {"audio": "$EXPLORE_DATA/esc10/index.csv"}, "scaling": "standard", "models": [{"svm": {"kernel": "rbf", "C": 10}}]}"#
    )
    let data = try #require(OutsideData.folder)
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", environment: ["EXPLORE_DATA": data.string])
    #expect(result.code == 0, "\(result.errors)")
    let cell = try Run(place.folder / "run").cell("none", "svm")
    let accuracy = try #require(Double(cell["test_accuracy"] ?? ""))
    #expect(accuracy > 0.65, "Piczak's baselines reach 66.7 % to 72.7 %: \(accuracy)")
    let plan = try (place.folder / "run" / "plan.json").readText()
    #expect(plan.contains("official folds by column “fold”"))
  }
}
