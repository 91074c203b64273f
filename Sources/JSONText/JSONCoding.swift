/// A place where an encoder puts large values, such as matrices, instead of writing them as text.
public protocol JSONAttachments: AnyObject {
  /// Keeps a value and returns what stands for it in the JSON, or nil when it is to be written.
  ///
  /// - Parameter path: the names that lead to the value, joined by dots.
  func store(_ value: any Encodable, path: String) throws -> JSONNode?

  /// The value that a node stands for, or nil when the node is to be decoded as it is.
  func load<Value: Decodable>(_ type: Value.Type, from node: JSONNode) throws -> Value?
}

/// JSON that does not describe the value it was to be read as.
public struct JSONDecodingError: Error, CustomStringConvertible {
  /// The names that lead to the place, joined by dots.
  public var path: String
  /// What was wrong there.
  public var message: String

  /// The path and the message.
  public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension JSONNode {
  /// The JSON of an encodable value.
  ///
  /// - Parameter attachments: takes the large values out of the text.
  public init<Value: Encodable>(
    encoding value: Value, attachments: (any JSONAttachments)? = nil
  ) throws {
    self = try JSONEncoding(attachments: attachments).node(for: value, at: [])
  }

  /// The value this JSON describes.
  ///
  /// - Parameter attachments: gives back the large values that encoding took out.
  /// - Throws: ``JSONDecodingError`` when it does not describe one.
  public func decode<Value: Decodable>(
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
