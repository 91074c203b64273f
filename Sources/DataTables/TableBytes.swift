import CZlib
import FileSystem

/// The bytes of a table file: mapped, or unpacked where the file is compressed by gzip.
package final class TableBytes {
  let path: String
  private let mapped: MappedFile?
  private let unpacked: [UInt8]

  /// - Throws: `SystemError` when the file cannot be read, ``TableError`` when it is damaged.
  package convenience init(_ path: Path) throws {
    if let information = path.information, !information.isFolder, !information.isPlainFile {
      throw TableError(path: path.string, .noPlainFile)
    }
    let file = try MappedFile(path)
    if file.buffer.starts(with: [0x1F, 0x8B]) {
      try self.init(path: path.string, mapped: nil, unpacked: unzip(file.buffer, path.string))
    } else {
      self.init(path: path.string, mapped: file, unpacked: [])
    }
    try check()
  }

  /// Refuses what is no table: other formats, other encodings.
  private func check() throws {
    try withBuffer { buffer in
      if let format = FileFormat(buffer) ?? FileFormat(text: buffer) {
        throw TableError(path: path, .otherFormat(format))
      }
      if let foreign = ForeignText(buffer) {
        throw TableError(path: path, line: foreign.line, .otherEncoding(foreign))
      }
    }
    release(.max)
  }

  /// Bytes at hand, which may be compressed.
  convenience init(_ bytes: [UInt8], path: String) throws {
    let isPacked = bytes.starts(with: [0x1F, 0x8B])
    let unpacked = isPacked ? try bytes.withUnsafeBytes { try unzip($0, path) } : bytes
    self.init(path: path, mapped: nil, unpacked: unpacked)
  }

  private init(path: String, mapped: MappedFile?, unpacked: [UInt8]) {
    self.path = path
    self.mapped = mapped
    self.unpacked = unpacked
  }

  /// Gives memory back that holds the file up to some byte; reading there again works, only slower.
  func release(_ end: Int) { mapped?.release(end) }

  package func withBuffer<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    if let mapped { return try withExtendedLifetime(mapped) { try body(mapped.buffer) } }
    return try unpacked.withUnsafeBytes(body)
  }
}

/// Bytes that a packed table may have; a plain one is mapped and may have more.
private let mostUnpackedBytes = 1 << 30

/// Unpacks gzip, also of several members one after the other.
private func unzip(_ packed: UnsafeRawBufferPointer, _ path: String) throws -> [UInt8] {
  var stream = z_stream()
  // 15 bits of window, and 16 says that gzip's header is expected.
  guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  else { throw TableError(path: path, .damagedArchive) }
  defer { inflateEnd(&stream) }
  var output: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  var offset = 0
  while offset < packed.count {
    // zlib counts in 32 bits.
    let part = UnsafeRawBufferPointer(
      rebasing: packed[offset..<min(packed.count, offset + 1 << 30)])
    stream.next_in = UnsafeMutablePointer(
      mutating: part.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(part.count)
    var status = Z_OK
    repeat {
      let produced = chunk.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        status = inflate(&stream, Z_NO_FLUSH)
        return buffer.count - Int(stream.avail_out)
      }
      output += chunk[..<produced]
      guard output.count <= mostUnpackedBytes else {
        throw TableError(path: path, .tooLargeUnpacked(megabytes: mostUnpackedBytes >> 20))
      }
      if status == Z_STREAM_END, stream.avail_in > 0 {
        guard inflateReset(&stream) == Z_OK else { break }
        status = Z_OK
      }
    } while status == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)
    offset += part.count
    if offset == packed.count, status != Z_STREAM_END {
      throw TableError(path: path, .damagedArchive)
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw TableError(path: path, .damagedArchive)
    }
  }
  return output
}
