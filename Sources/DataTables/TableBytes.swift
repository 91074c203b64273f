import CZlib
import FileSystem

/// The bytes of a table file: mapped, or unpacked where the file is compressed by gzip.
final class TableBytes {
  let path: String
  private let mapped: MappedFile?
  private let unpacked: [UInt8]

  /// - Throws: `SystemError` when the file cannot be read, ``TableError`` when it is damaged.
  convenience init(_ path: Path) throws {
    let file = try MappedFile(path)
    if file.buffer.starts(with: [0x1F, 0x8B]) {
      try self.init(path: path.string, mapped: nil, unpacked: unzip(file.buffer, path.string))
    } else {
      self.init(path: path.string, mapped: file, unpacked: [])
    }
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

  func withBuffer<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    if let mapped { return try withExtendedLifetime(mapped) { try body(mapped.buffer) } }
    return try unpacked.withUnsafeBytes(body)
  }
}

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
