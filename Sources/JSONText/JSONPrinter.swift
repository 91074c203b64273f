extension JSONNode {
  /// The value on one line, without blanks.
  package var compactText: String {
    var printer = JSONPrinter(indents: false)
    printer.print(self, level: 0)
    return String(decoding: printer.output, as: UTF8.self)
  }

  /// The value over several lines, indented by two blanks; short lists stay on one line.
  package var indentedText: String {
    var printer = JSONPrinter(indents: true)
    printer.print(self, level: 0)
    return String(decoding: printer.output, as: UTF8.self) + "\n"
  }
}

/// Text with JSON's escapes and the quotes around it.
package func quotedJSON(_ text: String) -> String {
  JSONNode(text).compactText
}

private struct JSONPrinter {
  let indents: Bool
  var output: [UInt8] = []

  mutating func print(_ node: JSONNode, level: Int) {
    switch node.content {
    case .null: write("null")
    case .boolean(let value): write(value ? "true" : "false")
    case .integer(let value): write(String(value))
    case .number(let value): write(value.isFinite ? value.description : "null")
    case .string(let value): print(value)
    case .array(let elements):
      let spread = indents && elements.contains { $0.members != nil || $0.elements != nil }
      list("[", "]", elements, spread: spread, level: level) { $0.print($1, level: level + 1) }
    case .object(let members):
      list("{", "}", members, spread: indents, level: level) {
        $0.print($1.name)
        $0.write($0.indents ? ": " : ":")
        $0.print($1.value, level: level + 1)
      }
    }
  }

  private mutating func list<Element>(
    _ opening: String, _ closing: String, _ elements: [Element], spread: Bool, level: Int,
    _ body: (inout JSONPrinter, Element) -> Void
  ) {
    write(opening)
    for (index, element) in elements.enumerated() {
      if index > 0 { write(spread || !indents ? "," : ", ") }
      if spread { newLine(level + 1) }
      body(&self, element)
    }
    if spread, !elements.isEmpty { newLine(level) }
    write(closing)
  }

  private mutating func newLine(_ level: Int) {
    write("\n" + String(repeating: "  ", count: level))
  }

  private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

  private mutating func print(_ text: String) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 10: write("\\n")
      case 13: write("\\r")
      case 9: write("\\t")
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        write("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
