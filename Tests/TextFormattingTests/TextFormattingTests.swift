import Testing
import TextFormatting

@Suite struct TextFormattingTests {
  @Test(arguments: [
    (0.69333, 4, "0.6933"), (0.5, 0, "0"), (1.5, 0, "2"), (-0.00001, 2, "0.00"),
    (1234.5678, 1, "1234.6"),
    (1e21, 0, "1000000000000000000000"),
  ])
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals: decimals) == text)
  }

  @Test(arguments: [
    (0.00002, "20 µs"), (0.005, "5.0 ms"), (0.85, "850 ms"), (12.34, "12.3 s"), (245, "4 min 05 s"),
    (7800, "2 h 10 min"), (59.97, "1 min 00 s"), (0, "0.0 ms"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(duration(seconds: seconds) == text)
  }

  @Test func quantities() {
    #expect(byteCount(999) == "999 bytes")
    #expect(byteCount(3_200_000) == "3.2 MB")
    #expect(counted(1, "row") == "1 row")
    #expect(counted(0, "row") == "0 rows")
    #expect(counted(2, "class", plural: "classes") == "2 classes")
    #expect(grouped(999) == "999" && grouped(1000) == "1,000" && grouped(0) == "0")
    #expect(grouped(629_218_218) == "629,218,218" && grouped(-1_234) == "-1,234")
    #expect(shortest(100) == "100")
    #expect(shortest(0.025) == "0.025")
    #expect(percentage(0.12345) == "12.3 %")
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("two\nlines", "\"two\nlines\""),
    (" edge", "\" edge\""), ("", ""),
  ])
  func csvFields(text: String, field: String) {
    #expect(csvField(text) == field)
  }

  @Test func markupCannotBreakOut() {
    #expect(
      markupText("<script>alert('x')</script> & \"q\" \u{0}\u{1B}[31m")
        == "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot; \u{FFFD}\u{FFFD}[31m"
    )
  }

  @Test func terminalsAreNotSteered() {
    #expect(terminalText("a\u{1B}[2Jb\u{7}\n\u{202E}c") == "a\\u{1b}[2Jb\\u{7}\\u{a}\\u{202e}c")
  }

  @Test func longNamesLoseTheirMiddle() {
    #expect(terminalName("a\u{1B}b") == "a\\u{1b}b")
    let name = terminalName(String(repeating: "x", count: 3000) + "end")
    #expect(name.count == 48 && name.hasPrefix("xxx") && name.hasSuffix("xend"))
  }

  @Test func markdownStaysText() {
    #expect(markdownText("a|b*c_[d](e)") == "a\\|b\\*c\\_\\[d\\](e)")
  }

  @Test(arguments: [
    ("pca+knn", "pca+knn"), ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"), (".", "%2E"),
    ("", "%"),
    ("a b/ü", "a%20b%2F%C3%BC"), (".hidden", "%2Ehidden"),
  ])
  func fileNamesStayInside(text: String, name: String) {
    #expect(fileName(text) == name)
  }

  @Test func longFileNamesStayApart() {
    let long = String(repeating: "x", count: 500)
    #expect(fileName(long + "1") != fileName(long + "2"))
    #expect(fileName(long + "1").utf8.count < 130)
  }

  @Test(arguments: [
    ("logistik", "logistic"), ("forrest", "forest"), ("knm", "knn"), ("randomforest", nil),
    ("tre", "tree"),
    ("svmx", "svm"),
  ])
  func nearestNames(typed: String, nearest: String?) {
    let names = ["dummy", "logistic", "svm", "ridge", "tree", "forest", "knn"]
    #expect(nearestName(to: typed, among: names) == nearest)
  }

  @Test(arguments: [
    ("pca+*", "pca+knn", true), ("*+knn", "pca+knn", true), ("*", "", true),
    ("p?a+*", "pca+", true),
    ("pca", "pca+knn", false), ("*a*b*c", "xaxbxc", true), ("*a*b*c", "xaxbx", false),
    ("**", "x", true),
  ])
  func patterns(pattern: String, name: String, matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }

  @Test(arguments: [
    ("plain text+knn", "plain text+knn"),
    ("a_b & 50 % #1 $x$ {y}", "a\\_b \\& 50 \\% \\#1 \\$x\\$ \\{y\\}"),
    (#"\input{x}"#, #"\textbackslash{}input\{x\}"#),
    ("~^", #"\textasciitilde{}\textasciicircum{}"#), ("a--b", "a-{}-b"), ("a-b", "a-b"),
    ("[x] *", "{[}x] *"), ("*", "{*}"), ("''?`", "'{}'?{}`"),
    ("<|>", #"\ensuremath{<}\ensuremath{\vert}\ensuremath{>}"#),
    ("3–5 ± 1 … −2", #"3--5 \ensuremath{\pm} 1 \ldots{} \ensuremath{-}2"#),
    ("Demšar é", "Demšar é"), ("中\u{0}", "[U+4E2D][U+0]"), ("a\nb", "a b"), ("“q”", "``q{''}"),
  ])
  func latexEscapes(text: String, latex: String) { #expect(latexText(text) == latex) }
}
