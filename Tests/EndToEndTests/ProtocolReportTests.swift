import FileSystem
import ProgramSupport
import Testing

/// What the page and the files of pictures and tables are where there are several protocols, and where
/// there is one.
@Suite struct ProtocolReportTests {
  /// Groups of five rows: `b` names the group, and its neighbours have the other label; `a` tells a little
  /// of the label.
  private func table() -> String {
    var random = SeededNumbers(seed: 5)
    var text = "song,a,b,label\n"
    for row in 0..<300 {
      let group = row / 5
      let a = random.next() * 0.3 + Double(group % 2) * 0.15
      let b = Double(group * 7 % 60) + random.next() / 9
      text += "s\(group),\(a),\(b),c\(group % 2)\n"
    }
    return text
  }

  private let data =
    #""data": {"table": "t.csv", "label": "label", "groups": {"song": {"column": "song"}}}"#
  private let models = #""models": [{"knn": {"k": 1}}, "ridge", "dummy"]"#

  @Test func severalProtocolsAreShownSideBySide() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table())
    let run = try place.run(
      #"{"name": "n", \#(data), "protocols": {"rows": {"folds": {"count": 4}, "ungrouped": true}, "songs": {"folds": {"count": 4}}}, \#(models)}"#
    )
    let page = try (run.folder / "index.html").readText()
    let markdown = try (run.folder / "report.md").readText()
    let pictures = try (run.folder / "figures").children()
    for file in ["ranks.svg", "forest-rows.svg", "forest-songs.svg", "f1-songs.svg", "time.svg"] {
      #expect(pictures.contains(file), "\(file)")
      #expect(markdown.contains("](figures/\(file))"), "\(file)")
    }
    // The turnover comes first, in words, and each protocol has a table.
    let headline = "knn comes first when rows are split at random"
    #expect(page.contains("<p class=\"headline\">\(headline)"), "\(page.prefix(3000))")
    #expect(markdown.contains("## Ranks by protocol\n\n**\(headline)"))
    #expect(page.split(separator: "<table class=\"heat\">").count == 3)
    let places = ["id=\"ranks\"", "id=\"summary\"", "id=\"accuracy\"", "id=\"forest\""].map {
      page.firstRange(of: $0)?.lowerBound
    }
    #expect(
      places.allSatisfy { $0 != nil }
        && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    // What flatters one protocol is not said of the cells of another, and the only transformation is not named.
    for (name, expected) in [("rows", 2), ("songs", 0)] {
      let own = try #require(
        markdown.split(separator: "\n### ").first { $0.hasPrefix("\(name)+none+knn") })
      #expect(own.split(separator: "\n").count { $0.hasPrefix("**Too optimistic") } == expected)
    }
    #expect(!(try (run.folder / "tables" / "findings.csv").readText().contains("none+knn says")))
    // Songs straddle the folds of rows: there is no test, and no letter.
    #expect(page.split(separator: "<sup>").count == 4)
    let latex = try (run.folder / "tables" / "accuracy.tex").readText()
    #expect(latex.contains("\\begin{tabular}{@{}llr@{}}") && latex.contains("    rows & knn & "))
    #expect(latex.contains("\\textsuperscript{a}"))
    #expect(try (run.folder / "tables" / "accuracy.md").readText().contains("### songs\n"))
    // The same records give the same bytes.
    #expect(try place.explore("report", "run", "--quiet").code == 0)
    #expect(try (run.folder / "index.html").readText() == page)
  }

  /// A page has nothing that there is nothing for, and pictures of an earlier form go away.
  @Test func oneProtocolHasAPlainPage() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("t.csv", table())
    let run = try place.run(
      #"{"name": "n", \#(data), "split": {"holdout": {"test": 0.3}}, "learning_curve": [0.5, 1], \#(models)}"#
    )
    let pictures = try (run.folder / "figures").children()
    for file in ["forest.svg", "f1.svg", "learning_curve.svg", "time.svg", "accuracy.svg"] {
      #expect(pictures.contains(file), "\(file)")
    }
    #expect(!pictures.contains("ranks.svg") && !pictures.contains("history.svg"))
    let page = try (run.folder / "index.html").readText()
    #expect(!page.contains("id=\"ranks\"") && !page.contains("id=\"history\""))
    try (run.folder / "figures" / "ranks.svg").writeAtomically("old")
    #expect(try place.explore("report", "run", "--quiet").code == 0)
    #expect(!(run.folder / "figures" / "ranks.svg").exists)
  }

  /// Trials that follow on each other are drawn in their order; those of a grid are not.
  @Test func theHistoryOfTuningIsDrawn() throws {
    let place = try Workplace()
    defer { place.remove() }
    let run = try place.run(
      #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"k": [1, 3, 5, 7, 9]}}, "dummy"], "tuner": {"random": {"trials": 4}}}"#
    )
    let picture = try (run.folder / "figures" / "history.svg").readText()
    #expect(picture.contains("<title>trial 4: ") && picture.contains(">knn</text>"))
    #expect(!picture.contains(">dummy</text>"))
    #expect(try (run.folder / "index.html").readText().contains("<section id=\"history\">"))
  }
}
