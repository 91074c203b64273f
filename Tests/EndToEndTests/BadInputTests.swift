import FileSystem
import Glibc
import ProgramSupport
import Testing

/// What a user sees for wrong input: one message, the right exit code, and nothing done.
@Suite struct BadInputTests {
  private func check(
    _ place: Workplace, _ arguments: [String], code: Int32, errors: String
  ) throws {
    let result = try place.program.run(
      arguments, in: place.folder, environment: place.environment)
    #expect(result.code == code, "\(arguments): \(result.errors)")
    #expect(result.errors == errors)
    #expect(result.output.isEmpty)
    #expect(!(place.folder / "reports").exists)
  }

  @Test func usage() throws {
    let place = try Workplace()
    defer { place.remove() }
    try check(
      place, ["rnu"], code: 64,
      errors: "explore: there is no command “rnu”; did you mean “run”?\ntry: explore --help\n")
    try check(
      place, ["run"], code: 64,
      errors: "explore: FILE is missing: the experiment file\nusage: explore run FILE [options]\n")
    try check(
      place, ["run", "x.json", "--job", "2"], code: 64,
      errors:
        "explore: unknown option “--job”; did you mean “--jobs”?\nusage: explore run FILE [options]\n"
    )
    try check(
      place, ["run", "x.json", "--jobs", "0"], code: 64,
      errors:
        "explore: --jobs needs a number from 1 to 4096, found “0”\nusage: explore run FILE [options]\n"
    )
    try check(
      place, ["run", "x.json", "--out", ""], code: 64,
      errors: "explore: --out needs the name of a folder\nusage: explore run FILE [options]\n")
    try check(
      place, ["--verison"], code: 64,
      errors:
        "explore: there is no command “--verison”; did you mean “--version”?\ntry: explore --help\n"
    )
    try check(
      place, ["list", "model"], code: 64,
      errors:
        "explore: there is no kind “model”; did you mean “models”?\nusage: explore list [KIND] [options]\n"
    )
    try check(
      place, ["describe", "forrest"], code: 65,
      errors: "explore: there is nothing called “forrest”; did you mean “forest”?\n")
  }

  @Test func experimentFiles() throws {
    let place = try Workplace()
    defer { place.remove() }
    try check(
      place, ["run", "none.json"], code: 65,
      errors: "explore: cannot open none.json: no such file or directory\n")
    try check(place, ["run", "."], code: 65, errors: "explore: cannot read .: is a directory\n")
    try place.write("empty.json", "")
    try check(
      place, ["run", "empty.json"], code: 65,
      errors: "explore: empty.json, line 1, column 1: the file is empty; expected a JSON value\n")
    try place.write("key.json", "{\"name\": \"n\",\n  \"modles\": []}")
    try check(
      place, ["plan", "key.json"], code: 65,
      errors: "explore: key.json, line 2, column 3: unknown key “modles”; did you mean “models”?\n")
  }

  @Test func data() throws {
    let place = try Workplace()
    defer { place.remove() }
    func experiment(_ data: String, rest: String = "") throws {
      try place.write(
        "e.json", #"{"name": "n", "data": \#(data), "models": [{"knn": {"k": [1, 3]}}]\#(rest)}"#)
    }
    try experiment(#"{"table": "t.csv", "label": "y"}"#)
    try check(
      place, ["run", "e.json"], code: 65,
      errors: "explore: cannot open t.csv: no such file or directory\n")
    try place.write("t.csv", "a,y\n1,u\n2,v\n3,\"u\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, line 4: a quoted cell starts here and has no closing quote; the file may be cut off\n"
    )
    try place.write("t.csv", "a,y\n1,u\nnan,v\n3,u\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, line 3, column “a”: the cell is missing; set “missing” to “drop” or “median”, or fill it\n"
    )
    try place.write("t.csv", "a,y\n1,u\n-inf,v\n3,u\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, line 3, column “a”: “-inf” is infinite or beyond single precision; correct or remove it\n"
    )
    try place.write("t.csv", "a,y\n1,u\n2,u\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors: "explore: t.csv: all rows have the label “u”; at least two classes are needed\n")
    try place.write("t.csv", "a,y\n1,u\n2,u\n3,u\n4,v\n5,v\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: class “v” has only 2 rows; a holdout needs at least 3 of every class, one for each part\n"
    )
    try experiment(#"{"table": "t.csv", "label": "z"}"#)
    try check(
      place, ["run", "e.json"], code: 65,
      errors: "explore: t.csv: there is no column “z” for “label”; known are a, y\n")
    try experiment(#"{"builtin": "iris"}"#, rest: #", "split": {"file": "s.json"}"#)
    try place.write("s.json", #"{"train": [0, 1], "test": [150]}"#)
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: s.json, line 1, column 28: test[0]: expected a row number from 0 to 149, found 150\n"
    )
    try experiment(#"{"builtin": "iris"}"#)
    try check(
      place, ["run", "e.json", "--only", "pca+*"], code: 65,
      errors: "explore: --only: the pattern “pca+*” matches no cell; known is none+knn\n")
  }

  @Test func tablesOfOtherPrograms() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write(
      "e.json", #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "models": ["knn"]}"#)
    try place.write("t.csv", "a;y\n1;u\n2;v\n")
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv: the first line has semicolons and no comma; save the table with commas between its cells\n"
    )
    try (place.folder / "t.csv").writeAtomically([0xFF, 0xFE, 0x61, 0, 0x2C, 0, 0x79, 0, 0x0A, 0])
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, line 1: this is not UTF-8, it seems to be UTF-16; save it as UTF-8, as by: iconv -f UTF-16 -t UTF-8 t.csv > NEW\n"
    )
    try place.write(
      "e.json", #"{"name": "n", "data": {"table": ".", "label": "y"}, "models": ["knn"]}"#)
    try check(
      place, ["run", "e.json"], code: 65, errors: "explore: cannot read .: is a directory\n")
  }

  /// Groups, keys and given parts that do not go with the table.
  @Test func whatMatchesNothing() throws {
    let place = try Workplace()
    defer { place.remove() }
    func experiment(_ data: String, _ rest: String = "") throws {
      try place.write(
        "e.json",
        #"{"name": "n", "data": {"table": "t.csv", "label": "y", \#(data)}, "models": [{"knn": {"k": [1, 3]}}]\#(rest)}"#
      )
    }
    var text = "a,s,part,y\n"
    for row in 0..<40 { text += "\(row * row % 97),s\(row % 9),p\(row % 3),\(row % 2)\n" }
    try place.write("t.csv", text)
    try place.write("side.csv", "song,artist\nx,y\n")
    try experiment(##""groups": {"song": {"column": "s", "pattern": "^song ([0-9]+)"}}"##)
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, column “s”: no row matches “^song ([0-9]+)” of the group “song”\n")
    try experiment(#""join": {"table": "side.csv", "key": "song", "from": "s"}"#)
    try check(
      place, ["run", "e.json"], code: 65,
      errors: "explore: t.csv, column “s”: no row matches side.csv of “join”\n")
    try experiment(#""ignore": ["s"]"#, #", "split": {"parts": {"column": "part"}}"#)
    try check(
      place, ["run", "e.json"], code: 65,
      errors:
        "explore: t.csv, column “part”: “p0” (row 0, counted from 0) is no part; expected train, validation or test, or an empty cell\n"
    )
    try experiment(#""ignore": ["s", "part"]"#, #", "split": {"file": "s.json"}"#)
    try place.write("s.json", #"{"train": [], "test": [1]}"#)
    try check(
      place, ["run", "e.json"], code: 65, errors: "explore: s.json has no training rows\n")
  }

  @Test func foldersThatAreNotARun() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", #"{"name": "one", "data": {"builtin": "iris"}, "models": ["knn"]}"#)
    try (place.folder / "full").createFolder()
    try place.write("full/precious.txt", "keep me")
    try check(
      place, ["run", "e.json", "--out", "full", "--fresh"], code: 1,
      errors: "explore: full is not empty and not a run folder; give another one with --out\n")
    #expect(try (place.folder / "full").children() == ["precious.txt"])
    try check(
      place, ["run", "e.json", "--out", "e.json"], code: 1,
      errors: "explore: e.json is a file; a run needs a folder\n")
    try place.run(#"{"name": "one", "data": {"builtin": "iris"}, "models": ["knn"]}"#)
    try place.write("two.json", #"{"name": "two", "data": {"builtin": "iris"}, "models": ["knn"]}"#)
    try check(
      place, ["run", "two.json", "--out", "run"], code: 1,
      errors:
        "explore: run holds a run of the experiment “one”, not of “two”; give another folder with --out\n"
    )
    try check(
      place, ["report", "full"], code: 65,
      errors: "explore: full is not a run folder (no plan.json)\n")
    try (place.folder / "run" / "plan.json").writeAtomically(
      "{\"format\": \"explore plan 2\", \"name\"")
    let damaged = try place.explore("report", "run")
    #expect(
      damaged.code == 65 && damaged.errors.hasPrefix("explore: run/plan.json is damaged: line 1: "))
  }

  @Test func foldersThatCannotBeWritten() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", #"{"name": "one", "data": {"builtin": "iris"}, "models": ["knn"]}"#)
    try check(
      place, ["run", "e.json", "--out", "/proc/run"], code: 1,
      errors: "explore: cannot create folder /proc/run: no such file or directory\n")
    let result = try place.explore("run", "e.json", environment: ["EXPLORE_CACHE": "/proc/cache"])
    #expect(result.code == 1)
    #expect(result.errors.contains("cannot create folder /proc/cache"))
  }

  /// A limit on the size of files stands in for a full disk: the same errors come from the system.
  @Test func noSpaceIsSaidAndNothingLost() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", smallGrid)
    let full = try Program(shell: "ulimit -f 16; exec \"$@\"").run(
      [place.program.path.string, "run", "e.json", "--out", "run", "--quiet"], in: place.folder,
      environment: place.environment)
    #expect(full.code == 1)
    #expect(full.errors.hasPrefix("explore: cannot "))
    #expect(full.errors.contains("no space left"))
    let again = try place.explore("run", "e.json", "--out", "run", "--quiet")
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test func namesFromOutsideAreOnlyData() throws {
    let place = try Workplace()
    defer { place.remove() }
    let hostile = "<script>alert(1)</script>"
    var text = "a,\"b\"\"<i>\",\"label\u{1B}[31m\"\n"
    for row in 0..<40 {
      text += "\(row % 4),\(row),\(row % 2 == 0 ? hostile : "../../up,\u{1B}]0;t\u{7}")\n"
    }
    text = text.replacingAll("../../up,", with: "../../up;")
    try place.write("t.csv", text)
    try place.write(
      "e.json",
      #"{"name": "../../outside", "data": {"table": "t.csv", "label": "label\u001b[31m"}, "transformations": [{"pca": {"components": 1}, "as": "../x<b>"}], "models": [{"knn": {"as": "../../../y\u001b[2J&"}}, "dummy"]}"#
    )
    let result = try place.explore("run", "e.json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
    for arguments in [
      ["plan", "e.json"], ["run", "e.json", "--only", "x\u{1B}[2J"],
      ["predict", "reports/%2E.%2F..%2Foutside", "t.csv", "--cell", "x\u{1B}[2J"],
    ] {
      let other = try place.program.run(
        arguments, in: place.folder, environment: place.environment)
      #expect(!other.output.contains("\u{1B}") && !other.errors.contains("\u{1B}"), "\(arguments)")
    }
    #expect(try (place.folder / "reports").children() == ["%2E.%2F..%2Foutside"])
    #expect(try place.folder.children().sorted() == ["cache", "e.json", "reports", "t.csv"])
    let run = Run(place.folder / "reports" / "%2E.%2F..%2Foutside")
    let page = try (run.folder / "index.html").readText()
    #expect(!page.contains(hostile) && !page.contains("../x<b>") && !page.contains("\u{1B}"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    for (name, bytes) in try run.files(under: "figures") {
      let picture = String(decoding: bytes, as: UTF8.self)
      #expect(!picture.contains("<script>") && !picture.contains("\u{1B}"), "\(name)")
    }
    let table = try run.table("predictions")
    #expect(table.header.contains("p_\(hostile)"))
    #expect(Set(table.rows.map { $0["label"] ?? "" }) == [hostile, "../../up;\u{1B}]0;t\u{7}"])
    #expect(try run.folder.children().contains("cells"))
    #expect(
      try (run.folder / "cells").children().allSatisfy { !$0.contains("/") && !$0.hasPrefix(".") })
  }
}

extension String {
  func replacingAll(_ text: String, with other: String) -> String {
    split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
  }
}
