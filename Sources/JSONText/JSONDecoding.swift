/// Reads `Decodable` values from nodes.
struct JSONDecoding: Decoder {
  let node: JSONNode
  var codingPath: [any CodingKey]
  let attachments: (any JSONAttachments)?
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let value = try attachments?.load(type, from: node) { return value }
    // Unwrapped before the cast: nil itself would become an optional type's nil.
    if let quick = try quickValue(type), let value = quick as? Value { return value }
    return try Value(from: self)
  }

  /// The scalars and the long lists that need no containers.
  private func quickValue<Value>(_ type: Value.Type) throws -> Any? {
    if type == JSONNode.self { return node }
    if type == String.self { return try expect("a string", node.string) }
    if type == Bool.self { return try expect("a truth value", node.boolean) }
    if type == Int.self { return try expect("a whole number", node.integer) }
    if type == Double.self { return try expect("a number", number) }
    if type == Float.self { return Float(try expect("a number", number)) }
    if type == [Int].self {
      return try list().map { try expect("whole numbers", $0.integer) }
    }
    if let type = type as? any FixedWidthInteger.Type { return try integer(type) }
    if type == [String].self { return try list().map { try expect("strings", $0.string) } }
    return nil
  }

  private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
    try expect("a whole number", node.integer.flatMap { Integer(exactly: $0) })
  }

  /// What printed as `null` because it was not a number is not a number again.
  private var number: Double? { node.isNull ? .nan : node.number }

  private func list() throws -> [JSONNode] { try expect("a list", node.elements) }

  func expect<Result>(_ expected: String, _ result: Result?) throws -> Result {
    guard let result else {
      throw DecodingError.typeMismatch(
        Result.self,
        .init(codingPath: codingPath, debugDescription: "expected \(expected), found \(node.kind)"))
    }
    return result
  }

  func nested(_ node: JSONNode, _ key: any CodingKey) -> JSONDecoding {
    JSONDecoding(node: node, codingPath: codingPath + [key], attachments: attachments)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    let members = try expect("an object", node.members)
    return KeyedDecodingContainer(Members<Key>(decoding: self, members: members))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    Elements(decoding: self, elements: try list())
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoding: self) }
}

private struct Single: SingleValueDecodingContainer {
  let decoding: JSONDecoding
  var codingPath: [any CodingKey] { decoding.codingPath }

  func decodeNil() -> Bool { decoding.node.isNull }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decoding.value(type)
  }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoding: JSONDecoding
  let members: [JSONNode.Member]
  var codingPath: [any CodingKey] { decoding.codingPath }
  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.name) } }

  private func decoding(for key: any CodingKey) throws -> JSONDecoding {
    guard let member = members.first(where: { $0.name == key.stringValue }) else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "missing"))
    }
    return decoding.nested(member.value, key)
  }

  func contains(_ key: Key) -> Bool { members.contains { $0.name == key.stringValue } }
  func decodeNil(forKey key: Key) throws -> Bool { try decoding(for: key).node.isNull }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try decoding(for: key).value(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoding(for: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoding(for: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    try decoding(for: JSONKey(stringValue: "super"))
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoding(for: key) }
}

private struct Elements: UnkeyedDecodingContainer {
  let decoding: JSONDecoding
  let elements: [JSONNode]
  var currentIndex = 0
  var codingPath: [any CodingKey] { decoding.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  private mutating func next() throws -> JSONDecoding {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        Any.self, .init(codingPath: codingPath, debugDescription: "the list is too short"))
    }
    defer { currentIndex += 1 }
    return decoding.nested(elements[currentIndex], JSONKey(intValue: currentIndex))
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try next().value(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try next() }
}
