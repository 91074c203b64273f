/// A place where an encoder puts large values, such as matrices, instead of writing them as text.
package protocol JSONAttachments: AnyObject {
  /// Keeps a value and returns what stands for it in the JSON, or nil when it is to be written.
  ///
  /// - Parameters:
  ///   - value: what is being encoded.
  ///   - path: the names that lead to the value, joined by dots.
  /// - Returns: what stands for the value, or nil.
  /// - Throws: when the value cannot be kept.
  func store(_ value: any Encodable, path: String) throws -> JSONNode?

  /// The value that a node stands for, or nil when the node is to be decoded as it is.
  func load<Value: Decodable>(_ type: Value.Type, from node: JSONNode) throws -> Value?
}

/// JSON that does not describe the value it was to be read as.
package struct JSONDecodingError: Error, CustomStringConvertible {
  /// The names that lead to the place, joined by dots.
  package var path: String
  /// What was wrong there.
  package var message: String

  /// An error at a path.
  package init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// The path and the message.
  package var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension JSONNode {
  /// The JSON of an encodable value.
  ///
  /// - Parameters:
  ///   - value: what is encoded.
  ///   - attachments: takes the large values out of the text.
  /// - Throws: what the value's own encoding throws.
  package init<Value: Encodable>(
    encoding value: Value, attachments: (any JSONAttachments)? = nil
  ) throws {
    self = try JSONEncoding(attachments: attachments).node(for: value, at: [])
  }

  /// The value this JSON describes.
  ///
  /// - Parameters:
  ///   - type: the value's type.
  ///   - attachments: gives back the large values that encoding took out.
  /// - Returns: the value.
  /// - Throws: ``JSONDecodingError`` when it does not describe one.
  package func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, attachments: (any JSONAttachments)? = nil
  ) throws -> Value {
    do {
      return try JSONDecoding(node: self, codingPath: [], attachments: attachments).value(type)
    } catch let DecodingError.keyNotFound(key, context) {
      throw JSONDecodingError(
        path: joined(context.codingPath), message: "“\(key.stringValue)” is missing")
    } catch DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context)
    {
      throw JSONDecodingError(path: joined(context.codingPath), message: context.debugDescription)
    }
  }
}

func joined(_ path: [any CodingKey]) -> String {
  path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
}

struct JSONKey: CodingKey {
  var stringValue: String
  var intValue: Int?

  init(stringValue: String) { self.stringValue = stringValue }
  init(intValue: Int) {
    self.intValue = intValue
    stringValue = "\(intValue)"
  }
}

extension JSONNode: Codable {
  /// Writes the content; this module's encoder takes the node as it is.
  package func encode(to encoder: any Encoder) throws {
    var single = encoder.singleValueContainer()
    switch content {
    case .null: try single.encodeNil()
    case .boolean(let value): try single.encode(value)
    case .integer(let value): try single.encode(value)
    case .number(let value): try single.encode(value)
    case .string(let value): try single.encode(value)
    case .array(let elements): try single.encode(elements)
    case .object(let members):
      var container = encoder.container(keyedBy: JSONKey.self)
      for member in members {
        try container.encode(member.value, forKey: JSONKey(stringValue: member.name))
      }
    }
  }

  /// Takes the node as it is from this module's decoder.
  ///
  /// - Throws: `DecodingError` with any other decoder.
  package init(from decoder: any Decoder) throws {
    guard let decoding = decoder as? JSONDecoding else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "this decoder does not read JSON"))
    }
    self = decoding.node
  }
}
