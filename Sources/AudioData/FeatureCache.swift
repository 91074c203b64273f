import ContentHashing
import FileSystem
import Glibc
import Pictures

/// Features of single pieces of sound, a small file each, under the names of their content.
///
/// All of it can be deleted at any time: what is missing or damaged is computed again.
package struct FeatureCache: Sendable {
  /// The folder of the files.
  package let folder: Path

  package init(_ folder: Path) { self.folder = folder }

  /// What is kept of one piece of sound and one feature set.
  struct Entry: Equatable {
    /// The rate before any change, in samples a second.
    var ownRate: Int
    /// The samples of each row's piece.
    var lengths: [Int]
    /// Rows × columns, row by row.
    var values: [Double]
  }

  private static let mark = 0x3164_6E75_6F73_7845  // “Exsound1”

  private func file(_ key: String) -> Path { folder / "sound-\(key)" }

  /// nil when it is not there or damaged; what is found counts as just used.
  func entry(_ key: String, columns: Int) -> Entry? {
    guard let bytes = try? file(key).readBytes(), bytes.count >= 40, bytes.count % 8 == 0 else {
      return nil
    }
    let words = bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: 8).map {
        Int(littleEndian: buffer.loadUnaligned(fromByteOffset: $0, as: Int.self))
      }
    }
    let sum = bytes.dropLast(8).withUnsafeBytes { shortHash(of: $0) }
    let rows = words[2]
    guard words[0] == Self.mark, UInt64(bitPattern: Int64(words[words.count - 1])) == sum,
      words[3] == columns, (0..<words.count).contains(rows),
      words.count == 5 + rows * (1 + columns)
    else { return nil }
    file(key).touch()
    return Entry(
      ownRate: words[1], lengths: Array(words[4..<4 + rows]),
      values: words[(4 + rows)..<(words.count - 1)].map {
        Double(bitPattern: UInt64(bitPattern: Int64($0)))
      })
  }

  /// Keeps an entry: whole, or not at all.
  ///
  /// - Parameters:
  ///   - entry: what to keep.
  ///   - key: its name.
  ///   - columns: numbers of a row.
  ///   - writer: a number that no other thread of this process has, as two may write one entry.
  /// - Throws: `SystemError` when it cannot be written; a cache that was emptied meanwhile is fine.
  func store(_ entry: Entry, _ key: String, columns: Int, writer: Int) throws(SystemError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (5 + entry.lengths.count + entry.values.count))
    func add(_ number: Int) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for number in [Self.mark, entry.ownRate, entry.lengths.count, columns] { add(number) }
    for length in entry.lengths { add(length) }
    for value in entry.values { add(Int(truncatingIfNeeded: value.bitPattern)) }
    add(Int(truncatingIfNeeded: bytes.withUnsafeBytes { shortHash(of: $0) }))
    try write(bytes, key, writer: writer)
  }

  /// Writes a file: whole, or not at all.
  private func write(_ bytes: [UInt8], _ key: String, writer: Int) throws(SystemError) {
    let temporary = Path(file(key).string + ".\(getpid())-\(writer).partial")
    do throws(SystemError) {
      try OutputFile(temporary, .replacing).writeAndClose(bytes)
      try temporary.rename(to: file(key))
    } catch {
      try? temporary.remove()
      if !error.isMissing { throw error }
    }
  }

  // MARK: Pictures

  private static let pictureMark = 0x3165_7275_7463_6950  // “Picture1”

  /// The pictures of one piece of sound; nil when they are not there or damaged.
  func pictures(_ key: String) -> [GreyPicture]? {
    guard let file = try? MappedFile(file(key)), file.bytes >= 40 else { return nil }
    func word(_ offset: Int) -> Int {
      Int(littleEndian: file.start.loadUnaligned(fromByteOffset: offset, as: Int.self))
    }
    let (count, width, height) = (word(8), word(16), word(24))
    let limit = 0..<file.bytes
    guard word(0) == Self.pictureMark, limit.contains(count), limit.contains(width),
      limit.contains(height), width > 0, height > 0, count <= file.bytes / width / height,
      file.bytes == 40 + count * width * height,
      UInt64(bitPattern: Int64(word(file.bytes - 8)))
        == shortHash(of: UnsafeRawBufferPointer(rebasing: file.buffer.dropLast(8)))
    else { return nil }
    self.file(key).touch()
    return (0..<count).map { index in
      let start = 32 + index * width * height
      return GreyPicture(
        width: width, height: height, pixels: Array(file.buffer[start..<start + width * height]))
    }
  }

  /// Keeps pictures of one size.
  ///
  /// - Parameters:
  ///   - pictures: one at least.
  ///   - key: their name.
  ///   - writer: a number that no other thread of this process has.
  /// - Throws: `SystemError` when they cannot be written; a cache that was emptied meanwhile is fine.
  func store(pictures: [GreyPicture], _ key: String, writer: Int) throws(SystemError) {
    var bytes: [UInt8] = []
    func add(_ number: Int) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    let (width, height) = (pictures.first?.width ?? 0, pictures.first?.height ?? 0)
    bytes.reserveCapacity(40 + pictures.count * width * height)
    for number in [Self.pictureMark, pictures.count, width, height] { add(number) }
    for picture in pictures { bytes += picture.pixels }
    add(Int(truncatingIfNeeded: bytes.withUnsafeBytes { shortHash(of: $0) }))
    try write(bytes, key, writer: writer)
  }
}
