extension Matrix: Codable {
  private enum Key: CodingKey {
    case rows, columns, elements
  }

  /// Writes shape and elements; archives keep matrices in their weights file instead.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode((0..<rows).flatMap { rowElements($0) }, forKey: .elements)
  }

  /// Reads shape and elements.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let rows = try container.decode(Int.self, forKey: .rows)
    let columns = try container.decode(Int.self, forKey: .columns)
    let elements = try container.decode([Float].self, forKey: .elements)
    let (count, overflows) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflows, count == elements.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: container, debugDescription: "the matrix's shape is wrong")
    }
    self.init(rows: rows, columns: columns, elements: elements)
  }
}
