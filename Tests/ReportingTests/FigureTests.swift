import Learning
import Reporting
import Testing

@Suite struct FigureTests {
  @Test func namesCannotBreakOutOfAPicture() {
    var svg = SVG(width: 100, height: 50, title: "</title><script>")
    svg.text("<b>&\"'\u{0}", x: 1, y: 2)
    svg.rectangle(x: 0, y: 0, width: 1, height: 1, fill: "\" onload=\"x", tip: "a<b")
    let document = svg.document
    #expect(!document.contains("<script>") && !document.contains("<b>"))
    #expect(document.contains("&lt;b&gt;&amp;&quot;&#39;\u{FFFD}"))
    #expect(document.contains("fill=\"&quot; onload=&quot;x\""))
  }

  @Test func ticksAreRound() {
    #expect(ticks(from: 0, to: 100, about: 5) == [0, 20, 40, 60, 80, 100])
    #expect(ticks(from: 0.93, to: 0.99, about: 3).map { ($0 * 100).rounded() } == [94, 96, 98])
    #expect(ticks(from: 3, to: 3, about: 5) == [3])
    #expect(decimals(of: [0.94, 0.96]) == 2 && decimals(of: [0, 20]) == 0)
  }

  @Test func longNamesAreClippedToTheirRoom() {
    let text = clipped("a very long name indeed", width: 60, size: 12)
    #expect(text.hasSuffix("…") && textWidth(text, size: 12) <= 60)
    #expect(clipped("short", width: 100, size: 12) == "short")
    #expect(
      wrapped("one two three four five", width: 60, size: 12).allSatisfy {
        textWidth($0, size: 12) <= 60
      })
  }

  @Test func heatColorsRunFromPaleToDeep() {
    let scale = HeatScale(low: 0, high: 1)
    #expect(scale.color(0) == "#eff6fc" && scale.color(1) == "#0b3061")
    #expect(scale.inkColor(0) == "#10202f" && scale.inkColor(1) == "#ffffff")
    // One very bad cell does not make all others look alike.
    #expect(abs(HeatScale(accuracies: [0.1, 0.8, 0.9]).low - 0.6) < 1e-9)
  }

  @Test func confusionTablesEscapeTheirClasses() {
    let confusion = ConfusionMatrix(labels: [0, 1, 1], predicted: [0, 1, 0], classCount: 2)
    let table = ConfusionTable(confusion, classes: ["a,b", "<i>"], title: "t")
    #expect(table.table == "label,\"a,b\",<i>\n\"a,b\",1,0\n<i>,1,1\n")
    #expect(!table.svg.document.contains("<i>"))
    // Many classes still make a picture.
    let many = ConfusionTable(
      ConfusionMatrix(labels: Array(0..<200), predicted: Array(0..<200), classCount: 200),
      classes: (0..<200).map { "class \($0)" }, title: "many")
    #expect(many.svg.width < 1200)
    #expect(many.svg.document.contains("60 of 200 classes, those most often mistaken"))
    #expect(many.svg.document.utf8.count < 1_000_000)
    #expect(many.table.split(separator: "\n").count == 201)
  }
}
