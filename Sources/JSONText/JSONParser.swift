/// Text that is not JSON, and where it stops being so.
package struct JSONSyntaxError: Error, Equatable {
  /// What was wrong, without the place.
  package var message: String
  /// Where it was.
  package var position: JSONPosition

  /// An error at a place.
  package init(message: String, position: JSONPosition) {
    self.message = message
    self.position = position
  }
}

extension JSONNode {
  /// Reads JSON; comments (`//`, `/* */`) and trailing commas are allowed.
  ///
  /// - Parameter text: UTF-8, with or without a byte-order mark.
  /// - Throws: ``JSONSyntaxError`` for text that is not JSON, has a name twice in one object, or is
  ///   nested deeper than 256 levels.
  package init(parsing text: [UInt8]) throws(JSONSyntaxError) {
    var parser = JSONParser(text: text)
    self = try parser.document()
  }

  /// Reads JSON; comments (`//`, `/* */`) and trailing commas are allowed.
  package init(parsing text: String) throws(JSONSyntaxError) {
    try self.init(parsing: Array(text.utf8))
  }
}

/// A recursive-descent reader (RFC 8259, with comments and trailing commas).
private struct JSONParser {
  static let deepestNesting = 256

  let text: [UInt8]
  var index = 0
  var line = 1
  var lineStart = 0
  var depth = 0
  /// How far the columns of a line were counted.
  private var counted = (lineStart: 0, index: 0, column: 1)

  init(text: [UInt8]) {
    self.text = text
    if text.starts(with: [0xEF, 0xBB, 0xBF]) {
      index = 3
      lineStart = 3
    }
  }

  mutating func document() throws(JSONSyntaxError) -> JSONNode {
    try skipBlank()
    guard index < text.count else { throw error("the file is empty; expected a JSON value") }
    let node = try value()
    try skipBlank()
    guard index == text.count else {
      throw error("expected the end of the file, found \(describeNext())")
    }
    return node
  }

  // MARK: Values

  mutating func value() throws(JSONSyntaxError) -> JSONNode {
    let start = position(of: index)
    guard let byte = next else { throw error("expected a value, found the end of the file") }
    switch byte {
    case UInt8(ascii: "{"): return JSONNode(.object(try object()), at: start)
    case UInt8(ascii: "["): return JSONNode(.array(try array()), at: start)
    case UInt8(ascii: "\""): return JSONNode(.string(try string()), at: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNode(try number(), at: start)
    default:
      for (word, content) in [
        ("true", JSONNode.Content.boolean(true)), ("false", .boolean(false)), ("null", .null),
      ] where text[index...].starts(with: word.utf8) {
        index += word.utf8.count
        return JSONNode(content, at: start)
      }
      throw error("expected a value, found \(describeNext())")
    }
  }

  mutating func object() throws(JSONSyntaxError) -> [JSONNode.Member] {
    try enter()
    defer { depth -= 1 }
    var members: [JSONNode.Member] = []
    var names: Set<String> = []
    while true {
      try skipBlank()
      if take("}") { return members }
      let start = position(of: index)
      guard next == UInt8(ascii: "\"") else {
        throw error("expected a name in quotes or “}”, found \(describeNext())")
      }
      let name = try string()
      guard names.insert(name).inserted else {
        throw JSONSyntaxError(message: "the name “\(name)” stands here twice", position: start)
      }
      try skipBlank()
      guard take(":") else { throw error("expected “:” after “\(name)”, found \(describeNext())") }
      try skipBlank()
      members.append(.init(name, try value(), at: start))
      try skipBlank()
      if take(",") { continue }
      guard next == UInt8(ascii: "}") else {
        throw error("expected “,” or “}”, found \(describeNext())")
      }
    }
  }

  mutating func array() throws(JSONSyntaxError) -> [JSONNode] {
    try enter()
    defer { depth -= 1 }
    var elements: [JSONNode] = []
    while true {
      try skipBlank()
      if take("]") { return elements }
      elements.append(try value())
      try skipBlank()
      if take(",") { continue }
      guard next == UInt8(ascii: "]") else {
        throw error("expected “,” or “]”, found \(describeNext())")
      }
    }
  }

  mutating func enter() throws(JSONSyntaxError) {
    guard depth < Self.deepestNesting else {
      throw error("nested deeper than \(Self.deepestNesting) levels")
    }
    depth += 1
    index += 1
  }

  mutating func number() throws(JSONSyntaxError) -> JSONNode.Content {
    let start = index
    func digits(_ parser: inout JSONParser) -> Int {
      let first = parser.index
      while let byte = parser.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        parser.index += 1
      }
      return parser.index - first
    }
    _ = take("-")
    let leading = next
    let whole = digits(&self)
    var isValid = whole == 1 || (whole > 1 && leading != UInt8(ascii: "0"))
    var isWhole = true
    if take(".") {
      isWhole = false
      isValid = digits(&self) > 0 && isValid
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("-") { _ = take("+") }
      isValid = digits(&self) > 0 && isValid
    }
    let literal = String(decoding: text[start..<index], as: UTF8.self)
    guard isValid, let number = Double(literal), number.isFinite else {
      throw JSONSyntaxError(message: "“\(literal)” is not a number", position: position(of: start))
    }
    if isWhole, let integer = Int(literal) { return .integer(integer) }
    return .number(number)
  }

  mutating func string() throws(JSONSyntaxError) -> String {
    let opening = position(of: index)
    index += 1
    var bytes: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw JSONSyntaxError(message: "this text is not UTF-8", position: opening)
        }
        return string
      case UInt8(ascii: "\\"):
        index += 1
        try escape(into: &bytes)
      case 0..<0x20:
        throw error(
          byte == 10 || byte == 13
            ? "the text that starts at column \(opening.column) has no closing quote on its line"
            : "a control character must be written as an escape")
      default:
        bytes.append(byte)
        index += 1
      }
    }
    throw JSONSyntaxError(message: "this text has no closing quote", position: opening)
  }

  mutating func escape(into bytes: inout [UInt8]) throws(JSONSyntaxError) {
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
      UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
      UInt8(ascii: "t"): 9,
    ]
    if let byte = next, let plain = simple[byte] {
      bytes.append(plain)
      index += 1
      return
    }
    guard take("u"), let first = hexadecimal() else { throw error("this escape is not known") }
    var scalar = UInt32(first)
    if (0xD800..<0xDC00).contains(first) {
      guard take("\\"), take("u"), let second = hexadecimal(), (0xDC00..<0xE000).contains(second)
      else { throw error("half of a surrogate pair is missing") }
      scalar = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(scalar) else {
      throw error("half of a surrogate pair is missing")
    }
    bytes.append(contentsOf: Array(String(Character(scalar)).utf8))
  }

  mutating func hexadecimal() -> UInt16? {
    guard index + 4 <= text.count else { return nil }
    let digits = text[index..<index + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    index += 4
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  // MARK: Text

  var next: UInt8? { index < text.count ? text[index] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    index += 1
    return true
  }

  mutating func skipBlank() throws(JSONSyntaxError) {
    while let byte = next {
      switch byte {
      case 10:
        index += 1
        line += 1
        lineStart = index
      case 9, 13, 32:
        index += 1
      case UInt8(ascii: "/") where index + 1 < text.count && text[index + 1] == UInt8(ascii: "/"):
        while let byte = next, byte != 10 { index += 1 }
      case UInt8(ascii: "/") where index + 1 < text.count && text[index + 1] == UInt8(ascii: "*"):
        try skipBlockComment()
      default:
        return
      }
    }
  }

  mutating func skipBlockComment() throws(JSONSyntaxError) {
    let start = position(of: index)
    index += 2
    while let byte = next {
      index += 1
      if byte == 10 {
        line += 1
        lineStart = index
      } else if byte == UInt8(ascii: "*"), take("/") {
        return
      }
    }
    throw JSONSyntaxError(message: "this comment has no end", position: start)
  }

  /// The place of a byte of the current line.
  ///
  /// Columns are counted on from the place asked for last: a long line is counted once.
  mutating func position(of index: Int) -> JSONPosition {
    if counted.lineStart != lineStart || index < counted.index {
      counted = (lineStart, min(lineStart, index), 1)
    }
    // UTF-8 continuation bytes do not start a column.
    counted.column += text[counted.index..<index].count { $0 & 0xC0 != 0x80 }
    counted.index = index
    return JSONPosition(line: line, column: counted.column)
  }

  func describeNext() -> String {
    guard index < text.count else { return "the end of the file" }
    let rest = String(decoding: text[index..<min(index + 8, text.count)], as: UTF8.self)
    guard let character = rest.first, character.unicodeScalars.allSatisfy({ $0.value >= 0x20 })
    else { return "a control character" }
    return "“\(character)”"
  }

  mutating func error(_ message: String) -> JSONSyntaxError {
    JSONSyntaxError(message: message, position: position(of: min(index, text.count)))
  }
}
