import JSONText
import Testing

@Suite struct JSONParserTests {
  @Test func readsCommentsTrailingCommasAndByteOrderMark() throws {
    let text = "\u{FEFF}// first\n{ \"a\": [1, 2.5, -3e2,], /* inner */ \"b\": {\"c\": null,}, }\n"
    let node = try JSONNode(parsing: text)
    #expect(node == ["a": [1, 2.5, -300.0], "b": ["c": nil]])
  }

  @Test func keepsTheOrderAndPlaceOfMembers() throws {
    let node = try JSONNode(parsing: "{\n  \"zebra\": 1,\n  \"ä\": \"ö\", \"ant\": true\n}")
    #expect(node.members?.map(\.name) == ["zebra", "ä", "ant"])
    #expect(node.members?[0].namePosition == JSONPosition(line: 2, column: 3))
    #expect(node.members?[2].namePosition == JSONPosition(line: 3, column: 13))
    #expect(node["ant"]?.position == JSONPosition(line: 3, column: 20))
  }

  @Test(arguments: [
    (#""\u00e4\n\t\"\\\/""#, "ä\n\t\"\\/"), (#""\ud83d\ude00""#, "😀"), ("\"héllo\"", "héllo"),
  ])
  func readsEscapes(text: String, expected: String) throws {
    #expect(try JSONNode(parsing: text).string == expected)
  }

  @Test func tellsIntegersFromNumbers() throws {
    #expect(try JSONNode(parsing: "9007199254740993").integer == 9_007_199_254_740_993)
    #expect(try JSONNode(parsing: "5.0").integer == 5)
    #expect(try JSONNode(parsing: "5.5").integer == nil)
    #expect(try JSONNode(parsing: "1e3").number == 1000)
    #expect(try JSONNode(parsing: "123456789012345678901234567890").number == 1.2345678901234568e29)
  }

  struct Broken: CustomTestStringConvertible {
    var text: String
    var line: Int
    var column: Int
    var message: String
    var testDescription: String { text }
  }

  @Test(arguments: [
    Broken(text: "", line: 1, column: 1, message: "the file is empty; expected a JSON value"),
    Broken(text: "{\"a\" 1}", line: 1, column: 6, message: "expected “:” after “a”, found “1”"),
    Broken(text: "[1 2]", line: 1, column: 4, message: "expected “,” or “]”, found “2”"),
    Broken(
      text: "{\"a\": 1\n \"b\": 2}", line: 2, column: 2, message: "expected “,” or “}”, found “\"”"),
    Broken(
      text: "{\"a\": 1, \"a\": 2}", line: 1, column: 10, message: "the name “a” stands here twice"),
    Broken(
      text: "{a: 1}", line: 1, column: 2, message: "expected a name in quotes or “}”, found “a”"),
    Broken(text: "[01]", line: 1, column: 2, message: "“01” is not a number"),
    Broken(text: "[1.]", line: 1, column: 2, message: "“1.” is not a number"),
    Broken(text: "[1e400]", line: 1, column: 2, message: "“1e400” is not a number"),
    Broken(text: "[-]", line: 1, column: 2, message: "“-” is not a number"),
    Broken(text: "[tru]", line: 1, column: 2, message: "expected a value, found “t”"),
    Broken(text: "[1] x", line: 1, column: 5, message: "expected the end of the file, found “x”"),
    Broken(text: "\n\n\"abc", line: 3, column: 1, message: "this text has no closing quote"),
    Broken(
      text: "[\"a\nb\"]", line: 1, column: 4,
      message: "the text that starts at column 2 has no closing quote on its line"),
    Broken(text: "[\"\\x\"]", line: 1, column: 4, message: "this escape is not known"),
    Broken(
      text: "[\"\\ud800\"]", line: 1, column: 9, message: "half of a surrogate pair is missing"),
    Broken(text: "[1, /* open", line: 1, column: 5, message: "this comment has no end"),
    Broken(text: "[", line: 1, column: 2, message: "expected a value, found the end of the file"),
  ])
  func namesThePlaceOfAnError(broken: Broken) {
    #expect(
      throws: JSONSyntaxError(
        message: broken.message,
        position: JSONPosition(line: broken.line, column: broken.column))
    ) { try JSONNode(parsing: broken.text) }
  }

  @Test func refusesTextThatIsNotUTF8() {
    #expect(throws: JSONSyntaxError.self) {
      try JSONNode(parsing: [UInt8(ascii: "\""), 0xFF, 0xFE, UInt8(ascii: "\"")])
    }
  }

  @Test func refusesDeepNestingInsteadOfCrashing() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try JSONNode(parsing: text) }
  }

  @Test func writesWhatItReads() throws {
    let node: JSONNode = [
      "text": "quote \" backslash \\ line\n tab\t bell\u{7} ünï 😀",
      "numbers": [1, -2.5, 1e-30, 1e300],
      "nothing": nil, "yes": true, "empty": [], "nested": ["a": [["b": 1], ["c": 2]]],
    ]
    #expect(try JSONNode(parsing: node.compactText) == node)
    #expect(try JSONNode(parsing: node.indentedText) == node)
    #expect(!node.compactText.contains("\n"))
  }

  @Test func numbersThatAreNoneBecomeNull() {
    #expect(
      JSONNode([JSONNode(Double.nan), JSONNode(Double.infinity)]).compactText == "[null,null]")
  }
}
