/// Turns `Encodable` values into nodes.
struct JSONEncoding {
  let attachments: (any JSONAttachments)?

  func node<Value: Encodable>(for value: Value, at path: [any CodingKey]) throws -> JSONNode {
    if let node = try attachments?.store(value, path: joined(path)) { return node }
    switch value {
    case let value as JSONNode: return value
    case let value as String: return JSONNode(value)
    case let value as Bool: return JSONNode(value)
    case let value as Int: return JSONNode(value)
    case let value as Double: return JSONNode(value)
    case let value as Float: return JSONNode(Double(value))
    case let value as any FixedWidthInteger: return JSONNode(Int(clamping: value))
    case let value as [Int]: return JSONNode(value)
    case let value as [String]: return JSONNode(value)
    default:
      let target = EncodedValue()
      try value.encode(to: NodeEncoder(target: target, codingPath: path, encoding: self))
      return target.node
    }
  }
}

/// The mutable tree an encoder fills.
private final class EncodedValue {
  private enum State {
    case empty
    case leaf(JSONNode)
    case array([EncodedValue])
    case object([(String, EncodedValue)])
  }
  private var state = State.empty

  var node: JSONNode {
    switch state {
    case .empty: JSONNode(.object([]))
    case .leaf(let node): node
    case .array(let values): JSONNode(values.map(\.node))
    case .object(let members): JSONNode(.object(members.map { .init($0.0, $0.1.node) }))
    }
  }

  var count: Int { if case .array(let values) = state { values.count } else { 0 } }

  func set(_ node: JSONNode) { state = .leaf(node) }
  func startArray() { if case .array = state {} else { state = .array([]) } }
  func startObject() { if case .object = state {} else { state = .object([]) } }

  func append(_ value: EncodedValue = EncodedValue()) -> EncodedValue {
    guard case .array(var values) = state else { return value }
    state = .empty
    values.append(value)
    state = .array(values)
    return value
  }

  func member(_ name: String) -> EncodedValue {
    guard case .object(var members) = state else { return EncodedValue() }
    if let known = members.first(where: { $0.0 == name }) { return known.1 }
    let value = EncodedValue()
    state = .empty
    members.append((name, value))
    state = .object(members)
    return value
  }
}

private struct NodeEncoder: Encoder, SingleValueEncodingContainer {
  let target: EncodedValue
  var codingPath: [any CodingKey]
  let encoding: JSONEncoding
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.startObject()
    return KeyedEncodingContainer(
      KeyedNodes<Key>(target: target, codingPath: codingPath, encoding: encoding))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.startArray()
    return UnkeyedNodes(target: target, codingPath: codingPath, encoding: encoding)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  mutating func encodeNil() { target.set(.null) }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    target.set(try encoding.node(for: value, at: codingPath))
  }
}

private struct KeyedNodes<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let target: EncodedValue
  var codingPath: [any CodingKey]
  let encoding: JSONEncoding

  mutating func encodeNil(forKey key: Key) { target.member(key.stringValue).set(.null) }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    target.member(key.stringValue).set(try encoding.node(for: value, at: codingPath + [key]))
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(for: key).container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(for: key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder(for: JSONKey(stringValue: "super")) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }

  private func encoder(for key: any CodingKey) -> NodeEncoder {
    NodeEncoder(
      target: target.member(key.stringValue), codingPath: codingPath + [key], encoding: encoding)
  }
}

private struct UnkeyedNodes: UnkeyedEncodingContainer {
  let target: EncodedValue
  var codingPath: [any CodingKey]
  let encoding: JSONEncoding
  var count: Int { target.count }

  private var nextPath: [any CodingKey] { codingPath + [JSONKey(intValue: count)] }

  mutating func encodeNil() { target.append().set(.null) }

  mutating func encode<Value: Encodable>(_ value: Value) throws {
    let node = try encoding.node(for: value, at: nextPath)
    target.append().set(node)
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    nextEncoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    nextEncoder().unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { nextEncoder() }

  private func nextEncoder() -> NodeEncoder {
    let path = nextPath
    return NodeEncoder(target: target.append(), codingPath: path, encoding: encoding)
  }
}
