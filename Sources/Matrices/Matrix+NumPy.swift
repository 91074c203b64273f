import FileSystem

/// A file that is no array of NumPy's that can be read, and why.
package struct NumPyError: Error, Equatable, CustomStringConvertible {
  package var path: String
  package var reason: String

  package var description: String { "\(path): \(reason)" }
}

extension Matrix {
  /// Reads an array that NumPy saved (`.npy`): floats of 4 or 8 bytes, one or two axes, C order.
  ///
  /// One axis becomes one row; floats of 8 bytes are rounded.
  ///
  /// - Throws: ``NumPyError`` for another kind of file or array, `SystemError` for one that cannot be
  ///   opened.
  package init(readingNumPy path: Path) throws {
    let bytes = try path.readBytes()
    func failure(_ reason: String) -> NumPyError { NumPyError(path: path.string, reason: reason) }
    guard bytes.starts(with: numPyMagic), bytes.count >= 10 else {
      throw failure("this is no array saved by NumPy (.npy)")
    }
    // Version 1.0 has two bytes for the header's length, later ones four.
    let lengthBytes = bytes[6] == 1 ? 2 : 4
    let start = 8 + lengthBytes
    guard bytes.count >= start else { throw failure("the header is cut off") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - start else { throw failure("the header is cut off") }
    let text = String(decoding: bytes[start..<start + length], as: UTF8.self)
    let header: NumPyHeader
    switch NumPyHeader.reading(text) {
    case .success(let read): header = read
    case .failure(let problem): throw failure(problem.words)
    }
    let body = bytes[(start + length)...]
    let found = body.count / header.size
    guard let count = header.count, found >= count else {
      throw failure("the file is cut off: \(found) of its elements are there")
    }
    self.init(rows: header.rows, columns: header.columns) { span in
      body.withUnsafeBytes { source in
        for index in 0..<count {
          span[index] =
            header.size == 4
            ? Float(
              bitPattern: UInt32(
                littleEndian: source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            : Float(
              Double(
                bitPattern: UInt64(
                  littleEndian: source.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))))
        }
      }
    }
  }

  /// Writes the matrix for `numpy.load`: format version 1.0, floats of 4 bytes, C order.
  ///
  /// - Throws: `SystemError` where the file cannot be written.
  package func writeNumPy(to path: Path) throws {
    var header = Array(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }".utf8)
    // The elements start at a multiple of 64 bytes, as the format demands.
    let padding = 63 - (10 + header.count) % 64
    header += [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
    var bytes = numPyMagic + [1, 0, UInt8(header.count & 0xFF), UInt8(header.count >> 8)] + header
    bytes.reserveCapacity(bytes.count + 4 * rows * columns)
    withBytes { bytes.append(contentsOf: $0) }
    try path.writeAtomically(bytes)
  }
}

private let numPyMagic: [UInt8] = [0x93] + Array("NUMPY".utf8)

/// The description of an array: a Python dictionary in one line.
private struct NumPyHeader {
  var size: Int
  var rows: Int
  var columns: Int

  struct Problem: Error { var words: String }

  /// The number of elements; nil when it is beyond all memory.
  var count: Int? {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    return overflow || max(count, rows, columns) > Int.max / 16 ? nil : count
  }

  static func reading(_ text: String) -> Result<NumPyHeader, Problem> {
    func value(_ key: String) -> Substring? {
      for quote in ["'", "\""] {
        let mark = quote + key + quote
        guard let place = text.firstRange(of: mark)?.upperBound else { continue }
        let rest = text[place...].drop { $0 == " " || $0 == ":" }
        return rest
      }
      return nil
    }
    guard let kind = value("descr"), let order = value("fortran_order"), let shape = value("shape")
    else { return .failure(Problem(words: "its header lacks descr, fortran_order or shape")) }
    let type = kind.dropFirst().prefix { $0 != "'" && $0 != "\"" }
    let size: Int
    switch type {
    case "<f4": size = 4
    case "<f8": size = 8
    default:
      return .failure(Problem(words: "elements of type \(type), where <f4 or <f8 can be read"))
    }
    guard order.hasPrefix("False") else {
      return .failure(
        Problem(words: "stored column by column; save numpy.ascontiguousarray(array) instead"))
    }
    let inner = shape.dropFirst().prefix { $0 != ")" }
    let lengths = inner.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let axes = lengths.compactMap { Int($0) }.filter { $0 >= 0 }
    guard shape.hasPrefix("("), axes.count == lengths.count, (1...2).contains(axes.count) else {
      return .failure(Problem(words: "its shape is (\(inner)), where one or two axes can be read"))
    }
    return .success(
      NumPyHeader(
        size: size, rows: axes.count == 1 ? 1 : axes[0], columns: axes[axes.count - 1]))
  }
}
