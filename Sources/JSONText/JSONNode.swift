/// A JSON value that knows where in its text it stood.
///
/// Object members keep their order. Two nodes are equal when their contents are, wherever they
/// stood; the integer 1 and the number 1.0 are equal too.
package struct JSONNode: Sendable {
  /// What a node holds.
  package indirect enum Content: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number written without a fraction or an exponent that fits 64 bits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case array([JSONNode])
    /// Names and values in order; names are distinct.
    case object([Member])
  }

  /// One name and its value in an object.
  package struct Member: Sendable {
    package var name: String
    /// Where the key stood.
    package var namePosition: JSONPosition?
    package var value: JSONNode

    package init(_ name: String, _ value: JSONNode, at namePosition: JSONPosition? = nil) {
      self.name = name
      self.namePosition = namePosition
      self.value = value
    }
  }

  /// What this node holds.
  package var content: Content
  /// Where it stood in the text it was read from; nil for a node made by the program.
  package var position: JSONPosition?

  /// A node with the given content.
  package init(_ content: Content, at position: JSONPosition? = nil) {
    self.content = content
    self.position = position
  }
}

/// A place in a text; line and column count from 1, columns in Unicode scalars.
package struct JSONPosition: Sendable, Hashable {
  /// The line, from 1.
  package var line: Int32
  /// The column, from 1.
  package var column: Int32

  /// A place in a text.
  package init(line: Int, column: Int) {
    self.line = Int32(clamping: line)
    self.column = Int32(clamping: column)
  }
}

extension JSONNode {
  /// `null`.
  package static var null: JSONNode { JSONNode(.null) }

  /// The value under a name; nil when this is no object or has no such member.
  package subscript(name: String) -> JSONNode? {
    members?.first { $0.name == name }?.value
  }

  /// The members of an object; nil for anything else.
  package var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The elements of an array; nil for anything else.
  package var elements: [JSONNode]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  /// The text of a string; nil for anything else.
  package var string: String? {
    if case .string(let string) = content { string } else { nil }
  }

  /// The value of a boolean; nil for anything else.
  package var boolean: Bool? {
    if case .boolean(let boolean) = content { boolean } else { nil }
  }

  /// A whole number, also when it was written `5.0`; nil for anything else.
  package var integer: Int? {
    switch content {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  /// A number; nil for anything else.
  package var number: Double? {
    switch content {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  /// Whether this is `null`.
  package var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// What this is, in words for an error, as in “a number”.
  package var kind: String {
    switch content {
    case .null: "null"
    case .boolean: "a truth value"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONNode: Equatable {
  /// Whether two nodes hold the same value, wherever they stood.
  package static func == (left: JSONNode, right: JSONNode) -> Bool {
    switch (left.content, right.content) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    case (.integer(let a), .integer(let b)): a == b
    case (.integer, .number), (.number, .integer), (.number, .number): left.number == right.number
    default: false
    }
  }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self.init(.string(value)) }
  package init(integerLiteral value: Int) { self.init(.integer(value)) }
  package init(floatLiteral value: Double) { self.init(.number(value)) }
  package init(booleanLiteral value: Bool) { self.init(.boolean(value)) }
  package init(arrayLiteral elements: JSONNode...) { self.init(.array(elements)) }
  /// An object, its members in the order written.
  package init(dictionaryLiteral elements: (String, JSONNode)...) {
    self.init(.object(elements.map { Member($0.0, $0.1) }))
  }
  package init(nilLiteral: ()) { self.init(.null) }

  package init(_ value: String) { self.init(.string(value)) }
  package init(_ value: Int) { self.init(.integer(value)) }
  /// A number; not a number and the infinities print as `null`.
  package init(_ value: Double) { self.init(.number(value)) }
  package init(_ value: Bool) { self.init(.boolean(value)) }
  package init(_ values: [JSONNode]) { self.init(.array(values)) }
  package init(_ values: [Int]) { self.init(.array(values.map { JSONNode($0) })) }
  package init(_ values: [String]) { self.init(.array(values.map { JSONNode($0) })) }
  /// A number, or `null` where there is none.
  package init(_ value: Double?) { self = value.map { JSONNode($0) } ?? .null }
}
