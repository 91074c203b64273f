import ContentHashing
import FileSystem
import Synchronization

/// A matrix as a file that can be mapped: 64 bytes of header, then the elements row by row.
///
/// The header holds a mark, the rows, the columns and the hash of the elements followed by rows and columns.
package enum MatrixFile {
  private static let mark: UInt64 = 0x325F_7377_6F72_7845  // “Exrows_2”
  private static let headerBytes = 64

  private static func shape(rows: Int, columns: Int) -> [UInt8] {
    [rows, columns].flatMap { number in
      withUnsafeBytes(of: Int64(number).littleEndian) { Array($0) }
    }
  }

  private static func header(rows: Int, columns: Int, hash: ContentHash) -> [UInt8] {
    let bytes =
      withUnsafeBytes(of: mark.littleEndian) { Array($0) } + shape(rows: rows, columns: columns)
      + [hash.high, hash.low].flatMap { half in
        withUnsafeBytes(of: half.littleEndian) { Array($0) }
      }
    return bytes + [UInt8](repeating: 0, count: headerBytes - bytes.count)
  }

  /// Writes a file that is made row by row, so that no more than some rows are ever in memory.
  package struct Writer: ~Copyable {
    private let file: OutputFile
    package let columns: Int
    package private(set) var rows = 0
    private var hasher = StreamHasher()

    /// - Throws: `SystemError` when the file cannot be made.
    package init(_ path: Path, columns: Int) throws(SystemError) {
      let file = try OutputFile(path, .replacing)
      // Without its mark until all of it is there.
      try file.write([UInt8](repeating: 0, count: headerBytes))
      self.file = file
      self.columns = columns
    }

    /// Writes further rows of all columns.
    ///
    /// - Throws: `SystemError` when there is no room.
    package mutating func append(_ matrix: Matrix) throws(SystemError) {
      precondition(matrix.columns == columns)
      try matrix.withBytes { bytes throws(SystemError) in try file.write(bytes) }
      matrix.withBytes { hasher.add($0) }
      rows += matrix.rows
    }

    /// Makes the file whole.
    ///
    /// - Throws: `SystemError` when it cannot be written.
    package consuming func finish() throws(SystemError) {
      MatrixFile.shape(rows: rows, columns: columns).withUnsafeBytes { hasher.add($0) }
      let header = MatrixFile.header(rows: rows, columns: columns, hash: hasher.hash)
      try file.overwrite(header, at: 0)
    }
  }

  /// Writes a whole matrix.
  ///
  /// - Throws: `SystemError` when the file cannot be written.
  package static func write(_ matrix: Matrix, to path: Path) throws(SystemError) {
    var writer = try Writer(path, columns: matrix.columns)
    try writer.append(matrix)
    try writer.finish()
  }

  /// The matrix, mapped; nil when the file is not there or its content is not what was written.
  ///
  /// A file is compared with its hash once a process.
  package static func read(_ path: Path) -> Matrix? {
    guard let matrix = map(path), isWhole(matrix.file) else { return nil }
    return matrix.matrix
  }

  /// Whether there is a file of the right length; its content is not looked at.
  package static func isThere(_ path: Path) -> Bool { map(path) != nil }

  private static func map(_ path: Path) -> (matrix: Matrix, file: MappedFile)? {
    guard let file = try? MappedFile(path), file.bytes >= headerBytes,
      file.start.loadUnaligned(as: UInt64.self).littleEndian == mark
    else { return nil }
    let rows = Int(file.start.loadUnaligned(fromByteOffset: 8, as: Int64.self).littleEndian)
    let columns = Int(file.start.loadUnaligned(fromByteOffset: 16, as: Int64.self).littleEndian)
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, count <= (file.bytes - headerBytes) / 4,
      file.bytes == headerBytes + 4 * count
    else { return nil }
    return (Matrix(rows: rows, columns: columns, mapping: file, offset: headerBytes), file)
  }

  /// The files that this process found whole.
  private static let whole = Mutex<Set<MappedFile.Identity>>([])

  private static func isWhole(_ file: MappedFile) -> Bool {
    if whole.withLock({ $0.contains(file.identity) }) { return true }
    var hasher = StreamHasher()
    hasher.add(UnsafeRawBufferPointer(rebasing: file.buffer[headerBytes...]))
    hasher.add(UnsafeRawBufferPointer(rebasing: file.buffer[8..<24]))
    func half(_ offset: Int) -> UInt64 {
      file.start.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }
    guard hasher.hash == ContentHash(high: half(24), low: half(32)) else { return false }
    whole.withLock { _ = $0.insert(file.identity) }
    return true
  }
}

/// Where large matrices are put together: files in a folder, each of which is gone with its matrix.
package struct MatrixScratch: Sendable {
  private let folder: Path?
  /// As many rows are in memory at a time as have this many bytes.
  private static let blockBytes = 1 << 22

  /// A folder, which is made again where someone deleted it; nil to hold matrices in memory.
  package init(_ folder: Path?) { self.folder = folder }

  /// Rows of so many columns that are in memory at a time, at least 1.
  package static func blockRows(columns: Int) -> Int { max(1, blockBytes / 4 / max(1, columns)) }

  /// A matrix that is made of blocks of rows.
  ///
  /// - Parameters:
  ///   - columns: of each block.
  ///   - body: is given what takes the blocks, one after the other.
  /// - Returns: all rows, mapped from a file without a name, or in memory.
  /// - Throws: `SystemError` when there is no room, and what the body throws.
  package func matrix(
    columns: Int, _ body: ((Matrix) throws -> Void) throws -> Void
  ) throws -> Matrix {
    guard let folder else {
      var blocks: [Matrix] = []
      try body { blocks.append($0) }
      return Matrix(stacking: blocks, columns: columns)
    }
    let file = try OutputFile.scratch(in: folder)
    var rows = 0
    try body { block in
      precondition(block.columns == columns)
      try block.withBytes { bytes throws(SystemError) in try file.write(bytes) }
      rows += block.rows
    }
    return Matrix(rows: rows, columns: columns, mapping: try file.mapped(), offset: 0)
  }
}

extension Matrix {
  /// The rows of several matrices below each other.
  package init(stacking blocks: [Matrix], columns: Int) {
    precondition(blocks.allSatisfy { $0.columns == columns })
    self.init(rows: blocks.reduce(0) { $0 + $1.rows }, columns: columns) { span in
      var place = 0
      for block in blocks {
        let source = block.elements
        for index in source.indices { span[place + index] = source[index] }
        place += source.count
      }
    }
  }
}
