import TextFormatting

/// Rows of text written as CSV (RFC 4180, line ends LF).
struct CSVTable {
  private(set) var text = ""

  init(_ header: [String]) { add(header) }

  mutating func add(_ fields: [String]) {
    text += fields.map { csvField($0) }.joined(separator: ",") + "\n"
  }
}

/// A number that reads back as the same number; empty where there is none.
func exact(_ value: Double?) -> String {
  value.map { $0.isFinite ? shortest($0) : "" } ?? ""
}

/// A single-precision probability as the decimal of the double that equals it.
func exact(_ value: Float) -> String { shortest(Double(value)) }

/// A time with four decimals; empty where there is none.
func time(_ seconds: Double?) -> String { seconds.map { fixed($0, decimals: 4) } ?? "" }
