import ContentHashing
import Testing

@Suite struct CheckedObjectTests {
  private static let objects = [
    #"{"a":1,"b":{"c":[1,2]}}"#, "{\n  \"a\": 1\n}\n", "{\"check\":\"0\"}\n", "{\"ü\":\"}\"}",
  ]

  @Test(arguments: objects)
  func objectsComeBack(text: String) {
    let checked = CheckedObject.adding(checkTo: text)
    #expect(checked != text)
    guard case .whole(let bytes) = CheckedObject.content(of: Array(checked.utf8)) else {
      Issue.record("not whole: \(checked)")
      return
    }
    func blankless(_ text: String) -> String { text.filter { !$0.isWhitespace } }
    #expect(blankless(String(decoding: bytes, as: UTF8.self)) == blankless(text))
  }

  @Test func theLayoutIsThatOfTheObject() {
    #expect(CheckedObject.adding(checkTo: "{\"a\":1}\n").hasPrefix("{\"a\":1,\"check\":\""))
    #expect(
      CheckedObject.adding(checkTo: "{\n  \"a\": 1\n}\n").hasPrefix(
        "{\n  \"a\": 1,\n  \"check\": \""))
  }

  /// A byte of the object that is changed never passes; one of the check's own name passes as no check.
  @Test(arguments: objects)
  func changesAreNoticed(text: String) {
    let whole = Array(CheckedObject.adding(checkTo: text).utf8)
    let length = text.utf8.lastIndex(of: UInt8(ascii: "}")).map {
      text.utf8.distance(from: text.startIndex, to: $0)
    }
    for place in 0..<(length ?? 0) - 1 {
      for bit in 0..<8 {
        var bytes = whole
        bytes[place] ^= 1 << bit
        #expect(CheckedObject.content(of: bytes) == .damaged)
      }
    }
    for count in 0..<whole.count - 2 {
      if case .whole = CheckedObject.content(of: whole.prefix(count)) {
        Issue.record("\(count) bytes pass")
      }
    }
  }

  @Test func textWithoutACheckIsKnown() {
    for text in ["", "{", "{}", "[1]", "{\"a\":1}", "{\"a\":\"0123456789abcdef\"}"] {
      #expect(CheckedObject.content(of: Array(text.utf8)) == .unchecked)
    }
    #expect(
      CheckedObject.adding(checkTo: "[1]") == "[1]" && CheckedObject.adding(checkTo: "{}") == "{}")
  }
}
