/// Reads the records of a CSV file one after the other (RFC 4180; line ends LF, CRLF or CR).
package struct CSVScanner {
  /// One cell: a range of bytes, without the quotes around it.
  package struct Cell {
    var range: Range<Int>
    var isQuoted = false
    /// Whether quotes inside it are doubled.
    var hasEscapes = false
  }

  let path: String
  let bytes: UnsafeRawBufferPointer
  private(set) var index: Int
  /// The line at which the next record starts, from 1.
  private(set) var line = 1
  /// The line at which the last record started.
  package private(set) var recordLine = 1
  package private(set) var cells: [Cell] = []

  /// - Parameters:
  ///   - bytes: the whole file; must stay valid.
  ///   - path: for errors.
  package init(_ bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
    index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// More than any table of numbers has in one row.
  private static let mostRecordBytes = 100_000_000
  private static let mostCells = 1_000_000
  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Moves to the next record; blank lines are passed over.
  ///
  /// - Returns: whether there was one.
  /// - Throws: ``TableError`` for a quote without an end or with text after it.
  package mutating func nextRecord() throws(TableError) -> Bool {
    while index < bytes.count {
      recordLine = line
      let start = index
      cells.removeAll(keepingCapacity: true)
      while true {
        try readCell()
        guard index - start <= Self.mostRecordBytes else {
          throw TableError(
            path: path, line: recordLine, .longLine(megabytes: Self.mostRecordBytes / 1_000_000))
        }
        guard cells.count <= Self.mostCells else {
          throw TableError(path: path, line: recordLine, .tooManyColumns(Self.mostCells))
        }
        if index < bytes.count, bytes[index] == Self.comma {
          index += 1
          continue
        }
        passLineEnd()
        break
      }
      if cells.count > 1 || !cells[0].range.isEmpty || cells[0].isQuoted { return true }
    }
    return false
  }

  private mutating func readCell() throws(TableError) {
    let start = index
    if index < bytes.count, bytes[index] == Self.quote {
      try readQuotedCell()
      return
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
      index += 1
    }
    cells.append(Cell(range: start..<index))
  }

  private mutating func readQuotedCell() throws(TableError) {
    let openingLine = line
    index += 1
    var cell = Cell(range: index..<index, isQuoted: true)
    while index < bytes.count {
      let byte = bytes[index]
      if byte == Self.quote {
        if index + 1 < bytes.count, bytes[index + 1] == Self.quote {
          cell.hasEscapes = true
          index += 2
          continue
        }
        cell.range = cell.range.lowerBound..<index
        index += 1
        let isAtEnd =
          index == bytes.count
          || [Self.comma, Self.lineFeed, Self.carriageReturn].contains(bytes[index])
        guard isAtEnd else { throw TableError(path: path, line: line, .textAfterQuote) }
        cells.append(cell)
        return
      }
      if byte == Self.lineFeed { line += 1 }
      index += 1
    }
    throw TableError(path: path, line: openingLine, .openQuote)
  }

  private mutating func passLineEnd() {
    guard index < bytes.count else { return }
    if bytes[index] == Self.carriageReturn {
      index += 1
      if index < bytes.count, bytes[index] == Self.lineFeed { index += 1 }
    } else {
      index += 1
    }
    line += 1
  }

  /// The text of a cell; bytes that are not UTF-8 become U+FFFD.
  package func text(_ cell: Cell) -> String {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[cell.range])
    guard cell.hasEscapes else { return String(decoding: raw, as: UTF8.self) }
    var plain: [UInt8] = []
    var previousWasQuote = false
    for byte in raw {
      if byte == Self.quote, previousWasQuote {
        previousWasQuote = false
        continue
      }
      previousWasQuote = byte == Self.quote
      plain.append(byte)
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// An upper bound of the number of records that are left.
  ///
  /// - Parameter passed: is told from time to time up to where bytes were looked at.
  /// - Returns: at least 1.
  package func mostRecordsLeft(_ passed: (Int) -> Void) -> Int {
    let chunk = 1 << 24
    var (lineFeeds, returns, quotes) = (0, 0, 0)
    for start in stride(from: index, to: bytes.count, by: chunk) {
      let end = min(start + chunk, bytes.count)
      for byte in bytes[start..<end] {
        lineFeeds += byte == Self.lineFeed ? 1 : 0
        returns += byte == Self.carriageReturn ? 1 : 0
        quotes += byte == Self.quote ? 1 : 0
      }
      passed(end)
    }
    if quotes == 0, lineFeeds == 0 || returns == 0 { return lineFeeds + returns + 1 }
    // Line ends inside quotes end no record, and a pair of both ends one. A quote opens where a cell
    // starts, and again after the quote that seemed to close it: then it was doubled.
    var count = 1
    var isQuoted = false
    var mayOpen = true
    var previous = Self.lineFeed
    for start in stride(from: index, to: bytes.count, by: chunk) {
      let end = min(start + chunk, bytes.count)
      for byte in bytes[start..<end] {
        if isQuoted {
          isQuoted = byte != Self.quote
          mayOpen = true
        } else if byte == Self.quote {
          isQuoted = mayOpen
        } else {
          let isLineEnd = byte == Self.carriageReturn || byte == Self.lineFeed
          if isLineEnd, byte == Self.carriageReturn || previous != Self.carriageReturn {
            count += 1
          }
          mayOpen = isLineEnd || byte == Self.comma
        }
        previous = byte
      }
      passed(end)
    }
    return count
  }
}
