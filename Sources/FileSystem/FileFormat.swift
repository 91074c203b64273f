/// A kind of file that is known by its first bytes.
package struct FileFormat: Equatable, Sendable {
  /// As in `an Excel workbook`.
  package var noun: String
  /// How a table is made of it.
  package var remedy: String

  /// The format of a file that is no text; nil where none is recognised.
  ///
  /// - Parameter bytes: the whole file, or its beginning.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard let known = Self.known.first(where: { $0.matches(bytes) }) else { return nil }
    (noun, remedy) = (known.noun, known.remedy)
    if noun == Self.zip, bytes.prefix(4096).containsText("xl/") {
      (noun, remedy) = ("an Excel workbook", "save the sheet as CSV (UTF-8)")
    }
  }

  /// The format of a text that is no CSV table: JSON, ARFF, HTML or XML.
  package init?(text bytes: UnsafeRawBufferPointer) {
    let start = bytes.prefix(512).drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let text = String(decoding: start, as: UTF8.self).lowercased()
    if text.hasPrefix("{\"") || text.hasPrefix("[{") || text.hasPrefix("{\n")
      || text.hasPrefix("[\n")
    {
      (noun, remedy) = ("JSON", "write it as CSV, one line a row")
    } else if text.hasPrefix("@relation") || text.hasPrefix("%") && text.contains("@relation") {
      (noun, remedy) = (
        "an ARFF file",
        "write the names of its attributes as the first line of a CSV file, and its data below"
      )
    } else if text.hasPrefix("<!doctype") || text.hasPrefix("<html") || text.hasPrefix("<?xml") {
      (noun, remedy) = (
        "a page of HTML or XML", "it may be an error page; download the table again"
      )
    } else {
      return nil
    }
  }

  private struct Mark {
    var noun: String
    var remedy: String
    var bytes: [UInt8]
    var offset = 0

    func matches(_ file: UnsafeRawBufferPointer) -> Bool {
      file.dropFirst(offset).starts(with: bytes)
    }
  }

  private static let zip = "a zip archive"
  private static let sound = "give its folder as “audio”"
  private static let picture = "give its folder as “pictures”"

  private static let known: [Mark] = [
    .init(noun: zip, remedy: "unpack it", bytes: [0x50, 0x4B, 0x03, 0x04]),
    .init(
      noun: "an old Excel workbook", remedy: "save the sheet as CSV (UTF-8)",
      bytes: [0xD0, 0xCF, 0x11, 0xE0]),
    .init(noun: "a Parquet file", remedy: "write it as CSV", bytes: Array("PAR1".utf8)),
    .init(noun: "an Arrow file", remedy: "write it as CSV", bytes: Array("ARROW1".utf8)),
    .init(
      noun: "an SQLite database", remedy: "write the table as CSV",
      bytes: Array("SQLite format 3\0".utf8)),
    .init(noun: "an HDF5 file", remedy: "write it as CSV", bytes: [0x89, 0x48, 0x44, 0x46]),
    .init(noun: "a NumPy array", remedy: "write it as CSV", bytes: [0x93] + Array("NUMPY".utf8)),
    .init(noun: "a pickled Python object", remedy: "write it as CSV", bytes: [0x80, 0x04, 0x95]),
    .init(noun: "packed by gzip", remedy: "unpack it: gunzip", bytes: [0x1F, 0x8B]),
    .init(
      noun: "packed by xz", remedy: "unpack it: unxz", bytes: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    .init(noun: "packed by zstd", remedy: "unpack it: unzstd", bytes: [0x28, 0xB5, 0x2F, 0xFD]),
    .init(noun: "packed by bzip2", remedy: "unpack it: bunzip2", bytes: Array("BZh".utf8)),
    .init(
      noun: "packed by 7-Zip", remedy: "unpack it", bytes: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    .init(noun: "a PDF document", remedy: "write its table as CSV", bytes: Array("%PDF-".utf8)),
    .init(noun: "a PNG picture", remedy: picture, bytes: [0x89, 0x50, 0x4E, 0x47]),
    .init(
      noun: "a JPEG picture", remedy: "write it as PNG, and give its folder as “pictures”",
      bytes: [0xFF, 0xD8, 0xFF]),
    .init(
      noun: "a GIF picture", remedy: "write it as PNG, and give its folder as “pictures”",
      bytes: Array("GIF8".utf8)),
    .init(noun: "a sound file", remedy: sound, bytes: Array("WAVE".utf8), offset: 8),
    .init(noun: "a sound file", remedy: sound, bytes: Array("fLaC".utf8)),
    .init(noun: "a sound file", remedy: sound, bytes: Array("OggS".utf8)),
    .init(noun: "a sound file", remedy: sound, bytes: Array("ID3".utf8) + [0x03]),
    .init(noun: "a sound file", remedy: sound, bytes: Array("ID3".utf8) + [0x04]),
    .init(noun: "a sound file", remedy: sound, bytes: Array("AIFF".utf8), offset: 8),
    .init(noun: "a program", remedy: "name a CSV table", bytes: [0x7F, 0x45, 0x4C, 0x46]),
  ]
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate func containsText(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard count >= wanted.count else { return false }
    return (startIndex...(endIndex - wanted.count)).contains {
      self[$0..<($0 + wanted.count)].elementsEqual(wanted)
    }
  }
}
