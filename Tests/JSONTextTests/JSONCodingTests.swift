import JSONText
import Testing

@Suite struct JSONCodingTests {
  enum Color: String, Codable { case red, blue }

  struct Inner: Codable, Equatable {
    var values: [Float] = [1.5, -2]
    var map: [String: Int] = ["a": 1]
  }

  struct Everything: Codable, Equatable {
    var flag = true
    var small: UInt8 = 200
    var int32: Int32 = -7
    var whole = 1 << 60
    var single: Float = 0.1
    var double = 0.1
    var text = "ü\n"
    var missing: Int? = nil
    var present: Int? = 3
    var color = Color.blue
    var list = [1, 2, 3]
    var texts = ["a", "b"]
    var inner = Inner()
    var nested = [[1.5], []]
    var pair: [Inner?] = [nil, Inner()]
  }

  @Test func valuesSurviveCoding() throws {
    let value = Everything()
    let node = try JSONNode(encoding: value)
    let read = try JSONNode(parsing: node.compactText).decode(Everything.self)
    #expect(read == value)
  }

  @Test func optionalsKeepTheirValues() throws {
    struct Optionals: Codable, Equatable {
      var a: Int?
      var b: Double?
      var c: String?
    }
    let node: JSONNode = ["a": 4, "b": nil, "c": "x"]
    #expect(try node.decode(Optionals.self) == Optionals(a: 4, b: nil, c: "x"))
  }

  @Test(arguments: [
    (#"{"flag": 1}"#, "flag: expected a truth value, found a number"),
    (#"{"flag": true, "small": 300}"#, "small: expected a whole number, found a number"),
    (#"{"flag": true}"#, "“small” is missing"),
    (#"[1]"#, "expected an object, found a list"),
  ])
  func errorsNameThePath(text: String, message: String) throws {
    let node = try JSONNode(parsing: text)
    let error = #expect(throws: JSONDecodingError.self) { try node.decode(Everything.self) }
    #expect(error?.description == message)
  }

  /// Takes lists of floats out of the text and gives them back.
  private final class Attic: JSONAttachments {
    var kept: [String: [Float]] = [:]
    func store(_ value: any Encodable, path: String) -> JSONNode? {
      guard let list = value as? [Float] else { return nil }
      kept[path] = list
      return ["kept": JSONNode(path)]
    }
    func load<Value: Decodable>(_ type: Value.Type, from node: JSONNode) -> Value? {
      guard let name = node["kept"]?.string, let list = kept[name] else { return nil }
      return list as? Value
    }
  }

  @Test func attachmentsTakeLargeValuesOut() throws {
    let attic = Attic()
    let node = try JSONNode(encoding: Everything(), attachments: attic)
    #expect(node["inner"]?["values"] == ["kept": "inner.values"])
    #expect(attic.kept["inner.values"] == [1.5, -2])
    #expect(try node.decode(Everything.self, attachments: attic) == Everything())
  }
}
