/// Numbers of rows as a plan keeps them: a list, but many ascending ones as a text with a bit for each row
/// of the data.
///
/// Lists of 100 000 rows for every fold, inner fold and subset would be gigabytes. A hexadecimal digit stands
/// for four rows, the first of them in its lowest bit.
package struct RowNumbers: Codable, Equatable {
  package var rows: [Int]

  package init(_ rows: [Int]) { self.rows = rows }

  /// Fewer are easier to read as a list.
  private static let leastCount = 1000
  /// Fewer of all rows are shorter as a list.
  private static let leastShare = 1.0 / 16

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let text = try? container.decode(String.self) else {
      rows = try container.decode([Int].self)
      return
    }
    rows = []
    for (place, digit) in text.utf8.enumerated() {
      guard let bits = Self.value(of: digit) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "the rows are not in hexadecimal digits")
      }
      for bit in 0..<4 where bits >> bit & 1 == 1 { rows.append(4 * place + bit) }
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let bits { try container.encode(bits) } else { try container.encode(rows) }
  }

  /// The text; nil where a list is better, or the order of the rows is not theirs.
  private var bits: String? {
    guard rows.count >= Self.leastCount, let first = rows.first, let last = rows.last, first >= 0,
      Double(rows.count) > Self.leastShare * Double(last),
      zip(rows, rows.dropFirst()).allSatisfy(<)
    else { return nil }
    var values = [UInt8](repeating: 0, count: last / 4 + 1)
    for row in rows { values[row / 4] |= 1 << UInt8(row % 4) }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: values.map { digits[Int($0)] }, as: UTF8.self)
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension Split.Fit: Codable {
  private enum CodingKeys: String, CodingKey { case training, validation }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      training: try container.decode(RowNumbers.self, forKey: .training).rows,
      validation: try container.decode(RowNumbers.self, forKey: .validation).rows)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(RowNumbers(training), forKey: .training)
    try container.encode(RowNumbers(validation), forKey: .validation)
  }
}

extension Split: Codable {
  private enum CodingKeys: String, CodingKey { case repetition, fold, selection, final, test }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      repetition: try container.decode(Int.self, forKey: .repetition),
      fold: try container.decode(Int.self, forKey: .fold),
      selection: try container.decode([Fit].self, forKey: .selection),
      final: try container.decodeIfPresent(RowNumbers.self, forKey: .final)?.rows,
      test: try container.decode(RowNumbers.self, forKey: .test).rows)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(repetition, forKey: .repetition)
    try container.encode(fold, forKey: .fold)
    try container.encode(selection, forKey: .selection)
    try container.encodeIfPresent(final.map { RowNumbers($0) }, forKey: .final)
    try container.encode(RowNumbers(test), forKey: .test)
  }
}

extension Plan.Subset: Codable {
  private enum CodingKeys: String, CodingKey { case share, draw, split, rows }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      share: try container.decode(Double.self, forKey: .share),
      draw: try container.decode(Int.self, forKey: .draw),
      split: try container.decode(Int.self, forKey: .split),
      rows: try container.decode(RowNumbers.self, forKey: .rows).rows)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(share, forKey: .share)
    try container.encode(draw, forKey: .draw)
    try container.encode(split, forKey: .split)
    try container.encode(RowNumbers(rows), forKey: .rows)
  }
}
